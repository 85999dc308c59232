import type { ByteString } from '../../../base/byte-string.ts';
import type { RevisionRecord } from '../backend/interface.ts';
import type { Uint64 } from '../client/interface.ts';
import { NO_LEASE } from '../client/interface.ts';
import type {
  Change,
  LeaseAttachments,
  StoreRangeOptions,
  StoreRangeResult,
  WriteTransaction,
} from './interface.ts';
import type { TreeIndex } from './tree-index.ts';

/** What a transaction needs of its store. */
export interface TransactionHost {
  readonly index: TreeIndex;
  readonly attachments: LeaseAttachments;
  range(current: number, key: ByteString, end: ByteString, options: StoreRangeOptions): StoreRangeResult;
  end(changes: readonly Change[]): void;
}

/** Writes into the index at once, under the next revision; readers come only after `end`, as nothing awaits in between. */
export class StoreWriteTransaction implements WriteTransaction {
  readonly #main: number;
  readonly #host: TransactionHost;
  readonly #changes: Change[] = [];

  constructor(main: number, host: TransactionHost) {
    this.#main = main;
    this.#host = host;
  }

  get revision(): number {
    return this.#changes.length === 0 ? this.#main - 1 : this.#main;
  }

  range(key: ByteString, end: ByteString, options: StoreRangeOptions): StoreRangeResult {
    return this.#host.range(this.revision, key, end, options);
  }

  put(key: ByteString, value: ByteString, lease: Uint64): RevisionRecord {
    const previous = this.#host.index.get(key)?.live;
    const kv = {
      key,
      value,
      createRevision: previous === undefined ? this.#main : previous.kv.createRevision,
      modRevision: this.#main,
      version: previous === undefined ? 1 : previous.kv.version + 1,
      lease,
    };
    const record = this.#append({ kv, sub: this.#changes.length, tombstone: false }, previous);
    if (lease !== NO_LEASE) this.#host.attachments.attach(lease, key);
    return record;
  }

  deleteRange(key: ByteString, end: ByteString): number {
    if (end === '') {
      const live = this.#host.index.get(key)?.live;
      if (live === undefined) return 0;
      this.#delete(live);
      return 1;
    }
    const found: RevisionRecord[] = [];
    this.#host.index.visit(key, end, this.#main, (record) => found.push(record));
    for (const record of found) this.#delete(record);
    return found.length;
  }

  end(): void {
    this.#host.end(this.#changes);
  }

  #delete(previous: RevisionRecord): void {
    const kv = {
      key: previous.kv.key,
      value: '',
      createRevision: 0,
      modRevision: this.#main,
      version: 0,
      lease: NO_LEASE,
    };
    this.#append({ kv, sub: this.#changes.length, tombstone: true }, previous);
  }

  /** What the key held before this transaction, which may have changed it already. */
  #before(key: ByteString, previous: RevisionRecord | undefined): RevisionRecord | undefined {
    const entry = this.#host.index.get(key);
    return entry?.last?.kv.modRevision === this.#main ? entry.get(this.#main - 1) : previous;
  }

  #append(record: RevisionRecord, previous: RevisionRecord | undefined): RevisionRecord {
    if (previous !== undefined && previous.kv.lease !== NO_LEASE) {
      this.#host.attachments.detach(previous.kv.lease, previous.kv.key);
    }
    const before = this.#before(record.kv.key, previous);
    this.#host.index.append(record);
    this.#changes.push({ record, previous: before });
    return record;
  }
}
