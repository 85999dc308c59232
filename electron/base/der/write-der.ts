import { TAG } from './der-value.ts';

/** A value with its tag and length before it. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [tag, ...lengthBytes(length)];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.trunc(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(TAG.sequence, ...parts);

/** A bit string of whole bytes. */
export const bits = (bytes: Uint8Array): Uint8Array => der(TAG.bitString, Uint8Array.of(0), bytes);

export const octets = (bytes: Uint8Array): Uint8Array => der(TAG.octetString, bytes);

/** `2.5.4.3` */
export function oid(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  return der(TAG.oid, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.trunc(value / 128); rest > 0; rest = Math.trunc(rest / 128))
    bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

/** A number that is not negative. */
export function integer(value: bigint): Uint8Array {
  const bytes = fromBigInt(value);
  return der(TAG.integer, (bytes[0] as number) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), bytes);
}

/** UTCTime before 2050, GeneralizedTime from then on, as RFC 5280 wants it. */
export function time(milliseconds: number): Uint8Array {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  const short = text < '2050';
  return der(
    short ? TAG.utcTime : TAG.generalizedTime,
    new TextEncoder().encode(`${short ? text.slice(2) : text}Z`),
  );
}

/** Big-endian bytes, at least `length` of them. */
export function fromBigInt(value: bigint, length = 1): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  while (bytes.length < length) bytes.unshift(0);
  return Uint8Array.from(bytes);
}
