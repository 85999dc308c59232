import type protobuf from 'protobufjs';
import type { Message } from './schema.ts';

// The answers as their printers read them, in upstream's words. 64-bit numbers are decimal text.

export interface Header {
  readonly cluster_id: string;
  readonly member_id: string;
  readonly revision: string;
  readonly raft_term: string;
}

export interface KeyValue {
  readonly key: Buffer;
  readonly create_revision: string;
  readonly mod_revision: string;
  readonly version: string;
  readonly value: Buffer;
  readonly lease: string;
}

export interface RangeResponse {
  readonly header: Header;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: string;
}

export interface PutResponse {
  readonly header: Header;
  readonly prev_kv: KeyValue | null;
}

export interface DeleteRangeResponse {
  readonly header: Header;
  readonly deleted: string;
  readonly prev_kvs: readonly KeyValue[];
}

export interface TxnResponse {
  readonly header: Header;
  readonly succeeded: boolean;
  readonly responses: readonly {
    readonly response_range?: RangeResponse;
    readonly response_put?: PutResponse;
    readonly response_delete_range?: DeleteRangeResponse;
  }[];
}

export interface WatchEvent {
  readonly type: 'PUT' | 'DELETE';
  readonly kv: KeyValue;
  readonly prev_kv: KeyValue | null;
}

export interface WatchResponse {
  readonly header: Header;
  readonly watch_id: string;
  readonly created: boolean;
  readonly canceled: boolean;
  readonly compact_revision: string;
  readonly cancel_reason: string;
  readonly fragment: boolean;
  readonly events: readonly WatchEvent[];
}

export interface LeaseResponse {
  readonly header: Header;
  readonly ID: string;
  readonly TTL: string;
  readonly grantedTTL: string;
  readonly keys: readonly Buffer[];
}

export interface Member {
  readonly ID: string;
  readonly name: string;
  readonly peerURLs: readonly string[];
  readonly clientURLs: readonly string[];
  readonly isLearner: boolean;
}

export interface MembersResponse {
  readonly header: Header;
  readonly member: Member;
  readonly members: readonly Member[];
}

export interface StatusResponse {
  readonly header: Header;
  readonly version: string;
  readonly dbSize: string;
  readonly leader: string;
  readonly raftIndex: string;
  readonly raftTerm: string;
  readonly raftAppliedIndex: string;
  readonly errors: readonly string[];
  readonly dbSizeInUse: string;
  readonly isLearner: boolean;
  readonly storageVersion: string;
  readonly dbSizeQuota: string;
  readonly downgradeInfo: { readonly enabled: boolean; readonly targetVersion: string } | null;
}

export interface HashKvResponse {
  readonly header: Header;
  readonly hash: number;
  readonly compact_revision: string;
  readonly hash_revision: string;
}

export interface Permission {
  readonly permType: 'READ' | 'WRITE' | 'READWRITE';
  readonly key: Buffer;
  readonly range_end: Buffer;
}

/** An answer as it came: decoded, with its type and its bytes. */
export interface Answer<T = Message> {
  readonly type: protobuf.Type;
  readonly bytes: Buffer;
  readonly message: T;
}
