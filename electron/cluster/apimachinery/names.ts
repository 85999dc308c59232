import type { Rand } from '../../base/rand.ts';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_NAME_LENGTH = 63;
const SUFFIX_LENGTH = 5;
const MAX_BASE_LENGTH = MAX_NAME_LENGTH - SUFFIX_LENGTH;

/** Random characters of the alphabet Kubernetes uses in names: no vowels, no 0, 1, 3. */
export function randomSuffix(rand: Pick<Rand, 'int'>, length = SUFFIX_LENGTH): string {
  let text = '';
  for (let index = 0; index < length; index += 1) text += ALPHABET[rand.int(ALPHABET.length)] as string;
  return text;
}

/** A name from `generateName`, the base cut so that the result stays within 63 characters. */
export function generateName(base: string, rand: Pick<Rand, 'int'>): string {
  return base.slice(0, MAX_BASE_LENGTH) + randomSuffix(rand);
}

/** Writes a number or text with the safe alphabet, character by character. Models util/rand.SafeEncodeString (v1.34). */
export function safeEncodeString(text: string): string {
  let encoded = '';
  for (let index = 0; index < text.length; index += 1) {
    encoded += ALPHABET[text.charCodeAt(index) % ALPHABET.length] as string;
  }
  return encoded;
}

/** 32-bit FNV-1a of the UTF-8 bytes of a text, unsigned. */
export function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    let code = text.charCodeAt(index);
    if (code < 0x80) {
      hash = Math.imul(hash ^ code, 0x01000193);
      continue;
    }
    code = text.codePointAt(index) as number;
    if (code > 0xffff) index += 1;
    for (const byte of utf8(code)) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

function utf8(code: number): number[] {
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 0x3f)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)];
  return [
    0xf0 | (code >> 18),
    0x80 | ((code >> 12) & 0x3f),
    0x80 | ((code >> 6) & 0x3f),
    0x80 | (code & 0x3f),
  ];
}

/**
 * The `pod-template-hash` of a template: FNV-1a over a canonical text of the value (keys sorted), safely
 * encoded. Equal templates give equal hashes; the digits differ from upstream's, which hashes a Go dump.
 * Models util/hash.DeepHashObject and controller.ComputeHash (v1.34).
 */
export function computeHash(value: unknown, collisionCount?: number): string {
  const text = canonicalText(value) + (collisionCount === undefined ? '' : `#${collisionCount}`);
  return safeEncodeString(String(fnv32a(text)));
}

/** JSON with the keys of every object in order, absent values left out. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    const parts: string[] = [];
    for (const name of Object.keys(record).sort()) {
      if (record[name] !== undefined) parts.push(`${JSON.stringify(name)}:${canonicalText(record[name])}`);
    }
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
