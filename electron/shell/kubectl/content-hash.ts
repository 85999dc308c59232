import { createHash } from 'node:crypto';
import { compactJson } from './go-format.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, nameOf } from './json.ts';

/**
 * The suffix that names the content of a ConfigMap or Secret. Models `Hash` of kubectl's util/hash: the name is part of what is
 * hashed.
 */
export function contentHash(object: JsonObject): string {
  return hashOf(object, nameOf(object), object['data'] ?? {});
}

/** The same as kustomize makes it (api/hasher): whatever the name, so that prefixes do not change it. */
export function kustomizeHash(object: JsonObject): string {
  return hashOf(object, '', object['data'] ?? '');
}

function hashOf(
  { kind = '', binaryData, immutable, type = '' }: JsonObject,
  name: string,
  data: Json,
): string {
  const hashed: JsonObject = { kind, name, data };
  if (kind === 'Secret') hashed['type'] = type;
  if (typeof immutable === 'boolean') hashed['immutable'] = immutable;
  if (isObject(binaryData) && Object.keys(binaryData).length > 0) hashed['binaryData'] = binaryData;
  return encodeHash(compactJson(hashed));
}

/** Ten characters that cannot spell a word. */
function encodeHash(text: string): string {
  const safe: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };
  return createHash('sha256')
    .update(text)
    .digest('hex')
    .slice(0, 10)
    .replace(/[013ae]/g, (letter) => safe[letter] ?? letter);
}
