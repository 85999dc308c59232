import type {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  StatusResponse,
  TxnRequest,
  TxnResponse,
} from './interface.ts';

/** Requests and responses of the calls that have one answer, by the method's name in rpc.proto. */
export interface EtcdMethods {
  Range: { request: RangeRequest; response: RangeResponse };
  Put: { request: PutRequest; response: PutResponse };
  DeleteRange: { request: DeleteRangeRequest; response: DeleteRangeResponse };
  Txn: { request: TxnRequest; response: TxnResponse };
  Compact: { request: CompactionRequest; response: CompactionResponse };
  LeaseGrant: { request: LeaseGrantRequest; response: LeaseGrantResponse };
  LeaseRevoke: { request: LeaseRevokeRequest; response: LeaseRevokeResponse };
  LeaseKeepAlive: { request: LeaseKeepAliveRequest; response: LeaseKeepAliveResponse };
  LeaseTimeToLive: { request: LeaseTimeToLiveRequest; response: LeaseTimeToLiveResponse };
  LeaseLeases: { request: Record<string, never>; response: LeaseLeasesResponse };
  Status: { request: Record<string, never>; response: StatusResponse };
}

export type EtcdMethod = keyof EtcdMethods;
