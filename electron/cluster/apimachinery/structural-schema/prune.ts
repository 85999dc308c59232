import { isJsonObject } from '../managed-fields/json.ts';
import type { JsonObject, JsonSchema } from './json-schema.ts';
import { schemaAt } from './json-schema.ts';

export interface Pruned {
  /** The same reference when nothing was dropped. */
  readonly value: JsonObject;
  /** e.g. `spec.items[0].foo`, in the order in which they were met. */
  readonly unknown: readonly string[];
}

const RESOURCE_FIELDS = new Set(['apiVersion', 'kind', 'metadata']);

/** Drops the fields of a custom resource that its structural schema does not know. Models schema/pruning (v1.34). */
export function prune(schema: JsonSchema, object: JsonObject): Pruned {
  const unknown: string[] = [];
  return { value: pruneObject(schema, object, '', true, unknown), unknown };
}

function pruneObject(
  schema: JsonSchema,
  value: JsonObject,
  path: string,
  isResource: boolean,
  unknown: string[],
): JsonObject {
  const keepsAll =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema.additionalProperties === true;
  let copy: Record<string, unknown> | undefined;
  for (const [name, child] of Object.entries(value)) {
    const where = path === '' ? name : `${path}.${name}`;
    if (isResource && RESOURCE_FIELDS.has(name)) continue;
    const known = schemaAt(schema, name);
    if (known === undefined) {
      if (keepsAll) continue;
      copy ??= { ...value };
      delete copy[name];
      unknown.push(where);
      continue;
    }
    const pruned = pruneValue(known, child, where, unknown);
    if (pruned === child) continue;
    copy ??= { ...value };
    copy[name] = pruned;
  }
  return copy ?? value;
}

function pruneValue(schema: JsonSchema, value: unknown, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return value as unknown;
    let changed = false;
    const result = value.map((item: unknown, index) => {
      const pruned = pruneValue(items, item, `${path}[${index}]`, unknown);
      changed ||= pruned !== item;
      return pruned;
    });
    return changed ? result : value;
  }
  if (!isJsonObject(value) || schema['x-kubernetes-int-or-string'] === true) return value;
  return pruneObject(schema, value, path, schema['x-kubernetes-embedded-resource'] === true, unknown);
}
