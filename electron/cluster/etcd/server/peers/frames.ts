import type { Message } from '../../../raft/interface.ts';
import type { Member } from '../../client/cluster.ts';
import type { GrpcCode, Uint64 } from '../../client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../../client/methods.ts';

/** Calls that a member passes on to the leader over the peers' port, as upstream does over HTTP. */
export type LeaderMethod = 'LeaseKeepAlive' | 'LeaseTimeToLive' | 'MemberPromote';

/** Calls that one member has for another. */
export type PeerMethod = LeaderMethod | 'HashKV';

export type PeerCallFrame = {
  readonly [M in PeerMethod & EtcdMethod]: {
    readonly type: 'call';
    readonly call: number;
    readonly method: M;
    readonly request: EtcdMethods[M]['request'];
  };
}[PeerMethod & EtcdMethod];

/** What crosses a connection between two members. The one that dials says hello first. */
export type PeerFrame =
  | { readonly type: 'hello'; readonly clusterId: Uint64; readonly from: Uint64; readonly to: Uint64 }
  | { readonly type: 'welcome'; readonly clusterId: Uint64; readonly from: Uint64 }
  | { readonly type: 'refused'; readonly reason: Refusal; readonly clusterId: Uint64 }
  | { readonly type: 'raft'; readonly message: Message }
  /** A snapshot was taken over. */
  | { readonly type: 'snapshot-taken'; readonly index: number }
  /** Nothing to say, still there. */
  | { readonly type: 'link-heartbeat' }
  | PeerCallFrame
  | { readonly type: 'result'; readonly call: number; readonly response: unknown }
  | { readonly type: 'error'; readonly call: number; readonly code: GrpcCode; readonly message: string }
  /** From one that wants to join and knows nothing yet. */
  | { readonly type: 'members' }
  | { readonly type: 'member-list'; readonly clusterId: Uint64; readonly members: readonly Member[] };

/** `cluster-id-mismatch`: of another cluster; `removed`: not a member any more; `unknown`: not known here (yet); `wrong-member`: meant for another. */
export type Refusal = 'cluster-id-mismatch' | 'removed' | 'unknown' | 'wrong-member';
