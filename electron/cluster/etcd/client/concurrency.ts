import type { ByteString } from '../../../base/byte-string.ts';
import type { HeaderResponse } from './auth.ts';
import type { KeyValue, ResponseHeader, Uint64 } from './interface.ts';

// Shapes of the services v3lockpb.Lock and v3electionpb.Election.

export interface LockRequest {
  readonly name: ByteString;
  /** The lock goes with this lease; `NO_LEASE`: with one of 60 s, made for it. */
  readonly lease: Uint64;
}

export interface LockResponse {
  readonly header: ResponseHeader;
  /** Exists as long as the lock is held. */
  readonly key: ByteString;
}

export interface UnlockRequest {
  readonly key: ByteString;
}

export interface CampaignRequest extends LockRequest {
  /** What the leader has to say. */
  readonly value: ByteString;
}

/** Who has won an election, for what comes after. */
export interface LeaderKey {
  readonly name: ByteString;
  readonly key: ByteString;
  /** Revision at which the key was made; the oldest leads. */
  readonly rev: number;
  readonly lease: Uint64;
}

export interface CampaignResponse {
  readonly header: ResponseHeader;
  readonly leader: LeaderKey;
}

export interface ProclaimRequest {
  readonly leader?: LeaderKey;
  readonly value: ByteString;
}

export interface ResignRequest {
  readonly leader?: LeaderKey;
}

export interface LeaderRequest {
  readonly name: ByteString;
}

export interface LeaderResponse {
  readonly header: ResponseHeader;
  readonly kv: KeyValue;
}

/** Requests and responses by the method's name. `Observe` has many responses, the others one; all may take long. */
export interface ConcurrencyMethods {
  Lock: { request: LockRequest; response: LockResponse };
  Unlock: { request: UnlockRequest; response: HeaderResponse };
  Campaign: { request: CampaignRequest; response: CampaignResponse };
  Proclaim: { request: ProclaimRequest; response: HeaderResponse };
  Leader: { request: LeaderRequest; response: LeaderResponse };
  Observe: { request: LeaderRequest; response: LeaderResponse };
  Resign: { request: ResignRequest; response: HeaderResponse };
}

export type ConcurrencyMethod = keyof ConcurrencyMethods;
