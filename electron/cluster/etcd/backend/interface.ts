import type { KeyValue, Uint64 } from '../client/interface.ts';

/**
 * One change of one key. Its revision is the pair (main, sub): `kv.modRevision` is main, `sub` counts the
 * changes of one transaction from 0. A tombstone marks a deletion; of its kv only key and modRevision are set.
 */
export interface RevisionRecord {
  readonly kv: KeyValue;
  readonly sub: number;
  readonly tombstone: boolean;
}

export interface LeaseRecord {
  readonly id: Uint64;
  /** Seconds, as granted. */
  readonly ttl: number;
}

/**
 * Small facts kept with the data: `consistentIndex` is the Raft index of the last applied entry and
 * `term` its term; `scheduledCompactRevision` was accepted, `finishedCompactRevision` has been carried out;
 * `allocated` is the high-water mark of the size in bytes.
 */
export type BackendMetaKey =
  | 'clusterId'
  | 'memberId'
  | 'term'
  | 'consistentIndex'
  | 'scheduledCompactRevision'
  | 'finishedCompactRevision'
  | 'incarnation';

export interface BackendSize {
  /** Bytes of the file: the high-water mark since the last defragmentation. */
  readonly total: number;
  /** Bytes that hold data. */
  readonly inUse: number;
}

/**
 * A member's disk. Calls of one turn belong together: an implementation that is durable makes all of them
 * durable, or none. Reading happens once, at start; afterwards the store answers from memory.
 */
export interface Backend {
  /** Every record, in the order of revisions. */
  records(): Iterable<RevisionRecord>;
  leases(): Iterable<LeaseRecord>;
  getMeta(key: BackendMetaKey): string | undefined;
  setMeta(key: BackendMetaKey, value: string): void;
  /** Records newer than all before, in order. */
  append(records: readonly RevisionRecord[]): void;
  /** Removes what a compaction no longer needs. */
  remove(records: readonly RevisionRecord[]): void;
  putLease(lease: LeaseRecord): void;
  deleteLease(id: Uint64): void;
  size(): BackendSize;
  /** Gives freed space back: total becomes inUse. */
  defragment(): void;
  /** As if the data directory had been deleted. */
  clear(): void;
}
