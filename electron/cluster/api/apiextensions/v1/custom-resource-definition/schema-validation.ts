import { CelCompileError } from '../../../../apimachinery/cel/expression.ts';
import { compileRule } from '../../../../apimachinery/structural-schema/validation-rules.ts';
import { prune } from '../../../../apimachinery/structural-schema/prune.ts';
import type { JsonObject, JsonSchema } from '../../../../apimachinery/structural-schema/json-schema.ts';
import { isPattern } from '../../../../apimachinery/structural-schema/pattern.ts';
import { validateBySchema } from '../../../../apimachinery/structural-schema/validate.ts';
import { isJsonObject } from '../../../../apimachinery/managed-fields/json.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { child, key } from '../../../../apimachinery/validation/path.ts';
import { validateListType } from './list-type-validation.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const UNSUPPORTED = ['$ref', 'additionalItems', 'definitions', 'dependencies', 'id', 'patternProperties'];
const COMBINATIONS = ['allOf', 'anyOf', 'oneOf'] as const;

/** Where a schema stands: what a missing type is called there. */
type Level = 'root' | 'field' | 'item';

/**
 * Whether a schema is structural: it says of every value what it is, so that values can be pruned and defaulted.
 * Models ValidateStructural and validateCustomResourceDefinitionOpenAPISchema (v1.34).
 */
export function validateStructuralSchema(schema: JsonSchema, path: string): FieldError[] {
  return validateLevel(schema, path, 'root');
}

function validateLevel(schema: JsonSchema, path: string, level: Level): FieldError[] {
  const errors = [
    ...validateType(schema, path, level),
    ...validateUnsupported(schema, path),
    ...validateListType(schema, path),
    ...validateDefault(schema, path),
    ...validateRules(schema, path),
  ];
  const { properties = {}, additionalProperties, items } = schema;
  if (additionalProperties !== undefined && schema.properties !== undefined)
    errors.push(
      forbidden(
        child(path, 'additionalProperties'),
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  if (additionalProperties === false)
    errors.push(
      forbidden(child(path, 'additionalProperties'), 'additionalProperties cannot be set to false'),
    );
  if (typeof additionalProperties === 'object')
    errors.push(...validateLevel(additionalProperties, child(path, 'additionalProperties'), 'field'));
  for (const [name, property] of Object.entries(properties)) {
    const where = key(child(path, 'properties'), name);
    if (level === 'root' && name === 'metadata') errors.push(...validateMetadata(property, where));
    else errors.push(...validateLevel(property, where, 'field'));
  }
  if (schema.type === 'array' && items === undefined)
    errors.push(required(child(path, 'items'), 'must be specified'));
  if (Array.isArray(items))
    errors.push(forbidden(child(path, 'items'), 'items must be a schema object and not an array'));
  else if (items !== undefined) errors.push(...validateLevel(items, child(path, 'items'), 'item'));
  for (const combination of COMBINATIONS)
    for (const [index, part] of (schema[combination] ?? []).entries())
      errors.push(...validatePart(part, schema, `${child(path, combination)}[${index}]`));
  if (schema.not !== undefined) errors.push(...validatePart(schema.not, schema, child(path, 'not')));
  return errors;
}

function validateType(schema: JsonSchema, path: string, level: Level): FieldError[] {
  const { type = '' } = schema;
  const field = child(path, 'type');
  if (type === 'null')
    return [forbidden(field, 'type cannot be set to null, use nullable as an alternative')];
  if (type !== '' && !TYPES.includes(type)) return [notSupported(field, type, TYPES)];
  if (level === 'root') {
    if (type === '') return [required(field, 'must not be empty at the root')];
    return type === 'object' ? [] : [invalid(field, type, 'must be object at the root')];
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    return type === '' ? [] : [invalid(field, type, 'must be empty if x-kubernetes-int-or-string is true')];
  }
  for (const mark of ['x-kubernetes-embedded-resource', 'x-kubernetes-preserve-unknown-fields'] as const) {
    if (schema[mark] !== true || type === 'object') continue;
    if (mark === 'x-kubernetes-preserve-unknown-fields' && type === '') return [];
    const detail = `must be object if ${mark} is true`;
    return [type === '' ? required(field, detail) : invalid(field, type, detail)];
  }
  if (type !== '') return [];
  const what = level === 'item' ? 'array items' : 'object fields';
  return [required(field, `must not be empty for specified ${what}`)];
}

function validateUnsupported(schema: JsonSchema, path: string): FieldError[] {
  const errors = UNSUPPORTED.filter((name) => Object.hasOwn(schema, name)).map((name) =>
    forbidden(child(path, name), `${name} is not supported`),
  );
  if (schema.uniqueItems === true) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(child(path, 'uniqueItems'), detail));
  }
  if (schema.pattern !== undefined && !isPattern(schema.pattern)) {
    const detail = "must be a valid regular expression, but isn't";
    errors.push(invalid(child(path, 'pattern'), schema.pattern, detail));
  }
  return errors;
}

/** Of an object's own metadata a schema may narrow the name, and nothing else. */
function validateMetadata(schema: JsonSchema, path: string): FieldError[] {
  const { type: _type, description: _description, properties = {}, ...rest } = schema;
  const others = Object.keys(properties).filter((name) => name !== 'name' && name !== 'generateName');
  if (Object.keys(rest).length === 0 && others.length === 0) return [];
  const detail =
    'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [forbidden(path, detail)];
}

/** A default has to be a value its own schema accepts. */
function validateDefault(schema: JsonSchema, path: string): FieldError[] {
  const value = schema.default;
  if (value === undefined) return [];
  const where = child(path, 'default');
  if (isJsonObject(value)) {
    const { unknown } = prune(schema, value as JsonObject);
    if (unknown.length > 0) return [invalid(where, value, 'must not have unknown fields')];
  }
  return validateBySchema(schema, value, where);
}

/** Rules have to compile; their cost is counted when they run. */
function validateRules(schema: JsonSchema, path: string): FieldError[] {
  return (schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) => {
    const where = `${child(path, 'x-kubernetes-validations')}[${index}].rule`;
    if ((rule.rule ?? '').trim() === '') return [required(where, 'rule is not specified')];
    try {
      compileRule(rule);
      return [];
    } catch (error) {
      if (!(error instanceof CelCompileError)) throw error;
      return [invalid(where, rule.rule, error.message)];
    }
  });
}

const NOT_IN_PARTS = [
  ['type', 'must be empty to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['default', 'must be undefined to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be undefined to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
] as const;

/** A schema below `allOf`, `anyOf`, `oneOf` or `not` may only judge values, not say what they are. */
function validatePart(part: JsonSchema, whole: JsonSchema, path: string): FieldError[] {
  const intOrString = whole['x-kubernetes-int-or-string'] === true;
  const errors: FieldError[] = [];
  for (const [field, detail] of NOT_IN_PARTS) {
    if (part[field] === undefined || part[field] === false) continue;
    if (field === 'type' && intOrString) continue;
    errors.push(forbidden(child(path, field), detail));
  }
  for (const [name, property] of Object.entries(part.properties ?? {})) {
    const known = whole.properties?.[name];
    const where = key(child(path, 'properties'), name);
    if (known === undefined)
      errors.push(required(`${wholePath(path)}.properties[${name}]`, `because it is defined in ${where}`));
    else errors.push(...validatePart(property, known, where));
  }
  if (part.items !== undefined) {
    if (whole.items === undefined)
      errors.push(required(`${wholePath(path)}.items`, `because it is defined in ${child(path, 'items')}`));
    else errors.push(...validatePart(part.items, whole.items, child(path, 'items')));
  }
  for (const combination of COMBINATIONS)
    for (const [index, each] of (part[combination] ?? []).entries())
      errors.push(...validatePart(each, whole, `${child(path, combination)}[${index}]`));
  if (part.not !== undefined) errors.push(...validatePart(part.not, whole, child(path, 'not')));
  return errors;
}

/** The path of the schema that a part belongs to. */
function wholePath(path: string): string {
  return path.replace(/\.(?:(?:allOf|anyOf|oneOf)\[\d+\]|not)(?=\.|$)/g, '');
}
