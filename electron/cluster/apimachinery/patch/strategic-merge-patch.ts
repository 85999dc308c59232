import type { FieldSchema, TypeSchema } from '../schema/type-schema.ts';
import { StrategicPatchError, formatGoValue } from './strategic-patch-error.ts';
import { mergeLists, orderItems, partition } from './strategic-list.ts';

export type Json = Readonly<Record<string, unknown>>;

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const SET_ORDER = '$setElementOrder/';
const DELETE_ITEMS = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch: maps are merged, lists as their schema says (by merge key, as a set, or
 * replaced), with the directives `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`.
 * Neither value is changed: what differs is copied.
 * Models k8s.io/apimachinery/pkg/util/strategicpatch (v1.34). @throws StrategicPatchError
 */
export function applyStrategicMergePatch(original: Json, patch: Json, type: TypeSchema): Json {
  return mergeMaps(original, patch, type);
}

/** Exported for lists of maps, whose items are merged the same way. */
export function mergeMaps(original: Json, patchWithDirectives: Json, type: TypeSchema | undefined): Json {
  const directive = patchWithDirectives[DIRECTIVE];
  if (directive === 'replace') return withoutKeys(patchWithDirectives, [DIRECTIVE]);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== null && directive !== 'merge') {
    throw new StrategicPatchError(
      'Unknown',
      `unknown patch type: ${formatGoValue(directive)} in map: ${formatGoValue(patchWithDirectives)}`,
    );
  }
  const result: Record<string, unknown> = { ...original };
  let patch = patchWithDirectives;
  // Most maps carry none, and an object that something was deleted from is a slow one.
  if (Object.keys(patch).some((name) => name.startsWith('$'))) {
    const rest: Record<string, unknown> = { ...patchWithDirectives };
    delete rest[DIRECTIVE];
    applyRetainKeys(result, rest);
    applyElementOrders(result, rest, type);
    patch = rest;
  }
  for (const written of Object.keys(patch)) {
    const deleting = written.startsWith(DELETE_ITEMS);
    const name = deleting ? written.slice(DELETE_ITEMS.length) : written;
    const value = patch[written];
    if (value === null) {
      delete result[name];
      continue;
    }
    const current = Object.hasOwn(result, name) ? result[name] : undefined;
    const field = fieldOf(type, name);
    if (current === undefined || current === null || shapeOf(current) !== shapeOf(value)) {
      if (!deleting) result[name] = withoutDirectives(value);
    } else if (Array.isArray(value)) {
      result[name] = mergeListField(current as readonly unknown[], value, field, deleting);
    } else if (typeof value === 'object') {
      const replaced = field?.patchStrategies.includes('replace') === true;
      result[name] = replaced ? value : mergeMaps(current as Json, value as Json, field?.type);
    } else result[name] = value;
  }
  return result;
}

function mergeListField(
  current: readonly unknown[],
  patch: readonly unknown[],
  field: FieldSchema | undefined,
  deleting: boolean,
): readonly unknown[] {
  if (deleting) return current.filter((item) => !patch.includes(item));
  if (field?.patchStrategies.includes('merge') !== true) return patch.map(withoutDirectives);
  return mergeLists(current, patch, field);
}

/** `$retainKeys`: only the fields it names stay. */
function applyRetainKeys(original: Record<string, unknown>, patch: Record<string, unknown>): void {
  const keys = patch[RETAIN_KEYS];
  if (keys === undefined) return;
  delete patch[RETAIN_KEYS];
  const malformed = (): StrategicPatchError =>
    new StrategicPatchError('BadRequest', 'invalid patch format of retainKeys');
  if (!Array.isArray(keys) || !keys.every((name) => typeof name === 'string')) throw malformed();
  const retained = new Set<string>(keys);
  for (const name of Object.keys(patch)) {
    if (patch[name] === null || name.startsWith(DELETE_ITEMS) || name.startsWith(SET_ORDER)) continue;
    if (!retained.has(name)) throw malformed();
  }
  for (const name of Object.keys(original)) if (!retained.has(name)) delete original[name];
}

/** `$setElementOrder/x`: merges list x at once and brings the items named into that order. */
function applyElementOrders(
  original: Record<string, unknown>,
  patch: Record<string, unknown>,
  type: TypeSchema | undefined,
): void {
  for (const written of Object.keys(patch)) {
    if (!written.startsWith(SET_ORDER)) continue;
    const order = patch[written];
    delete patch[written];
    if (!Array.isArray(order))
      throw new StrategicPatchError('BadRequest', 'invalid patch format of setElementOrder list');
    const name = written.slice(SET_ORDER.length);
    const current = original[name];
    const change = patch[name];
    const currentList = Array.isArray(current) ? (current as readonly unknown[]) : undefined;
    const changeList = Array.isArray(change) ? (change as readonly unknown[]) : undefined;
    if (change === null) continue;
    delete patch[name];
    if (currentList === undefined && changeList === undefined) continue;
    const field = fieldOf(type, name);
    const mergeKey = field?.patchMergeKey;
    let merged = currentList ?? [];
    if (changeList !== undefined) {
      merged =
        currentList === undefined
          ? (withoutDirectives(changeList) as readonly unknown[])
          : mergeListField(currentList, changeList, field, false);
    }
    const [named, others] = partition(merged, order, mergeKey);
    original[name] = orderItems(named, others, order, currentList ?? [], mergeKey);
  }
}

function fieldOf(type: TypeSchema | undefined, name: string): FieldSchema | undefined {
  if (type === undefined) return undefined;
  if (type.kind === 'struct') return type.fields.get(name);
  if (type.kind === 'map')
    return { name, element: `f:${name}`, type: type.value, required: false, patchStrategies: [] };
  return undefined;
}

function shapeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

/** A value taken over whole: its directives mean nothing any more, and nulls are no content. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .filter((item) => !(isObject(item) && (item[DIRECTIVE] === 'delete' || item[DIRECTIVE] === 'replace')))
      .map(withoutDirectives);
  }
  if (!isObject(value)) return value;
  if (value[DIRECTIVE] === 'delete') return {};
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const child = value[name];
    if (child === null || name === DIRECTIVE || name === RETAIN_KEYS) continue;
    if (name.startsWith(SET_ORDER) || name.startsWith(DELETE_ITEMS)) continue;
    result[name] = withoutDirectives(child);
  }
  return result;
}

function withoutKeys(value: Json, names: readonly string[]): Json {
  const result: Record<string, unknown> = { ...value };
  for (const name of names) delete result[name];
  return result;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
