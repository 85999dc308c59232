import { KubectlError, StatusError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { compactJson } from '../go-format.ts';
import type { DryRun, ResultPrinter } from '../mutation.ts';
import type { Target } from '../resource-args.ts';
import type { Session } from '../session.ts';
import type { ObjectRef } from '../writes.ts';
import { patchObject } from '../writes.ts';

const advice = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/** `apply --server-side`: the whole object goes to the server as an apply patch. */
export async function serverSideApply(
  session: Session,
  flags: FlagSet,
  target: Target,
  ref: ObjectRef,
  dryRun: DryRun,
  printer: ResultPrinter,
): Promise<void> {
  const manager = flags.changed('field-manager') ? flags.string('field-manager') : 'kubectl';
  try {
    const applied = await patchObject(session, ref, 'apply', compactJson(target.object ?? {}), {
      fieldManager: manager,
      fieldValidation: ['false', 'ignore'].includes(flags.string('validate'))
        ? 'Ignore'
        : flags.string('validate') === 'warn'
          ? 'Warn'
          : 'Strict',
      force: flags.bool('force-conflicts') ? 'true' : 'false',
      dryRun: dryRun === 'server' ? 'All' : undefined,
    });
    await printer.done(applied, 'serverside-applied');
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Conflict')
      throw new KubectlError(`${error.message}\n${advice}`);
    throw error;
  }
}
