import { deepEqual } from '../deep-equal.ts';
import type { ListType, TypeSchema } from '../schema/type-schema.ts';
import { isEmptyObject, isLeafType, listOf, objectOf, typeOfField } from './json.ts';
import { itemsByElement } from './list-items.ts';

/**
 * `live` with a configuration laid over it: what the configuration does not speak of stays. Items keep the
 * order of the configuration. `live` itself when nothing changes. Models TypedValue.Merge
 * (structured-merge-diff v6).
 */
export function merge(type: TypeSchema | undefined, live: unknown, config: unknown): unknown {
  if (config === undefined || live === config) return live;
  if (live === undefined) return config;
  if (type === undefined || isLeafType(type)) return keep(live, config);
  if (type.kind === 'list') return mergeList(type, live, config);
  const before = objectOf(live);
  const after = objectOf(config);
  if (isEmptyObject(before) && isEmptyObject(after)) return keep(live, config);
  let merged: Record<string, unknown> | undefined;
  for (const name of Object.keys(after)) {
    const value = merge(typeOfField(type, name), before[name], after[name]);
    if (value !== before[name]) (merged ??= { ...before })[name] = value;
  }
  return merged ?? before;
}

/** The configuration's value, but the live one in memory when they are equal. */
function keep(live: unknown, config: unknown): unknown {
  return deepEqual(live, config) ? live : config;
}

function mergeList(type: ListType, live: unknown, config: unknown): unknown {
  const before = listOf(live);
  const after = listOf(config);
  if (before.length === 0 && after.length === 0) return keep(live, config);
  const ours = itemsByElement(type, before);
  const theirs = itemsByElement(type, after);
  const shared = [...theirs.keys()].filter((element) => ours.has(element));
  const left = [...ours.keys()];
  const right = [...theirs.keys()];
  const merged: unknown[] = [];
  const take = (element: string): void => {
    const mine = ours.get(element);
    const item = theirs.get(element)?.[0];
    // Of items that occur more than once the live ones stay as they are, unless the configuration has one.
    if (mine !== undefined && mine.length > 1 && item === undefined) merged.push(...mine);
    else merged.push(merge(type.item, mine?.[0], item));
  };
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const mine = left[i];
    const other = right[j];
    if (mine !== undefined && mine === other) {
      take(mine);
      i += 1;
      j += 1;
      shared.shift();
    } else if (mine !== undefined && other !== undefined && theirs.has(mine) && shared[0] !== mine) {
      // Comes later, where the configuration has it.
      i += 1;
    } else if (mine !== undefined && !theirs.has(mine)) {
      take(mine);
      i += 1;
    } else if (other !== undefined) {
      take(other);
      j += 1;
      if (shared[0] === other) shared.shift();
    } else {
      i += 1;
    }
  }
  const same = merged.length === before.length && merged.every((item, index) => item === before[index]);
  return same ? before : merged;
}
