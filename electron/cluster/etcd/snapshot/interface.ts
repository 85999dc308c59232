import type { ByteString } from '../../../base/byte-string.ts';
import type { ConfState } from '../../raft/interface.ts';
import type { RevisionRecord } from '../backend/interface.ts';
import type { Uint64 } from '../client/interface.ts';

/** A lease as the backend keeps it (leasepb.Lease). Seconds; `remainingTtl` 0 means the whole TTL. */
export interface SnapshotLease {
  readonly id: Uint64;
  readonly ttl: number;
  readonly remainingTtl: number;
}

/** authpb.Permission; an empty `rangeEnd` is one key, `'\0'` everything from `key` on. */
export interface SnapshotPermission {
  readonly permType: 'READ' | 'WRITE' | 'READWRITE';
  readonly key: ByteString;
  readonly rangeEnd: ByteString;
}

export interface SnapshotRole {
  readonly name: string;
  readonly keyPermission: readonly SnapshotPermission[];
}

export interface SnapshotUser {
  readonly name: string;
  /** The hash, as stored; empty without a password. */
  readonly password: ByteString;
  readonly roles: readonly string[];
  readonly noPassword: boolean;
}

export interface SnapshotAuth {
  readonly enabled: boolean;
  /** 0 before anything has been changed. */
  readonly revision: number;
  readonly users: readonly SnapshotUser[];
  readonly roles: readonly SnapshotRole[];
}

export interface SnapshotMember {
  readonly id: Uint64;
  readonly peerUrls: readonly string[];
  readonly isLearner: boolean;
  /** Empty until the member has started. */
  readonly name: string;
  readonly clientUrls: readonly string[];
}

export interface SnapshotAlarm {
  readonly memberId: Uint64;
  readonly alarm: 'NOSPACE' | 'CORRUPT';
}

/** What a member's backend holds: everything `Maintenance.Snapshot` streams, and all that a restore begins with. */
export interface SnapshotState {
  /** In the order of revisions (main, then sub). */
  readonly records: readonly RevisionRecord[];
  /** 0 when there has been no compaction. */
  readonly scheduledCompactRevision: number;
  readonly finishedCompactRevision: number;
  readonly leases: readonly SnapshotLease[];
  /** Raft index and term of the last entry applied; 0 at first. */
  readonly consistentIndex: number;
  readonly term: number;
  readonly confState?: ConfState;
  /** e.g. `3.6.0`; etcd before 3.6 writes none. */
  readonly storageVersion?: string;
  readonly auth: SnapshotAuth;
  readonly members: readonly SnapshotMember[];
  readonly removedMembers: readonly Uint64[];
  readonly alarms: readonly SnapshotAlarm[];
  /** e.g. `3.6.0`. */
  readonly clusterVersion?: string;
}

/** The bytes are no snapshot of etcd; what a stock tool would complain about too. */
export class SnapshotError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SnapshotError';
  }
}
