import type { Json } from './json.ts';
import { isObject, sortedKeys } from './json.ts';
import type { Bound, PathNode } from './nodes.ts';

/** A template that cannot be applied to this object. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

export interface EvaluateOptions {
  /** Fields that are not there yield nothing instead of an error. */
  readonly allowMissing: boolean;
}

/** Applies the steps of one path to the values found so far. */
export function walk(input: readonly Json[], nodes: readonly PathNode[], options: EvaluateOptions): Json[] {
  let values: Json[] = [...input];
  for (const node of nodes) values = step(values, node, options);
  return values;
}

function step(input: readonly Json[], node: PathNode, options: EvaluateOptions): Json[] {
  switch (node.type) {
    case 'text':
      return [node.text];
    case 'number':
    case 'bool':
      return [node.value];
    case 'list':
      return walk(input, node.nodes, options);
    case 'identifier':
      throw new PathError(`unrecognized identifier ${node.name}`);
    case 'field':
      return field(input, node.name, options);
    case 'wildcard':
      return input.flatMap(children);
    case 'recursive':
      return recursive(input);
    case 'union':
      return node.lists.flatMap((list) => walk(input, list, options));
    case 'array':
      return input.flatMap((value) => slice(value, node.bounds));
    case 'filter':
      return input.flatMap((value) => filter(value, node, options));
  }
}

function field(input: readonly Json[], name: string, options: EvaluateOptions): Json[] {
  if (input.length === 0) return [];
  const found: Json[] = [];
  for (const value of input)
    if (isObject(value) && Object.hasOwn(value, name)) found.push(value[name] ?? null);
  if (found.length === 0 && !options.allowMissing) throw new PathError(`${name} is not found`);
  return found;
}

function children(value: Json): Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? sortedKeys(value).map((key) => value[key] ?? null) : [];
}

function recursive(input: readonly Json[]): Json[] {
  return input.flatMap((value) => {
    // Upstream looks into texts as if they were lists, so they are among the results; numbers and booleans are not.
    if (typeof value === 'string') return value === '' ? [] : [value];
    const below = children(value);
    return below.length === 0 ? [] : [value, ...recursive(below)];
  });
}

function goType(value: Json): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return 'map[string]interface {}';
}

function slice(value: Json, [from, to, step]: readonly [Bound, Bound, Bound]): Json[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new PathError(`${goType(value)} is not array or slice`);
  const length = value.length;
  let first = from.known ? from.value : 0;
  if (first < 0) first += length;
  let last = to.known ? to.value : length;
  if (last < 0 || (last === 0 && to.derived)) last += length;
  if (first === last) return [];
  if (first >= length || first < 0)
    throw new PathError(`array index out of bounds: index ${first}, length ${length}`);
  if (last > length || last < 0)
    throw new PathError(`array index out of bounds: index ${last - 1}, length ${length}`);
  if (first > last) throw new PathError(`starting index ${first} is greater than ending index ${last}`);
  if (step.known && step.value <= 0) throw new PathError('step must be > 0');
  const by = step.known ? step.value : 1;
  return value.slice(first, last).filter((_, i) => i % by === 0);
}

function filter(value: Json, node: PathNode & { type: 'filter' }, options: EvaluateOptions): Json[] {
  if (value === null) return [];
  if (!Array.isArray(value))
    throw new PathError(`${goType(value)} is not array or slice and cannot be filtered`);
  return value.filter((item) => {
    const lefts = walk([item], node.left, { ...options, allowMissing: true });
    if (node.operator === 'exists') return lefts.length > 0;
    if (lefts.length === 0) return false;
    if (lefts.length > 1) throw new PathError('can only compare one element at a time');
    const rights = walk([item], node.right, { ...options, allowMissing: true });
    if (rights.length === 0) return false;
    if (rights.length > 1) throw new PathError('can only compare one element at a time');
    return compare(lefts[0] ?? null, rights[0] ?? null, node.operator);
  });
}

function compare(left: Json, right: Json, operator: string): boolean {
  if (!['<', '>', '==', '!=', '<=', '>='].includes(operator))
    throw new PathError(`unrecognized filter operator ${operator}`);
  const kind = typeof left;
  if (left === null || right === null || kind === 'object' || typeof right === 'object')
    throw new PathError('invalid type for comparison');
  if (kind !== typeof right) throw new PathError('incompatible types for comparison');
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (kind === 'boolean') throw new PathError('invalid type for comparison');
  const order = left === right ? 0 : left < right ? -1 : 1;
  if (operator === '<') return order < 0;
  if (operator === '>') return order > 0;
  return operator === '<=' ? order <= 0 : order >= 0;
}
