import type { ByteString } from '../../../base/byte-string.ts';
import type { RevisionRecord } from '../backend/interface.ts';
import type { KeyValue, Uint64 } from '../client/interface.ts';

/** What the store tells the lessor: which key is attached to which lease. Declared here so that mvcc does not know leases. */
export interface LeaseAttachments {
  attach(lease: Uint64, key: ByteString): void;
  detach(lease: Uint64, key: ByteString): void;
}

/** A record that a transaction wrote, with what the key held at the revision before. */
export interface Change {
  readonly record: RevisionRecord;
  readonly previous: RevisionRecord | undefined;
}

/** Told, in the same turn, of each transaction that changed something; the store already stands at `revision`. */
export type ChangeObserver = (revision: number, changes: readonly Change[]) => void;

export interface StoreRangeOptions {
  /** 0 or below: the present. */
  readonly revision: number;
  /** 0: no limit. */
  readonly limit: number;
  readonly countOnly: boolean;
}

export interface StoreRangeResult {
  readonly kvs: KeyValue[];
  /** Keys in the range, whatever the limit. */
  readonly count: number;
}

/** One transaction: sees what it wrote itself. All its changes share one revision. */
export interface WriteTransaction {
  /** Revision that a response inside the transaction carries: the next one as soon as something has changed. */
  readonly revision: number;
  /** @throws EtcdError compacted, futureRevision */
  range(key: ByteString, end: ByteString, options: StoreRangeOptions): StoreRangeResult;
  /** Returns the key's new record. */
  put(key: ByteString, value: ByteString, lease: Uint64): RevisionRecord;
  /** Returns how many keys were deleted. */
  deleteRange(key: ByteString, end: ByteString): number;
  /** Makes the changes visible as one revision. Nothing may follow. */
  end(): void;
}
