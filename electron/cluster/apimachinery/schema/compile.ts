import type { GroupVersionKind } from '../gvk.ts';
import { gvkKey } from '../gvk.ts';
import type { OpenApiSchema } from './openapi.ts';
import type { FieldSchema, ListType, ScalarKind, ScalarType, StructType, TypeSchema } from './type-schema.ts';

const REF = '#/components/schemas/';
const MACHINERY = 'io.k8s.apimachinery.pkg.';

const SPECIAL: Readonly<Record<string, ScalarType>> = {
  [`${MACHINERY}api.resource.Quantity`]: scalar('quantity', 'resource.Quantity'),
  [`${MACHINERY}util.intstr.IntOrString`]: scalar('int-or-string', 'intstr.IntOrString'),
  [`${MACHINERY}apis.meta.v1.Time`]: scalar('time', 'v1.Time'),
  [`${MACHINERY}apis.meta.v1.MicroTime`]: scalar('micro-time', 'v1.MicroTime'),
};

function scalar(kind: ScalarKind, goType: string): ScalarType {
  return { kind: 'scalar', scalar: kind, goType };
}

const STRING = scalar('string', 'string');
const BYTES = scalar('bytes', '[]uint8');
const BOOL = scalar('bool', 'bool');
const ANY = scalar('any', 'runtime.RawExtension');
const INTEGERS: Readonly<Record<string, ScalarType>> = {
  int32: scalar('int32', 'int32'),
  int64: scalar('int64', 'int64'),
};
const NUMBER = scalar('number', 'float64');

/** Types of API kinds, compiled from OpenAPI component schemas when first asked for. */
export class SchemaRegistry {
  readonly #schemas: Readonly<Record<string, OpenApiSchema>>;
  readonly #named = new Map<string, TypeSchema>();
  readonly #byKind = new Map<string, string>();

  constructor(schemas: Readonly<Record<string, OpenApiSchema>>) {
    this.#schemas = schemas;
    for (const [name, schema] of Object.entries(schemas)) {
      for (const gvk of schema['x-kubernetes-group-version-kind'] ?? []) this.#byKind.set(gvkKey(gvk), name);
    }
  }

  /** The struct of a kind; undefined when the kind is unknown. */
  forKind(gvk: GroupVersionKind): StructType | undefined {
    const name = this.#byKind.get(gvkKey(gvk));
    const type = name === undefined ? undefined : this.byName(name);
    return type?.kind === 'struct' ? type : undefined;
  }

  /** Component name of a kind, e.g. `io.k8s.api.core.v1.Pod`. */
  nameOf(gvk: GroupVersionKind): string | undefined {
    return this.#byKind.get(gvkKey(gvk));
  }

  /** The type of a component. @throws Error for a name there is no schema of */
  byName(name: string): TypeSchema {
    const known = this.#named.get(name) ?? SPECIAL[name];
    if (known !== undefined) return known;
    const schema = this.#schemas[name];
    if (schema === undefined) throw new Error(`no schema ${name}`);
    if (schema.properties === undefined) return ANY;
    const parts = name.split('.');
    const goName = parts.at(-1) as string;
    const fields = new Map<string, FieldSchema>();
    const embedded: string[] = [];
    const valueStructs: string[] = [];
    const type: StructType = {
      kind: 'struct',
      name,
      goName,
      goType: `${parts.at(-2)}.${goName}`,
      fields,
      embedded,
      valueStructs,
      atomic: schema['x-kubernetes-map-type'] === 'atomic',
    };
    this.#named.set(name, type); // before its fields: types may refer to themselves
    for (const [field, property] of Object.entries(schema.properties)) {
      const compiled = this.#field(field, property, schema.required?.includes(field) ?? false);
      fields.set(field, compiled);
      if (property.allOf === undefined || property.default === undefined) continue;
      if (compiled.type.kind !== 'struct') continue;
      valueStructs.push(field);
      if (!this.#hasRequired(compiled.type.name)) embedded.push(field);
    }
    return type;
  }

  #hasRequired(name: string): boolean {
    return this.#schemas[name]?.required !== undefined;
  }

  #field(name: string, schema: OpenApiSchema, required: boolean): FieldSchema {
    return {
      name,
      element: `f:${name}`,
      type: this.#type(schema),
      required,
      patchStrategies: schema['x-kubernetes-patch-strategy']?.split(',') ?? [],
      patchMergeKey: schema['x-kubernetes-patch-merge-key'],
      defaultValue: schema.default,
    };
  }

  #type(schema: OpenApiSchema): TypeSchema {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (ref !== undefined) {
      const named = this.byName(ref.slice(REF.length));
      const atomicHere = schema['x-kubernetes-map-type'] === 'atomic';
      return atomicHere && named.kind === 'struct' && !named.atomic ? { ...named, atomic: true } : named;
    }
    switch (schema.type) {
      case 'string':
        return schema.format === 'byte' ? BYTES : STRING;
      case 'boolean':
        return BOOL;
      case 'integer':
        return INTEGERS[schema.format ?? 'int64'] ?? (INTEGERS['int64'] as ScalarType);
      case 'number':
        return NUMBER;
      case 'array': {
        const item = this.#type(schema.items ?? {});
        return { kind: 'list', item, goType: `[]${item.goType}`, ...relationshipOf(schema) };
      }
      case 'object': {
        if (schema.additionalProperties === undefined) return ANY;
        const value = this.#type(schema.additionalProperties);
        const goType =
          value === SPECIAL[`${MACHINERY}api.resource.Quantity`]
            ? 'v1.ResourceList'
            : `map[string]${value.goType}`;
        return { kind: 'map', value, goType, atomic: schema['x-kubernetes-map-type'] === 'atomic' };
      }
      default:
        return ANY;
    }
  }
}

/** Models getListElementRelationship of kube-openapi's schemaconv: a list without marks is one value. */
function relationshipOf(schema: OpenApiSchema): Pick<ListType, 'relationship' | 'keys'> {
  switch (schema['x-kubernetes-list-type']) {
    case 'atomic':
      return { relationship: 'atomic', keys: [] };
    case 'set':
      return { relationship: 'set', keys: [] };
    case 'map':
      return { relationship: 'map', keys: schema['x-kubernetes-list-map-keys'] ?? [] };
    default:
      break;
  }
  const strategies = schema['x-kubernetes-patch-strategy']?.split(',') ?? [];
  if (!strategies.includes('merge')) return { relationship: 'atomic', keys: [] };
  const key = schema['x-kubernetes-patch-merge-key'];
  return key === undefined ? { relationship: 'set', keys: [] } : { relationship: 'map', keys: [key] };
}
