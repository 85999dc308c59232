/** JSON values as they cross the wire. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** An API object whose type is not known beforehand (`unstructured.Unstructured`). */
export type Unstructured = JsonObject;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of field names and indices, or undefined when any step is missing. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let here: Json | undefined = value;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = here[step];
    else if (isObject(here) && typeof step === 'string')
      here = Object.hasOwn(here, step) ? here[step] : undefined;
    else return undefined;
  }
  return here;
}

export function stringAt(value: Json | undefined, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: Json | undefined, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

export function objectAt(value: Json | undefined, ...path: readonly (string | number)[]): JsonObject {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

export function listAt(value: Json | undefined, ...path: readonly (string | number)[]): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** A map of strings (labels, annotations, data); values of other types are left out. */
export function stringsAt(
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, text] of Object.entries(objectAt(value, ...path)))
    if (typeof text === 'string') found[key] = text;
  return found;
}

/** Sets a field at a path, making the objects on the way. */
export function setAt(value: JsonObject, path: readonly string[], to: Json): void {
  let here = value;
  path.slice(0, -1).forEach((step) => {
    const next = here[step];
    if (isObject(next)) here = next;
    else {
      const made: JsonObject = {};
      here[step] = made;
      here = made;
    }
  });
  const last = path[path.length - 1];
  if (last !== undefined) here[last] = to;
}

/** Removes the field at a path; nothing happens when it is not there. */
export function removeAt(value: JsonObject, path: readonly string[]): void {
  const parent = at(value, ...path.slice(0, -1));
  const last = path[path.length - 1];
  if (isObject(parent) && last !== undefined) delete parent[last];
}

export function clone<T extends Json>(value: T): T {
  return structuredClone(value);
}

export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

/** Code-point order, as Go sorts strings (UTF-8 byte order). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const x = [...a];
  const y = [...b];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const d = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (d !== 0) return d;
  }
  return x.length - y.length;
}

export function sortedKeys(value: object): string[] {
  return Object.keys(value).sort(compareStrings);
}

/** Parses JSON text that is known to be one object. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value as Json) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The `metadata.name` of an object. */
export function nameOf(object: Json | undefined): string {
  return stringAt(object, 'metadata', 'name');
}

export function namespaceOf(object: Json | undefined): string {
  return stringAt(object, 'metadata', 'namespace');
}
