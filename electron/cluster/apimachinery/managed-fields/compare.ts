import { deepEqual } from '../deep-equal.ts';
import type { ListType, MapType, StructType, TypeSchema } from '../schema/type-schema.ts';
import type { FieldSet } from './field-set.ts';
import { EMPTY_SET, isMember, makePart } from './field-set.ts';
import type { JsonObject } from './json.ts';
import { isEmptyObject, isLeafType, listOf, objectOf } from './json.ts';
import { itemsByElement } from './list-items.ts';
import type { PathElement } from './path-element.ts';
import { fieldElement } from './path-element.ts';

/** What became of the fields of an object. */
export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

const SAME: Comparison = { added: EMPTY_SET, removed: EMPTY_SET, modified: EMPTY_SET };

/** The three as parts: undefined where there is nothing. */
interface Parts {
  readonly added?: FieldSet | undefined;
  readonly removed?: FieldSet | undefined;
  readonly modified?: FieldSet | undefined;
}

const ADDED: Parts = { added: EMPTY_SET };
const REMOVED: Parts = { removed: EMPTY_SET };
const MODIFIED: Parts = { modified: EMPTY_SET };

/**
 * Which fields differ between two values of a type, but for those of `ignored` and what is in them. Parts that
 * are the same value in memory cost nothing. Models TypedValue.Compare and Comparison.ExcludeFields
 * (structured-merge-diff v6).
 */
export function compare(
  type: TypeSchema,
  left: unknown,
  right: unknown,
  ignored: FieldSet = EMPTY_SET,
): Comparison {
  const parts = compareParts(type, left, right, ignored);
  if (parts === undefined) return SAME;
  return {
    added: parts.added ?? EMPTY_SET,
    removed: parts.removed ?? EMPTY_SET,
    modified: parts.modified ?? EMPTY_SET,
  };
}

/** undefined when nothing differs. An absent value is undefined; null is a value. */
function compareParts(
  type: TypeSchema | undefined,
  left: unknown,
  right: unknown,
  ignored = EMPTY_SET,
): Parts | undefined {
  if (left === right) return undefined;
  if (type === undefined || isLeafType(type)) return compareLeaf(left, right);
  if (type.kind === 'list') return compareList(type, left, right);
  if (type.kind === 'scalar') return compareLeaf(left, right);
  const before = objectOf(left);
  const after = objectOf(right);
  if (isEmptyObject(before) && isEmptyObject(after)) return compareLeaf(left, right);
  const alone = ignored === EMPTY_SET;
  if (alone && type.kind === 'struct' && type.fields.size >= LARGE_STRUCT && before === emptyValueOf(type)) {
    return compareFresh(type, before, after);
  }
  return compareFields(type, left, right, ignored);
}

function compareFields(
  type: StructType | MapType,
  left: unknown,
  right: unknown,
  ignored: FieldSet,
): Parts | undefined {
  const before = objectOf(left);
  const after = objectOf(right);
  const children = new ChildParts();
  for (const name in before) {
    const value = before[name];
    if (value !== undefined && value !== after[name])
      compareField(type, name, value, after[name], ignored, children);
  }
  for (const name in after) {
    const value = after[name];
    if (value !== undefined && before[name] === undefined)
      compareField(type, name, undefined, value, ignored, children);
  }
  return children.finish(left, right);
}

function compareField(
  type: StructType | MapType,
  name: string,
  before: unknown,
  after: unknown,
  ignored: FieldSet,
  children: ChildParts,
): void {
  const field = type.kind === 'struct' ? type.fields.get(name) : undefined;
  const element = field?.element ?? fieldElement(name);
  const skipped = ignored === EMPTY_SET ? undefined : ignored[element];
  if (isMember(skipped)) return;
  const child = type.kind === 'map' ? type.value : field?.type;
  children.add(element, compareParts(child, before, after, skipped));
}

/** Fields from which on a struct is worth being remembered: specs of Pods and Services. */
const LARGE_STRUCT = 20;

/**
 * What lies in structs that begin from nothing, by the struct: all Pods of a ReplicaSet have the same spec,
 * and so share one set.
 */
const freshParts = new WeakMap<object, { readonly type: StructType; readonly parts: Parts | undefined }>();

function compareFresh(type: StructType, before: JsonObject, after: JsonObject): Parts | undefined {
  const known = freshParts.get(after);
  if (known?.type === type) return known.parts;
  const parts = compareFields(type, before, after, EMPTY_SET);
  freshParts.set(after, { type, parts });
  return parts;
}

function compareLeaf(left: unknown, right: unknown): Parts | undefined {
  if (left === undefined) return right === undefined ? undefined : ADDED;
  if (right === undefined) return REMOVED;
  return deepEqual(left, right) ? undefined : MODIFIED;
}

function compareList(type: ListType, left: unknown, right: unknown): Parts | undefined {
  const before = listOf(left);
  const after = listOf(right);
  if (before.length === 0 && after.length === 0) return compareLeaf(left, right);
  const ours = itemsByElement(type, before);
  const theirs = itemsByElement(type, after);
  const children = new ChildParts();
  for (const [element, items] of ours) compareItems(type, element, items, theirs.get(element), children);
  for (const [element, items] of theirs)
    if (!ours.has(element)) compareItems(type, element, undefined, items, children);
  return children.finish(left, right);
}

/** Items that occur more than once are one value together. */
function compareItems(
  type: ListType,
  element: PathElement,
  before: readonly unknown[] | undefined,
  after: readonly unknown[] | undefined,
  children: ChildParts,
): void {
  const wasMany = before !== undefined && before.length > 1;
  const isMany = after !== undefined && after.length > 1;
  if (!wasMany && !isMany) {
    children.add(element, compareParts(type.item, before?.[0], after?.[0]));
  } else if (wasMany && isMany) {
    if (!deepEqual(before, after)) children.add(element, MODIFIED);
  } else if (wasMany) {
    const parts = after === undefined ? undefined : compareParts(type.item, undefined, after[0]);
    children.add(element, { ...parts, removed: EMPTY_SET });
  } else {
    const parts = before === undefined ? undefined : compareParts(type.item, before[0], undefined);
    children.add(element, { ...parts, added: EMPTY_SET });
  }
}

/** Gathers the three parts of the children of one value. */
class ChildParts {
  #added: [PathElement, FieldSet][] | undefined;
  #removed: [PathElement, FieldSet][] | undefined;
  #modified: [PathElement, FieldSet][] | undefined;

  add(element: PathElement, parts: Parts | undefined): void {
    if (parts === undefined) return;
    if (parts.added !== undefined) (this.#added ??= []).push([element, parts.added]);
    if (parts.removed !== undefined) (this.#removed ??= []).push([element, parts.removed]);
    if (parts.modified !== undefined) (this.#modified ??= []).push([element, parts.modified]);
  }

  /** The value itself was added or removed when only one side has it. */
  finish(left: unknown, right: unknown): Parts | undefined {
    const added = makePart(left === undefined, this.#added ?? []);
    const removed = makePart(right === undefined, this.#removed ?? []);
    const modified = makePart(false, this.#modified ?? []);
    if (added === undefined && removed === undefined && modified === undefined) return undefined;
    return { added, removed, modified };
  }
}

const emptyValues = new Map<StructType, JsonObject>();

/** What a new object of the type is before anybody set a field: structs that are no pointers, and nothing in them. */
export function emptyValueOf(type: StructType): JsonObject {
  const known = emptyValues.get(type);
  if (known !== undefined) return known;
  const value: Record<string, unknown> = {};
  emptyValues.set(type, value);
  for (const name of type.valueStructs) {
    const field = type.fields.get(name)?.type;
    if (field?.kind === 'struct') value[name] = emptyValueOf(field);
  }
  return value;
}
