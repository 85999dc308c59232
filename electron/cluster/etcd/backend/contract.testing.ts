import { describe, expect, it } from 'vitest';
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
      backend.clear();
      for (const look of [() => backend, reopen]) {
        const seen = look();
        expect([[...seen.records()], [...seen.leases()], seen.getMeta('term'), seen.size()]).toEqual([
          [],
          [],
          undefined,
          empty,
        ]);
      }
    });
  });
}
