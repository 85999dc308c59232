import type { Json, JsonObject } from '../json.ts';
import { at, clone, equal, isObject } from '../json.ts';
import type { PatchField, PatchType } from '../patch/patch-schema.ts';
import { hasStrategy, patchTypeNamed } from '../patch/patch-schema.ts';

/** The object is to be removed: a patch said `$patch: delete` of all of it. */
export const removed = Symbol('removed');

/**
 * Lays a strategic merge patch over an object: maps are merged, lists by their key, null removes. Models kyaml's merge2 as
 * kustomize calls it.
 */
export function mergePatch(
  object: JsonObject,
  patch: JsonObject,
  type: PatchType,
): JsonObject | typeof removed {
  if (patch['$patch'] === 'delete') return removed;
  if (patch['$patch'] === 'replace') {
    const { $patch: _, ...rest } = clone(patch);
    return rest;
  }
  const out = clone(object);
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete out[key];
    else mergeField(out, key, value, type[key]);
  }
  return out;
}

function mergeField(out: JsonObject, key: string, value: Json, field: PatchField | undefined): void {
  const before = out[key];
  if (isObject(value)) {
    const below = field?.map ? {} : patchTypeNamed(field?.type);
    const merged = mergePatch(isObject(before) ? before : {}, value, below);
    if (merged === removed) delete out[key];
    else out[key] = merged;
  } else if (Array.isArray(value)) {
    out[key] = mergeList(Array.isArray(before) ? before : [], value, field);
  } else out[key] = value;
}

function mergeList(before: readonly Json[], value: readonly Json[], field: PatchField | undefined): Json[] {
  const replaces = value.some((item) => isObject(item) && item['$patch'] === 'replace');
  const items = value.filter((item) => !(isObject(item) && item['$patch'] === 'replace'));
  if (replaces || !hasStrategy(field, 'merge')) return clone([...items]);
  const mergeKey = field?.mergeKey;
  if (mergeKey === undefined)
    return [...before, ...items.filter((item) => !before.some((each) => equal(each, item)))];
  const type = patchTypeNamed(field?.type);
  const out = clone([...before]);
  for (const item of items) {
    const index = out.findIndex((each) => equal(at(each, mergeKey), at(item, mergeKey)));
    const known = out[index];
    if (!isObject(item)) continue;
    if (known === undefined || !isObject(known)) {
      if (item['$patch'] !== 'delete') out.push(clone(item));
      continue;
    }
    const merged = mergePatch(known, item, type);
    if (merged === removed) out.splice(index, 1);
    else out[index] = merged;
  }
  return out;
}
