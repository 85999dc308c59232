import { sha256 } from './sha256.ts';

const BLOCK = 64;

/** HMAC-SHA-256 (RFC 2104). */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(BLOCK);
  padded.set(key.length > BLOCK ? sha256(key) : key);
  const inner = sha256(
    concat(
      padded.map((byte) => byte ^ 0x36),
      message,
    ),
  );
  return Uint8Array.from(
    sha256(
      concat(
        padded.map((byte) => byte ^ 0x5c),
        inner,
      ),
    ),
  );
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}
