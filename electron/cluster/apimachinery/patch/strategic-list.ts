import type { FieldSchema } from '../schema/type-schema.ts';
import type { Json } from './strategic-merge-patch.ts';
import { mergeMaps, withoutDirectives } from './strategic-merge-patch.ts';
import { StrategicPatchError, formatGoValue } from './strategic-patch-error.ts';

const DIRECTIVE = '$patch';

/** Merges a list whose strategy is `merge`: scalars as a set, maps by their merge key. */
export function mergeLists(
  original: readonly unknown[],
  patch: readonly unknown[],
  field: FieldSchema,
): readonly unknown[] {
  if (original.length === 0 && patch.length === 0) return original;
  const sample = original[0] ?? patch[0];
  if (Array.isArray(sample))
    throw new StrategicPatchError('Unprocessable', 'lists of lists are not supported');
  if (typeof sample !== 'object' || sample === null) {
    const merged = [...new Set([...original, ...patch])];
    const [named, others] = partition(merged, patch, undefined);
    return orderItems(named, others, patch, original, undefined);
  }
  const mergeKey = field.patchMergeKey;
  if (mergeKey === undefined) {
    throw new StrategicPatchError('Unknown', `cannot merge lists without merge key for ${field.name}`);
  }
  return mergeMapLists(original as readonly Json[], patch as readonly Json[], mergeKey, field);
}

function mergeMapLists(
  original: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
  field: FieldSchema,
): readonly unknown[] {
  let items: Json[] = [...original];
  let changes: Json[] = [];
  let replace = false;
  for (const change of patch) {
    const directive = change[DIRECTIVE];
    if (directive === undefined) {
      changes.push(change);
    } else if (directive === 'delete') {
      if (change[mergeKey] === undefined) throw noMergeKey(change, mergeKey);
      items = items.filter((item) => item[mergeKey] !== change[mergeKey]);
    } else if (directive === 'replace') replace = true;
    else if (directive === 'merge') {
      throw new StrategicPatchError('Unknown', 'merging lists cannot yet be specified in the patch');
    } else {
      throw new StrategicPatchError(
        'Unknown',
        `unknown patch type: ${formatGoValue(directive)} in map: ${formatGoValue(change)}`,
      );
    }
  }
  if (replace) {
    items = changes;
    changes = [];
  }
  const itemType = field.type.kind === 'list' ? field.type.item : undefined;
  for (const change of changes) {
    const value = change[mergeKey];
    if (value === undefined) throw noMergeKey(change, mergeKey);
    const index = items.findIndex((item) => item[mergeKey] === value);
    if (index < 0) items.push(withoutDirectives(change) as Json);
    else items[index] = mergeMaps(items[index] as Json, change, itemType);
  }
  const [named, others] = partition(items, changes, mergeKey);
  return orderItems(named, others, changes, original, mergeKey);
}

function noMergeKey(item: Json, mergeKey: string): StrategicPatchError {
  return new StrategicPatchError(
    'Unknown',
    `map: ${formatGoValue(item)} does not contain declared merge key: ${mergeKey}`,
  );
}

/** Items that occur in `list` (by merge key, when there is one) and the others. */
export function partition(
  items: readonly unknown[],
  list: readonly unknown[],
  mergeKey: string | undefined,
): [named: unknown[], others: unknown[]] {
  const named: unknown[] = [];
  const others: unknown[] = [];
  for (const item of items) (positionIn(list, item, mergeKey) >= 0 ? named : others).push(item);
  return [named, others];
}

function positionIn(list: readonly unknown[], item: unknown, mergeKey: string | undefined): number {
  if (mergeKey === undefined) return list.indexOf(item);
  const value = (item as Json)[mergeKey];
  return list.findIndex(
    (other) => typeof other === 'object' && other !== null && (other as Json)[mergeKey] === value,
  );
}

/**
 * Weaves two lists into one: items the patch names in the patch's order, others in the server's, and an item
 * of the server's before a named one when it stood before it. Models normalizeElementOrder (v1.34).
 */
export function orderItems(
  named: readonly unknown[],
  others: readonly unknown[],
  patchOrder: readonly unknown[],
  serverOrder: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const left = sortBy(others, serverOrder, mergeKey);
  const right = sortBy(named, patchOrder, mergeKey);
  if (left.length === 0) return right;
  const woven: unknown[] = [];
  let nextLeft = 0;
  let nextRight = 0;
  while (nextLeft < left.length || nextRight < right.length) {
    if (nextLeft >= left.length) woven.push(right[nextRight++]);
    else if (nextRight >= right.length) woven.push(left[nextLeft++]);
    else {
      const leftPosition = positionIn(serverOrder, left[nextLeft], mergeKey);
      const rightPosition = positionIn(serverOrder, right[nextRight], mergeKey);
      const leftFirst = leftPosition >= 0 && rightPosition >= 0 && leftPosition < rightPosition;
      woven.push(leftFirst ? left[nextLeft++] : right[nextRight++]);
    }
  }
  return woven;
}

function sortBy(
  items: readonly unknown[],
  order: readonly unknown[],
  mergeKey: string | undefined,
): unknown[] {
  const positions = items.map((item) => positionIn(order, item, mergeKey));
  // As they come from a client that lists them in its order.
  if (positions.every((position, index) => index === 0 || position >= (positions[index - 1] as number)))
    return [...items];
  return items
    .map((item, index) => ({ item, position: positions[index] as number }))
    .sort((left, right) => left.position - right.position)
    .map(({ item }) => item);
}
