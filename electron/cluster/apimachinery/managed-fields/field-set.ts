import type { StructType, TypeSchema } from '../schema/type-schema.ts';
import type { PathElement } from './path-element.ts';
import { canonicalElement, compareElements, elementText } from './path-element.ts';

/**
 * A set of paths in the very form of FieldsV1: `{"f:data":{".":{},"f:a":{}}}` is `.data` and `.data.a`. A step
 * that leads nowhere further is itself in the set; one that does is in it when it has a `.`. Immutable, steps
 * in order, parts shared: so nothing is decoded or encoded when a manager's fields change.
 * Models fieldpath.Set (structured-merge-diff v6).
 */
export interface FieldSet {
  readonly [element: PathElement]: FieldSet;
}

/** The set without paths; as a part, a path that goes no further. One object for all of them. */
export const EMPTY_SET: FieldSet = Object.freeze({});

/** Marks a step that goes further as being in the set itself. */
const SELF = '.';

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether a part is in the set itself, and not only on the way to others. */
export function isMember(part: FieldSet | undefined): boolean {
  return part !== undefined && (SELF in part || isEmptySet(part));
}

/** The part behind a step; undefined when nothing begins with it. */
export function partOf(set: FieldSet, element: PathElement): FieldSet | undefined {
  return element === SELF ? undefined : set[element];
}

/**
 * A part made of what lies behind its steps, in any order; undefined when nothing is left.
 * `member`: it is in the set itself.
 */
export function makePart(member: boolean, children: [PathElement, FieldSet][]): FieldSet | undefined {
  if (children.length === 0) return member ? EMPTY_SET : undefined;
  sortChildren(children);
  return children.every(isFlat) ? flatPart(member, children) : buildPart(member, children);
}

/**
 * Parts that are all over the place (the fields of a condition, of an event) are kept once: they cost no memory
 * of their own and are found equal at a glance.
 */
const flatParts = new Map<string, FieldSet>();
const MAX_FLAT_PARTS = 10_000;

function flatPart(member: boolean, children: readonly [PathElement, FieldSet][]): FieldSet {
  let key = member ? SELF : '';
  for (const child of children) key += `\0${child[0]}`;
  let part = flatParts.get(key);
  if (part === undefined) {
    part = buildPart(member, children);
    if (flatParts.size < MAX_FLAT_PARTS) flatParts.set(key, part);
  }
  return part;
}

function buildPart(member: boolean, children: readonly [PathElement, FieldSet][]): FieldSet {
  const part: Record<PathElement, FieldSet> = {};
  if (member) part[SELF] = EMPTY_SET;
  for (const [element, child] of children) part[element] = child;
  return part;
}

function isFlat(child: [PathElement, FieldSet]): boolean {
  return child[1] === EMPTY_SET;
}

const FEW = 32;

/** A few are sorted by insertion, which copies nothing: mostly they are in order already. */
function sortChildren(children: [PathElement, FieldSet][]): void {
  if (children.length > FEW) {
    children.sort((left, right) => compareElements(left[0], right[0]));
    return;
  }
  for (let index = 1; index < children.length; index += 1) {
    const child = children[index] as [PathElement, FieldSet];
    let at = index;
    for (; at > 0; at -= 1) {
      const before = children[at - 1] as [PathElement, FieldSet];
      if (compareElements(before[0], child[0]) <= 0) break;
      children[at] = before;
    }
    children[at] = child;
  }
}

/** The children of a part up to, and without, `end`. */
function childrenBefore(part: FieldSet, end: PathElement): [PathElement, FieldSet][] {
  const children: [PathElement, FieldSet][] = [];
  for (const element in part) {
    if (element === end) break;
    if (element !== SELF) children.push([element, part[element] as FieldSet]);
  }
  return children;
}

function childrenOf(part: FieldSet): [PathElement, FieldSet][] {
  return childrenBefore(part, '');
}

/** The set of these paths. */
export function setOf(...paths: (readonly PathElement[])[]): FieldSet {
  let set = EMPTY_SET;
  for (const path of paths) {
    const single = path.reduceRight<FieldSet>((part, element) => ({ [element]: part }), EMPTY_SET);
    set = union(set, single);
  }
  return set;
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let part: FieldSet | undefined = set;
  for (const element of path) {
    part = partOf(part, element);
    if (part === undefined) return false;
  }
  return path.length > 0 && isMember(part);
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmptySet(right)) return left;
  if (isEmptySet(left)) return right;
  return combine(left, right, false, unionParts) ?? EMPTY_SET;
}

/** What is in `left` and not in `right`, path by path. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(left) || isEmptySet(right)) return left;
  return differenceParts(left, right, true) ?? EMPTY_SET;
}

/** `left` without the paths of `right` and all that lies behind them. */
export function recursiveDifference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(left) || isEmptySet(right)) return left;
  return recursiveParts(left, right) ?? EMPTY_SET;
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return intersectParts(left, right, true) ?? EMPTY_SET;
}

/** Same paths. */
export function sameSet(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true;
  let count = 0;
  for (const element in left) {
    const other = right[element];
    if (other === undefined || !sameSet(left[element] as FieldSet, other)) return false;
    count += 1;
  }
  for (const _ in right) count -= 1;
  return count === 0;
}

/** Every path, in order, as messages write them: `.data.a`, `.spec.ports[port=80,protocol="TCP"].name`. */
export function pathTexts(set: FieldSet): string[] {
  return paths(set).map(pathText);
}

/** Every path, in order; a path before those that go further. */
export function paths(set: FieldSet): PathElement[][] {
  const found: PathElement[][] = [];
  collect(set, [], found);
  return found;
}

export function pathText(path: readonly PathElement[]): string {
  return path.map(elementText).join('');
}

/**
 * Reads what a client sent as `fieldsV1`, in canonical form; undefined when it is malformed.
 * What lies deeper than any kind is malformed too.
 */
export function decodeFieldsV1(value: unknown, depth = 0): FieldSet | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 100) return undefined;
  const children: [PathElement, FieldSet][] = [];
  let member = false;
  for (const [text, child] of Object.entries(value as Readonly<Record<string, unknown>>)) {
    if (text === SELF) {
      member = true;
      continue;
    }
    const element = canonicalElement(text);
    const part = decodeFieldsV1(child, depth + 1);
    if (element === undefined || part === undefined) return undefined;
    children.push([element, part]);
  }
  return makePart(member && depth > 0, children) ?? EMPTY_SET;
}

/**
 * The set with every struct field on the way to its paths in it too; keys of maps are not added.
 * Models Set.EnsureNamedFieldsAreMembers.
 */
export function withNamedFields(set: FieldSet, type: TypeSchema | undefined): FieldSet {
  return namedParts(set, type, false) ?? EMPTY_SET;
}

function collect(set: FieldSet, prefix: readonly PathElement[], into: PathElement[][]): void {
  for (const element in set) {
    if (element === SELF) continue;
    const part = set[element] as FieldSet;
    const path = [...prefix, element];
    if (isMember(part)) into.push(path);
    collect(part, path, into);
  }
}

function unionParts(left: FieldSet | undefined, right: FieldSet | undefined): FieldSet | undefined {
  if (left === undefined || left === right) return right;
  if (right === undefined) return left;
  return combine(left, right, isMember(left) || isMember(right), unionParts);
}

/** Joins the children of two parts; `left` itself when nothing changed, which is found out before anything is built. */
function combine(
  left: FieldSet,
  right: FieldSet,
  member: boolean,
  join: (left: FieldSet | undefined, right: FieldSet | undefined) => FieldSet | undefined,
): FieldSet | undefined {
  const same = member === isMember(left) || (!member && isEmptySet(left));
  let children: [PathElement, FieldSet][] | undefined;
  for (const element in left) {
    if (element === SELF) continue;
    const child = left[element] as FieldSet;
    const joined = join(child, right[element]);
    if (joined !== child) children ??= childrenBefore(left, element);
    if (joined !== undefined) children?.push([element, joined]);
  }
  for (const element in right) {
    if (element === SELF || left[element] !== undefined) continue;
    const joined = join(undefined, right[element]);
    if (joined === undefined) continue;
    children ??= childrenOf(left);
    children.push([element, joined]);
  }
  if (children === undefined) return same ? left : makePart(member, childrenOf(left));
  return makePart(member, children);
}

function differenceParts(left: FieldSet, right: FieldSet, root: boolean): FieldSet | undefined {
  const member = !root && isMember(left) && !isMember(right);
  const same = root || member === isMember(left);
  let children: [PathElement, FieldSet][] | undefined;
  for (const element in left) {
    if (element === SELF) continue;
    const child = left[element] as FieldSet;
    const other = right[element];
    const rest = other === undefined ? child : differenceParts(child, other, false);
    if (rest !== child) children ??= childrenBefore(left, element);
    if (rest !== undefined) children?.push([element, rest]);
  }
  if (children === undefined) return same ? left : makePart(member, childrenOf(left));
  return makePart(member, children);
}

function recursiveParts(left: FieldSet, right: FieldSet): FieldSet | undefined {
  let same = true;
  const children: [PathElement, FieldSet][] = [];
  for (const element in left) {
    if (element === SELF) continue;
    const child = left[element] as FieldSet;
    const other = right[element];
    const rest = other === undefined ? child : isMember(other) ? undefined : recursiveParts(child, other);
    if (rest !== child) same = false;
    if (rest !== undefined) children.push([element, rest]);
  }
  return same ? left : makePart(SELF in left, children);
}

function intersectParts(left: FieldSet, right: FieldSet, root: boolean): FieldSet | undefined {
  if (left === right) return left;
  const children: [PathElement, FieldSet][] = [];
  for (const element in left) {
    const other = right[element];
    if (element === SELF || other === undefined) continue;
    const both = intersectParts(left[element] as FieldSet, other, false);
    if (both !== undefined) children.push([element, both]);
  }
  return makePart(!root && isMember(left) && isMember(right), children);
}

function namedParts(set: FieldSet, type: TypeSchema | undefined, member: boolean): FieldSet | undefined {
  const children: [PathElement, FieldSet][] = [];
  for (const element in set) {
    if (element === SELF) continue;
    const part = set[element] as FieldSet;
    const named = type?.kind === 'struct' && hasField(type, element);
    const inSet = named || isMember(part);
    const child = namedParts(part, typeBehind(type, element), inSet);
    if (child !== undefined) children.push([element, child]);
  }
  return makePart(member, children);
}

function hasField(type: StructType, element: PathElement): boolean {
  return element.startsWith('f:') && type.fields.has(element.slice(2));
}

function typeBehind(type: TypeSchema | undefined, element: PathElement): TypeSchema | undefined {
  if (type?.kind === 'struct' && element.startsWith('f:')) return type.fields.get(element.slice(2))?.type;
  if (type?.kind === 'map' && element.startsWith('f:')) return type.value;
  if (type?.kind === 'list' && element.startsWith('k:')) return type.item;
  return undefined;
}
