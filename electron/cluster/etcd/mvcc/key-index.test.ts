import { describe, expect, it } from 'vitest';
import type { RevisionRecord } from '../backend/interface.ts';
import { KeyIndex } from './key-index.ts';

function record(main: number, tombstone = false): RevisionRecord {
  return {
    kv: { key: 'k', value: String(main), createRevision: 0, modRevision: main, version: 0, lease: '0' },
    sub: 0,
    tombstone,
  };
}

/** The example of the class comment: put 2, put 4, delete 7, put 9, delete 12. */
function example(): KeyIndex {
  const index = new KeyIndex('k');
  for (const item of [record(2), record(4), record(7, true), record(9), record(12, true)]) index.append(item);
  return index;
}

const seen = (index: KeyIndex): (number | undefined)[] =>
  Array.from({ length: 14 }, (_, main) => index.get(main)?.kv.modRevision);

describe('KeyIndex', () => {
  it('finds what was there at each revision', () => {
    const no = undefined;
    expect(seen(example())).toEqual([no, no, 2, 2, 4, 4, 4, no, no, 9, 9, 9, no, no]);
    expect(example().live).toBeUndefined();
  });

  it.each([
    [1, []],
    [4, [2]],
    [6, [2]],
    [7, [2, 4, 7]],
    [8, [2, 4, 7]],
    [10, [2, 4, 7]],
    [12, [2, 4, 7, 9, 12]],
  ])('compacted at %i drops %j and answers as before from there on', (main, dropped) => {
    const index = example();
    const before = seen(index).slice(main);
    const removed: RevisionRecord[] = [];
    index.compact(main, removed);
    expect(removed.map((item) => item.kv.modRevision)).toEqual(dropped);
    expect(seen(index).slice(main)).toEqual(before);
    expect(index.isEmpty).toBe(main >= 12);
  });

  it('takes a delete and a put of one revision as the end and the beginning of generations', () => {
    const index = new KeyIndex('k');
    for (const item of [record(2), record(5, true), record(5)]) index.append(item);
    expect(index.get(4)?.kv.modRevision).toBe(2);
    expect(index.get(5)?.tombstone).toBe(false);
    expect(index.live?.kv.modRevision).toBe(5);
  });
});
