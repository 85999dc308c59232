type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const mergeKeys = ['uid', 'type', 'name', 'key'];
/** Lists that a strategic merge replaces although their items have names. */
const atomicLists = new Set(['containerStatuses', 'initContainerStatuses']);

/** RFC 7386; with `strategic`, lists of objects are merged by uid, type, name or key. */
export function mergePatch(target: Json, patch: Json, strategic: boolean): Json {
  if (!isObject(patch)) {
    if (strategic && Array.isArray(patch) && Array.isArray(target)) return mergeLists(target, patch);
    return patch;
  }
  const result: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue;
    // Only the order of the list's items differs, which is not kept here.
    if (Array.isArray(value) && value.length === 0 && `$setElementOrder/${key}` in patch) continue;
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value, strategic && !atomicLists.has(key));
  }
  return result;
}

function mergeLists(target: readonly Json[], patch: readonly Json[]): Json {
  const first = patch.find(isObject);
  const key = first && mergeKeys.find((candidate) => candidate in first);
  if (key === undefined) return patch;
  const result = [...target];
  for (const item of patch) {
    if (!isObject(item)) continue;
    const index = result.findIndex((candidate) => isObject(candidate) && candidate[key] === item[key]);
    if (item['$patch'] === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) result[index] = mergePatch(result[index], item, true);
    else result.push(item);
  }
  return result;
}

/** RFC 6902, as far as tests need it: add, replace, remove, test. */
export function jsonPatch(target: Json, operations: Json): Json {
  const copy = structuredClone(target);
  for (const operation of operations as readonly { op: string; path: string; value?: Json }[]) {
    const parts = operation.path
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = parts.pop() ?? '';
    let parent = copy as Record<string, Json>;
    for (const part of parts) parent = parent[part] as Record<string, Json>;
    if (operation.op === 'test') {
      if (JSON.stringify(parent[last]) !== JSON.stringify(operation.value))
        throw new Error(`testing path ${operation.path}`);
    } else if (Array.isArray(parent)) {
      const index = last === '-' ? parent.length : Number(last);
      if (operation.op === 'remove') parent.splice(index, 1);
      else if (operation.op === 'add') parent.splice(index, 0, operation.value);
      else parent[index] = operation.value;
    } else if (operation.op === 'remove') delete parent[last];
    else parent[last] = operation.value;
  }
  return copy;
}
