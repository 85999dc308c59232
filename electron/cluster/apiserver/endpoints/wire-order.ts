export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Type first, then metadata, then the rest, as Go's encoder writes an object. */
export function typeFirst(object: JsonObject): JsonObject {
  const { kind, apiVersion, metadata, ...rest } = object;
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(metadata === undefined ? {} : { metadata }),
    ...rest,
  };
}

/** Items of a typed list, which carry no type of their own on the wire; undefined for anything else. */
export function typedListItems(value: JsonObject): readonly unknown[] | undefined {
  const { kind, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return undefined;
  return kind === 'List' || kind === 'PartialObjectMetadataList' ? undefined : items;
}

/** A whole answer in the order and shape in which it is written out. */
export function wireValue(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const items = typedListItems(value);
  if (items === undefined) return typeFirst(value);
  const bare = items.map((item) =>
    isJsonObject(item) ? { ...item, kind: undefined, apiVersion: undefined } : item,
  );
  return typeFirst({ ...value, items: bare });
}
