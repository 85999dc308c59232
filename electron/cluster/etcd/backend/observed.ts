import type { Uint64 } from '../client/interface.ts';
import type { Backend, RevisionRecord } from './interface.ts';

export interface BackendObserver {
  /** `loading` is true for what was on the disk before. */
  onRecord(record: RevisionRecord, loading: boolean): void;
  /** A record is read again: the store that starts now holds this object of it. */
  onRead?(record: RevisionRecord): void;
  /** Records were given up by a compaction; perhaps other objects than those shown before. */
  onRemove?(records: readonly RevisionRecord[]): void;
  /** A lease was granted; `ttl` undefined: it is gone. */
  onLease?(id: Uint64, ttl: number | undefined, loading: boolean): void;
  /** The data directory was emptied. */
  onClear(): void;
}

/** A backend that behaves as `inner` and shows an observer what is on it and what is written. */
export function observeBackend(inner: Backend, observer: BackendObserver): Backend {
  for (const record of inner.records()) observer.onRecord(record, true);
  if (observer.onLease !== undefined)
    for (const { id, ttl } of inner.leases()) observer.onLease(id, ttl, true);
  return {
    wal: inner.wal,
    records: () => (observer.onRead === undefined ? inner.records() : shown(inner.records(), observer)),
    leases: () => inner.leases(),
    getMeta: (key) => inner.getMeta(key),
    setMeta: (key, value) => inner.setMeta(key, value),
    append: (records) => {
      inner.append(records);
      for (const record of records) observer.onRecord(record, false);
    },
    remove: (records) => {
      inner.remove(records);
      observer.onRemove?.(records);
    },
    putLease: (lease) => {
      inner.putLease(lease);
      observer.onLease?.(lease.id, lease.ttl, false);
    },
    deleteLease: (id) => {
      inner.deleteLease(id);
      observer.onLease?.(id, undefined, false);
    },
    bucket: (name) => inner.bucket(name),
    putInBucket: (name, key, value) => inner.putInBucket(name, key, value),
    deleteFromBucket: (name, key) => inner.deleteFromBucket(name, key),
    image: () => inner.image(),
    restore: (image) => {
      inner.restore(image);
      observer.onClear();
      for (const record of image.records) observer.onRecord(record, true);
      if (observer.onLease !== undefined)
        for (const { id, ttl } of image.leases) observer.onLease(id, ttl, true);
    },
    size: () => inner.size(),
    defragment: () => inner.defragment(),
    clear: () => {
      inner.clear();
      observer.onClear();
    },
  };
}

function* shown(records: Iterable<RevisionRecord>, observer: BackendObserver): Iterable<RevisionRecord> {
  for (const record of records) {
    observer.onRead?.(record);
    yield record;
  }
}
