import { expect, it } from 'vitest';
import { crc32c } from './crc32c.ts';

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
  expect(crc32c(changed)).not.toBe(crc32c(bytes));
});
