import type { CommandSpec } from '../command-spec.ts';
import {
  allFlag,
  allNamespacesFlag,
  dryRunFlag,
  fieldSelectorFlag,
  filenameFlags,
  filesOf,
  selectorFlag,
  timeoutFlag,
} from '../common-flags.ts';
import { isNotFound, KubectlError, StatusError, throwAll } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { namespaceOf, stringAt } from '../json.ts';
import type { DryRun } from '../mutation.ts';
import { dryRunOf } from '../mutation.ts';
import { listObjects } from '../objects.ts';
import { rawFile, rawFlag } from '../raw.ts';
import type { Target } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import { kindName } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { waitGone } from '../wait-gone.ts';
import type { ObjectRef } from '../writes.ts';
import { deleteObject, withSource } from '../writes.ts';

export const gracePeriodFlag: FlagSpec = {
  name: 'grace-period',
  kind: 'int',
  initial: '-1',
  help: {
    en: 'Seconds a Pod has to end; negative keeps its own.',
    'pt-BR': 'Segundos que um Pod tem para terminar; negativo mantém os dele.',
  },
};

export const cascadeFlag: FlagSpec = {
  name: 'cascade',
  kind: 'string',
  initial: 'background',
  alone: 'background',
  values: ['background', 'foreground', 'orphan'],
  help: {
    en: 'What becomes of dependents: background, foreground or orphan.',
    'pt-BR': 'O que é feito dos dependentes: background, foreground ou orphan.',
  },
};

export const del: CommandSpec = {
  name: 'delete',
  usage: '([-f FILENAME] | TYPE [(NAME | -l label | --all)])',
  group: 'basic',
  suggestFor: ['rm'],
  short: {
    en: 'Delete objects by name, label or file.',
    'pt-BR': 'Apaga objetos por nome, rótulo ou arquivo.',
  },
  examples: [
    'kubectl delete pod web-1',
    'kubectl delete deploy,svc -l app=web',
    'kubectl delete -f pod.yaml',
    'kubectl delete pod web-1 --now',
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    selectorFlag,
    fieldSelectorFlag,
    allFlag,
    allNamespacesFlag,
    dryRunFlag,
    rawFlag,
    timeoutFlag('0s'),
    {
      name: 'output',
      short: 'o',
      kind: 'string',
      values: ['name'],
      help: { en: 'name prints only names.', 'pt-BR': 'name mostra só nomes.' },
    },
    {
      name: 'force',
      kind: 'bool',
      help: {
        en: 'Remove at once from the API, without waiting for the node.',
        'pt-BR': 'Remove da API na hora, sem esperar o node.',
      },
    },
    gracePeriodFlag,
    {
      name: 'now',
      kind: 'bool',
      help: { en: 'The same as --grace-period=1.', 'pt-BR': 'O mesmo que --grace-period=1.' },
    },
    {
      name: 'wait',
      kind: 'bool',
      initial: 'true',
      help: { en: 'Wait until the objects are gone.', 'pt-BR': 'Espera até os objetos sumirem.' },
    },
    cascadeFlag,
    {
      name: 'ignore-not-found',
      kind: 'bool',
      help: {
        en: 'Objects that are not there are no error.',
        'pt-BR': 'Objetos que não existem não são erro.',
      },
    },
  ],
  run,
};

/** The options of the request. Models kubectl's pkg/cmd/delete. */
function deleteOptions(flags: FlagSet): JsonObject {
  const options: JsonObject = { kind: 'DeleteOptions', apiVersion: 'v1' };
  let grace = flags.number('grace-period');
  if (flags.bool('now')) {
    if (flags.changed('grace-period'))
      throw new KubectlError('--now and --grace-period cannot be specified together');
    grace = 1;
  }
  if (flags.bool('force')) {
    if (grace > 0)
      throw new KubectlError('--force and --grace-period greater than 0 cannot be specified together');
    grace = 0;
  } else if (grace === 0) grace = 1;
  if (grace >= 0) options['gracePeriodSeconds'] = grace;
  options['propagationPolicy'] = propagationPolicy(flags);
  return options;
}

/** What `--cascade` means. @throws KubectlError for a value it has not */
export function propagationPolicy(flags: FlagSet): string {
  const cascade = flags.string('cascade');
  const policies: Readonly<Record<string, string>> = {
    background: 'Background',
    foreground: 'Foreground',
    orphan: 'Orphan',
    true: 'Background',
    false: 'Orphan',
  };
  const policy = policies[cascade];
  if (policy === undefined)
    throw new KubectlError(
      `invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`,
    );
  return policy;
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (flags.string('raw') !== '') return rawFile(session, flags, 'DELETE');
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new KubectlError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  const options = deleteOptions(flags);
  const dryRun = await dryRunOf(session);
  if (dryRun === 'server') options['dryRun'] = ['All'];
  const selection = {
    args,
    ...filesOf(flags),
    selector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    selectAll: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
  };
  const resolved = await resolveTargets(session, selection);
  if (flags.bool('force')) {
    await session.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
  }
  const ignore =
    flags.bool('ignore-not-found') ||
    flags.bool('all') ||
    selection.selector !== '' ||
    selection.fieldSelector !== '';
  const errors: unknown[] = [];
  const gone: { ref: ObjectRef; uid: string }[] = [];
  let count = 0;
  let warned = false;
  for (const target of resolved.targets) {
    try {
      if (target instanceof Error) throw target;
      for (const ref of await refsOf(session, target, selection)) {
        count++;
        if (!ref.mapping.namespaced && session.namespaceGiven && !warned) {
          warned = true;
          await session.err(
            'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n',
          );
        }
        try {
          const uid = await deleteOne(session, flags, ref, target.source, options, dryRun);
          if (uid !== undefined) gone.push({ ref, uid });
        } catch (error) {
          if (!(ignore && isNotFound(error))) errors.push(error);
        }
      }
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof KubectlError)) throw error;
      errors.push(error);
    }
  }
  if (count === 0 && errors.length === 0) await session.out('No resources found\n');
  if (flags.bool('wait') && dryRun === 'none') {
    for (const { ref, uid } of gone) {
      try {
        await waitGone(session, ref, uid, flags.number('timeout'));
      } catch (error) {
        errors.push(error);
      }
    }
  }
  throwAll(errors);
}

async function refsOf(
  session: Session,
  target: Target,
  selection: { selector: string; fieldSelector: string },
): Promise<ObjectRef[]> {
  if (target.name !== undefined)
    return [{ mapping: target.mapping, namespace: target.namespace, name: target.name }];
  const objects = await listObjects(session, target.mapping, target.namespace, selection);
  return objects.map((object) => ({
    mapping: target.mapping,
    namespace: target.mapping.namespaced ? namespaceOf(object) : '',
    name: stringAt(object, 'metadata', 'name'),
  }));
}

/** Deletes and prints; answers the uid to wait for. */
async function deleteOne(
  session: Session,
  flags: FlagSet,
  ref: ObjectRef,
  source: string | undefined,
  options: JsonObject,
  dryRun: DryRun,
): Promise<string | undefined> {
  let uid: string | undefined;
  if (dryRun !== 'client') {
    const answer = await withSource('deleting', source, () => deleteObject(session, ref, options));
    uid = stringAt(answer, 'metadata', 'uid') || stringAt(answer, 'details', 'uid');
  }
  const kind = kindName(ref.mapping.kind, ref.mapping.group);
  if (flags.string('output') === 'name') await session.out(`${kind}/${ref.name}\n`);
  else {
    const how = flags.bool('force') ? 'force deleted' : 'deleted';
    const suffix = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
    await session.out(`${kind} "${ref.name}" ${how}${suffix}\n`);
  }
  return uid;
}
