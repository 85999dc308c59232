import type {
  FieldSchema,
  ListType,
  MapType,
  ScalarType,
  StructType,
  TypeSchema,
} from '../schema/type-schema.ts';
import type { JsonSchema } from './json-schema.ts';

const scalar = (kind: ScalarType['scalar'], goType: string): ScalarType => ({
  kind: 'scalar',
  scalar: kind,
  goType,
});
const ANY = scalar('any', 'interface {}');
const STRING = scalar('string', 'string');
const SCALARS: Readonly<Record<string, ScalarType>> = {
  string: STRING,
  boolean: scalar('bool', 'bool'),
  integer: scalar('int64', 'int64'),
  number: scalar('number', 'float64'),
};

/** Fields of a value whose schema lets unknown ones be: those have no type of their own. */
class OpenFields extends Map<string, FieldSchema> {
  override get(name: string): FieldSchema | undefined {
    return super.get(name) ?? fieldOf(name, ANY);
  }
}

function fieldOf(name: string, type: TypeSchema, required = false, defaultValue?: unknown): FieldSchema {
  return { name, element: `f:${name}`, type, required, patchStrategies: [], defaultValue };
}

/**
 * The type of a custom resource as field owners see it. `meta` is that of its metadata.
 * Models the typed parser made of a structural schema (apiextensions managedfields, v1.34).
 */
export function resourceTypeOf(schema: JsonSchema, kind: string, meta: StructType): StructType {
  return structOf(schema, kind, meta, true);
}

function structOf(schema: JsonSchema, name: string, meta: StructType, isResource: boolean): StructType {
  const fields =
    schema['x-kubernetes-preserve-unknown-fields'] === true
      ? new OpenFields()
      : new Map<string, FieldSchema>();
  for (const [field, property] of Object.entries(schema.properties ?? {})) {
    const isRequired = schema.required?.includes(field) ?? false;
    fields.set(field, fieldOf(field, typeOf(property, field, meta), isRequired, property.default));
  }
  if (isResource) {
    fields.set('apiVersion', fieldOf('apiVersion', STRING));
    fields.set('kind', fieldOf('kind', STRING));
    fields.set('metadata', fieldOf('metadata', meta));
  }
  return {
    kind: 'struct',
    name,
    goName: name,
    goType: 'map[string]interface {}',
    fields,
    embedded: [],
    valueStructs: [],
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
  };
}

function typeOf(schema: JsonSchema, name: string, meta: StructType): TypeSchema {
  if (schema['x-kubernetes-int-or-string'] === true) return scalar('int-or-string', 'intstr.IntOrString');
  if (schema.type === 'array') return listOf(schema, name, meta);
  if (schema.type !== 'object') return SCALARS[schema.type ?? ''] ?? ANY;
  const { additionalProperties } = schema;
  const isMap = additionalProperties !== undefined && additionalProperties !== false;
  if (isMap || (schema.properties === undefined && schema['x-kubernetes-embedded-resource'] !== true)) {
    const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties, name, meta) : ANY;
    return mapOf(value, schema['x-kubernetes-map-type'] === 'atomic');
  }
  return structOf(schema, name, meta, schema['x-kubernetes-embedded-resource'] === true);
}

function mapOf(value: TypeSchema, atomic: boolean): MapType {
  return { kind: 'map', value, goType: `map[string]${value.goType}`, atomic };
}

function listOf(schema: JsonSchema, name: string, meta: StructType): ListType {
  const item = schema.items === undefined ? ANY : typeOf(schema.items, name, meta);
  const type = schema['x-kubernetes-list-type'];
  return {
    kind: 'list',
    item,
    goType: `[]${item.goType}`,
    relationship: type === 'set' || type === 'map' ? type : 'atomic',
    keys: type === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [],
  };
}
