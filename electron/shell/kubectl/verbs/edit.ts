import type { CommandSpec } from '../command-spec.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  subresourceFlag,
  validateFlag,
} from '../common-flags.ts';
import { KubectlError, StatusError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { clone, nameOf, removeAt, stringAt } from '../json.ts';
import { ResultPrinter } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { findTargets } from '../objects.ts';
import { patchTypeOf } from '../patch/patch-schema.ts';
import { threeWayJsonPatch } from '../patch/three-way.ts';
import { diffObjects } from '../patch/strategic-diff.ts';
import { noPrinter, outputFlags } from '../printers/object-printer.ts';
import { mustProvide } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';
import { hasFiles } from './create.ts';
import { editObject, editorOf } from './editor.ts';

export const edit: CommandSpec = {
  name: 'edit',
  usage: '(RESOURCE/NAME | -f FILENAME)',
  group: 'basic',
  short: {
    en: 'Edit an object with your editor ($KUBE_EDITOR or $EDITOR).',
    'pt-BR': 'Edita um objeto com seu editor ($KUBE_EDITOR ou $EDITOR).',
  },
  examples: ['kubectl edit deployment/web', 'KUBE_EDITOR=nano kubectl edit cm settings'],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    validateFlag,
    subresourceFlag,
    fieldManagerFlag('kubectl-edit'),
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  if (args.length === 0 && !hasFiles(flags)) throw new KubectlError(mustProvide);
  const selection = {
    args,
    ...filesOf(flags),
    bareTypes: true,
  };
  const output = flags.string('output');
  if (!['', 'json', 'yaml'].includes(output)) throw noPrinter(output, ['json', 'yaml']);
  const { found, errors } = await findTargets(session, selection);
  throwAll(errors);
  const editor = editorOf(session);
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
  const shown = clone(each.object);
  removeAt(shown, ['metadata', 'managedFields']);
  await editObject(session, editor, each.name, shown, (value) =>
    tryPatch(session, flags, each, shown, value, printer),
  );
}

/** Sends the change; answers what is wrong with it when it can be edited again. */
async function tryPatch(
  session: Session,
  flags: FlagSet,
  each: Found,
  shown: JsonObject,
  value: JsonObject,
  printer: ResultPrinter,
): Promise<string | undefined> {
  if (['apiVersion', 'kind'].some((field) => value[field] !== shown[field]) || nameOf(value) !== each.name)
    throw new KubectlError('At least one of apiVersion, kind and name was changed');
  const type = patchTypeOf(stringAt(shown, 'apiVersion'), stringAt(shown, 'kind'));
  const patch = type
    ? diffObjects(shown, value, type, { ignoreDeletions: false, onlyDeletions: false })
    : threeWayJsonPatch(shown, value, shown);
  try {
    const done = await patchObject(
      session,
      each,
      type ? 'strategic' : 'merge',
      patch,
      { fieldManager: flags.string('field-manager'), fieldValidation: 'Strict' },
      flags.string('subresource') || undefined,
    );
    await printer.done(done, 'edited');
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError) || session.io.tty === undefined) throw error;
    return `${each.mapping.name} "${each.name}" was not valid:\n* ${error.message}`;
  }
}
