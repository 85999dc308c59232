import type { CommandSpec } from '../command-spec.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  saveConfigFlag,
  subresourceFlag,
  timeoutFlag,
  validateFlag,
} from '../common-flags.ts';
import { isNotFound, KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { clone, setAt, stringAt } from '../json.ts';
import { lastApplied, withLastApplied } from '../last-applied.ts';
import type { DryRun } from '../mutation.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { getObject } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { rawFile, rawFlag } from '../raw.ts';
import type { Target } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import { kindName } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { waitGone } from '../wait-gone.ts';
import { createObject, deleteObject, replaceObject, withSource } from '../writes.ts';
import { requireFiles, validates } from './create.ts';
import { cascadeFlag, gracePeriodFlag, propagationPolicy } from './delete.ts';

export const replace: CommandSpec = {
  name: 'replace',
  usage: '-f FILENAME',
  group: 'advanced',
  short: {
    en: 'Replace whole objects by what files say.',
    'pt-BR': 'Substitui objetos inteiros pelo que os arquivos dizem.',
  },
  examples: ['kubectl replace -f pod.yaml', 'kubectl replace --force -f pod.yaml'],
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    validateFlag,
    saveConfigFlag,
    subresourceFlag,
    timeoutFlag('0s'),
    fieldManagerFlag('kubectl-replace'),
    {
      name: 'force',
      kind: 'bool',
      help: { en: 'Delete and create again.', 'pt-BR': 'Apaga e cria de novo.' },
    },
    cascadeFlag,
    gracePeriodFlag,
    rawFlag,
    { name: 'wait', kind: 'bool', hidden: true, help: { en: 'Accepted.', 'pt-BR': 'Aceita.' } },
  ],
  run,
};

async function run(session: Session, flags: FlagSet): Promise<void> {
  const dryRun = await dryRunOf(session);
  const grace = flags.number('grace-period');
  const options: JsonObject = {
    propagationPolicy: propagationPolicy(flags),
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
  };
  if (grace >= 0 && !flags.bool('force'))
    throw new KubectlError('--grace-period must have --force specified');
  if (flags.number('timeout') !== 0 && !flags.bool('force'))
    throw new KubectlError('--timeout must have --force specified');
  if (flags.bool('force') && dryRun !== 'none')
    throw new KubectlError('--dry-run can not be used when --force is set');
  requireFiles(flags);
  if (flags.string('raw') !== '') return rawFile(session, flags, 'PUT');
  const printer = await ResultPrinter.make(session, dryRun);
  const resolved = await resolveTargets(session, {
    args: [],
    ...filesOf(flags),
    validate: validates(flags),
  });
  const errors: unknown[] = [];
  for (const target of resolved.targets) {
    try {
      if (target instanceof Error) throw target;
      await one(session, flags, target, { dryRun, options }, printer);
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
  if (resolved.targets.length === 0) throw new KubectlError('no objects passed to replace');
}

async function one(
  session: Session,
  flags: FlagSet,
  target: Target,
  { dryRun, options }: { readonly dryRun: DryRun; readonly options: JsonObject },
  printer: ResultPrinter,
): Promise<void> {
  const { mapping, namespace } = target;
  const name = target.name ?? '';
  const ref = { mapping, namespace, name };
  const query = writeQuery(session, dryRun, true);
  let object = target.object ?? {};
  if (flags.bool('save-config')) object = withLastApplied(object);
  if (dryRun === 'client') return printer.done(object, 'replaced');
  if (flags.bool('force')) {
    try {
      const gone = await deleteObject(session, ref, options);
      await session.out(`${kindName(mapping.kind, mapping.group)} "${name}" deleted\n`);
      await waitGone(
        session,
        ref,
        stringAt(gone, 'metadata', 'uid') || stringAt(gone, 'details', 'uid'),
        flags.number('timeout'),
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    return printer.done(
      await withSource('creating', target.source, () =>
        createObject(session, mapping, namespace, object, query),
      ),
      'replaced',
    );
  }
  await withSource('replacing', target.source, async () => {
    const sent = clone(object);
    if (stringAt(sent, 'metadata', 'resourceVersion') === '') {
      // Without a version the newest is overwritten; the annotation of apply is kept up when it is there.
      const live = await getObject(session, mapping, namespace, name);
      setAt(sent, ['metadata', 'resourceVersion'], stringAt(live, 'metadata', 'resourceVersion'));
      if (stringAt(live, 'metadata', 'annotations', lastApplied) !== '') {
        setAt(
          sent,
          ['metadata', 'annotations', lastApplied],
          stringAt(withLastApplied(object), 'metadata', 'annotations', lastApplied),
        );
      }
    }
    await printer.done(
      await replaceObject(session, ref, sent, query, flags.string('subresource') || undefined),
      'replaced',
    );
  });
}
