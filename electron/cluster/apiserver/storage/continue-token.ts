import { StorageError } from './storage-error.ts';

/** Where a chunked list goes on: at `start` (a key below the list's prefix), at revision `revision`. */
export interface ContinueToken {
  readonly revision: number;
  /** First key not yet returned, relative to the prefix. */
  readonly start: string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Unpadded base64url of ASCII text, as upstream's tokens are. */
function encodeBase64Url(text: string): string {
  let encoded = '';
  for (let index = 0; index < text.length; index += 3) {
    const chunk = [0, 1, 2].map((offset) => text.charCodeAt(index + offset));
    const have = chunk.filter((code) => !Number.isNaN(code));
    const bits = have.reduce((sum, code, position) => sum | (code << (16 - 8 * position)), 0);
    for (let position = 0; position <= have.length; position += 1)
      encoded += ALPHABET[(bits >> (18 - 6 * position)) & 63];
  }
  return encoded;
}

function decodeBase64Url(text: string): string | undefined {
  let bits = 0;
  let count = 0;
  let decoded = '';
  for (const char of text.replace(/=+$/, '')) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      decoded += String.fromCharCode((bits >> count) & 0xff);
    }
  }
  return decoded;
}

/** The opaque `continue` value: base64url of `{v, rv, start}`. Keys are ASCII. */
export function encodeContinue(token: ContinueToken): string {
  return encodeBase64Url(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: token.start }));
}

/** @throws StorageError `invalid-object` with upstream's text when it is none of ours */
export function decodeContinue(text: string): ContinueToken {
  const json = decodeBase64Url(text);
  let value: unknown;
  try {
    value = JSON.parse(json ?? '');
  } catch {
    throw new StorageError('invalid-object', 'continue key is not valid: illegal base64 data or JSON');
  }
  const fields = value as { v?: unknown; rv?: unknown; start?: unknown } | null;
  if (fields === null || typeof fields !== 'object' || fields.v !== 'meta.k8s.io/v1') {
    throw new StorageError(
      'invalid-object',
      'continue key is not valid: server does not recognize this encoded version',
    );
  }
  const { rv, start } = fields;
  if (typeof rv !== 'number' || !Number.isInteger(rv) || rv === 0) {
    throw new StorageError(
      'invalid-object',
      'continue key is not valid: incorrect encoded start resourceVersion',
    );
  }
  if (typeof start !== 'string' || start === '' || start.split('/').includes('..')) {
    throw new StorageError(
      'invalid-object',
      'continue key is not valid: encoded start key is empty or invalid',
    );
  }
  return { revision: rv, start };
}
