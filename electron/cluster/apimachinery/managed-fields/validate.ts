import type { ListType, ScalarType, TypeSchema } from '../schema/type-schema.ts';
import { quote } from '../validation/field-error.ts';
import { isJsonObject, typeOfField } from './json.ts';
import { elementOfItem, ListItemError } from './list-items.ts';
import { elementText } from './path-element.ts';

/** A configuration that does not fit its type. `message` is upstream's, several lines for several complaints. */
export class TypedError extends Error {
  constructor(complaints: readonly string[]) {
    super(
      complaints.length === 1
        ? complaints[0]
        : ['errors:', ...complaints.map((text) => `  ${text}`)].join('\n'),
    );
  }
}

/**
 * Checks that a configuration has only fields its type has, values of their kinds, and items that can be told
 * apart. Models AsTyped (structured-merge-diff v6). @throws TypedError
 */
export function validateConfig(type: TypeSchema, value: unknown): void {
  const complaints: string[] = [];
  validate(type, value, '', complaints);
  if (complaints.length > 0) throw new TypedError(complaints);
}

function validate(type: TypeSchema, value: unknown, path: string, into: string[]): void {
  const complain = (why: string): void => void into.push(path === '' ? why : `${path}: ${why}`);
  if (value === null || value === undefined) return;
  switch (type.kind) {
    case 'scalar': {
      const why = scalarProblem(type, value);
      if (why !== undefined) complain(why);
      return;
    }
    case 'list':
      if (!Array.isArray(value)) return complain(`expected list, got ${goValue(value)}`);
      return validateItems(type, value, path, into);
    default:
      if (!isJsonObject(value)) return complain(`expected map, got ${goValue(value)}`);
      for (const [name, child] of Object.entries(value)) {
        const field = typeOfField(type, name);
        if (field === undefined) into.push(`${path}.${name}: field not declared in schema`);
        else validate(field, child, `${path}.${name}`, into);
      }
  }
}

function validateItems(type: ListType, items: readonly unknown[], path: string, into: string[]): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    let step = `[${index}]`;
    if (type.relationship !== 'atomic') {
      try {
        const element = elementOfItem(type, item);
        step = elementText(element);
        if (seen.has(element)) into.push(`${path}: duplicate entries for key ${step}`);
        seen.add(element);
      } catch (error) {
        if (!(error instanceof ListItemError)) throw error;
        into.push(`${path}: element ${index}: ${error.message}`);
        return;
      }
    }
    validate(type.item, item, `${path}${step}`, into);
  }
}

function scalarProblem(type: ScalarType, value: unknown): string | undefined {
  const isScalar = typeof value !== 'object';
  switch (type.scalar) {
    case 'any':
      return undefined;
    case 'int32':
    case 'int64':
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'bool':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goValue(value)}`;
    case 'int-or-string':
    case 'quantity':
      return isScalar ? undefined : `expected any scalar, got ${goValue(value)}`;
    default:
      return typeof value === 'string'
        ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  }
}

function goType(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** A value as Go's `%v` prints it inside a typed value. */
function goValue(value: unknown): string {
  return `&{${goPrint(value)}}`;
}

function goPrint(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`;
  if (value === null) return '<nil>';
  if (!isJsonObject(value)) return String(value);
  const names = Object.keys(value).sort();
  return `map[${names.map((name) => `${name}:${goPrint(value[name])}`).join(' ')}]`;
}

/** A value as Go's `%#v` prints it. */
function goSyntax(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isJsonObject(value)) return value === null ? 'interface {}(nil)' : String(value);
  const names = Object.keys(value).sort();
  return `map[string]interface {}{${names.map((name) => `${quote(name)}:${goSyntax(value[name])}`).join(', ')}}`;
}
