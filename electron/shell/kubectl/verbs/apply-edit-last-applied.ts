import type { CommandSpec } from '../command-spec.ts';
import { dryRunFlag, fieldManagerFlag, filenameFlags, filesOf, validateFlag } from '../common-flags.ts';
import { KubectlError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { configurationText, lastApplied, originalOf } from '../last-applied.ts';
import { ResultPrinter } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { findTargets } from '../objects.ts';
import { outputFlags } from '../printers/object-printer.ts';
import { mustProvide } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';
import { hasFiles } from './create.ts';
import { editObject, editorOf } from './editor.ts';

/** `apply edit-last-applied`. Models cmd/apply/apply_edit_last_applied.go of kubectl (v1.33). */
export const editLastApplied: CommandSpec = {
  name: 'edit-last-applied',
  usage: '(RESOURCE/NAME | -f FILENAME)',
  short: {
    en: 'Edit what apply last sent for an object.',
    'pt-BR': 'Edita o que apply enviou por último para um objeto.',
  },
  examples: ['kubectl apply edit-last-applied deployment/web'],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    validateFlag,
    fieldManagerFlag('kubectl-last-applied'),
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length === 0 && !hasFiles(flags)) throw new KubectlError(mustProvide);
  const editor = editorOf(session);
  const selection = {
    args,
    ...filesOf(flags),
  };
  const { found, errors } = await findTargets(session, selection);
  throwAll(errors);
  const printer = await ResultPrinter.make(session);
  for (const each of found) await editOne(session, flags, each, editor, printer);
}

async function editOne(
  session: Session,
  flags: FlagSet,
  each: Found,
  editor: string,
  printer: ResultPrinter,
): Promise<void> {
  const before = originalOf(each.object);
  if (before === undefined)
    throw new KubectlError(
      'The last-applied-configuration annotation does not exist on some live objects, skipping.',
    );
  await editObject(session, editor, each.name, before, async (value) => {
    const patch = { metadata: { annotations: { [lastApplied]: configurationText(value) } } };
    const done = await patchObject(session, each, 'merge', patch, {
      fieldManager: flags.string('field-manager'),
    });
    await printer.done(done, 'edited');
    return undefined;
  });
}
