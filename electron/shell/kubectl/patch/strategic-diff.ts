import { compactJson } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { at, equal, isObject, sortedKeys } from '../json.ts';
import type { PatchField, PatchType } from './patch-schema.ts';
import { hasStrategy, patchTypeNamed } from './patch-schema.ts';

export interface DiffOptions {
  /** Leave out what is only in the original. */
  readonly ignoreDeletions: boolean;
  /** Leave out everything but deletions. */
  readonly onlyDeletions: boolean;
}

/** A patch is about a field that cannot be patched this way. */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError';
}

/**
 * The strategic merge patch that turns `original` into `modified`. Models `diffMaps` of apimachinery's
 * util/strategicpatch with element order set.
 */
export function diffObjects(
  original: JsonObject,
  modified: JsonObject,
  type: PatchType,
  options: DiffOptions,
): JsonObject {
  const patch: JsonObject = {};
  for (const key of sortedKeys(original)) {
    const before = original[key] ?? null;
    const after = modified[key];
    if (after === undefined || (after === null && !Object.hasOwn(modified, key))) {
      if (!options.ignoreDeletions) patch[key] = null;
      continue;
    }
    diffField(key, before, after, type[key], patch, options);
  }
  if (!options.onlyDeletions) {
    for (const key of sortedKeys(modified))
      if (!Object.hasOwn(original, key)) patch[key] = modified[key] ?? null;
  }
  return patch;
}

function diffField(
  key: string,
  before: Json,
  after: Json,
  field: PatchField | undefined,
  patch: JsonObject,
  options: DiffOptions,
): void {
  if (isObject(before) && isObject(after)) {
    if (hasStrategy(field, 'replace')) {
      if (!options.onlyDeletions && !equal(before, after)) patch[key] = after;
      return;
    }
    const below = diffObjects(
      before,
      after,
      field?.map ? mapType(after, before, field.type) : patchTypeNamed(field?.type),
      options,
    );
    if (hasStrategy(field, 'retainKeys')) addRetainKeys(below, before, after, options);
    if (Object.keys(below).length > 0) patch[key] = below;
    return;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    if (hasStrategy(field, 'merge')) diffMergingList(key, before, after, field, patch, options);
    else if (!options.onlyDeletions && !equal(before, after)) patch[key] = after;
    return;
  }
  if (!options.onlyDeletions && !equal(before, after)) patch[key] = after;
}

/** A map whose values all have one type, as a type with those keys. */
function mapType(a: JsonObject, b: JsonObject, type: string | undefined): PatchType {
  if (type === undefined) return {};
  return Object.fromEntries([...Object.keys(a), ...Object.keys(b)].map((key) => [key, { type }]));
}

function addRetainKeys(patch: JsonObject, before: JsonObject, after: JsonObject, options: DiffOptions): void {
  if (options.onlyDeletions || Object.keys(patch).length === 0) return;
  void before;
  patch['$retainKeys'] = sortedKeys(after).filter((key) => after[key] !== undefined);
}

function diffMergingList(
  key: string,
  before: readonly Json[],
  after: readonly Json[],
  field: PatchField | undefined,
  patch: JsonObject,
  options: DiffOptions,
): void {
  const objects = [...before, ...after].every(isObject) && before.length + after.length > 0;
  if (!objects) {
    const added = after.filter((item) => !before.some((each) => equal(each, item)));
    const removed = before.filter((item) => !after.some((each) => equal(each, item)));
    if (!options.onlyDeletions && added.length > 0) patch[key] = sortedValues(added);
    if (!options.ignoreDeletions && removed.length > 0)
      patch[`$deleteFromPrimitiveList/${key}`] = sortedValues(removed);
    if (patch[key] !== undefined || patch[`$deleteFromPrimitiveList/${key}`] !== undefined)
      patch[`$setElementOrder/${key}`] = [...after];
    return;
  }
  const mergeKey = field?.mergeKey ?? '';
  const type = patchTypeNamed(field?.type);
  const keyOf = (item: Json): string => {
    const value = at(item, mergeKey);
    if (value === undefined || value === null)
      throw new StrategicPatchError(
        `map: ${compactJson(item)} does not contain declared merge key: ${mergeKey}`,
      );
    return compactJson(value);
  };
  const items: JsonObject[] = [];
  const old = new Map(before.filter(isObject).map((item) => [keyOf(item), item]));
  const now = new Map(after.filter(isObject).map((item) => [keyOf(item), item]));
  for (const id of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const was = old.get(id);
    const is = now.get(id);
    if (was && is) {
      const below = diffObjects(was, is, type, options);
      if (hasStrategy(field, 'retainKeys')) addRetainKeys(below, was, is, options);
      if (Object.keys(below).length > 0) items.push({ ...below, [mergeKey]: is[mergeKey] ?? null });
    } else if (is && !options.onlyDeletions) items.push(is);
    else if (was && !is && !options.ignoreDeletions)
      items.push({ $patch: 'delete', [mergeKey]: was[mergeKey] ?? null });
  }
  if (items.length === 0) {
    return;
  }
  patch[key] = items;
  patch[`$setElementOrder/${key}`] = after
    .filter(isObject)
    .map((item) => ({ [mergeKey]: item[mergeKey] ?? null }));
}

function sortedValues(values: readonly Json[]): Json[] {
  return [...values].sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
