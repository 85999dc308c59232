import type { Json, JsonObject } from '../json.ts';
import { at, clone, isObject } from '../json.ts';
import type { PatchField, PatchType } from './patch-schema.ts';
import { patchTypeNamed } from './patch-schema.ts';
import { diffObjects } from './strategic-diff.ts';

/**
 * What `apply` sends for a built-in kind: changes and additions from `current` to `modified`, deletions from `original`
 * (what was applied last) to `modified`. Models `CreateThreeWayMergePatch` of apimachinery's util/strategicpatch.
 */
export function threeWayStrategicPatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
  type: PatchType,
): JsonObject {
  const changes = diffObjects(current, modified, type, { ignoreDeletions: true, onlyDeletions: false });
  const deletions = diffObjects(original, modified, type, { ignoreDeletions: false, onlyDeletions: true });
  return combine(deletions, changes, type);
}

/** Lays one patch over another; lists that merge are joined by their key. */
function combine(base: JsonObject, over: JsonObject, type: PatchType): JsonObject {
  const out: JsonObject = clone(base);
  for (const [key, value] of Object.entries(over)) {
    const before = out[key];
    const field = type[key.replace(/^\$(setElementOrder|deleteFromPrimitiveList)\//, '')];
    if (key.startsWith('$setElementOrder/') || key === '$retainKeys') out[key] = value;
    else if (isObject(before) && isObject(value))
      out[key] = combine(before, value, patchTypeNamed(field?.type));
    else if (Array.isArray(before) && Array.isArray(value)) out[key] = combineLists(before, value, field);
    else out[key] = value;
  }
  return out;
}

function combineLists(base: readonly Json[], over: readonly Json[], field: PatchField | undefined): Json[] {
  const mergeKey = field?.mergeKey;
  if (mergeKey === undefined) return [...base, ...over.filter((item) => !base.includes(item))];
  // Changes stand before deletions.
  const same = (a: Json, b: Json): boolean => at(a, mergeKey) === at(b, mergeKey);
  const out: Json[] = over.map((item) => {
    const before = base.find((each) => same(each, item));
    return isObject(before) && isObject(item) ? combine(before, item, patchTypeNamed(field?.type)) : item;
  });
  out.push(...base.filter((item) => !over.some((each) => same(each, item))));
  return out;
}

/** The same for kinds without a type: a JSON merge patch, where lists are replaced. Models util/jsonmergepatch. */
export function threeWayJsonPatch(
  original: JsonObject,
  modified: JsonObject,
  current: JsonObject,
): JsonObject {
  return mergeJson(mergeDeletions(original, modified), mergeChanges(current, modified));
}

function mergeChanges(current: JsonObject, modified: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(modified)) {
    const before = current[key];
    if (isObject(before) && isObject(value)) {
      const below = mergeChanges(before, value);
      if (Object.keys(below).length > 0) patch[key] = below;
    } else if (JSON.stringify(before) !== JSON.stringify(value)) patch[key] = value;
  }
  return patch;
}

function mergeDeletions(original: JsonObject, modified: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, before] of Object.entries(original)) {
    const value = modified[key];
    if (value === undefined) patch[key] = null;
    else if (isObject(before) && isObject(value)) {
      const below = mergeDeletions(before, value);
      if (Object.keys(below).length > 0) patch[key] = below;
    }
  }
  return patch;
}

function mergeJson(a: JsonObject, b: JsonObject): JsonObject {
  const out: JsonObject = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = out[key];
    out[key] = isObject(before) && isObject(value) ? mergeJson(before, value) : value;
  }
  return out;
}
