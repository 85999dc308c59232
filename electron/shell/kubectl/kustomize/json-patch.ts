import type { Json } from '../json.ts';
import { clone, equal, isObject } from '../json.ts';
import { KustomizeError } from './kustomize-error.ts';

/** One operation of RFC 6902. */
export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

function steps(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function child(value: Json | undefined, step: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(step)];
  return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function find(document: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = document;
  for (const step of path) here = child(here, step);
  return here;
}

/** Applies the operations to a copy. Models github.com/evanphx/json-patch. @throws KustomizeError for what is not there */
export function applyJsonPatch(document: Json, operations: readonly Operation[]): Json {
  let result = clone(document);
  for (const each of operations) result = applyOne(result, each);
  return result;
}

function applyOne(document: Json, { op, path, from = '', value = null }: Operation): Json {
  switch (op) {
    case 'add':
      return insert(document, path, value, op);
    case 'replace':
      if (find(document, steps(path)) === undefined) throw absent(op, path);
      remove(document, path, op);
      return insert(document, path, value, op);
    case 'remove':
      remove(document, path, op);
      return document;
    case 'move':
    case 'copy': {
      const moved = find(document, steps(from));
      if (moved === undefined) throw absent(op, from);
      if (op === 'move') remove(document, from, op);
      return insert(document, path, clone(moved), op);
    }
    case 'test':
      if (!equal(find(document, steps(path)), value))
        throw new KustomizeError(`testing value ${path} failed: test failed`);
      return document;
    default:
      throw new KustomizeError(`Unexpected kind: ${op}`);
  }
}

function absent(op: string, path: string): KustomizeError {
  return new KustomizeError(`${op} operation does not apply: doc is missing path: "${path}": missing value`);
}

function insert(document: Json, path: string, value: Json, op: string): Json {
  const all = steps(path);
  const last = all.pop();
  if (last === undefined) return value;
  const parent = find(document, all);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw absent(op, path);
    parent.splice(index, 0, value);
  } else if (isObject(parent)) parent[last] = value;
  else throw absent(op, path);
  return document;
}

function remove(document: Json, path: string, op: string): void {
  const all = steps(path);
  const last = all.pop() ?? '';
  const parent = find(document, all);
  if (child(parent, last) === undefined) throw absent(op, path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) delete parent[last];
}
