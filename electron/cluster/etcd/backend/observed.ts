import type { Backend, RevisionRecord } from './interface.ts';

export interface BackendObserver {
  /** `loading` is true for what was on the disk before. */
  onRecord(record: RevisionRecord, loading: boolean): void;
  /** The data directory was emptied. */
  onClear(): void;
}

/** A backend that behaves as `inner` and shows an observer what is on it and what is written. */
export function observeBackend(inner: Backend, observer: BackendObserver): Backend {
  for (const record of inner.records()) observer.onRecord(record, true);
  return {
    wal: inner.wal,
    records: () => inner.records(),
    leases: () => inner.leases(),
    getMeta: (key) => inner.getMeta(key),
    setMeta: (key, value) => inner.setMeta(key, value),
    append: (records) => {
      inner.append(records);
      for (const record of records) observer.onRecord(record, false);
    },
    remove: (records) => inner.remove(records),
    putLease: (lease) => inner.putLease(lease),
    deleteLease: (id) => inner.deleteLease(id),
    bucket: (name) => inner.bucket(name),
    putInBucket: (name, key, value) => inner.putInBucket(name, key, value),
    deleteFromBucket: (name, key) => inner.deleteFromBucket(name, key),
    image: () => inner.image(),
    restore: (image) => {
      inner.restore(image);
      observer.onClear();
      for (const record of image.records) observer.onRecord(record, true);
    },
    size: () => inner.size(),
    defragment: () => inner.defragment(),
    clear: () => {
      inner.clear();
      observer.onClear();
    },
  };
}
