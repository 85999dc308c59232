import { describe, expect, it } from 'vitest';
import type { Entry } from '../../raft/interface.ts';
import type { Backend, RevisionRecord } from './interface.ts';

function record(
  main: number,
  sub: number,
  overrides: Partial<RevisionRecord['kv']> = {},
  tombstone = false,
): RevisionRecord {
  const kv = {
    key: `k${main}`,
    value: `v${main}`,
    createRevision: 2,
    modRevision: main,
    version: 1,
    lease: '0',
  };
  return { kv: { ...kv, ...overrides }, sub, tombstone };
}

function entry(term: number, index: number): Entry {
  return { term, index, type: 'Normal' };
}

/** A backend and the disk under it. */
export interface BackendUnderTest {
  readonly backend: Backend;
  /** Commits, and opens the same disk again. */
  reopen(): Backend;
}

/** The contract of `Backend`: every implementation runs it. */
export function describeBackend(name: string, create: () => BackendUnderTest): void {
  describe(`${name} as a backend`, () => {
    it('is empty at first', () => {
      const { backend } = create();
      expect([...backend.records()]).toEqual([]);
      expect([...backend.leases()]).toEqual([]);
      expect(backend.getMeta('consistentIndex')).toBeUndefined();
    });

    it('gives records back as they were, in the order of revisions', () => {
      const { backend, reopen } = create();
      const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
      const records = [
        record(2, 0),
        record(3, 0, { key: bytes, value: bytes + bytes }),
        record(3, 1, { lease: '9223372036854775807', version: 12 }),
        record(10, 0, { value: '', createRevision: 0, version: 0 }, true),
      ];
      backend.append(records.slice(0, 1));
      backend.append(records.slice(1));
      expect([...backend.records()]).toEqual(records);
      expect([...reopen().records()]).toEqual(records);
    });

    it('removes single records, and bears being asked twice', () => {
      const { backend, reopen } = create();
      const records = [record(2, 0), record(3, 0), record(3, 1), record(4, 0)];
      backend.append(records);
      backend.remove(records.slice(1, 2));
      backend.remove(records.slice(0, 2));
      expect([...backend.records()]).toEqual(records.slice(2));
      expect([...reopen().records()]).toEqual(records.slice(2));
    });

    it('keeps meta and leases, each replaced by the newest', () => {
      const { backend, reopen } = create();
      backend.setMeta('consistentIndex', '7');
      backend.setMeta('consistentIndex', '8');
      backend.putLease({ id: '18446744073709551615', ttl: 60 });
      backend.putLease({ id: '2', ttl: 5 });
      backend.putLease({ id: '2', ttl: 9 });
      backend.deleteLease('18446744073709551615');
      for (const look of [() => backend, reopen]) {
        const seen = look();
        expect(seen.getMeta('consistentIndex')).toBe('8');
        expect([...seen.leases()]).toEqual([{ id: '2', ttl: 9 }]);
      }
    });

    it('knows its size: the file grows, frees, and shrinks when defragmented', () => {
      const { backend, reopen } = create();
      const empty = backend.size();
      expect(empty.total).toBeGreaterThan(0);
      const records = Array.from({ length: 100 }, (_, index) =>
        record(index + 2, 0, { value: 'x'.repeat(1000) }),
      );
      backend.append(records);
      const full = backend.size();
      expect(full.total).toBeGreaterThan(100_000);
      backend.remove(records.slice(1));
      expect(backend.size().total).toBe(full.total);
      expect(backend.size().inUse).toBeLessThan(full.inUse / 2);
      expect(reopen().size().inUse).toBe(backend.size().inUse);
      backend.defragment();
      expect(backend.size().total).toBe(backend.size().inUse);
    });

    it('is as new after clear', () => {
      const { backend, reopen } = create();
      const empty = backend.size();
      backend.append([record(2, 0)]);
      backend.setMeta('term', '3');
      backend.putLease({ id: '2', ttl: 5 });
      backend.putInBucket('members', 'm', '{}');
      backend.wal.create({ memberId: '1', clusterId: '2' });
      backend.wal.append([entry(1, 1)]);
      backend.clear();
      for (const look of [() => backend, reopen]) {
        const seen = look();
        expect([[...seen.records()], [...seen.leases()], seen.getMeta('term'), seen.size()]).toEqual([
          [],
          [],
          undefined,
          empty,
        ]);
        expect([seen.bucket('members').size, seen.wal.metadata, seen.wal.entries()]).toEqual([
          0,
          undefined,
          [],
        ]);
      }
    });

    it('keeps small tables in the order of their keys', () => {
      const { backend, reopen } = create();
      backend.putInBucket('members', 'b', '1');
      backend.putInBucket('members', 'a', '2');
      backend.putInBucket('members', 'c', '3');
      backend.putInBucket('members', 'b', '4');
      backend.deleteFromBucket('members', 'c');
      backend.putInBucket('alarm', 'x', '');
      for (const look of [() => backend, reopen]) {
        const seen = look();
        expect([...seen.bucket('members')]).toEqual([
          ['a', '2'],
          ['b', '4'],
        ]);
        expect([...seen.bucket('alarm'), ...seen.bucket('auth')]).toEqual([['x', '']]);
      }
    });

    it('takes over what another member had, and keeps its own log', () => {
      const { backend: other } = create();
      other.append([record(2, 0), record(3, 0, {}, true)]);
      other.putLease({ id: '2', ttl: 5 });
      other.setMeta('consistentIndex', '9');
      other.putInBucket('members', 'm', '{}');
      const image = other.image();
      const { backend, reopen } = create();
      backend.append([record(2, 0, { value: 'own' })]);
      backend.putLease({ id: '7', ttl: 5 });
      backend.putInBucket('members', 'gone', '{}');
      backend.setMeta('confState', '{}');
      backend.wal.append([entry(1, 1)]);
      backend.restore(image);
      other.append([record(4, 0)]);
      for (const look of [() => backend, reopen]) {
        const seen = look();
        expect([...seen.records()]).toEqual([record(2, 0), record(3, 0, {}, true)]);
        expect([...seen.leases()]).toEqual([{ id: '2', ttl: 5 }]);
        expect([seen.getMeta('consistentIndex'), seen.getMeta('confState')]).toEqual(['9', undefined]);
        expect([...seen.bucket('members').keys()]).toEqual(['m']);
        expect(seen.wal.entries()).toEqual([entry(1, 1)]);
      }
    });

    it('keeps a log: a conflict cuts it, compaction shortens it, a snapshot begins it anew', () => {
      const { backend, reopen } = create();
      const { wal } = backend;
      const confState = {
        voters: ['1'],
        learners: [],
        votersOutgoing: [],
        learnersNext: [],
        autoLeave: false,
      };
      wal.create({ memberId: '1', clusterId: '2' });
      wal.setHardState({ term: 1, vote: '1', commit: 0 });
      wal.append([entry(1, 1), { ...entry(1, 2), data: { put: { key: 'a', value: '\xff' } } }, entry(1, 3)]);
      wal.append([entry(2, 3), entry(2, 4), entry(2, 5)]);
      wal.setHardState({ term: 2, vote: '18446744073709551615', commit: 3 });
      const kept = [{ ...entry(1, 2), data: { put: { key: 'a', value: '\xff' } } }, entry(2, 3), entry(2, 4)];
      expect(wal.entries()).toEqual([entry(1, 1), ...kept, entry(2, 5)]);
      wal.append([entry(3, 5)]);
      wal.compact({ index: 1, term: 1, confState });
      let seen = wal;
      for (const look of [() => backend, reopen]) {
        seen = look().wal;
        expect(seen.entries()).toEqual([...kept, entry(3, 5)]);
        expect(seen.metadata).toEqual({ memberId: '1', clusterId: '2' });
        expect(seen.hardState).toEqual({ term: 2, vote: '18446744073709551615', commit: 3 });
        expect(seen.snapshot).toEqual({ index: 1, term: 1, confState });
      }
      seen.reset({ index: 40, term: 3, confState });
      seen.append([entry(3, 41)]);
      expect(seen.entries()).toEqual([entry(3, 41)]);
    });
  });
}
