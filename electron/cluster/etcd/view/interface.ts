import type { ByteString } from '../../../base/byte-string.ts';
import type { Uint64 } from '../client/interface.ts';

/** One entry of a member's Raft log, for people. */
export interface EtcdLogEntryView {
  readonly index: number;
  readonly term: number;
  readonly type: 'Normal' | 'ConfChange';
  /** What it asks for, e.g. `Put /registry/pods/default/web-1`; empty for the entry with which a leader begins its term. */
  readonly summary: string;
}

/** What a leader knows of a follower, in the words of raft's tracker. */
export interface EtcdProgressView {
  readonly memberId: Uint64;
  readonly match: number;
  readonly next: number;
  readonly state: 'Probe' | 'Replicate' | 'Snapshot';
  readonly recentActive: boolean;
  readonly isLearner: boolean;
  /** Messages sent and not yet acknowledged. */
  readonly inflight: number;
}

export type EtcdRole = 'leader' | 'follower' | 'candidate' | 'pre-candidate' | 'learner';

/** Where a member stands in the agreement. */
export interface EtcdRaftView {
  readonly role: EtcdRole;
  readonly term: number;
  /** Whom it voted for in this term; `'0'`: nobody. */
  readonly vote: Uint64;
  readonly commit: number;
  readonly applied: number;
  /** Whom it takes for the leader; `'0'`: nobody. */
  readonly lead: Uint64;
  /** First and last index that its log holds; last is first - 1 in an empty log. */
  readonly firstIndex: number;
  readonly lastIndex: number;
  /** Index up to which its newest snapshot reaches; 0 without one. */
  readonly snapshotIndex: number;
  /** A leader's only, in the order of member ids. */
  readonly progress: readonly EtcdProgressView[];
  /** An entry of the log; undefined when it is compacted away or not there yet. */
  entry(index: number): EtcdLogEntryView | undefined;
}

/** A member as the cluster's member list has it. */
export interface EtcdPeerView {
  readonly memberId: Uint64;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

/** What a member's data says. */
export interface EtcdStoreView {
  readonly revision: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
  /** Bytes of the file, and bytes of it that hold data. */
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  /** Bytes at which the member raises NOSPACE. */
  readonly quota: number;
  readonly alarms: readonly { readonly memberId: Uint64; readonly type: 'NOSPACE' | 'CORRUPT' }[];
}

/** Seconds. `remaining` is undefined on a member that does not run the leases' time (it is not the leader). */
export interface EtcdLeaseView {
  readonly grantedTtl: number;
  readonly remaining: number | undefined;
}

/** What an operator can ask of a running member, as with etcdctl. */
export type EtcdTask =
  { readonly type: 'defragment' } | { readonly type: 'move-leader'; readonly to: Uint64 };

/** What a running member shows of itself. Reading it changes nothing and sends no message. */
export interface EtcdMemberSource {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  /** As `--name` says. */
  readonly name: string;
  readonly version: string;
  readonly raft: EtcdRaftView;
  readonly store: EtcdStoreView;
  /** The members that it knows, in the order of their ids. */
  readonly peers: readonly EtcdPeerView[];
  lease(id: Uint64): EtcdLeaseView | undefined;
  /** Has it done; `done` gets the member's refusal, in upstream's words, or undefined. */
  operate(task: EtcdTask, done: (refusal: string | undefined) => void): void;
  /** The member's data as the database file that `etcdctl snapshot save` would write, a byte string. @throws EtcdError */
  takeSnapshot(): ByteString;
}

/** What is wrong with a member's machine as far as etcd is concerned; set by faults. */
export interface EtcdMemberFaults {
  /** Virtual milliseconds of one sync of the write-ahead log. */
  readonly fsync: number;
  readonly diskFull: boolean;
}

/** A place where a member of etcd runs, or could. */
export interface EtcdMemberView {
  readonly machine: string;
  /** `<machine>/etcd`, the form used in the causal log. */
  readonly actor: string;
  /** Undefined while the process does not run. */
  readonly running: EtcdMemberSource | undefined;
  readonly faults: EtcdMemberFaults;
}
