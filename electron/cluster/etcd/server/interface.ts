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
import type { EtcdRaftView } from '../view/interface.ts';

/** What goes through the log and is applied by every member alike. Models InternalRaftRequest. */
export type InternalRequest =
  | { readonly put: PutRequest }
  | { readonly deleteRange: DeleteRangeRequest }
  | { readonly txn: TxnRequest }
  | { readonly compaction: CompactionRequest }
  | { readonly leaseGrant: Required<LeaseGrantRequest> }
  | { readonly leaseRevoke: LeaseRevokeRequest };

/** How a call ended. */
export type Outcome<T> = { readonly response: T } | { readonly error: EtcdError };

/** Called once, in the turn in which the outcome is known and under the cause of the call. */
export type Reply<T> = (outcome: Outcome<T>) => void;

/** Applies a committed request; throws EtcdError when the request is refused, which changes nothing. */
export type ApplyRequest = (request: InternalRequest) => unknown;

/** The agreement of the members, as one member's server sees it. */
export interface Consensus {
  readonly term: number;
  /** Member id; `'0'` without a leader. */
  readonly leader: Uint64;
  /** Index of the last entry in the log, and of the last one applied. */
  readonly index: number;
  readonly appliedIndex: number;
  readonly isLearner: boolean;
  /** Where this member stands, for people. */
  readonly view: EtcdRaftView;
  /** Has a request agreed on and applied here; `reply` gets what applying it gave, or why it was not agreed on. */
  propose(request: InternalRequest, reply: Reply<unknown>): void;
  /** Calls back when this member has applied everything that was committed when it was called. */
  linearizableRead(ready: (error: EtcdError | undefined) => void): void;
  stop(): void;
}
