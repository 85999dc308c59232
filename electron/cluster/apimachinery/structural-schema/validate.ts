import { deepEqual } from '../deep-equal.ts';
import { isJsonObject } from '../managed-fields/json.ts';
import type { FieldError } from '../validation/field-error.ts';
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid } from '../validation/field-error.ts';
import { STRING_FORMATS } from './formats.ts';
import type { JsonObject, JsonSchema } from './json-schema.ts';
import { matchesPattern } from './pattern.ts';

/**
 * What is wrong with a value by its schema. `path` is the value's own ('' for a whole object).
 * Models kube-openapi's validate and ValidateCustomResource of apiextensions (v1.34).
 */
export function validateBySchema(schema: JsonSchema, value: unknown, path = ''): FieldError[] {
  const types = typesOf(schema);
  const actual = typeName(value);
  if (value === null) {
    if (types.length === 0 || schema.nullable === true) return [];
    return [wrongType(path, types, actual)];
  }
  const fits =
    types.length === 0 ||
    types.includes(actual) ||
    (actual === 'integer' && types.includes('number')) ||
    (actual === 'number' && types.includes('integer') && Number.isInteger(value));
  return [
    ...(fits ? [] : [wrongType(path, types, actual)]),
    ...validateCombinations(schema, value, path),
    ...(typeof value === 'string' ? validateText(schema, value, path) : []),
    ...(typeof value === 'number' ? validateNumber(schema, value, path) : []),
    ...(Array.isArray(value) ? validateItems(schema, value, path) : []),
    ...validateEnum(schema, value, path),
    ...(isJsonObject(value) ? validateFields(schema, value, path) : []),
  ];
}

function typesOf(schema: JsonSchema): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined || schema.type === '' ? [] : [schema.type];
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function wrongType(path: string, types: readonly string[], actual: string): FieldError {
  return typeInvalid(path, actual, `${path} in body must be of type ${types.join(',')}: "${actual}"`);
}

function validateText(schema: JsonSchema, value: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { maxLength, minLength, pattern, format = '' } = schema;
  // Characters, not UTF-16 units.
  const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length;
  if (maxLength !== undefined && length > maxLength) errors.push(tooLong(path, maxLength));
  if (minLength !== undefined && length < minLength)
    errors.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`));
  if (pattern !== undefined && !matchesPattern(pattern, value))
    errors.push(invalid(path, value, `${path} in body should match '${pattern}'`));
  const check = Object.hasOwn(STRING_FORMATS, format) ? STRING_FORMATS[format] : undefined;
  if (check !== undefined && schema.type === 'string' && !check(value)) {
    errors.push(
      typeInvalid(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`),
    );
  }
  return errors;
}

const INTEGER_RANGES: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };

function validateNumber(schema: JsonSchema, value: number, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, format = '' } = schema;
  const range = INTEGER_RANGES[format];
  if (range !== undefined && (value >= range || value < -range))
    errors.push(
      invalid(path, value, `Checked value must be of type integer with format ${format} in ${path}`),
    );
  if (multipleOf !== undefined && !isMultiple(value, multipleOf))
    errors.push(invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`));
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const bound = exclusiveMaximum === true ? 'less than' : 'less than or equal to';
    errors.push(invalid(path, value, `${path} in body should be ${bound} ${maximum}`));
  }
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const bound = exclusiveMinimum === true ? 'greater than' : 'greater than or equal to';
    errors.push(invalid(path, value, `${path} in body should be ${bound} ${minimum}`));
  }
  return errors;
}

function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  return Math.abs(quotient - Math.round(quotient)) < 1e-9;
}

function validateItems(schema: JsonSchema, value: readonly unknown[], path: string): FieldError[] {
  const { items, minItems, maxItems } = schema;
  const errors: FieldError[] = [];
  if (items !== undefined)
    for (const [index, item] of value.entries())
      errors.push(...validateBySchema(items, item, `${path}[${index}]`));
  if (minItems !== undefined && value.length < minItems)
    errors.push(invalid(path, value.length, `${path} in body should have at least ${minItems} items`));
  if (maxItems !== undefined && value.length > maxItems) errors.push(tooMany(path, value.length, maxItems));
  return errors;
}

function validateEnum(schema: JsonSchema, value: unknown, path: string): FieldError[] {
  const values = schema.enum;
  if (values === undefined || values.some((allowed) => deepEqual(allowed, value))) return [];
  const shown = values.map((allowed) => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed)));
  return [notSupported(path, value, shown)];
}

function validateFields(schema: JsonSchema, value: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { minProperties, maxProperties, properties = {}, additionalProperties } = schema;
  const names = Object.keys(value);
  if (minProperties !== undefined && names.length < minProperties)
    errors.push(
      invalid(path, names.length, `${path} in body should have at least ${minProperties} properties`),
    );
  if (maxProperties !== undefined && names.length > maxProperties)
    errors.push(tooMany(path, names.length, maxProperties));
  const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
  for (const name of schema.required ?? [])
    if (!Object.hasOwn(value, name)) errors.push(required(below(name)));
  for (const [name, property] of Object.entries(properties))
    if (Object.hasOwn(value, name)) errors.push(...validateBySchema(property, value[name], below(name)));
  if (typeof additionalProperties !== 'object') return errors;
  for (const name of names)
    if (!Object.hasOwn(properties, name))
      errors.push(...validateBySchema(additionalProperties, value[name], below(name)));
  return errors;
}

/** `anyOf`, `oneOf`, `allOf` and `not`; their own complaints stand at no field, as upstream. */
function validateCombinations(schema: JsonSchema, value: unknown, path: string): FieldError[] {
  const { anyOf = [], oneOf = [], allOf = [], not } = schema;
  if (anyOf.length + oneOf.length + allOf.length === 0 && not === undefined) return [];
  const errors: FieldError[] = [];
  const complain = (why: string): void => void errors.push(invalid('<nil>', '', `"${path}" ${why}`));
  const judge = (schemas: readonly JsonSchema[]): FieldError[][] =>
    schemas.map((each) => validateBySchema(each, value, path));
  const best = (all: readonly FieldError[][]): FieldError[] =>
    all.reduce((least, each) => (each.length < least.length ? each : least));
  const any = judge(anyOf);
  if (any.length > 0 && any.every((each) => each.length > 0)) {
    complain('must validate at least one schema (anyOf)');
    errors.push(...best(any));
  }
  const one = judge(oneOf);
  const valid = one.filter((each) => each.length === 0).length;
  if (one.length > 0 && valid !== 1) {
    complain(
      `must validate one and only one schema (oneOf). ${valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`}`,
    );
    if (valid === 0) errors.push(...best(one));
  }
  const all = judge(allOf);
  const failed = all.filter((each) => each.length > 0);
  if (failed.length > 0) {
    errors.push(...failed.flat());
    complain(
      `must validate all the schemas (allOf)${failed.length === all.length ? '. None validated' : ''}`,
    );
  }
  if (not !== undefined && validateBySchema(not, value, path).length === 0)
    complain('must not validate the schema (not)');
  return errors;
}
