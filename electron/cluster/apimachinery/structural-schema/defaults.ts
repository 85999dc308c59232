import { isJsonObject } from '../managed-fields/json.ts';
import type { JsonSchema } from './json-schema.ts';
import { isForbiddenNull, schemaAt } from './json-schema.ts';

/**
 * The value with the defaults of its schema; what may not be null and is gets its default, or goes without one.
 * The same reference when nothing changes. Models schema/defaulting (v1.34).
 */
export function withDefaults(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) return itemsWithDefaults(schema, value);
  if (!isJsonObject(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined) continue;
    if (Object.hasOwn(value, name) && !isForbiddenNull(property, value[name])) continue;
    copy ??= { ...value };
    copy[name] = property.default;
  }
  for (const [name, child] of Object.entries(copy ?? value)) {
    const known = schemaAt(schema, name);
    if (known === undefined) continue;
    if (isForbiddenNull(known, child)) {
      copy ??= { ...value };
      if (known.default === undefined) delete copy[name];
      else copy[name] = withDefaults(known, known.default);
      continue;
    }
    const next = withDefaults(known, child);
    if (next === child) continue;
    copy ??= { ...value };
    copy[name] = next;
  }
  return copy ?? value;
}

function itemsWithDefaults(schema: JsonSchema, value: readonly unknown[]): unknown {
  const { items } = schema;
  if (items === undefined) return value;
  let changed = false;
  const result = value.map((item) => {
    const base = isForbiddenNull(items, item) && items.default !== undefined ? items.default : item;
    const next = withDefaults(items, base);
    changed ||= next !== item;
    return next;
  });
  return changed ? result : value;
}
