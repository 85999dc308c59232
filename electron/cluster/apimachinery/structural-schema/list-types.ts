import { isJsonObject } from '../managed-fields/json.ts';
import { canonicalText } from '../names.ts';
import type { FieldError } from '../validation/field-error.ts';
import { duplicate } from '../validation/field-error.ts';
import type { JsonSchema } from './json-schema.ts';
import { schemaAt } from './json-schema.ts';

/** Items of `set` and `map` lists that occur twice. Models schema/listtype ValidateListSetsAndMaps (v1.34). */
export function validateListTypes(schema: JsonSchema, value: unknown, path = ''): FieldError[] {
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([name, child]) => {
      const known = schemaAt(schema, name);
      if (known === undefined) return [];
      const fromMap = schema.properties === undefined || !Object.hasOwn(schema.properties, name);
      const where = fromMap ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      return validateListTypes(known, child, where);
    });
  }
  if (!Array.isArray(value)) return [];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, item] of value.entries()) {
    const identity = identityOf(schema, item);
    if (identity === undefined) break;
    const text = canonicalText(identity);
    if (seen.has(text)) errors.push(duplicate(`${path}[${index}]`, identity));
    seen.add(text);
  }
  const { items } = schema;
  if (items === undefined) return errors;
  return [...errors, ...value.flatMap((item, index) => validateListTypes(items, item, `${path}[${index}]`))];
}

/** What tells an item from others; undefined for lists in which nothing has to. */
function identityOf(schema: JsonSchema, item: unknown): unknown {
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return item;
  if (type !== 'map' || !isJsonObject(item)) return undefined;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]]));
}
