import { decodeBase64, encodeBase64 } from '../../../apimachinery/base64.ts';

/** Base64 for URLs, without padding (RFC 7515, 2). */
export function encodeBase64Url(source: Uint8Array | string): string {
  return encodeBase64(source).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** Undefined for what is not such a text. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  return decodeBase64(plain.padEnd(Math.ceil(plain.length / 4) * 4, '='));
}
