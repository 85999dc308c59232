import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BoltBucket, BoltItem } from './interface.ts';
import { BoltError } from './interface.ts';
import { compareBytes, fnv64a, PAGE_SIZE } from './layout.ts';
import { readBolt } from './read-bolt.ts';
import { writeBolt } from './write-bolt.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const pair = (key: string, value: string): BoltItem => ({ key: bytes(key), value: bytes(value) });
const many = (count: number, size: number): BoltItem[] =>
  Array.from({ length: count }, (_, index) =>
    pair(`key-${String(index).padStart(7, '0')}`, 'v'.repeat(size)),
  );

/** As plain text, so that a difference can be read. */
function plain(bucket: BoltBucket): unknown {
  return {
    sequence: bucket.sequence ?? 0,
    items: bucket.items.map((item) => [
      Buffer.from(item.key).toString('latin1'),
      'bucket' in item ? plain(item.bucket) : Buffer.from(item.value).toString('latin1'),
    ]),
  };
}

function refusal(file: Uint8Array): string {
  try {
    readBolt(file);
  } catch (error) {
    expect(error).toBeInstanceOf(BoltError);
    return (error as BoltError).message;
  }
  return 'accepted';
}

/** Sets a field of a meta page and makes its checksum right again, unless told otherwise. */
function withMeta(file: Uint8Array, change: (view: DataView) => void, checksum = true): Uint8Array {
  const copy = Uint8Array.from(file);
  for (const page of [0, 1]) {
    const at = page * PAGE_SIZE + 16;
    const view = new DataView(copy.buffer, at, 64);
    change(view);
    if (checksum) view.setBigUint64(56, fnv64a(copy.subarray(at, at + 56)), true);
  }
  return copy;
}

describe('writing and reading', () => {
  it('gives an empty file four pages', () => {
    const file = writeBolt({ items: [] });
    expect(file.length).toBe(4 * PAGE_SIZE);
    expect(readBolt(file)).toEqual({ root: { items: [] }, pageSize: 4096, pages: 4, freePages: 0, txid: 2 });
  });

  it('keeps small buckets inline, large ones as trees, and values larger than a page', () => {
    const root: BoltBucket = {
      items: [
        { key: bytes('a-small'), bucket: { items: [pair('k', 'v'), pair('l', '')], sequence: 7 } },
        { key: bytes('b-large'), bucket: { items: many(5000, 90) } },
        {
          key: bytes('c-huge'),
          bucket: { items: [pair('1', 'x'.repeat(200_000)), pair('2', 'y'.repeat(5000)), pair('3', 'z')] },
        },
        {
          key: bytes('d-nested'),
          bucket: { items: [{ key: bytes('in'), bucket: { items: many(40, 100) } }] },
        },
        { key: bytes('e-empty'), bucket: { items: [] } },
        {
          key: bytes('f-long-keys'),
          bucket: { items: ['a', 'b', 'c', 'd', 'e'].map((key) => pair(key.repeat(30_000), key)) },
        },
      ],
    };
    const read = readBolt(writeBolt(root));
    expect(plain(read.root)).toEqual(plain(root));
    expect(read.freePages).toBe(0);
  });

  it('gives back whatever tree it was given', () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 12 });
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.nat(9000).map((size) => new Uint8Array(size).fill(size)),
    );
    const { bucket } = fc.letrec<{ bucket: BoltBucket }>((tie) => ({
      bucket: fc.record({
        sequence: fc.nat(1000),
        items: fc
          .array(
            fc.oneof(
              { depthSize: 'small' },
              fc.record({ key, value }),
              fc.record({ key, bucket: tie('bucket') as fc.Arbitrary<BoltBucket> }),
            ),
            { maxLength: 40 },
          )
          .map((items) =>
            (items as BoltItem[])
              .sort((a, b) => compareBytes(a.key, b.key))
              .filter(
                (item, index, all) =>
                  index === 0 || compareBytes((all[index - 1] as BoltItem).key, item.key) !== 0,
              ),
          ),
      }),
    }));
    fc.assert(
      fc.property(bucket, (root) => {
        expect(plain(readBolt(writeBolt(root)).root)).toEqual(plain(root));
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it('refuses keys that are empty, too long or out of order', () => {
    expect(() => writeBolt({ items: [pair('', 'v')] })).toThrow(new BoltError('key required'));
    expect(() => writeBolt({ items: [pair('k'.repeat(32_769), 'v')] })).toThrow(
      new BoltError('key too large'),
    );
    expect(() => writeBolt({ items: [pair('b', ''), pair('a', '')] })).toThrow(
      new BoltError('keys are not in ascending order'),
    );
    expect(() =>
      writeBolt({ items: [{ key: bytes('x'), bucket: { items: [pair('a', ''), pair('a', '')] } }] }),
    ).toThrow(new BoltError('keys are not in ascending order'));
  });
});

describe('what is wrong with a file', () => {
  const file = writeBolt({
    items: [{ key: bytes('key'), bucket: { items: many(300, 50) } }, pair('z', 'v')],
  });
  const changed = (at: number, value: number): Uint8Array => {
    const copy = Uint8Array.from(file);
    copy[at] = value;
    return copy;
  };

  it('is said', () => {
    expect(refusal(file)).toBe('accepted');
    expect(refusal(new Uint8Array())).toBe('file size too small');
    expect(refusal(new Uint8Array(8192))).toBe('invalid database');
    expect(refusal(file.subarray(0, file.length - 1))).toBe(
      `file size too small: ${file.length - 1} bytes, ${file.length / PAGE_SIZE} pages of 4096 expected`,
    );
    expect(refusal(withMeta(file, (meta) => meta.setUint32(4, 3, true)))).toBe('version mismatch');
    expect(refusal(withMeta(file, (meta) => meta.setUint32(20, 3, true), false))).toBe('checksum error');
    expect(refusal(withMeta(file, (meta) => meta.setBigUint64(16, 2n, true)))).toBe(
      'page 2: multiple references',
    );
    expect(refusal(withMeta(file, (meta) => meta.setBigUint64(16, 999n, true)))).toBe(
      `page 999: out of bounds: ${file.length / PAGE_SIZE}`,
    );
    expect(refusal(changed(3 * PAGE_SIZE, 9))).toBe('page 3: self identifies as 9');
    expect(refusal(changed(3 * PAGE_SIZE + 8, 0x40))).toBe('page 3: invalid type: 0x40');
    expect(refusal(changed(3 * PAGE_SIZE + 12, 200))).toBe(
      `page 3: overflow 200 out of bounds: ${file.length / PAGE_SIZE}`,
    );
    expect(refusal(changed(3 * PAGE_SIZE + 16 + 7, 0x7f))).toBe('page 3: element 0 exceeds the page');
    expect(refusal(changed(4 * PAGE_SIZE - 1 - 40, 0xff))).toBe('accepted');
  });

  it('includes keys out of order and pages nobody uses', () => {
    const key = Buffer.from(file).indexOf('key-0000100');
    expect(refusal(changed(key + 4, 0x39))).toMatch(/^page \d+: key \d+ is out of order$/);
    // One more page below the high-water mark, which neither a tree nor the free list names.
    const longer = new Uint8Array(file.length + PAGE_SIZE);
    longer.set(file);
    const pages = BigInt(longer.length / PAGE_SIZE);
    expect(refusal(withMeta(longer, (meta) => meta.setBigUint64(40, pages, true)))).toBe(
      `page ${pages - 1n}: unreachable unfreed`,
    );
  });

  it('never makes it throw anything else, or run on', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.option(fc.nat(file.length), { freq: 5 }),
        fc.boolean(),
        (changes, cut, mended) => {
          let copy: Uint8Array = Uint8Array.from(file);
          // Element headers and page headers are where it hurts.
          for (const [at, value] of changes)
            copy[at % 3 === 0 ? (at % 60) * 64 + PAGE_SIZE * (at % 7) : at] = value;
          if (mended) copy = withMeta(copy, () => undefined);
          if (cut !== null) copy = copy.slice(0, cut);
          expect(refusal(copy)).toBeTypeOf('string');
        },
      ),
      { seed: 5, numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), (noise) => {
        expect(refusal(noise)).not.toBe('accepted');
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('is not overlooked when both meta pages are right and the newer one counts', () => {
    const two = Uint8Array.from(file);
    new DataView(two.buffer).setUint32(PAGE_SIZE + 16 + 20, 77, true);
    // Page 1 is damaged: page 0 alone counts, with its older transaction.
    expect(readBolt(two).txid).toBe(1);
    expect(readBolt(file).txid).toBe(2);
  });
});
