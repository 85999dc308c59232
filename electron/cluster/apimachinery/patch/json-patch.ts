import { parsePointer } from './json-pointer.ts';

/** The patch cannot be applied to this document. `message` says why, in the words of upstream's library. */
export class JsonPatchError extends Error {}

/** The value is no list of operations. */
export class JsonPatchFormatError extends Error {}

export interface JsonPatchOperation {
  readonly op?: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: unknown;
}

type Json = Readonly<Record<string, unknown>>;

/** Checks the shape of a decoded JSON patch; what the operations mean is judged when they are applied. @throws JsonPatchFormatError */
export function toJsonPatch(value: unknown): readonly JsonPatchOperation[] {
  const target = '[]handlers.jsonPatchOp';
  if (!Array.isArray(value))
    throw new JsonPatchFormatError(
      `json: cannot unmarshal ${typeName(value)} into Go value of type ${target}`,
    );
  for (const operation of value) {
    if (typeof operation !== 'object' || operation === null || Array.isArray(operation)) {
      throw new JsonPatchFormatError(
        `json: cannot unmarshal ${typeName(operation)} into Go value of type handlers.jsonPatchOp`,
      );
    }
    for (const name of ['op', 'path', 'from'] as const) {
      const field = (operation as Json)[name];
      if (field !== undefined && field !== null && typeof field !== 'string') {
        throw new JsonPatchFormatError(
          `json: cannot unmarshal ${typeName(field)} into Go struct field jsonPatchOp.${name} of type string`,
        );
      }
    }
  }
  return value as JsonPatchOperation[];
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/**
 * Applies a JSON patch (RFC 6902); all operations or none. The document is not changed: what differs is copied.
 * Models evanphx/json-patch v4 as kube-apiserver uses it (v1.34). @throws JsonPatchError
 */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  return operations.reduce(applyOperation, document);
}

function applyOperation(document: unknown, operation: JsonPatchOperation): unknown {
  const { op } = operation;
  const path = pointerOf(operation.path, op, 'path');
  switch (op) {
    case 'add':
      return change(document, path, 'add', operation.value ?? null, operation.path ?? '');
    case 'replace':
      return change(document, path, 'replace', operation.value ?? null, operation.path ?? '');
    case 'remove':
      return change(document, path, 'remove', undefined, operation.path ?? '');
    case 'test': {
      const actual = find(document, path);
      const wanted = operation.value ?? null;
      if (deepEqual(actual ?? null, wanted)) return document;
      throw new JsonPatchError(`testing value ${operation.path ?? ''} failed: test failed`);
    }
    case 'move': {
      const from = pointerOf(operation.from, op, 'from');
      if (path.length > from.length && from.every((part, index) => path[index] === part)) {
        throw new JsonPatchError(
          `move operation does not apply: ${operation.from ?? ''} cannot be moved into itself`,
        );
      }
      const value = existing(document, from, op, operation.from ?? '');
      const without = change(document, from, 'remove', undefined, operation.from ?? '');
      return change(without, path, 'add', value, operation.path ?? '');
    }
    case 'copy': {
      const from = pointerOf(operation.from, op, 'from');
      return change(
        document,
        path,
        'add',
        existing(document, from, op, operation.from ?? ''),
        operation.path ?? '',
      );
    }
    default:
      throw new JsonPatchError(`Unexpected kind: ${op ?? 'unknown'}`);
  }
}

function pointerOf(text: string | undefined, op: string | undefined, name: string): string[] {
  const parts = parsePointer(text ?? '');
  if (text === undefined || parts === undefined) {
    throw new JsonPatchError(`${op ?? 'unknown'} operation failed to decode ${name}: missing value`);
  }
  return parts;
}

function find(document: unknown, path: readonly string[]): unknown {
  let current = document;
  for (const part of path) current = childOf(current, part);
  return current;
}

function existing(document: unknown, path: readonly string[], op: string, text: string): unknown {
  const value = find(document, path);
  if (value === undefined)
    throw new JsonPatchError(
      `${op} operation does not apply: doc is missing from path: ${text}: missing value`,
    );
  return value;
}

function childOf(value: unknown, part: string): unknown {
  if (Array.isArray(value)) {
    const index = indexOf(part, value.length);
    return index === undefined ? undefined : (value[index] as unknown);
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, part) ? (value as Json)[part] : undefined;
}

/** An index of a list; negative ones count from the end, as upstream allows. */
function indexOf(part: string, length: number): number | undefined {
  if (!/^-?[0-9]+$/.test(part)) return undefined;
  const index = Number(part);
  return index < 0 ? index + length : index;
}

type Verb = 'add' | 'replace' | 'remove';

function change(node: unknown, path: readonly string[], verb: Verb, value: unknown, text: string): unknown {
  const [part, ...rest] = path;
  if (part === undefined) {
    if (verb === 'remove')
      throw new JsonPatchError(
        `remove operation does not apply: doc is missing path: "${text}": missing value`,
      );
    return value;
  }
  const missing = (): JsonPatchError =>
    new JsonPatchError(
      `${verb} operation does not apply: doc is missing ${rest.length === 0 && verb !== 'add' ? 'key' : 'path'}: ${text}: missing value`,
    );
  if (Array.isArray(node)) return changeList(node, part, rest, verb, value, text, missing);
  if (typeof node !== 'object' || node === null) throw missing();
  const object = node as Json;
  const known = Object.hasOwn(object, part);
  if (rest.length > 0) {
    if (!known) throw missing();
    return assign(object, part, change(object[part], rest, verb, value, text));
  }
  if (verb !== 'add' && !known) throw missing();
  if (verb !== 'remove') return assign(object, part, value);
  const { [part]: _removed, ...others } = object;
  return others;
}

function assign(object: Json, name: string, value: unknown): Json {
  const copy: Record<string, unknown> = { ...object };
  if (name === '__proto__')
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  else copy[name] = value;
  return copy;
}

function changeList(
  list: readonly unknown[],
  part: string,
  rest: readonly string[],
  verb: Verb,
  value: unknown,
  text: string,
  missing: () => JsonPatchError,
): unknown {
  const copy = [...list];
  if (rest.length === 0 && verb === 'add' && part === '-') return [...list, value];
  const index = indexOf(
    part,
    verb === 'add' && rest.length === 0 && part.startsWith('-') ? list.length + 1 : list.length,
  );
  const end = rest.length === 0 && verb === 'add' ? list.length : list.length - 1;
  if (index === undefined) throw missing();
  if (index < 0 || index > end) {
    throw new JsonPatchError(
      `${verb} operation does not apply: error in ${verb} for path: '${text}': Unable to access invalid index: ${index}: invalid index referenced`,
    );
  }
  if (rest.length > 0) copy[index] = change(list[index], rest, verb, value, text);
  else if (verb === 'add') copy.splice(index, 0, value);
  else if (verb === 'replace') copy[index] = value;
  else copy.splice(index, 1);
  return copy;
}

/** Equal JSON values; the order of keys does not matter. */
export function deepEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every(
    (name) => Object.hasOwn(right, name) && deepEqual((left as Json)[name], (right as Json)[name]),
  );
}
