// Shapes of the Raft state machine, in the words of etcd-io/raft (v3.6: raft.go, rawnode.go, storage.go, raftpb).
// Ids are 64 bits and therefore decimal text; terms and indexes are plain numbers (2^53 are out of reach).

/** A member's id as decimal text. `NONE` is nobody. */
export type RaftId = string;

export const NONE: RaftId = '0';

/** What is agreed on. Raft never looks inside; `Config.sizeOf` says how large it is. Immutable and shared. */
export type EntryData = unknown;

export type EntryType = 'Normal' | 'ConfChange';

export interface Entry {
  readonly term: number;
  readonly index: number;
  readonly type: EntryType;
  /** For ConfChange a `ConfChangeV2`; absent in the empty entry with which a leader begins its term. */
  readonly data?: EntryData;
  /** `Config.sizeOf` of the data, kept so that it is asked once per entry. Whoever loses it (a disk) need not restore it. */
  readonly size?: number;
}

export type ConfChangeType = 'AddNode' | 'RemoveNode' | 'UpdateNode' | 'AddLearnerNode';

/** `Auto`: joint only with more than one change, then left by itself; `Implicit`: joint, left by itself; `Explicit`: joint, left by an empty change. */
export type ConfChangeTransition = 'Auto' | 'Implicit' | 'Explicit';

/** `Auto` without changes: leave the joint configuration. */
export interface ConfChangeV2 {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly { readonly type: ConfChangeType; readonly nodeId: RaftId }[];
  /** The application's own, e.g. the member that is added. */
  readonly context?: unknown;
}

export interface ConfState {
  readonly voters: readonly RaftId[];
  readonly learners: readonly RaftId[];
  /** Set while the configuration is joint. */
  readonly votersOutgoing: readonly RaftId[];
  readonly learnersNext: readonly RaftId[];
  readonly autoLeave: boolean;
}

export interface SnapshotMetadata {
  readonly confState: ConfState;
  readonly index: number;
  readonly term: number;
}

export interface Snapshot {
  readonly metadata: SnapshotMetadata;
  /** The application's state; raft never looks inside. */
  readonly data?: unknown;
}

/** Must be on disk before the messages of the same Ready are sent. */
export interface HardState {
  readonly term: number;
  readonly vote: RaftId;
  readonly commit: number;
}

export type StateType = 'Follower' | 'Candidate' | 'PreCandidate' | 'Leader';

export interface SoftState {
  readonly lead: RaftId;
  readonly raftState: StateType;
}

export type MessageType =
  | 'MsgHup'
  | 'MsgBeat'
  | 'MsgProp'
  | 'MsgApp'
  | 'MsgAppResp'
  | 'MsgVote'
  | 'MsgVoteResp'
  | 'MsgPreVote'
  | 'MsgPreVoteResp'
  | 'MsgSnap'
  | 'MsgSnapStatus'
  | 'MsgHeartbeat'
  | 'MsgHeartbeatResp'
  | 'MsgUnreachable'
  | 'MsgCheckQuorum'
  | 'MsgTransferLeader'
  | 'MsgTimeoutNow'
  | 'MsgReadIndex'
  | 'MsgReadIndexResp'
  | 'MsgForgetLeader';

export interface Message {
  readonly type: MessageType;
  readonly to: RaftId;
  readonly from: RaftId;
  readonly term: number;
  /** Term of the entry at `index`. */
  readonly logTerm: number;
  readonly index: number;
  readonly entries: readonly Entry[];
  readonly commit: number;
  readonly snapshot?: Snapshot;
  readonly reject: boolean;
  readonly rejectHint: number;
  /** Of a read index request and its heartbeat; of a vote: `CampaignTransfer`. */
  readonly context?: string;
}

/** A linearizable read that was asked for with `context` may be served once `index` is applied. */
export interface ReadState {
  readonly index: number;
  readonly requestContext: string;
}

/**
 * What the application has to do: save `snapshot`, `entries` and `hardState` as one atomic write (synced when
 * `mustSync`), then send `messages`, then apply `snapshot` and `committedEntries`, then call `advance`. Atomic: a member
 * that finds new entries but not the commit index that came with them may campaign in a configuration long replaced.
 */
export interface Ready {
  readonly softState?: SoftState;
  readonly hardState?: HardState;
  readonly readStates: readonly ReadState[];
  readonly entries: readonly Entry[];
  readonly snapshot?: Snapshot;
  readonly committedEntries: readonly Entry[];
  readonly messages: readonly Message[];
  readonly mustSync: boolean;
}

/** The log as it is on disk. Raft only reads; the application appends what `Ready` says. */
export interface Storage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** [low, high), cut at `maxSize` bytes but never below one entry. @throws RaftStorageError */
  entries(low: number, high: number, maxSize: number): readonly Entry[];
  /** Also of the entry just before the first. @throws RaftStorageError compacted, unavailable */
  term(index: number): number;
  firstIndex(): number;
  lastIndex(): number;
  /** The newest, for a follower that is too far behind. @throws RaftStorageError snapshotTemporarilyUnavailable */
  snapshot(): Snapshot;
}

export class RaftStorageError extends Error {
  readonly code: 'compacted' | 'unavailable' | 'snapshotTemporarilyUnavailable' | 'snapshotOutOfDate';

  constructor(code: RaftStorageError['code'], message: string) {
    super(message);
    this.name = 'RaftStorageError';
    this.code = code;
  }
}

export type ProgressState = 'Probe' | 'Replicate' | 'Snapshot';

/** What a leader knows of a follower. */
export interface ProgressView {
  readonly match: number;
  readonly next: number;
  readonly state: ProgressState;
  readonly pendingSnapshot: number;
  readonly recentActive: boolean;
  readonly isLearner: boolean;
  /** Messages on their way that have not been acknowledged. */
  readonly inflight: number;
}

export interface Status {
  readonly id: RaftId;
  readonly hardState: HardState;
  readonly softState: SoftState;
  readonly applied: number;
  readonly leadTransferee: RaftId;
  readonly config: ConfState;
  /** A leader's only; empty elsewhere. */
  readonly progress: ReadonlyMap<RaftId, ProgressView>;
}

export interface Config {
  readonly id: RaftId;
  /** Ticks without a leader before a campaign; the real one is random in [electionTick, 2 electionTick). */
  readonly electionTick: number;
  readonly heartbeatTick: number;
  readonly storage: Storage;
  /** Last index the application has applied; 0 when unknown. */
  readonly applied: number;
  /** Bytes of entries in one message; 0: one entry each. */
  readonly maxSizePerMsg: number;
  /** Bytes of committed entries in one Ready, never below one entry; 0: as `maxSizePerMsg`. */
  readonly maxCommittedSizePerReady: number;
  /** Bytes of proposals not yet committed; above it they are dropped. 0: no limit. */
  readonly maxUncommittedEntriesSize: number;
  /** Messages in flight to one follower in Replicate. */
  readonly maxInflightMsgs: number;
  /** Bytes in flight to one follower in Replicate; no limit when absent or 0. */
  readonly maxInflightBytes?: number;
  readonly checkQuorum: boolean;
  readonly preVote: boolean;
  /** `Safe` asks a quorum by heartbeat; `LeaseBased` trusts checkQuorum's lease. */
  readonly readOnlyOption: 'Safe' | 'LeaseBased';
  readonly disableProposalForwarding: boolean;
  readonly disableConfChangeValidation: boolean;
  readonly stepDownOnRemoval: boolean;
  /** Bytes of an entry's data (a `ConfChangeV2` in entries of that type). */
  readonly sizeOf: (data: EntryData) => number;
  /** Whole number in [0, n), from the Context's random source. */
  readonly randomInt: (n: number) => number;
  /** One line for people: elections, step-downs, rejected appends, as upstream's logger. */
  readonly log?: (line: string) => void;
}

/** Why a proposal or a message was not taken. */
export type RaftErrorCode = 'proposalDropped' | 'stepLocalMsg' | 'stepPeerNotFound';

export class RaftError extends Error {
  readonly code: RaftErrorCode;

  constructor(code: RaftErrorCode, message: string) {
    super(message);
    this.name = 'RaftError';
    this.code = code;
  }
}

/**
 * One member's state machine: no I/O, no timers. The application ticks it, steps messages into it and
 * handles each Ready before the next. Models rawnode.go; the class is `RawNode` in `raw-node.ts`.
 */
export interface RaftNode {
  tick(): void;
  /** @throws RaftError proposalDropped */
  campaign(): void;
  /** One batch: its entries go into the log together. @throws RaftError proposalDropped */
  propose(data: readonly EntryData[]): void;
  /** @throws RaftError proposalDropped */
  proposeConfChange(change: ConfChangeV2): void;
  /** For each committed entry of type ConfChange, when it is applied. Returns the configuration from now on. */
  applyConfChange(change: ConfChangeV2): ConfState;
  /** @throws RaftError stepLocalMsg, stepPeerNotFound, proposalDropped */
  step(message: Message): void;
  /** False between `ready` and `advance`. */
  hasReady(): boolean;
  /** Takes what there is to do; the next one only after `advance`. Ticks and messages may come in between. */
  ready(): Ready;
  advance(ready: Ready): void;
  status(): Status;
  /** A message to this member could not be sent. */
  reportUnreachable(id: RaftId): void;
  reportSnapshot(id: RaftId, status: 'finish' | 'failure'): void;
  transferLeader(transferee: RaftId): void;
  forgetLeader(): void;
  /** Asks for a ReadState with this context; lost when there is no leader. */
  readIndex(context: string): void;
}
