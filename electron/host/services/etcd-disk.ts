import type { ByteString } from '../../base/byte-string.ts';
import type { RecordId } from '../../base/causal-record.ts';
import type { Backend, RevisionRecord } from '../../cluster/etcd/backend/interface.ts';
import type { Uint64 } from '../../cluster/etcd/client/interface.ts';
import { seenBackend } from './seen-backend.ts';

/** When a revision was written and under which cause. */
export interface Writing {
  readonly time: number;
  readonly record: RecordId;
}

/**
 * What is on one member's disk, by key: every revision since the last compaction. Looks from outside, so that
 * it works while time stands still and while the member does not run.
 */
export class EtcdDisk {
  readonly machine: string;
  readonly #moment: () => Writing;
  readonly #opened: () => void;
  /** Oldest first. The records are the member's own objects: nothing is copied. */
  readonly #byKey = new Map<ByteString, RevisionRecord[]>();
  readonly #leases = new Map<Uint64, number>();
  readonly #writings = new WeakMap<RevisionRecord, Writing>();
  readonly #listeners = new Set<(key: ByteString | undefined) => void>();
  #backend: Backend | undefined;
  #revision = 1;
  #living = 0;

  /** `moment`: virtual time, and the record that is the cause of what happens now; `opened`: a member starts from it. */
  constructor(machine: string, moment: () => Writing, opened: () => void = () => undefined) {
    this.machine = machine;
    this.#moment = moment;
    this.#opened = opened;
  }

  /** A backend that behaves as `inner` and is seen from here, in the place of one that was before. */
  observe(inner: Backend): Backend {
    if (this.#backend !== undefined) this.#clear();
    this.#backend = inner;
    return seenBackend(inner, {
      onOpen: this.#opened,
      onRecord: (record, loading) => this.#add(record, loading),
      onRead: (record) => this.#replace(record),
      onRemove: (records) => this.#remove(records),
      onLease: (id, ttl) => void (ttl === undefined ? this.#leases.delete(id) : this.#leases.set(id, ttl)),
      onClear: () => this.#clear(),
    });
  }

  /** Newest revision written. */
  get revision(): number {
    return this.#revision;
  }

  /** -1 before the first compaction. */
  get compactRevision(): number {
    const of = (key: 'scheduledCompactRevision' | 'finishedCompactRevision'): number =>
      Number(this.#backend?.getMeta(key) ?? '-1');
    return Math.max(of('scheduledCompactRevision'), of('finishedCompactRevision'));
  }

  /** Keys that exist now. */
  get keyCount(): number {
    return this.#living;
  }

  get leaseCount(): number {
    return this.#leases.size;
  }

  /** Seconds, as granted; undefined when there is no such lease. */
  leaseTtl(id: Uint64): number | undefined {
    return this.#leases.get(id);
  }

  /** The newest record of every key that exists, in no particular order. */
  *present(): Iterable<RevisionRecord> {
    for (const key of this.#byKey.keys()) {
      const record = this.current(key);
      if (record !== undefined) yield record;
    }
  }

  /** What the keys below a prefix held at a revision that has not been compacted, in the order of the keys. */
  at(revision: number, prefix: ByteString): readonly RevisionRecord[] {
    const found: RevisionRecord[] = [];
    for (const [key, records] of this.#byKey) {
      if (!key.startsWith(prefix)) continue;
      const record = records.findLast(({ kv }) => kv.modRevision <= revision);
      if (record !== undefined && !record.tombstone) found.push(record);
    }
    return found.sort((a, b) => (a.kv.key < b.kv.key ? -1 : 1));
  }

  /** Undefined when the key does not exist now. */
  current(key: ByteString): RevisionRecord | undefined {
    const record = this.#byKey.get(key)?.at(-1);
    return record === undefined || record.tombstone ? undefined : record;
  }

  /** What is kept of a key, oldest first. */
  history(key: ByteString): readonly RevisionRecord[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Undefined for what was on the disk before this run. */
  writing(record: RevisionRecord): Writing | undefined {
    return this.#writings.get(record);
  }

  /** Told of every key that changed; undefined: everything may have. Returns how to stop. */
  onChange(listener: (key: ByteString | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #add(record: RevisionRecord, loading: boolean): void {
    const { key, modRevision } = record.kv;
    const before = this.current(key) !== undefined;
    const records = this.#byKey.get(key);
    if (records === undefined) this.#byKey.set(key, [record]);
    else records.push(record);
    this.#living += Number(!record.tombstone) - Number(before);
    this.#revision = Math.max(this.#revision, modRevision);
    if (!loading) this.#writings.set(record, this.#moment());
    this.#tell(key);
  }

  /** The member that starts has its own object of the record: one of the two is enough. */
  #replace(record: RevisionRecord): void {
    const records = this.#byKey.get(record.kv.key);
    const at = placeOf(records, record);
    const old = records?.[at];
    if (records === undefined || old === undefined || old === record) return;
    const writing = this.#writings.get(old);
    if (writing !== undefined) this.#writings.set(record, writing);
    records[at] = record;
  }

  #remove(gone: readonly RevisionRecord[]): void {
    for (const record of gone) {
      const { key } = record.kv;
      const records = this.#byKey.get(key);
      const at = placeOf(records, record);
      if (records === undefined || at < 0) continue;
      const lived = this.current(key) !== undefined;
      records.splice(at, 1);
      this.#living += Number(this.current(key) !== undefined) - Number(lived);
      if (records.length === 0) this.#byKey.delete(key);
      this.#tell(key);
    }
  }

  #clear(): void {
    this.#byKey.clear();
    this.#leases.clear();
    this.#revision = 1;
    this.#living = 0;
    this.#tell(undefined);
  }

  #tell(key: ByteString | undefined): void {
    for (const listener of this.#listeners) listener(key);
  }
}

/** Where a record is among those of its key; -1: nowhere. */
function placeOf(records: readonly RevisionRecord[] | undefined, { kv, sub }: RevisionRecord): number {
  return records?.findIndex((one) => one.kv.modRevision === kv.modRevision && one.sub === sub) ?? -1;
}
