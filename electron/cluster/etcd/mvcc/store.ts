import type { ByteString } from '../../../base/byte-string.ts';
import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import type { Backend, BackendMetaKey, RevisionRecord } from '../backend/interface.ts';
import { etcdError } from '../client/errors.ts';
import { NO_LEASE } from '../client/interface.ts';
import type {
  Change,
  ChangeObserver,
  LeaseAttachments,
  StoreRangeOptions,
  StoreRangeResult,
  WriteTransaction,
} from './interface.ts';
import { RecordLog } from './record-log.ts';
import { TreeIndex } from './tree-index.ts';
import { StoreWriteTransaction } from './write-transaction.ts';

/** Records removed from the backend at once, and the pause between two rounds in virtual milliseconds. */
const COMPACTION_BATCH = 1000;
const COMPACTION_PAUSE = 10;

/**
 * The multi-version store: every revision of every key since the last compaction. A fresh store is at
 * revision 1. Synchronous and deterministic: members that apply the same requests hold the same data.
 * Models server/storage/mvcc/kvstore.go.
 */
export class MvccStore {
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #attachments: LeaseAttachments;
  #index = new TreeIndex();
  #log = new RecordLog();
  #observer: ChangeObserver = () => undefined;
  /** What was done since the start, for the metrics. */
  readonly counts: StoreCounts = { puts: 0, deletes: 0, ranges: 0, txns: 0, putBytes: 0, compacted: 0 };
  #revision = 1;
  #compactRevision = -1;
  #writing = false;
  readonly #jobs: CleanJob[] = [];
  #cleaning: Disposable | undefined;
  #cleaned: Promise<void> = Promise.resolve();

  /** Loads what the backend holds, attaches keys to their leases, and goes on with a compaction that was under way. */
  constructor(backend: Backend, clock: Clock, attachments: LeaseAttachments) {
    this.#backend = backend;
    this.#clock = clock;
    this.#attachments = attachments;
    this.#load();
  }

  /** Reads the backend anew: it holds another member's data now. */
  reload(): void {
    this.#cleaning?.dispose();
    this.#cleaning = undefined;
    for (const job of this.#jobs.splice(0)) job.done();
    this.#index = new TreeIndex();
    this.#log = new RecordLog();
    this.#revision = 1;
    this.#load();
  }

  #load(): void {
    const backend = this.#backend;
    for (const record of backend.records()) {
      this.#index.append(record);
      this.#log.append(record);
      this.#revision = record.kv.modRevision;
    }
    const scheduled = metaNumber(backend, 'scheduledCompactRevision');
    const finished = metaNumber(backend, 'finishedCompactRevision');
    this.#compactRevision = Math.max(scheduled, finished);
    // The newest record may have been a tombstone that compaction removed.
    this.#revision = Math.max(this.#revision, this.#compactRevision);
    if (scheduled > finished) this.#clean(scheduled);
    this.#index.visit('', '\0', this.#revision, ({ kv }) => {
      if (kv.lease !== NO_LEASE) this.#attachments.attach(kv.lease, kv.key);
    });
  }

  get revision(): number {
    return this.#revision;
  }

  /** First revision that can still be asked for; -1 before the first compaction. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** Keys that have a history. */
  get keys(): number {
    return this.#index.size;
  }

  get log(): RecordLog {
    return this.#log;
  }

  set observer(observer: ChangeObserver) {
    this.#observer = observer;
  }

  /** @throws EtcdError compacted, futureRevision */
  range(key: ByteString, end: ByteString, options: StoreRangeOptions): StoreRangeResult {
    return this.rangeAt(this.#revision, key, end, options);
  }

  /** As `range`, with `current` taken for the present: a transaction also sees its own changes. */
  rangeAt(current: number, key: ByteString, end: ByteString, options: StoreRangeOptions): StoreRangeResult {
    const { limit, countOnly } = options;
    if (options.revision > current) throw etcdError('futureRevision');
    const revision = options.revision <= 0 ? current : options.revision;
    if (revision < this.#compactRevision) throw etcdError('compacted');
    this.counts.ranges += 1;
    if (end === '') {
      const record = this.#index.at(key, revision);
      if (record === undefined) return { kvs: [], count: 0 };
      return { kvs: countOnly ? [] : [record.kv], count: 1 };
    }
    const result: StoreRangeResult = { kvs: [], count: 0 };
    const { kvs } = result;
    let count = 0;
    this.#index.visit(key, end, revision, (record) => {
      count += 1;
      if (!countOnly && (limit === 0 || kvs.length < limit)) kvs.push(record.kv);
    });
    return { kvs, count };
  }

  /** What `key` held at revision `main`; undefined when it did not exist, or that is compacted. */
  recordAt(key: ByteString, main: number): RevisionRecord | undefined {
    return main < this.#compactRevision ? undefined : this.#index.at(key, main);
  }

  /** Begins a transaction. One at a time, and within one turn. */
  write(): WriteTransaction {
    if (this.#writing) throw new Error('MvccStore.write: a transaction is open');
    this.#writing = true;
    return new StoreWriteTransaction(this.#revision + 1, {
      index: this.#index,
      attachments: this.#attachments,
      range: (current, key, end, options) => this.rangeAt(current, key, end, options),
      end: (changes) => this.#endWrite(changes),
    });
  }

  /**
   * Gives up every revision before `revision` that is not the newest of a key alive then. Takes effect at
   * once; the promise resolves when the backend has been cleaned too.
   * @throws EtcdError compacted, futureRevision
   */
  compact(revision: number): Promise<void> {
    if (revision <= this.#compactRevision) throw etcdError('compacted');
    if (revision > this.#revision) throw etcdError('futureRevision');
    this.#compactRevision = revision;
    this.#backend.setMeta('scheduledCompactRevision', String(revision));
    this.#clean(revision);
    return this.#cleaned;
  }

  /** Stops background work. The store can be opened again from its backend. */
  dispose(): void {
    this.#cleaning?.dispose();
  }

  #endWrite(changes: readonly Change[]): void {
    this.#writing = false;
    if (changes.length === 0) return;
    const records = changes.map((change) => change.record);
    for (const record of records) this.#log.append(record);
    this.#backend.append(records);
    this.#count(records);
    this.#revision += 1;
    this.#observer(this.#revision, changes);
  }

  #count(records: readonly RevisionRecord[]): void {
    const { counts } = this;
    for (const { kv, tombstone } of records) {
      if (tombstone) counts.deletes += 1;
      else {
        counts.puts += 1;
        counts.putBytes += kv.key.length + kv.value.length;
      }
    }
    if (records.length > 1) counts.txns += 1;
  }

  /** Forgets in memory at once; the backend follows in rounds, one compaction after the other. */
  #clean(revision: number): void {
    const removed = this.#index.compact(revision);
    this.#log.remove(removed);
    this.counts.compacted += removed.length;
    this.#cleaned = new Promise((done) => this.#jobs.push({ removed, from: 0, revision, done }));
    if (this.#cleaning === undefined) this.#cleanRound();
  }

  #cleanRound(): void {
    this.#cleaning = undefined;
    const job = this.#jobs[0];
    if (job === undefined) return;
    const next = job.from + COMPACTION_BATCH;
    this.#backend.remove(job.removed.slice(job.from, next));
    job.from = next;
    if (next >= job.removed.length) {
      this.#jobs.shift();
      this.#backend.setMeta('finishedCompactRevision', String(job.revision));
      job.done();
    }
    if (this.#jobs.length > 0) {
      this.#cleaning = this.#clock.setTimeout(() => this.#cleanRound(), COMPACTION_PAUSE);
    }
  }
}

export interface StoreCounts {
  puts: number;
  deletes: number;
  ranges: number;
  /** Transactions of more than one change. */
  txns: number;
  /** Keys and values that were put. */
  putBytes: number;
  /** Records that compactions gave up. */
  compacted: number;
}

/** What a compaction has left to remove from the backend. */
interface CleanJob {
  readonly removed: readonly RevisionRecord[];
  from: number;
  readonly revision: number;
  readonly done: () => void;
}

function metaNumber(backend: Backend, key: BackendMetaKey): number {
  const text = backend.getMeta(key);
  return text === undefined ? -1 : Number(text);
}
