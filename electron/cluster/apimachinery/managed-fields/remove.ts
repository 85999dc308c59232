import type { ListType, TypeSchema } from '../schema/type-schema.ts';
import type { FieldSet } from './field-set.ts';
import { isEmptySet, isMember } from './field-set.ts';
import { isJsonObject, isLeafType, typeOfField } from './json.ts';
import { elementOfItem, ListItemError } from './list-items.ts';
import { fieldElement } from './path-element.ts';

/**
 * The value without the fields and items of a set, and without all that is in them. A value that loses
 * everything becomes null. The value itself when it has none of them. Models TypedValue.RemoveItems
 * (structured-merge-diff v6).
 */
export function removeItems(
  type: TypeSchema | undefined,
  value: unknown,
  set: FieldSet | undefined,
): unknown {
  if (set === undefined || isEmptySet(set) || type === undefined || type.kind === 'scalar') return value;
  // Nothing inside one value can be taken out of it.
  if (isLeafType(type)) return value;
  if (type.kind === 'list') return Array.isArray(value) ? removeFromList(type, value, set) : value;
  if (!isJsonObject(value)) return value;
  let rest: Record<string, unknown> | undefined;
  for (const name of Object.keys(value)) {
    const part = set[fieldElement(name)];
    if (part === undefined) continue;
    if (isMember(part)) {
      rest ??= { ...value };
      delete rest[name];
      continue;
    }
    const child = removeItems(typeOfField(type, name), value[name], part);
    if (child !== value[name]) (rest ??= { ...value })[name] = child;
  }
  if (rest === undefined) return value;
  return Object.keys(rest).length === 0 ? null : rest;
}

function removeFromList(type: ListType, items: readonly unknown[], set: FieldSet): unknown {
  let changed = false;
  const rest: unknown[] = [];
  for (const item of items) {
    const part = partOfItem(type, item, set);
    if (part === undefined) {
      rest.push(item);
      continue;
    }
    if (isMember(part)) {
      changed = true;
      continue;
    }
    const kept = removeItems(type.item, item, part);
    changed ||= kept !== item;
    rest.push(kept);
  }
  if (!changed) return items;
  return rest.length === 0 ? null : rest;
}

function partOfItem(type: ListType, item: unknown, set: FieldSet): FieldSet | undefined {
  try {
    return set[elementOfItem(type, item)];
  } catch (error) {
    if (error instanceof ListItemError) return undefined;
    throw error;
  }
}
