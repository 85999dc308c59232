import type { JsonObject } from '../endpoints/wire-order.ts';
import { isJsonObject } from '../endpoints/wire-order.ts';

/** An object, a list of them, or a Table, without the managedFields in it. Models copyWithoutManagedFields (v1.34). */
export function withoutManagedFields(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const { items, rows } = value;
  const stripped = strip(value);
  if (Array.isArray(items)) return { ...stripped, items: items.map(strip) };
  if (value['kind'] !== 'Table' || !Array.isArray(rows)) return stripped;
  return {
    ...stripped,
    rows: rows.map((row: unknown) =>
      isJsonObject(row) && isJsonObject(row['object']) ? { ...row, object: strip(row['object']) } : row,
    ),
  };
}

function strip(value: unknown): JsonObject {
  if (!isJsonObject(value)) return value as JsonObject;
  const { metadata } = value;
  if (!isJsonObject(metadata) || metadata['managedFields'] === undefined) return value;
  const { managedFields: _, ...rest } = metadata;
  return { ...value, metadata: rest };
}
