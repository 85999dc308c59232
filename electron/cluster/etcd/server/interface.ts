import type {
  AuthRoleAddRequest,
  AuthRoleDeleteRequest,
  AuthRoleGetRequest,
  AuthRoleGrantPermissionRequest,
  AuthRoleRevokePermissionRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  AuthUserDeleteRequest,
  AuthUserGetRequest,
  AuthUserGrantRoleRequest,
  AuthUserRevokeRoleRequest,
  EmptyRequest,
} from '../client/auth.ts';
import type { Member } from '../client/cluster.ts';
import type { CallMetadata } from '../client/connection.ts';
import type {
  CompactionRequest,
  DeleteRangeRequest,
  EtcdError,
  LeaseGrantRequest,
  LeaseRevokeRequest,
  PutRequest,
  TxnRequest,
  Uint64,
} from '../client/interface.ts';
import type { AlarmRequest, DowngradeInfo } from '../client/maintenance.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';
import type { EtcdRaftView } from '../view/interface.ts';

/** On whose behalf a request was made, and against which state of the users and roles. */
export interface RequestHeader {
  readonly username: string;
  readonly authRevision: number;
}

/** One name of `simpleToken` on every member: its prefix is chosen before, its index is the entry's. */
export interface InternalAuthenticateRequest {
  readonly name: string;
  readonly simpleToken: string;
}

export interface LeaseCheckpointRequest {
  /** `remainingTtl` in seconds; 0: the whole TTL again. */
  readonly checkpoints: readonly { readonly id: Uint64; readonly remainingTtl: number }[];
}

/** What is asked for, by kind. */
export type InternalRequestBody =
  | { readonly put: PutRequest }
  | { readonly deleteRange: DeleteRangeRequest }
  | { readonly txn: TxnRequest }
  | { readonly compaction: CompactionRequest }
  | { readonly leaseGrant: Required<LeaseGrantRequest> }
  | { readonly leaseRevoke: LeaseRevokeRequest }
  | { readonly leaseCheckpoint: LeaseCheckpointRequest }
  | { readonly alarm: AlarmRequest }
  | { readonly authEnable: EmptyRequest }
  | { readonly authDisable: EmptyRequest }
  | { readonly authStatus: EmptyRequest }
  | { readonly authenticate: InternalAuthenticateRequest }
  | { readonly authUserAdd: AuthUserAddRequest }
  | { readonly authUserDelete: AuthUserDeleteRequest }
  | { readonly authUserGet: AuthUserGetRequest }
  | { readonly authUserChangePassword: AuthUserChangePasswordRequest }
  | { readonly authUserGrantRole: AuthUserGrantRoleRequest }
  | { readonly authUserRevokeRole: AuthUserRevokeRoleRequest }
  | { readonly authUserList: EmptyRequest }
  | { readonly authRoleList: EmptyRequest }
  | { readonly authRoleAdd: AuthRoleAddRequest }
  | { readonly authRoleDelete: AuthRoleDeleteRequest }
  | { readonly authRoleGet: AuthRoleGetRequest }
  | { readonly authRoleGrantPermission: AuthRoleGrantPermissionRequest }
  | { readonly authRoleRevokePermission: AuthRoleRevokePermissionRequest };

/**
 * What goes through the log and is applied by every member alike. Models InternalRaftRequest. Without a header
 * nobody in particular asked, which is enough only while auth is off. Requests about the members themselves are
 * not applied here: see the consensus.
 */
export type InternalRequest = InternalRequestBody & { readonly header?: RequestHeader };

/** Who calls: gRPC's metadata, and the common name of a verified client certificate. */
export interface Caller extends CallMetadata {
  readonly commonName?: string;
  /** Another member, which has checked who asks. */
  readonly isPeer?: boolean;
}

/** How a call ended. */
export type Outcome<T> = { readonly response: T } | { readonly error: EtcdError };

/** Called once, in the turn in which the outcome is known and under the cause of the call. */
export type Reply<T> = (outcome: Outcome<T>) => void;

/**
 * Applies a committed request, the entry at `index` of the log; throws EtcdError when the request is refused,
 * which changes nothing (but see `noSpace`: that one has been carried out).
 */
export type ApplyRequest = (request: InternalRequest, index: number) => unknown;

/** What the agreement calls on its member. */
export interface ConsensusEvents {
  readonly apply: ApplyRequest;
  /** Whom this member takes for the leader has changed, or there is none (any more). */
  leaderChanged(): void;
  /** This member leads and has applied everything from before its term: the leases' time is its own now. */
  promoted(): void;
  /** The backend has been replaced by another member's data: everything in memory is to be read anew. */
  restored(): void;
}

/** The agreement of the members, as one member's server sees it. */
export interface Consensus {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  readonly term: number;
  /** Member id; `'0'` without a leader. */
  readonly leader: Uint64;
  /** Index of the last entry known to be committed, and of the last one applied. */
  readonly index: number;
  readonly appliedIndex: number;
  readonly isLearner: boolean;
  /** Where this member stands, for people. */
  readonly view: EtcdRaftView;
  /** Begins; no event is told before. */
  start(events: ConsensusEvents): void;
  /** Has a request agreed on and applied here; `reply` gets what applying it gave, or why it was not agreed on. */
  propose(request: InternalRequest, reply: Reply<unknown>): void;
  /** Calls back when this member has applied everything that was committed when it was called. */
  linearizableRead(ready: (error: EtcdError | undefined) => void): void;
  stop(): void;
}

/** Methods about the members, answered by whoever keeps the membership. */
export type ClusterMethod = Extract<
  EtcdMethod,
  | 'MemberAdd'
  | 'MemberRemove'
  | 'MemberUpdate'
  | 'MemberList'
  | 'MemberPromote'
  | 'MoveLeader'
  | 'Downgrade'
  | 'LeaseKeepAlive'
  | 'LeaseTimeToLive'
>;

/**
 * The part of the API that is about the members. The server has checked the caller's permission and that a leader is
 * there where one is required; the answers' headers come from `header`.
 */
export interface ClusterOperations {
  /** Of the whole cluster, e.g. `3.6.0`; undefined before the members have agreed on one. */
  readonly clusterVersion: string | undefined;
  readonly downgradeInfo: DowngradeInfo;
  /** In the order of their ids. */
  readonly members: readonly Member[];
  /**
   * LeaseKeepAlive and LeaseTimeToLive come here on a member that is not the leader: only the leader runs the leases'
   * time, and the members forward to it (`--peer` URL `/leases` upstream).
   */
  call<M extends ClusterMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void;
}
