import { KubectlError, plainMessage, StatusError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { compactJson } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { stringAt } from '../json.ts';
import { lastApplied } from '../last-applied.ts';
import type { DryRun, ResultPrinter } from '../mutation.ts';
import { getObject } from '../objects.ts';
import { annotationOwners, upgradedManagers } from '../patch/managers.ts';
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

const lastAppliedManager = 'kubectl-last-applied';
const retries = 5;
const notFatal = 'This is non-fatal and will be retried next time you apply. Error:';

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
  const dry = dryRun === 'server' ? 'All' : undefined;
  const send = (): Promise<JsonObject> =>
    patchObject(session, ref, 'apply', compactJson(target.object ?? {}), {
      fieldManager: manager,
      fieldValidation: ['false', 'ignore'].includes(flags.string('validate'))
        ? 'Ignore'
        : flags.string('validate') === 'warn'
          ? 'Warn'
          : 'Strict',
      force: flags.bool('force-conflicts') ? 'true' : 'false',
      dryRun: dry,
    });
  let applied: JsonObject;
  try {
    applied = await send();
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Conflict')
      throw new KubectlError(`${error.message}\n${advice}`);
    throw error;
  }
  await printer.done(await migrate(session, ref, manager, applied, dry, send), 'serverside-applied');
}

/**
 * An object that was applied from the client's side before: its annotation gets an owner, and the fields go from
 * the old manager to the new one, so that what the file no longer has is taken out. Failing at it is no failure.
 */
async function migrate(
  session: Session,
  ref: ObjectRef,
  manager: string,
  applied: JsonObject,
  dryRun: string | undefined,
  again: () => Promise<JsonObject>,
): Promise<JsonObject> {
  let object = applied;
  if (
    manager === 'kubectl' &&
    annotationOf(object) !== '' &&
    annotationOwners(object, 'Apply').length === 0
  ) {
    try {
      object = await keepAnnotation(session, ref, object, dryRun);
    } catch (error) {
      await session.err(
        `Warning: failed to migrate ${lastApplied} for Server-Side Apply. ${notFatal} ${plainMessage(error)}\n`,
      );
      return object;
    }
  }
  try {
    const moved = await moveManagers(session, ref, object, manager, dryRun);
    if (moved === undefined) return object;
    object = moved;
  } catch (error) {
    await session.err(
      `Warning: server rejected managed fields migration to Server-Side Apply. ${notFatal} ${plainMessage(error)}\n`,
    );
    return object;
  }
  try {
    return await again();
  } catch (error) {
    await session.err(
      `Warning: failed to re-apply configuration after performing Server-Side Apply migration. ${notFatal} ${plainMessage(error)}\n`,
    );
    return object;
  }
}

function annotationOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'annotations', lastApplied);
}

function keepAnnotation(
  session: Session,
  ref: ObjectRef,
  object: JsonObject,
  dryRun: string | undefined,
): Promise<JsonObject> {
  const only = {
    apiVersion: stringAt(object, 'apiVersion'),
    kind: stringAt(object, 'kind'),
    metadata: {
      annotations: { [lastApplied]: annotationOf(object) },
      name: ref.name,
      ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
    },
  };
  return patchObject(session, ref, 'apply', compactJson(only), { fieldManager: lastAppliedManager, dryRun });
}

/** undefined when no manager has to move. */
async function moveManagers(
  session: Session,
  ref: ObjectRef,
  object: JsonObject,
  manager: string,
  dryRun: string | undefined,
): Promise<JsonObject | undefined> {
  const from = [...new Set(annotationOwners(object, 'Update').map((entry) => stringAt(entry, 'manager')))];
  let current = object;
  for (let attempt = 1; ; attempt += 1) {
    const managers = upgradedManagers(current, from, manager);
    if (managers === undefined) return undefined;
    const resourceVersion = stringAt(current, 'metadata', 'resourceVersion');
    const patch: Json = [
      { op: 'replace', path: '/metadata/managedFields', value: managers },
      { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    ];
    try {
      return await patchObject(session, ref, 'json', patch, { dryRun });
    } catch (error) {
      if (attempt === retries || !(error instanceof StatusError) || error.reason !== 'Conflict') throw error;
      current = await getObject(session, ref.mapping, ref.namespace, ref.name);
    }
  }
}
