import type { DerValue } from './der-value.ts';
import { DerError, TAG } from './der-value.ts';

/** The values that follow one another in some bytes. @throws DerError */
export function readAll(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const value = readAt(bytes, at);
    values.push(value);
    at += value.bytes.length;
  }
  return values;
}

/** The one value that some bytes are. @throws DerError */
export function readOne(bytes: Uint8Array): DerValue {
  const [value, ...more] = readAll(bytes);
  if (value === undefined || more.length > 0) throw new DerError('asn1: syntax error: trailing data');
  return value;
}

/** What is inside a sequence (or a value of another tag). @throws DerError */
export function children(value: DerValue | undefined, tag: number = TAG.sequence): DerValue[] {
  if (value?.tag !== tag) throw new DerError("asn1: structure error: tags don't match");
  return readAll(value.content);
}

function readAt(bytes: Uint8Array, at: number): DerValue {
  const tag = bytes[at];
  const first = bytes[at + 1];
  const truncated = (): DerError => new DerError('asn1: syntax error: data truncated');
  if (tag === undefined || first === undefined) throw truncated();
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new DerError('asn1: syntax error: indefinite or too long length');
    length = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = bytes[start + index];
      if (byte === undefined) throw truncated();
      length = length * 256 + byte;
    }
    start += count;
  }
  const end = start + length;
  if (end > bytes.length) throw truncated();
  return { tag, content: bytes.subarray(start, end), bytes: bytes.subarray(at, end) };
}

/** `2.5.4.3` */
export function readOid(value: DerValue | undefined): string {
  if (value?.tag !== TAG.oid) throw new DerError("asn1: structure error: tags don't match");
  const parts: number[] = [];
  let part = 0;
  for (const byte of value.content) {
    part = part * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    if (parts.length === 0) {
      const first = Math.min(Math.trunc(part / 40), 2);
      parts.push(first, part - first * 40);
    } else parts.push(part);
    part = 0;
  }
  return parts.join('.');
}

export function readInteger(value: DerValue | undefined): bigint {
  if (value?.tag !== TAG.integer) throw new DerError("asn1: structure error: tags don't match");
  return toBigInt(value.content);
}

/** Bytes of a bit string that has whole bytes only. */
export function readBits(value: DerValue | undefined): Uint8Array {
  if (value?.tag !== TAG.bitString || value.content[0] !== 0)
    throw new DerError("asn1: structure error: tags don't match");
  return value.content.subarray(1);
}

/** Milliseconds since the epoch of a UTCTime or GeneralizedTime in UTC. @throws DerError */
export function readTime(value: DerValue | undefined): number {
  const text = new TextDecoder().decode(value?.content);
  const short = value?.tag === TAG.utcTime;
  const match = (
    short ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if (match === null) throw new DerError('asn1: structure error: malformed time');
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const full = short ? (year < 50 ? 2000 + year : 1900 + year) : year;
  return Date.UTC(full, month - 1, day, hour, minute, second);
}

/** Big-endian bytes as a number that is not negative. */
export function toBigInt(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
