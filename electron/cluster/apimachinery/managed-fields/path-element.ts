import { quote } from '../validation/field-error.ts';

/**
 * One step of a path as FieldsV1 writes it: `f:replicas` a field, `k:{"name":"web"}` an item by its keys,
 * `v:"a"` an item of a set, `i:0` an item by position. Models fieldpath.PathElement (structured-merge-diff).
 */
export type PathElement = string;

type Json = Readonly<Record<string, unknown>>;

/** The step to a field of a struct or a key of a map. */
export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The step to the item of a list that has these values in its keys. */
export function keyElement(keys: Json): PathElement {
  return `k:${JSON.stringify(sorted(keys))}`;
}

/** The step to an item of a set. */
export function valueElement(value: unknown): PathElement {
  return `v:${JSON.stringify(value)}`;
}

/** The same step as everybody writes it, or undefined when the text is no step. */
export function canonicalElement(text: string): PathElement | undefined {
  const body = text.slice(2);
  switch (text.slice(0, 2)) {
    case 'f:':
      return text;
    case 'i:':
      return /^\d+$/.test(body) ? text : undefined;
    case 'k:': {
      const keys = parse(body);
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) return undefined;
      return keyElement(keys as Json);
    }
    case 'v:': {
      const value = parse(body);
      return value === undefined ? undefined : valueElement(value);
    }
    default:
      return undefined;
  }
}

/** `.replicas`, `[name="web"]`, `[="a"]`, `[0]`: a step as messages write it. */
export function elementText(element: PathElement): string {
  const body = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${body}`;
    case 'k': {
      const keys = parse(body) as Json;
      return `[${Object.entries(keys)
        .map(([name, value]) => `${name}=${valueText(value)}`)
        .join(',')}]`;
    }
    case 'v':
      return `[=${valueText(parse(body))}]`;
    default:
      return `[${body}]`;
  }
}

const KINDS = 'fkvi';

/** The order of steps: fields by name, then items by their keys, values, positions. */
export function compareElements(left: PathElement, right: PathElement): number {
  if (left === right) return 0;
  if (left.startsWith('f') && right.startsWith('f')) return left < right ? -1 : 1;
  const kind = KINDS.indexOf(left[0] as string) - KINDS.indexOf(right[0] as string);
  if (kind !== 0) return kind;
  switch (left[0]) {
    case 'i':
      return Number(left.slice(2)) - Number(right.slice(2));
    case 'k':
      return (
        compareFirstText(left, right) ||
        compareKeys(parse(left.slice(2)) as Json, parse(right.slice(2)) as Json)
      );
    default:
      return compareValues(parse(left.slice(2)), parse(right.slice(2)));
  }
}

/**
 * The order of two steps by keys where it is the first text in them that differs, which needs no parsing:
 * `k:{"type":"Ready"}`. 0 when that does not tell.
 */
function compareFirstText(left: PathElement, right: PathElement): number {
  const start = left.indexOf('":"') + 3;
  if (start < 3 || !right.startsWith(left.slice(0, start))) return 0;
  const ours = left.slice(start, left.indexOf('"', start));
  const theirs = right.slice(start, right.indexOf('"', start));
  if (ours === theirs || ours.includes('\\') || theirs.includes('\\')) return 0;
  return ours < theirs ? -1 : 1;
}

function compareKeys(left: Json, right: Json): number {
  const ours = Object.entries(left);
  const theirs = Object.entries(right);
  for (let index = 0; index < Math.min(ours.length, theirs.length); index += 1) {
    const [name, value] = ours[index] as [string, unknown];
    const [otherName, otherValue] = theirs[index] as [string, unknown];
    if (name !== otherName) return name < otherName ? -1 : 1;
    const order = compareValues(value, otherValue);
    if (order !== 0) return order;
  }
  return ours.length - theirs.length;
}

const VALUE_KINDS = ['number', 'string', 'boolean', 'object'];

/** Numbers before texts before booleans; models value.Compare. */
function compareValues(left: unknown, right: unknown): number {
  const kind = VALUE_KINDS.indexOf(typeof left) - VALUE_KINDS.indexOf(typeof right);
  if (kind !== 0) return kind;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'boolean') return Number(left) - Number(right);
  const [ours, theirs] =
    typeof left === 'string' && typeof right === 'string'
      ? [left, right]
      : [JSON.stringify(left), JSON.stringify(right)];
  return ours === theirs ? 0 : ours < theirs ? -1 : 1;
}

/** A value as messages write it. Models value.ToString. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value === 'object') {
    const fields = Object.entries(value as Json).map(([name, child]) => `${name}=${valueText(child)}`);
    return `{${fields.join(';')}}`;
  }
  return String(value);
}

function sorted(keys: Json): Json {
  const names = Object.keys(keys);
  let ordered = true;
  for (let index = 1; index < names.length; index += 1)
    ordered &&= (names[index - 1] as string) < (names[index] as string);
  if (ordered) return keys;
  return Object.fromEntries(names.sort().map((name) => [name, keys[name]]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
