import type { ListType, TypeSchema } from '../schema/type-schema.ts';
import type { FieldSet } from './field-set.ts';
import { EMPTY_SET, makePart } from './field-set.ts';
import { isEmptyObject, isJsonObject, isLeafType, listOf, objectOf, typeOfField } from './json.ts';
import { itemsByElement } from './list-items.ts';
import type { PathElement } from './path-element.ts';
import { fieldElement } from './path-element.ts';

/** The paths a configuration speaks of: what who applies it will own. Models TypedValue.ToFieldSet (structured-merge-diff v6). */
export function toFieldSet(type: TypeSchema, value: unknown): FieldSet {
  return childrenOf(type, value, false) ?? EMPTY_SET;
}

/** The part of one value: whether it is in the set itself depends on what it is in, and on what is in it. */
function childrenOf(type: TypeSchema | undefined, value: unknown, member: boolean): FieldSet | undefined {
  if (type === undefined || isLeafType(type) || type.kind === 'scalar') return EMPTY_SET;
  if (type.kind === 'list') return makePart(member, listChildren(type, listOf(value)));
  const children: [PathElement, FieldSet][] = [];
  for (const [name, child] of Object.entries(objectOf(value))) {
    if (child === undefined) continue;
    const declared = type.kind === 'struct' && type.fields.has(name);
    const empty = child === null || (isJsonObject(child) && isEmptyObject(child));
    const part = childrenOf(typeOfField(type, name), child, empty || !declared);
    if (part !== undefined) children.push([fieldElement(name), part]);
  }
  return makePart(member, children);
}

function listChildren(type: ListType, items: readonly unknown[]): [PathElement, FieldSet][] {
  const children: [PathElement, FieldSet][] = [];
  for (const [element, same] of itemsByElement(type, items)) {
    const part = same.length > 1 ? EMPTY_SET : childrenOf(type.item, same[0], true);
    if (part !== undefined) children.push([element, part]);
  }
  return children;
}
