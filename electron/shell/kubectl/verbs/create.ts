import type { CommandSpec } from '../command-spec.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  saveConfigFlag,
  selectorFlag,
  validateFlag,
} from '../common-flags.ts';
import { KubectlError, throwAll, usageError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { withLastApplied } from '../last-applied.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { rawFile, rawFlag } from '../raw.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { createObject, withSource } from '../writes.ts';
import { generators } from './create-generators.ts';

export const create: CommandSpec = {
  name: 'create',
  usage: '-f FILENAME',
  group: 'basic',
  short: {
    en: 'Create objects from files, or one of the common kinds by name.',
    'pt-BR': 'Cria objetos a partir de arquivos, ou um dos tipos comuns por nome.',
  },
  examples: [
    'kubectl create -f pod.yaml',
    'kubectl create deployment web --image=nginx --replicas=3',
    'kubectl create configmap settings --from-literal=mode=dev',
  ],
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    validateFlag,
    selectorFlag,
    saveConfigFlag,
    fieldManagerFlag('kubectl-create'),
    rawFlag,
    { name: 'edit', kind: 'bool', hidden: true, help: { en: 'Not available.', 'pt-BR': 'Não disponível.' } },
  ],
  subcommands: generators,
  run,
};

/** Whether `-f` or `-k` was given. */
export function hasFiles(flags: FlagSet): boolean {
  return flags.list('filename').length > 0 || flags.string('kustomize') !== '';
}

/** `-f` or `-k` must be there. */
export function requireFiles(flags: FlagSet): void {
  if (!hasFiles(flags)) throw new KubectlError('must specify one of -f and -k');
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length > 0) throw usageError(session.path, `Unexpected args: [${args.join(' ')}]`);
  requireFiles(flags);
  if (flags.string('raw') !== '') return rawFile(session, flags, 'POST');
  if (flags.bool('edit'))
    throw new KubectlError('create --edit is not modelled: edit the file, or edit the object afterwards');
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const resolved = await resolveTargets(session, {
    args: [],
    ...filesOf(flags),
    selector: flags.string('selector'),
    validate: validates(flags),
  });
  const errors: unknown[] = [];
  for (const target of resolved.targets) {
    try {
      if (target instanceof Error) throw target;
      const object = flags.bool('save-config') ? withLastApplied(target.object ?? {}) : (target.object ?? {});
      const made =
        dryRun === 'client'
          ? object
          : await withSource('creating', target.source, () =>
              createObject(
                session,
                target.mapping,
                target.namespace,
                object,
                writeQuery(session, dryRun, true),
              ),
            );
      await printer.done(made, 'created');
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
  if (resolved.targets.length === 0) throw new KubectlError('no objects passed to create');
}

export function validates(flags: FlagSet): boolean {
  return !['false', 'ignore'].includes(flags.string('validate'));
}
