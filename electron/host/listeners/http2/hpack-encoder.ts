import type { HeaderField } from './hpack-decoder.ts';
import { STATIC_NAMES } from './hpack-decoder.ts';

const STATUS_200 = 0x88;

function integer(prefix: number, flags: number, value: number): number[] {
  const mask = (1 << prefix) - 1;
  if (value < mask) return [flags | value];
  const bytes = [flags | mask];
  let rest = value - mask;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([Buffer.from(integer(7, 0, bytes.length)), bytes]);
}

/**
 * A header block of literals that are not to be indexed: it leaves the connection's tables alone, so the same
 * bytes serve any connection at any time.
 */
export function encodeHeaders(fields: readonly HeaderField[]): Buffer {
  const parts = fields.map(([name, value]) => {
    if (name === ':status' && value === '200') return Buffer.from([STATUS_200]);
    const index = STATIC_NAMES.get(name);
    return index === undefined
      ? Buffer.concat([Buffer.from([0]), text(name), text(value)])
      : Buffer.concat([Buffer.from(integer(4, 0, index)), text(value)]);
  });
  return Buffer.concat(parts);
}
