import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Entry, RaftStorageError } from './interface.ts';
import { MemoryStorage } from './memory-storage.ts';
import { newMessage } from './message.ts';
import { RaftLog } from './raft-log.ts';
import { sizeOf, TestCluster } from './testing/test-cluster.testing.ts';
import { EMPTY_CONFIG } from './tracker/progress-tracker.ts';

const entry = (index: number, term: number, data = 'x'): Entry => ({ term, index, type: 'Normal', data });
const entriesOf = (...terms: number[]): Entry[] => terms.map((term, at) => entry(at + 1, term));

function logOf(...terms: number[]): RaftLog {
  const log = new RaftLog(new MemoryStorage(sizeOf), Infinity, sizeOf);
  log.append(entriesOf(...terms));
  return log;
}

test('up to date: the later last term wins, then the longer log', () => {
  const log = logOf(1, 2, 2);
  expect(log.isUpToDate(9, 1)).toBe(false);
  expect(log.isUpToDate(2, 2)).toBe(false);
  expect(log.isUpToDate(3, 2)).toBe(true);
  expect(log.isUpToDate(1, 3)).toBe(true);
});

test('an append keeps what agrees, replaces from the first conflict, and commits no more than it brought', () => {
  const log = logOf(1, 2, 2, 2);
  expect(log.maybeAppend(1, 1, [entry(2, 2)], 4)).toBe(2);
  expect([log.committed, log.lastIndex()]).toEqual([2, 4]);
  expect(log.maybeAppend(2, 2, [entry(3, 3)], 3)).toBe(3);
  expect([log.committed, log.lastIndex(), log.lastTerm()]).toEqual([3, 3, 3]);
  expect(log.maybeAppend(3, 9, [], 3)).toBe(-1);
  expect(log.maybeAppend(8, 3, [], 3)).toBe(-1);
  expect(() => log.maybeAppend(1, 1, [entry(2, 5)], 3)).toThrow(
    'entry 2 conflict with committed entry [committed(3)]: was the log lost?',
  );
  expect(() => log.commitTo(4)).toThrow(
    'tocommit(4) is out of range [lastIndex(3)]. Was the raft log corrupted, truncated, or lost?',
  );
});

test('an entry of an older term is not committed by counting', () => {
  const log = logOf(1, 1, 2);
  expect(log.maybeCommit(2, 2)).toBe(false);
  expect(log.maybeCommit(3, 2)).toBe(true);
  expect(log.committed).toBe(3);
});

test('where another log may agree: the last entry with no higher term', () => {
  const log = logOf(1, 3, 3, 4, 4, 5, 5, 5, 6);
  expect(log.findConflictByTerm(8, 3)).toEqual({ index: 3, term: 3 });
  expect(log.findConflictByTerm(9, 5)).toEqual({ index: 8, term: 5 });
  expect(log.findConflictByTerm(9, 2)).toEqual({ index: 1, term: 1 });
  expect(log.findConflictByTerm(12, 9)).toEqual({ index: 12, term: 0 });
});

/** An append somewhere in the log, a Ready that is saved, entries that are committed, a compaction. */
const steps = fc.array(
  fc.record({
    do: fc.constantFrom('append', 'append', 'save', 'commit', 'compact'),
    at: fc.integer({ min: 0, max: 30 }),
    count: fc.integer({ min: 1, max: 5 }),
  }),
  { maxLength: 60 },
);

test('storage below and the unstable end on top read like one list', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 60 }), (all, maxSize) => {
      const storage = new MemoryStorage(sizeOf);
      const log = new RaftLog(storage, Infinity, sizeOf);
      const model: Entry[] = [];
      let first = 1;
      for (const [number, { do: what, at, count }] of all.entries()) {
        if (what === 'append') {
          const from = Math.max(log.committed + 1, model.length + 1 - (at % 4));
          const added = Array.from({ length: count }, (_, each) =>
            entry(from + each, number + 1, `${number}`),
          );
          model.splice(from - 1, Infinity, ...added);
          log.append(added);
        } else if (what === 'save') {
          storage.append(log.unstable.nextEntries());
          log.unstable.acceptInProgress();
          if (log.unstable.entries.length > 0) log.unstable.stableTo(log.lastIndex(), log.lastTerm());
          expect(log.unstable.hasNextEntries()).toBe(false);
        } else if (what === 'commit') {
          log.commitTo(Math.min(log.lastIndex(), log.committed + count));
          log.appliedTo(log.committed);
        } else {
          const index = Math.min(log.applied, storage.lastIndex(), log.unstable.offset - 1);
          if (index < first) continue;
          storage.createSnapshot(index, EMPTY_CONFIG);
          storage.compact(index);
          first = index + 1;
        }
        expect([log.firstIndex(), log.lastIndex()]).toEqual([first, model.length]);
        expect(log.entries(first, Infinity)).toEqual(model.slice(first - 1));
        for (let index = first; index <= model.length; index += 1)
          expect(log.term(index)).toBe(model[index - 1]?.term);
        expect(log.term(model.length + 1)).toBe(-1);
        if (first > 2) expect(log.term(first - 2)).toBe(-1);
        const part = log.entries(first, maxSize);
        expect(part).toEqual(model.slice(first - 1, first - 1 + part.length));
        if (model.length >= first) expect(part.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 300, seed: 8 },
  );
});

test('storage: what is gone, what is not there, and what is older than a snapshot', () => {
  const storage = new MemoryStorage(sizeOf);
  storage.append(entriesOf(1, 1, 2, 2, 3));
  storage.createSnapshot(3, EMPTY_CONFIG, 'state');
  storage.compact(3);
  expect([storage.firstIndex(), storage.lastIndex(), storage.term(3)]).toEqual([4, 5, 2]);
  const compacted = new RaftStorageError('compacted', 'requested index is unavailable due to compaction');
  const unavailable = new RaftStorageError('unavailable', 'requested entry at index is unavailable');
  const old = new RaftStorageError(
    'snapshotOutOfDate',
    'requested index is older than the existing snapshot',
  );
  expect(() => storage.entries(3, 5, Infinity)).toThrow(compacted);
  expect(() => storage.term(2)).toThrow(compacted);
  expect(() => storage.compact(3)).toThrow(compacted);
  expect(() => storage.entries(4, 9, Infinity)).toThrow(unavailable);
  expect(() => storage.term(6)).toThrow(unavailable);
  expect(() => storage.createSnapshot(3, EMPTY_CONFIG)).toThrow(old);
  expect(() => storage.applySnapshot(storage.snapshot())).toThrow(old);
  expect(() => storage.append([entry(9, 9)])).toThrow('missing log entry [last: 5, append at: 9]');
  // Only the part that the snapshot does not hold is taken, and none of it when all is held.
  storage.append(entriesOf(1, 1));
  expect(storage.lastIndex()).toBe(5);
  storage.append(entriesOf(1, 1, 2, 4));
  expect(storage.entries(4, 5, Infinity)).toEqual([entry(4, 4)]);
});

test('entries that were replaced while they were being written do not count as written', () => {
  const cluster = new TestCluster(['1', '2', '3']);
  const { node, storage } = cluster.member('1');
  const first = [entry(1, 1, 'old'), entry(2, 1, 'old')];
  node.step(newMessage('MsgApp', '1', '2', 1, { entries: first }));
  const writing = node.ready();
  node.step(newMessage('MsgApp', '1', '3', 2, { index: 1, logTerm: 1, entries: [entry(2, 2, 'new')] }));
  storage.setHardState(writing.hardState ?? storage.initialState().hardState);
  storage.append(writing.entries);
  node.advance(writing);
  const next = node.ready();
  expect(next.entries).toEqual([entry(2, 2, 'new')]);
  storage.append(next.entries);
  node.advance(next);
  expect(storage.entries(1, 3, Infinity).map(({ data }) => data)).toEqual(['old', 'new']);
  expect(node.hasReady()).toBe(false);
});
