import { expect, it } from 'vitest';
import { bytesToFile, fileToBytes } from './file-bytes.ts';

it('keeps text as text and bytes as bytes', () => {
  for (const bytes of [
    new TextEncoder().encode('café ☃\n'),
    Uint8Array.of(0, 1, 0xff, 0xc3),
    Uint8Array.from({ length: 70_000 }, (_, index) => index % 256),
    new Uint8Array(),
  ]) {
    expect(fileToBytes(bytesToFile(bytes))).toEqual(bytes);
  }
  expect(bytesToFile(new TextEncoder().encode('é'))).toBe('é');
  expect(bytesToFile(Uint8Array.of(0, 0xff))).toBe('\0\xff');
});

it('cannot keep bytes that are neither UTF-8 nor marked by a NUL', () => {
  expect(fileToBytes(bytesToFile(Uint8Array.of(0xff)))).not.toEqual(Uint8Array.of(0xff));
});
