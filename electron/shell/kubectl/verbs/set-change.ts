import type { CommandSpec } from '../command-spec.ts';
import {
  allFlag,
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  localFlag,
  selectorFlag,
} from '../common-flags.ts';
import { KubectlError, plainMessage, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import type { JsonObject } from '../json.ts';
import { at, clone, isObject, stringAt } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { collectTargets } from '../objects.ts';
import { patchTypeOf } from '../patch/patch-schema.ts';
import { diffObjects } from '../patch/strategic-diff.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Target } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { withTypedFields } from '../typed-fields.ts';
import { patchObject } from '../writes.ts';

/** Flags of every `set` command. */
export const setFlags: NonNullable<CommandSpec['flags']> = [
  ...filenameFlags,
  ...outputFlags,
  selectorFlag,
  allFlag,
  localFlag,
  dryRunFlag,
  fieldManagerFlag('kubectl-set'),
];

export interface Change {
  /** What is said of an object that was changed: `image updated`. */
  readonly verb: string;
  /** What stands before the server's refusal. */
  readonly failure?: string;
  /** Failures are told as they are, without the object they are about. */
  readonly plain?: boolean;
  /** Send it even when nothing changes. */
  readonly always?: boolean;
  /** Changes the copy; what does not fit is added to `errors` or thrown. */
  edit(object: JsonObject, each: Found, errors: Error[]): void;
}

/** The Pod spec inside an object and where it is. */
export function podSpecOf(object: JsonObject): JsonObject | undefined {
  const paths = [
    ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    ['spec', 'template', 'spec'],
  ];
  if (stringAt(object, 'kind') === 'Pod') paths.unshift(['spec']);
  for (const path of paths) {
    const found = at(object, ...path);
    if (isObject(found)) return found;
  }
  return undefined;
}

/** Same, for a command that cannot do without. @throws KubectlError when there is none */
export function podSpecFor(object: JsonObject): JsonObject {
  const spec = podSpecOf(object);
  if (spec) return spec;
  const group = stringAt(object, 'apiVersion').split('/');
  throw new KubectlError(
    `the object is not a pod or does not have a pod template: *${group.length > 1 ? (group[1] ?? '') : (group[0] ?? '')}.${stringAt(object, 'kind')}`,
  );
}

/** Containers whose name matches the pattern, in which `*` stands for any text. */
export function containersLike(spec: JsonObject, list: string, pattern: string): JsonObject[] {
  const matcher = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`);
  const found = spec[list];
  return (Array.isArray(found) ? found : [])
    .filter(isObject)
    .filter((each) => matcher.test(stringAt(each, 'name')));
}

/** Refuses flags that contradict each other. */
export function checkSetFlags(flags: FlagSet): void {
  if (flags.bool('local') && flags.string('dry-run') === 'server')
    throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
}

/** The objects a `set` command is about; with `--local` as the files have them. @throws what cannot be had */
export async function setTargets(
  session: Session,
  flags: FlagSet,
  args: readonly string[],
): Promise<Found[]> {
  const local = flags.bool('local');
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time');
  if (local && args.length > 0)
    throw new KubectlError(
      "error: you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
    );
  const selection = {
    args,
    ...filesOf(flags),
    selector: flags.string('selector'),
    all: flags.bool('all'),
    local,
  };
  const resolved = await resolveTargets(session, selection);
  if (!local) {
    const { found, errors } = await collectTargets(session, resolved, selection);
    throwAll(errors);
    return found;
  }
  return resolved.targets.map((target): Found => {
    if (target instanceof Error) throw target;
    return localFound(target);
  });
}

function localFound({ mapping, namespace, name = '', object = {} }: Target): Found {
  return { mapping, namespace, name, object };
}

/** Changes each object and sends the difference. Models cmd/set of kubectl (v1.33). */
export async function changeAll(
  session: Session,
  flags: FlagSet,
  found: readonly Found[],
  change: Change,
): Promise<void> {
  const dryRun = await dryRunOf(session);
  const local = flags.bool('local');
  const printer = await ResultPrinter.make(session, dryRun, true);
  const errors: Error[] = [];
  const changed: (readonly [Found, JsonObject])[] = [];
  for (const each of found) {
    const next = clone(each.object);
    try {
      change.edit(next, each, errors);
      changed.push([each, next]);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(
        change.plain
          ? error
          : new KubectlError(`error: ${each.mapping.name}/${each.name} ${error.message}\n`),
      );
    }
  }
  for (const [each, next] of changed) {
    const type = patchTypeOf(stringAt(next, 'apiVersion'), stringAt(next, 'kind')) ?? {};
    const patch = diffObjects(each.object, next, type, { ignoreDeletions: false, onlyDeletions: false });
    if (Object.keys(patch).length === 0 && !change.always) continue;
    if (local || dryRun === 'client') {
      await printer.done(withTypedFields(next), change.verb);
      continue;
    }
    try {
      await printer.done(
        await patchObject(session, each, 'strategic', patch, writeQuery(session, dryRun)),
        change.verb,
      );
    } catch (error) {
      errors.push(
        change.plain && error instanceof Error
          ? error
          : new KubectlError(`${change.failure ?? ''} ${plainMessage(error)}`),
      );
    }
  }
  throwAll(errors);
}
