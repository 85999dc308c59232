import { deepEqual } from '../deep-equal.ts';
import type { StructType } from '../schema/type-schema.ts';
import type { Comparison } from './compare.ts';
import { compare } from './compare.ts';
import type { Conflict } from './conflict.ts';
import { ConflictsError, conflictsWith } from './conflict.ts';
import type { FieldSet } from './field-set.ts';
import {
  difference,
  EMPTY_SET,
  intersection,
  isEmptySet,
  recursiveDifference,
  union,
  withNamedFields,
} from './field-set.ts';
import type { JsonObject } from './json.ts';
import type { Managed, ManagedEntry } from './managed.ts';
import { identityOf } from './managed.ts';
import { merge } from './merge.ts';
import { removeItems } from './remove.ts';
import { toFieldSet } from './to-field-set.ts';

/** The type of the objects and the fields this door never changes. */
export interface Door {
  readonly type: StructType;
  readonly ignored: FieldSet;
}

/** Whoever owned a field that is another now, or gone, owns it no longer. */
export function takeAway(managed: Managed, { added, modified, removed }: Comparison): Managed {
  const gone = union(union(added, modified), removed);
  let same = true;
  const left: ManagedEntry[] = [];
  for (const entry of managed) {
    const fieldsV1 = difference(entry.fieldsV1, gone);
    if (fieldsV1 !== entry.fieldsV1) same = false;
    if (!isEmptySet(fieldsV1)) left.push(fieldsV1 === entry.fieldsV1 ? entry : { ...entry, fieldsV1 });
  }
  return same && left.length === managed.length ? managed : left;
}

export interface Applied {
  /** undefined when the configuration changes nothing. */
  readonly object: JsonObject | undefined;
  /** In no order; the applier's own entry carries no time. */
  readonly managed: Managed;
}

/**
 * Lays a configuration over an object for one manager: what the manager applied before and leaves out now
 * goes, unless somebody else owns it. `applier` names the manager; its fields are computed here.
 * Models merge.Updater.Apply (structured-merge-diff v6). @throws ConflictsError unless `force`
 */
export function applyConfig(
  door: Door,
  live: JsonObject,
  config: JsonObject,
  managed: Managed,
  applier: ManagedEntry,
  force: boolean,
): Applied {
  const { type, ignored } = door;
  const merged = merge(type, live, config) as JsonObject;
  const key = identityOf(applier);
  const before = managed.find((entry) => identityOf(entry) === key);
  const others = managed.filter((entry) => entry !== before);
  const fieldsV1 = recursiveDifference(toFieldSet(type, config), ignored);
  const owned = before?.fieldsV1 ?? EMPTY_SET;
  const wanted = prune(type, merged, owned, [...others.map((entry) => entry.fieldsV1), fieldsV1]);
  const comparison = compare(type, live, wanted, ignored);
  const taken = union(comparison.modified, comparison.added);
  if (!force) {
    const conflicts: Conflict[] = others.flatMap((owner) =>
      conflictsWith(owner, intersection(owner.fieldsV1, taken)),
    );
    if (conflicts.length > 0) throw new ConflictsError(conflicts);
  }
  const left = takeAway(others, comparison);
  const result = isEmptySet(fieldsV1) ? left : [...left, { ...applier, fieldsV1 }];
  return { object: deepEqual(live, wanted) ? undefined : wanted, managed: result };
}

/** Takes out what only this manager had applied. Models Updater.prune. */
function prune(
  type: StructType,
  merged: JsonObject,
  owned: FieldSet,
  owners: readonly FieldSet[],
): JsonObject {
  if (isEmptySet(owned)) return merged;
  const last = withNamedFields(owned, type);
  const pruned = removeItems(type, merged, last);
  const mergedSet = withNamedFields(toFieldSet(type, merged), type);
  // What others own, or the new configuration does, comes back.
  const all = withNamedFields(owners.reduce(union, EMPTY_SET), type);
  const prunedSet = withNamedFields(toFieldSet(type, pruned), type);
  const withOwned = removeItems(type, merged, difference(mergedSet, union(prunedSet, all)));
  // So does what the manager never applied: nobody's fields, and those of updaters.
  const keptSet = withNamedFields(toFieldSet(type, withOwned), type);
  const dangling = intersection(difference(mergedSet, keptSet), last);
  return (removeItems(type, merged, dangling) ?? {}) as JsonObject;
}
