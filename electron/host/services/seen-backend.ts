import type { Backend, RevisionRecord } from '../../cluster/etcd/backend/interface.ts';
import type { Uint64 } from '../../cluster/etcd/client/interface.ts';

/** What one disk of etcd shows of itself. */
export interface DiskObserver {
  /** `loading` is true for what was on the disk before. */
  onRecord(record: RevisionRecord, loading: boolean): void;
  /** A member starts from this disk. */
  onOpen(): void;
  /** A record is read again: the store that starts now holds this object of it. */
  onRead(record: RevisionRecord): void;
  /** Records were given up by a compaction; perhaps other objects than those shown before. */
  onRemove(records: readonly RevisionRecord[]): void;
  /** A lease was granted; `ttl` undefined: it is gone. */
  onLease(id: Uint64, ttl: number | undefined): void;
  /** The disk was emptied; what it holds now follows. */
  onClear(): void;
}

/** A backend that behaves as `inner` and shows everything that happens on it, for the inspector of this one disk. */
export function seenBackend(inner: Backend, observer: DiskObserver): Backend {
  const load = (): void => {
    for (const record of inner.records()) observer.onRecord(record, true);
    for (const { id, ttl } of inner.leases()) observer.onLease(id, ttl);
  };
  load();
  return {
    wal: inner.wal,
    records: () => {
      observer.onOpen();
      return shown(inner.records(), observer);
    },
    leases: () => inner.leases(),
    getMeta: (key) => inner.getMeta(key),
    setMeta: (key, value) => inner.setMeta(key, value),
    append: (records) => {
      inner.append(records);
      for (const record of records) observer.onRecord(record, false);
    },
    remove: (records) => {
      inner.remove(records);
      observer.onRemove(records);
    },
    putLease: (lease) => {
      inner.putLease(lease);
      observer.onLease(lease.id, lease.ttl);
    },
    deleteLease: (id) => {
      inner.deleteLease(id);
      observer.onLease(id, undefined);
    },
    bucket: (name) => inner.bucket(name),
    putInBucket: (name, key, value) => inner.putInBucket(name, key, value),
    deleteFromBucket: (name, key) => inner.deleteFromBucket(name, key),
    image: () => inner.image(),
    restore: (image) => {
      inner.restore(image);
      observer.onClear();
      load();
    },
    size: () => inner.size(),
    defragment: () => inner.defragment(),
    clear: () => {
      inner.clear();
      observer.onClear();
    },
  };
}

function* shown(records: Iterable<RevisionRecord>, observer: DiskObserver): Iterable<RevisionRecord> {
  for (const record of records) {
    observer.onRead(record);
    yield record;
  }
}
