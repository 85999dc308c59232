import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';
import { sha1 } from './sha1.ts';
import { sha256 } from './sha256.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

it('gives the digests Node gives, for every length around a block', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(hex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(hex(sha1(bytes))).toBe(createHash('sha1').update(bytes).digest('hex'));
    }),
    { seed: 1, numRuns: 400 },
  );
});

it('sums with Castagnoli, in parts as at once', () => {
  const bytes = new TextEncoder().encode('123456789');
  expect(crc32c(bytes).toString(16)).toBe('e3069283');
  expect(crc32c(bytes.subarray(4), crc32c(bytes.subarray(0, 4)))).toBe(crc32c(bytes));
  expect(crc32c(new Uint8Array())).toBe(0);
});

it('tells one changed bit', () => {
  const bytes = new Uint8Array(100);
  const changed = Uint8Array.from(bytes);
  changed[50] = 1;
  expect(hex(sha256(changed))).not.toBe(hex(sha256(bytes)));
  expect(crc32c(changed)).not.toBe(crc32c(bytes));
});
