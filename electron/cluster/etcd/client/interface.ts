import type { ByteString } from '../../../base/byte-string.ts';
import type { StatusResponse } from './maintenance.ts';

// Shapes of etcd's KV, Watch and Lease services in the words of rpc.proto and kv.proto (v3.6); the other services are
// in `auth.ts`, `cluster.ts` and `maintenance.ts`. Fields in camelCase. Keys and values are byte strings. Revisions,
// versions, counts and terms are int64 upstream and plain numbers here: 2^53 revisions are out of reach. Ids use all 64
// bits, so they are `Uint64`.

/** A 64-bit id as decimal text, as protobuf's JSON mapping writes it. */
export type Uint64 = string;

/** Lease of a key that has none. */
export const NO_LEASE: Uint64 = '0';

export interface ResponseHeader {
  readonly clusterId: Uint64;
  readonly memberId: Uint64;
  /** Revision of the store when the request was applied. */
  readonly revision: number;
  readonly raftTerm: number;
}

export interface KeyValue {
  readonly key: ByteString;
  readonly value: ByteString;
  /** Revision at which the key's present generation began. */
  readonly createRevision: number;
  /** Revision of this value. */
  readonly modRevision: number;
  /** Puts since the generation began; 0 in the kv of a DELETE event. */
  readonly version: number;
  /** `NO_LEASE` when there is none. */
  readonly lease: Uint64;
}

export interface EtcdEvent {
  readonly type: 'PUT' | 'DELETE';
  /** For DELETE only `key` and `modRevision` are set. */
  readonly kv: KeyValue;
  readonly prevKv?: KeyValue;
}

export type SortOrder = 'NONE' | 'ASCEND' | 'DESCEND';
export type SortTarget = 'KEY' | 'VERSION' | 'CREATE' | 'MOD' | 'VALUE';

/**
 * `rangeEnd` as upstream: absent or empty means the one key; `'\0'` means every key from `key` on; anything
 * else is the first key not included.
 */
export interface RangeRequest {
  readonly key: ByteString;
  readonly rangeEnd?: ByteString;
  /** 0 or absent: no limit. */
  readonly limit?: number;
  /** 0 or absent: the present. */
  readonly revision?: number;
  readonly sortOrder?: SortOrder;
  readonly sortTarget?: SortTarget;
  /** Answer from the member's own state without asking the others. */
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
  readonly minModRevision?: number;
  readonly maxModRevision?: number;
  readonly minCreateRevision?: number;
  readonly maxCreateRevision?: number;
}

export interface RangeResponse {
  readonly header: ResponseHeader;
  readonly kvs: readonly KeyValue[];
  /** There are more keys in the range than `limit` let through. */
  readonly more: boolean;
  /** Keys in the range, not counting limit and revision filters. */
  readonly count: number;
}

export interface PutRequest {
  readonly key: ByteString;
  readonly value: ByteString;
  readonly lease?: Uint64;
  readonly prevKv?: boolean;
  readonly ignoreValue?: boolean;
  readonly ignoreLease?: boolean;
}

export interface PutResponse {
  readonly header: ResponseHeader;
  readonly prevKv?: KeyValue;
}

export interface DeleteRangeRequest {
  readonly key: ByteString;
  readonly rangeEnd?: ByteString;
  readonly prevKv?: boolean;
}

export interface DeleteRangeResponse {
  readonly header: ResponseHeader;
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

export type CompareResult = 'EQUAL' | 'GREATER' | 'LESS' | 'NOT_EQUAL';

/** What a compare looks at, with the operand; an absent key has 0 everywhere, and no VALUE at all. */
export type CompareTarget =
  | { readonly target: 'VERSION'; readonly version: number }
  | { readonly target: 'CREATE'; readonly createRevision: number }
  | { readonly target: 'MOD'; readonly modRevision: number }
  | { readonly target: 'VALUE'; readonly value: ByteString }
  | { readonly target: 'LEASE'; readonly lease: Uint64 };

/** With `rangeEnd` it must hold for every key of the range. */
export type Compare = CompareTarget & {
  readonly result: CompareResult;
  readonly key: ByteString;
  readonly rangeEnd?: ByteString;
};

export type RequestOp =
  | { readonly requestRange: RangeRequest }
  | { readonly requestPut: PutRequest }
  | { readonly requestDeleteRange: DeleteRangeRequest }
  | { readonly requestTxn: TxnRequest };

/** Headers in here carry the revision only; the rest is zero, as upstream. */
export type ResponseOp =
  | { readonly responseRange: RangeResponse }
  | { readonly responsePut: PutResponse }
  | { readonly responseDeleteRange: DeleteRangeResponse }
  | { readonly responseTxn: TxnResponse };

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly RequestOp[];
  readonly failure: readonly RequestOp[];
}

export interface TxnResponse {
  readonly header: ResponseHeader;
  readonly succeeded: boolean;
  readonly responses: readonly ResponseOp[];
}

export interface CompactionRequest {
  readonly revision: number;
  /** Answer only when the space has been freed in the backend too. */
  readonly physical?: boolean;
}

export interface CompactionResponse {
  readonly header: ResponseHeader;
}

export interface WatchCreateRequest {
  readonly key: ByteString;
  readonly rangeEnd?: ByteString;
  /** 0 or absent: what happens from now on. */
  readonly startRevision?: number;
  /** Empty responses from time to time that say up to which revision nothing is missing. */
  readonly progressNotify?: boolean;
  readonly filters?: readonly ('NOPUT' | 'NODELETE')[];
  readonly prevKv?: boolean;
  /** Chosen by the client, once in a stream; 0 or absent: by the server, from 0 up. */
  readonly watchId?: number;
  /** Large responses may come in parts. */
  readonly fragment?: boolean;
}

/** Watch id of responses that are about no one watch: a watch that was not begun, the progress of all. */
export const INVALID_WATCH_ID = -1;

/** One message of a client on a Watch stream. */
export type WatchRequest =
  | { readonly createRequest: WatchCreateRequest }
  | { readonly cancelRequest: { readonly watchId: number } }
  | { readonly progressRequest: Readonly<Record<string, never>> };

/**
 * One message of a watch. The first has `created`. Events of one revision are never split over two
 * responses, unless the watch takes fragments. No events and neither `created` nor `canceled`: progress up to `header.revision`.
 */
export interface WatchResponse {
  readonly header: ResponseHeader;
  readonly watchId: number;
  readonly created: boolean;
  readonly canceled: boolean;
  /** Set when the watch was cancelled because its start revision is compacted: first revision still there. */
  readonly compactRevision?: number;
  readonly cancelReason?: string;
  /** More of the same response follows. */
  readonly fragment?: boolean;
  readonly events: readonly EtcdEvent[];
}

export interface WatchHandlers {
  onResponse(response: WatchResponse): void;
  /** The connection broke or the server went away: nothing more comes. Not called after `cancel` or a cancelled response. */
  onError(error: EtcdError): void;
}

export interface WatchHandle {
  /** Nothing is delivered any more once this returns. */
  cancel(): void;
  /** Asks for a progress response now. While the watch is behind none comes: ask again. */
  requestProgress(): void;
}

export interface LeaseGrantRequest {
  /** Seconds. */
  readonly ttl: number;
  /** Chosen by the server when 0 or absent. */
  readonly id?: Uint64;
}

export interface LeaseGrantResponse {
  readonly header: ResponseHeader;
  readonly id: Uint64;
  /** Seconds; the server may give more than was asked. */
  readonly ttl: number;
}

export interface LeaseRevokeRequest {
  readonly id: Uint64;
}

export interface LeaseRevokeResponse {
  readonly header: ResponseHeader;
}

export interface LeaseKeepAliveRequest {
  readonly id: Uint64;
}

export interface LeaseKeepAliveResponse {
  readonly header: ResponseHeader;
  readonly id: Uint64;
  /** Seconds from now; 0 when the lease does not exist (any more). */
  readonly ttl: number;
}

export interface LeaseTimeToLiveRequest {
  readonly id: Uint64;
  readonly keys?: boolean;
}

export interface LeaseTimeToLiveResponse {
  readonly header: ResponseHeader;
  readonly id: Uint64;
  /** Remaining seconds; -1 when the lease does not exist. */
  readonly ttl: number;
  readonly grantedTtl: number;
  readonly keys: readonly ByteString[];
}

export interface LeaseLeasesResponse {
  readonly header: ResponseHeader;
  readonly leases: readonly { readonly id: Uint64 }[];
}

/** Names of gRPC status codes. */
export type GrpcCode =
  | 'Canceled'
  | 'Unknown'
  | 'InvalidArgument'
  | 'DeadlineExceeded'
  | 'NotFound'
  | 'AlreadyExists'
  | 'PermissionDenied'
  | 'ResourceExhausted'
  | 'FailedPrecondition'
  | 'Aborted'
  | 'OutOfRange'
  | 'Unimplemented'
  | 'Internal'
  | 'Unavailable'
  | 'DataLoss'
  | 'Unauthenticated';

/** A refused or failed call: gRPC code and upstream's text, e.g. OutOfRange `etcdserver: mvcc: required revision has been compacted`. */
export class EtcdError extends Error {
  readonly code: GrpcCode;

  constructor(code: GrpcCode, message: string) {
    super(message);
    this.name = 'EtcdError';
    this.code = code;
  }
}

/** One member's v3 API as a client uses it. Every call rejects with `EtcdError`. */
export interface EtcdClient {
  range(request: RangeRequest): Promise<RangeResponse>;
  put(request: PutRequest): Promise<PutResponse>;
  deleteRange(request: DeleteRangeRequest): Promise<DeleteRangeResponse>;
  txn(request: TxnRequest): Promise<TxnResponse>;
  compact(request: CompactionRequest): Promise<CompactionResponse>;
  /** Never throws: what goes wrong comes as a cancelled response or through `onError`. */
  watch(request: WatchCreateRequest, handlers: WatchHandlers): WatchHandle;
  leaseGrant(request: LeaseGrantRequest): Promise<LeaseGrantResponse>;
  leaseRevoke(request: LeaseRevokeRequest): Promise<LeaseRevokeResponse>;
  leaseKeepAlive(request: LeaseKeepAliveRequest): Promise<LeaseKeepAliveResponse>;
  leaseTimeToLive(request: LeaseTimeToLiveRequest): Promise<LeaseTimeToLiveResponse>;
  leaseLeases(): Promise<LeaseLeasesResponse>;
  status(): Promise<StatusResponse>;
}
