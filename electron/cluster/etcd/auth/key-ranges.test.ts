import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRange } from '../mvcc/model.testing.ts';
import { KeyRanges } from './key-ranges.ts';

const KEYS = ['a', 'a\0', 'aa', 'ab', 'b', 'b\0', 'ba', 'c'];
const key = fc.constantFrom(...KEYS);
const range = fc
  .record({ key, rangeEnd: fc.oneof(key, fc.constantFrom('', '\0')) })
  .filter((one) => one.rangeEnd === '' || one.rangeEnd === '\0' || one.key < one.rangeEnd);

/** Every key that could tell two sets of such ranges apart. */
const PROBES = KEYS.flatMap((one) => [one, `${one}\0`, `${one}\0\0`, `${one}\xff`]).concat('zz');

describe('KeyRanges', () => {
  it('covers a range when each of its keys is in one of the ranges', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 6 }), range, (granted, wanted) => {
        const inside = PROBES.filter((probe) => inRange(probe, wanted.key, wanted.rangeEnd));
        const expected = inside.every((probe) =>
          granted.some((one) => inRange(probe, one.key, one.rangeEnd)),
        );
        expect(new KeyRanges(granted).covers(wanted.key, wanted.rangeEnd)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('joins what touches, and does not bridge a gap', () => {
    const ranges = new KeyRanges([
      { key: 'b', rangeEnd: 'c' },
      { key: 'a', rangeEnd: 'b' },
      { key: 'd', rangeEnd: '\0' },
    ]);
    expect(ranges.covers('a', 'c')).toBe(true);
    expect(ranges.covers('a', 'd\0')).toBe(false);
    expect(ranges.covers('e', '\0')).toBe(true);
    // No keys at all: upstream asks for one permission around it.
    expect(ranges.covers('b', 'a')).toBe(false);
    expect(ranges.covers('b', 'b')).toBe(false);
    expect(ranges.covers('bb', 'bb')).toBe(true);
    expect(ranges.covers('f', 'e')).toBe(true);
  });
});
