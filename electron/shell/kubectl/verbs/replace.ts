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
import { isNotFound, KubectlError, throwAll, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { clone, setAt, stringAt } from '../json.ts';
import { lastApplied, withLastApplied } from '../last-applied.ts';
import type { DryRun } from '../mutation.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { getObject } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Target } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import { kindName } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { waitGone } from '../wait-gone.ts';
import { createObject, deleteObject, replaceObject, withSource } from '../writes.ts';
import { requireFiles, validates } from './create.ts';

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
    {
      name: 'cascade',
      kind: 'string',
      initial: 'background',
      alone: 'background',
      help: {
        en: 'What becomes of dependents with --force.',
        'pt-BR': 'O que é feito dos dependentes com --force.',
      },
    },
    {
      name: 'grace-period',
      kind: 'int',
      initial: '-1',
      help: {
        en: 'Seconds a Pod has to end with --force.',
        'pt-BR': 'Segundos que um Pod tem para terminar com --force.',
      },
    },
    { name: 'wait', kind: 'bool', hidden: true, help: { en: 'Accepted.', 'pt-BR': 'Aceita.' } },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length > 0) throw usageError(session.path, `Unexpected args: [${args.join(' ')}]`);
  requireFiles(flags);
  const dryRun = await dryRunOf(session);
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
      await one(session, flags, target, dryRun, printer);
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
  dryRun: DryRun,
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
      const gone = await deleteObject(session, ref, {
        propagationPolicy: 'Background',
        ...(flags.number('grace-period') >= 0 ? { gracePeriodSeconds: flags.number('grace-period') } : {}),
      });
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
