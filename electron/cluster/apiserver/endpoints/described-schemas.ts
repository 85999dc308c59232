import { descriptionsJson } from '../../api/generated/descriptions.ts';
import { OPENAPI_SCHEMAS } from '../../api/generated/openapi-schemas.ts';
import type { OpenApiSchema } from '../../apimachinery/schema/openapi.ts';

interface Descriptions {
  readonly texts: readonly string[];
  /** By component and field ('' for the component itself): an index into `texts`. */
  readonly components: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

let loaded: Descriptions | undefined;
const described = new Map<string, OpenApiSchema>();

/**
 * A component schema with the texts that `kubectl explain` shows; undefined when there is no such component.
 * The texts are half a megabyte that only an OpenAPI document needs: they are read when the first is asked for.
 */
export function describedSchema(component: string): OpenApiSchema | undefined {
  const known = described.get(component);
  if (known !== undefined) return known;
  const schema = OPENAPI_SCHEMAS[component];
  if (schema === undefined) return undefined;
  loaded ??= JSON.parse(descriptionsJson()) as Descriptions;
  const { texts } = loaded;
  const fields = loaded.components[component] ?? {};
  const withText = (plain: OpenApiSchema, index: number | undefined): OpenApiSchema => {
    const description = index === undefined ? undefined : texts[index];
    return description === undefined ? plain : { description, ...plain };
  };
  const { properties } = schema;
  const result = withText(
    properties === undefined
      ? schema
      : {
          ...schema,
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, property]) => [name, withText(property, fields[name])]),
          ),
        },
    fields[''],
  );
  described.set(component, result);
  return result;
}
