import type { KindStrategy } from '../../api/strategy.ts';
import { OPENAPI_SCHEMAS } from '../../api/generated/openapi-schemas.ts';
import type { OpenApiSchema } from '../../apimachinery/schema/openapi.ts';
import { customComponents } from './custom-components.ts';
import { describedSchema } from './described-schemas.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

type Json = Readonly<Record<string, unknown>>;

const V3_REF = '#/components/schemas/';
const V2_REF = '#/definitions/';

function refOf(schema: OpenApiSchema): string | undefined {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  return ref === undefined ? undefined : `${V2_REF}${ref.slice(V3_REF.length)}`;
}

const mapValues = <T>(values: Readonly<Record<string, T>>, map: (value: T) => unknown): Json =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));

/** A component schema in the words of version 2: references stand by themselves, alternatives are left out. */
function definition(schema: OpenApiSchema): Json {
  const {
    allOf: _allOf,
    oneOf: _oneOf,
    $ref: _ref,
    properties,
    items,
    additionalProperties,
    default: _default,
    ...rest
  } = schema;
  const ref = refOf(schema);
  return {
    ...rest,
    ...(ref === undefined ? {} : { $ref: ref }),
    ...(properties === undefined ? {} : { properties: mapValues(properties, definition) }),
    ...(items === undefined ? {} : { items: definition(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: definition(additionalProperties) }),
  };
}

/** Writes gnostic's openapi_v2 Schema. Field numbers are those of OpenAPIv2.proto. */
function writeSchema(writer: ProtobufWriter, schema: OpenApiSchema): void {
  writer.string(1, refOf(schema));
  writer.string(2, schema.format);
  writer.string(4, schema.description);
  for (const name of schema.required ?? []) writer.string(19, name);
  const { additionalProperties, type, items, properties } = schema;
  if (additionalProperties !== undefined) {
    writer.message(21, (item) => item.message(1, (inner) => writeSchema(inner, additionalProperties)));
  }
  if (type !== undefined) writer.message(22, (item) => item.string(1, type));
  if (items !== undefined)
    writer.message(23, (item) => item.message(1, (inner) => writeSchema(inner, items)));
  if (properties !== undefined) {
    writer.message(25, (list) => {
      for (const [name, property] of Object.entries(properties)) writeNamedSchema(list, 1, name, property);
    });
  }
  for (const [name, value] of Object.entries(schema)) {
    if (!name.startsWith('x-')) continue;
    // An extension is a named value whose text is YAML; JSON is YAML.
    writer.message(31, (named) =>
      named.string(1, name).message(2, (any) => any.string(2, `${JSON.stringify(value)}\n`)),
    );
  }
}

function writeNamedSchema(writer: ProtobufWriter, field: number, name: string, schema: OpenApiSchema): void {
  writer.message(field, (named) => named.string(1, name).message(2, (inner) => writeSchema(inner, schema)));
}

/**
 * `/openapi/v2`: the definitions of all kinds, without paths. As JSON, and in the protobuf form that kubectl
 * asks for when it meets a kind that version 3 does not know.
 */
export class OpenApiV2 {
  readonly #gitVersion: string;
  #custom: readonly KindStrategy[] = [];
  #json: Json | undefined;
  #protobuf: Uint8Array | undefined;

  constructor(gitVersion: string) {
    this.#gitVersion = gitVersion;
  }

  /** Custom kinds come, change and go. */
  setCustom(strategies: readonly KindStrategy[]): void {
    this.#custom = strategies;
    this.#json = undefined;
    this.#protobuf = undefined;
  }

  #components(): readonly (readonly [string, OpenApiSchema])[] {
    const custom = this.#custom.flatMap((strategy) =>
      strategy.custom === undefined
        ? []
        : (Object.entries(customComponents(strategy, strategy.custom)) as [string, OpenApiSchema][]),
    );
    const builtIn = Object.entries(OPENAPI_SCHEMAS).map(
      ([name, schema]) => [name, describedSchema(name) ?? schema] as const,
    );
    return [...new Map([...builtIn, ...custom])];
  }

  json(): Json {
    this.#json ??= {
      swagger: '2.0',
      info: { title: 'Kubernetes', version: this.#gitVersion },
      paths: {},
      definitions: Object.fromEntries(this.#components().map(([name, schema]) => [name, definition(schema)])),
    };
    return this.#json;
  }

  protobuf(): Uint8Array {
    this.#protobuf ??= new ProtobufWriter()
      .string(1, '2.0')
      .message(2, (info) => info.string(1, 'Kubernetes').string(2, this.#gitVersion))
      .message(8, () => undefined)
      .message(9, (definitions) => {
        for (const [name, schema] of this.#components()) writeNamedSchema(definitions, 1, name, schema);
      })
      .finish();
    return this.#protobuf;
  }
}
