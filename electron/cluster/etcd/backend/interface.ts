import type { ConfState, Entry, HardState } from '../../raft/interface.ts';
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
 * `term` its term; `confState` (JSON) is the configuration as of that entry; `clusterId` is whose data it is;
 * `scheduledCompactRevision` was accepted, `finishedCompactRevision` has been carried out.
 */
export type BackendMetaKey =
  | 'clusterId'
  | 'memberId'
  | 'term'
  | 'consistentIndex'
  | 'confState'
  | 'scheduledCompactRevision'
  | 'finishedCompactRevision';

/** Small tables beside keys and leases, named as etcd's buckets. Values are JSON. */
export type BucketName =
  'alarm' | 'auth' | 'authUsers' | 'authRoles' | 'cluster' | 'members' | 'members_removed';

export interface BackendSize {
  /** Bytes of the file: the high-water mark since the last defragmentation. */
  readonly total: number;
  /** Bytes that hold data. */
  readonly inUse: number;
}

/** Everything on a member's disk except its log: what a snapshot carries to another member. Shares the records. */
export interface BackendImage {
  readonly records: readonly RevisionRecord[];
  readonly leases: readonly LeaseRecord[];
  readonly meta: ReadonlyMap<BackendMetaKey, string>;
  readonly buckets: ReadonlyMap<BucketName, ReadonlyMap<string, string>>;
  /** Bytes that its file would have. */
  readonly size: number;
}

/** Whose log it is. */
export interface WalMetadata {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
}

/** Where the log begins: the entry just before the first one, and the configuration then. */
export interface WalSnapshot {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
}

/**
 * A member's write-ahead log. Durable with the turn, like the rest of the disk; how long a sync takes is the
 * business of whoever writes. Models server/storage/wal.
 */
export interface WriteAheadLog {
  readonly metadata: WalMetadata | undefined;
  readonly hardState: HardState | undefined;
  readonly snapshot: WalSnapshot | undefined;
  entries(): readonly Entry[];
  create(metadata: WalMetadata): void;
  setHardState(hardState: HardState): void;
  /** Replaces what there is from the first one's index on. */
  append(entries: readonly Entry[]): void;
  /** Forgets entries up to and with this one. */
  compact(to: WalSnapshot): void;
  /** Forgets every entry: the log begins anew after this one. */
  reset(to: WalSnapshot): void;
}

/**
 * A member's disk. Calls of one turn belong together: an implementation that is durable makes all of them
 * durable, or none. Reading happens once, at start; afterwards the store answers from memory.
 */
export interface Backend {
  readonly wal: WriteAheadLog;
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
  /** By key, in the order of keys. */
  bucket(name: BucketName): ReadonlyMap<string, string>;
  putInBucket(name: BucketName, key: string, value: string): void;
  deleteFromBucket(name: BucketName, key: string): void;
  size(): BackendSize;
  /** Gives freed space back: total becomes inUse. */
  defragment(): void;
  image(): BackendImage;
  /** Replaces everything but the log by what another member had. */
  restore(image: BackendImage): void;
  /** As if the data directory had been deleted: log and all. */
  clear(): void;
}
