import type { TypeSchema } from '../schema/type-schema.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const NOTHING: JsonObject = Object.freeze({});

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; an absent one, null or another kind of value is an empty one. */
export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : NOTHING;
}

/** The value as a list; anything else is an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function isEmptyObject(value: JsonObject): boolean {
  for (const _ in value) return false;
  return true;
}

/** The type of a field or key, undefined for a field that the struct does not have. */
export function typeOfField(type: TypeSchema, name: string): TypeSchema | undefined {
  return type.kind === 'struct' ? type.fields.get(name)?.type : type.kind === 'map' ? type.value : undefined;
}

/** Whether field owners see the value as one, without looking inside. */
export function isLeafType(type: TypeSchema): boolean {
  switch (type.kind) {
    case 'scalar':
      return true;
    case 'list':
      return type.relationship === 'atomic';
    default:
      return type.atomic;
  }
}
