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
 * Applies a JSON patch (RFC 6902); all operations or none. The document is not changed: what differs is copied, once.
 * Models evanphx/json-patch v4 as kube-apiserver uses it (v1.34). @throws JsonPatchError
 */
export function applyJsonPatch(document: unknown, operations: readonly JsonPatchOperation[]): unknown {
  const patching = new Patching(document);
  for (const operation of operations) patching.apply(operation);
  return patching.document;
}

/** What `copy` may add to a document in all, in bytes of JSON: kube-apiserver's JSONPatchMaxCopyBytes. */
const copyLimit = 3 * 1024 * 1024;

type Verb = 'add' | 'replace' | 'remove';

class Patching {
  document: unknown;
  /** Objects and lists made here: they may be changed in place, so that ten thousand operations copy each of them once. */
  private readonly own = new WeakSet();
  private copied = 0;

  constructor(document: unknown) {
    this.document = document;
  }

  apply(operation: JsonPatchOperation): void {
    const { op } = operation;
    const text = operation.path ?? '';
    const path = pointerOf(operation.path, op, 'path');
    switch (op) {
      case 'add':
      case 'replace':
        return this.change(path, op, operation.value ?? null, text);
      case 'remove':
        return this.change(path, op, undefined, text);
      case 'test':
        if (deepEqual(find(this.document, path) ?? null, operation.value ?? null)) return;
        throw new JsonPatchError(`testing value ${text} failed: test failed`);
      case 'move': {
        const from = pointerOf(operation.from, op, 'from');
        if (path.length > from.length && from.every((part, index) => path[index] === part)) {
          throw new JsonPatchError(
            `move operation does not apply: ${operation.from ?? ''} cannot be moved into itself`,
          );
        }
        const value = existing(this.document, from, op, operation.from ?? '');
        this.change(from, 'remove', undefined, operation.from ?? '');
        return this.change(path, 'add', value, text);
      }
      case 'copy': {
        const from = pointerOf(operation.from, op, 'from');
        const value = this.copyOf(existing(this.document, from, op, operation.from ?? ''));
        return this.change(path, 'add', value, text);
      }
      default:
        throw new JsonPatchError(`Unexpected kind: ${op ?? 'unknown'}`);
    }
  }

  private copyOf(value: unknown): unknown {
    const text = JSON.stringify(value);
    this.copied += new TextEncoder().encode(text).length;
    if (this.copied > copyLimit)
      throw new JsonPatchError(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.copied}, exceeding the limit ${copyLimit}`,
      );
    return JSON.parse(text);
  }

  private change(path: readonly string[], verb: Verb, value: unknown, text: string): void {
    this.document = this.changed(this.document, path, verb, value, text);
  }

  private changed(node: unknown, path: readonly string[], verb: Verb, value: unknown, text: string): unknown {
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
    if (Array.isArray(node)) {
      const index = place(node, part, rest, verb, text, missing);
      const next = rest.length > 0 ? this.changed(node[index], rest, verb, value, text) : value;
      const list = this.ownList(node);
      if (rest.length > 0 || verb === 'replace') list[index] = next;
      else if (verb === 'add') list.splice(index, 0, next);
      else list.splice(index, 1);
      return list;
    }
    if (typeof node !== 'object' || node === null) throw missing();
    const known = Object.hasOwn(node, part);
    if (!known && (rest.length > 0 || verb !== 'add')) throw missing();
    const next = rest.length > 0 ? this.changed((node as Json)[part], rest, verb, value, text) : value;
    const object = this.ownObject(node as Json);
    if (rest.length === 0 && verb === 'remove') delete object[part];
    else assign(object, part, next);
    return object;
  }

  private ownObject(node: Json): Record<string, unknown> {
    if (this.own.has(node)) return node as Record<string, unknown>;
    const copy: Record<string, unknown> = { ...node };
    this.own.add(copy);
    return copy;
  }

  private ownList(node: unknown[]): unknown[] {
    if (this.own.has(node)) return node;
    const copy = [...node];
    this.own.add(copy);
    return copy;
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

function assign(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

/** Where in a list an operation works. @throws JsonPatchError for no index, or one outside */
function place(
  list: readonly unknown[],
  part: string,
  rest: readonly string[],
  verb: Verb,
  text: string,
  missing: () => JsonPatchError,
): number {
  const inserts = rest.length === 0 && verb === 'add';
  if (inserts && part === '-') return list.length;
  const index = indexOf(part, inserts && part.startsWith('-') ? list.length + 1 : list.length);
  const end = inserts ? list.length : list.length - 1;
  if (index === undefined) throw missing();
  if (index < 0 || index > end) {
    throw new JsonPatchError(
      `${verb} operation does not apply: error in ${verb} for path: '${text}': Unable to access invalid index: ${index}: invalid index referenced`,
    );
  }
  return index;
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
