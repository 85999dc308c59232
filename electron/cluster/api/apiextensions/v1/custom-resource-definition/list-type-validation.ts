import type { JsonSchema } from '../../../../apimachinery/structural-schema/json-schema.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { child, key } from '../../../../apimachinery/validation/path.ts';

const LIST_TYPE = 'x-kubernetes-list-type';
const MAP_KEYS = 'x-kubernetes-list-map-keys';

/** `x-kubernetes-list-type`, `-list-map-keys` and `-map-type`. Models their part of the OpenAPI schema checks (v1.34). */
export function validateListType(schema: JsonSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const listType = schema[LIST_TYPE];
  const keys = schema[MAP_KEYS] ?? [];
  const mapType = schema['x-kubernetes-map-type'];
  if (listType !== undefined) {
    if (schema.type !== 'array')
      errors.push(wrongType(schema, path, `must be array if ${LIST_TYPE} is true`));
    if (!['atomic', 'set', 'map'].includes(listType))
      errors.push(notSupported(child(path, LIST_TYPE), listType, ['atomic', 'set', 'map']));
  }
  if (keys.length > 0 && listType !== 'map') {
    const detail = `must be map if ${MAP_KEYS} is non-empty`;
    const field = child(path, LIST_TYPE);
    errors.push(listType === undefined ? required(field, detail) : invalid(field, listType, detail));
  }
  if (listType === 'map') errors.push(...validateKeys(schema, keys, path));
  if (listType === 'set') errors.push(...validateSet(schema, path));
  if (mapType !== undefined) {
    if (schema.type !== 'object')
      errors.push(wrongType(schema, path, 'must be object if x-kubernetes-map-type is specified'));
    if (!['atomic', 'granular'].includes(mapType))
      errors.push(notSupported(child(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
  }
  return errors;
}

function wrongType(schema: JsonSchema, path: string, detail: string): FieldError {
  const field = child(path, 'type');
  return (schema.type ?? '') === '' ? required(field, detail) : invalid(field, schema.type, detail);
}

function validateKeys(schema: JsonSchema, keys: readonly string[], path: string): FieldError[] {
  const where = child(path, MAP_KEYS);
  if (keys.length === 0) return [required(where, `must not be empty if ${LIST_TYPE} is map`)];
  const { items } = schema;
  const below = child(path, 'items');
  if (items === undefined) return [];
  if (items.type !== 'object') {
    const detail = `must be object if parent array's ${LIST_TYPE} is map`;
    return [invalid(child(below, 'type'), items.type ?? '', detail)];
  }
  const errors: FieldError[] = [];
  if (new Set(keys).size !== keys.length)
    errors.push(invalid(where, keys, 'must not contain duplicate entries'));
  for (const name of keys) {
    const property = items.properties?.[name];
    if (property === undefined) {
      errors.push(invalid(where, keys, 'entries must all be names of item properties'));
      continue;
    }
    const field = key(child(below, 'properties'), name);
    if (property.type === 'object' || property.type === 'array')
      errors.push(
        invalid(
          child(field, 'type'),
          property.type,
          `must be a scalar type if parent array's ${LIST_TYPE} is map`,
        ),
      );
    if (property.default !== undefined || items.required?.includes(name) === true) continue;
    const detail = `this property is in ${MAP_KEYS}, so it must have a default or be a required property`;
    errors.push(required(child(field, 'default'), detail));
  }
  return errors;
}

/** The items of a set are scalars, or one value each. */
function validateSet(schema: JsonSchema, path: string): FieldError[] {
  const { items } = schema;
  const below = child(path, 'items');
  if (items === undefined) return [];
  if (items.nullable === true)
    return [
      {
        type: 'FieldValueForbidden',
        field: child(below, 'nullable'),
        body: `Forbidden: cannot be nullable when ${LIST_TYPE} is set`,
      },
    ];
  const isMap = items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic';
  if (isMap) {
    const field = child(below, 'x-kubernetes-map-type');
    const detail = `must be atomic as item of a list with ${LIST_TYPE}=set`;
    const { 'x-kubernetes-map-type': given } = items;
    return [given === undefined ? required(field, detail) : invalid(field, given, detail)];
  }
  const isList = items.type === 'array' && (items[LIST_TYPE] ?? 'atomic') !== 'atomic';
  if (!isList) return [];
  const detail = `must be atomic as item of a list with ${LIST_TYPE}=set`;
  return [invalid(child(below, LIST_TYPE), items[LIST_TYPE], detail)];
}
