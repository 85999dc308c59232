/** A schema of OpenAPI v3 as the API server publishes it. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

const REF = '#/components/schemas/';

/** Schemas of one group and version. */
export class SchemaIndex {
  readonly #schemas: Readonly<Record<string, Schema>>;

  /** `json`: the text of `/openapi/v3/…`. */
  constructor(json: string) {
    const document = JSON.parse(json) as { components?: { schemas?: Record<string, Schema> } };
    this.#schemas = document.components?.schemas ?? {};
  }

  /** The schema of a kind; undefined when there is none. */
  of(group: string, version: string, kind: string): Schema | undefined {
    return Object.values(this.#schemas).find((schema) =>
      schema['x-kubernetes-group-version-kind']?.some(
        (one) => one.group === group && one.version === version && one.kind === kind,
      ),
    );
  }

  /** What a schema stands for; the description beside a reference is nearer to the field and wins. */
  resolve(schema: Schema): Schema {
    const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]?.$ref : undefined);
    if (ref === undefined) return schema;
    const target = this.#schemas[ref.slice(REF.length)];
    if (target === undefined) return {};
    const resolved = this.resolve(target);
    return schema.description === undefined ? resolved : { ...resolved, description: schema.description };
  }

  /** The schema of a field, of a map's values (any name), or of a list's items (`[]`). */
  child(schema: Schema, step: string): Schema | undefined {
    const here = this.resolve(schema);
    if (step === '[]') return here.items;
    const field = here.properties?.[step];
    if (field !== undefined) return field;
    return typeof here.additionalProperties === 'object' ? here.additionalProperties : undefined;
  }

  at(root: Schema, path: readonly string[]): Schema | undefined {
    let here: Schema | undefined = root;
    for (const step of path) here = here === undefined ? undefined : this.child(here, step);
    return here === undefined ? undefined : this.resolve(here);
  }
}
