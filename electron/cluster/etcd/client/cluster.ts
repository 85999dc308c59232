import type { ResponseHeader, Uint64 } from './interface.ts';

// Shapes of the Cluster service, in the words of rpc.proto. Headers here carry no revision, as upstream.

export interface Member {
  readonly id: Uint64;
  /** Empty until the member has started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until the member has started. */
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
}

export interface MemberAddRequest {
  readonly peerUrls: readonly string[];
  readonly isLearner?: boolean;
}

export interface MemberAddResponse {
  readonly header: ResponseHeader;
  readonly member: Member;
  readonly members: readonly Member[];
}

export interface MemberRemoveRequest {
  readonly id: Uint64;
}

export interface MemberUpdateRequest {
  readonly id: Uint64;
  readonly peerUrls: readonly string[];
}

export interface MemberListRequest {
  /** Ask the others first; upstream's clients of 3.5 and newer set it. */
  readonly linearizable?: boolean;
}

export interface MemberPromoteRequest {
  readonly id: Uint64;
}

/** Answer to remove, update, list and promote. */
export interface MembersResponse {
  readonly header: ResponseHeader;
  readonly members: readonly Member[];
}
