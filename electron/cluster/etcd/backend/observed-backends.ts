import type { Backend, BackendImage, RevisionRecord } from './interface.ts';

/** Told of what is written, whoever wrote it. */
export interface BackendObserver {
  /** `loading` is true for what was on the disk before. */
  onRecord(record: RevisionRecord, loading: boolean): void;
  /** What was shown is void; what holds now follows as `loading`. */
  onClear(): void;
}

/** So many of the newest revisions are remembered, to tell a member that is late from one with another history. */
const REMEMBERED = 20_000;

/**
 * Shows an observer what is written on the disks of all members as if it were one: whoever is ahead counts. When
 * members begin anew or from a backup, and nobody holds the old data any more, the observer is shown the new.
 */
export class ObservedBackends {
  readonly #observer: BackendObserver;
  /** The disk that each machine uses at present. */
  readonly #current = new Map<string, Backend>();
  readonly #positions = new Map<Backend, number>();
  /** Revision modulo their number. */
  readonly #remembered: (RevisionRecord | undefined)[] = [];
  #main = 0;

  constructor(observer: BackendObserver) {
    this.#observer = observer;
  }

  /** A backend that behaves as `inner`. `machine`: whose disk it is; one opened later takes its place. */
  observe(machine: string, inner: Backend): Backend {
    this.#current.set(machine, inner);
    let last = 0;
    for (const { kv } of inner.records()) last = kv.modRevision;
    this.#positions.set(inner, last);
    this.#settle();
    return this.#wrap(inner);
  }

  #wrap(inner: Backend): Backend {
    return {
      wal: inner.wal,
      records: () => inner.records(),
      leases: () => inner.leases(),
      getMeta: (key) => inner.getMeta(key),
      setMeta: (key, value) => inner.setMeta(key, value),
      append: (records) => {
        inner.append(records);
        this.#appended(inner, records);
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
        this.#restored(inner, image);
      },
      size: () => inner.size(),
      defragment: () => inner.defragment(),
      clear: () => {
        inner.clear();
        this.#positions.set(inner, 0);
        this.#settle();
      },
    };
  }

  #appended(inner: Backend, records: readonly RevisionRecord[]): void {
    const [first] = records;
    if (first === undefined) return;
    const main = first.kv.modRevision;
    this.#positions.set(inner, main);
    if (main > this.#main) {
      this.#remember(first);
      for (const record of records) this.#observer.onRecord(record, false);
      return;
    }
    const before = this.#remembered[main % REMEMBERED];
    // The same revision with another content: this member is not late, it has a history of its own.
    if (before?.kv.modRevision === main && !isSame(before, first)) this.#show(inner);
  }

  #restored(inner: Backend, image: BackendImage): void {
    this.#positions.set(inner, image.records.at(-1)?.kv.modRevision ?? 0);
    for (const record of image.records) {
      if (record.kv.modRevision < this.#main || (record.sub === 0 && record.kv.modRevision === this.#main))
        continue;
      if (record.kv.modRevision > this.#main) this.#remember(record);
      this.#observer.onRecord(record, false);
    }
  }

  /** When nobody holds what is shown, shows what the one that is furthest holds. */
  #settle(): void {
    let best: Backend | undefined;
    for (const backend of this.#current.values()) {
      if (best === undefined || this.#position(backend) > this.#position(best)) best = backend;
    }
    if (best !== undefined && this.#position(best) !== this.#main) this.#show(best);
  }

  #show(backend: Backend): void {
    this.#remembered.length = 0;
    this.#main = 0;
    this.#observer.onClear();
    for (const record of backend.records()) {
      if (record.sub === 0) this.#remember(record);
      this.#observer.onRecord(record, true);
    }
    this.#main = this.#position(backend);
  }

  #position(backend: Backend): number {
    return this.#positions.get(backend) ?? 0;
  }

  #remember(record: RevisionRecord): void {
    this.#main = record.kv.modRevision;
    this.#remembered[this.#main % REMEMBERED] = record;
  }
}

function isSame(a: RevisionRecord, b: RevisionRecord): boolean {
  return a.tombstone === b.tombstone && a.kv.key === b.kv.key && a.kv.value === b.kv.value;
}
