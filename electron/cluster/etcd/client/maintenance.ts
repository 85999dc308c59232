import type { ResponseHeader, Uint64 } from './interface.ts';

// Shapes of the Maintenance service, in the words of rpc.proto (v3.6).

export type AlarmType = 'NONE' | 'NOSPACE' | 'CORRUPT';
export type AlarmAction = 'GET' | 'ACTIVATE' | 'DEACTIVATE';

export interface AlarmMember {
  readonly memberId: Uint64;
  readonly alarm: AlarmType;
}

export interface AlarmRequest {
  readonly action: AlarmAction;
  /** `'0'`: every member. */
  readonly memberId: Uint64;
  readonly alarm: AlarmType;
}

export interface AlarmResponse {
  /** Absent before 3.5. */
  readonly header?: ResponseHeader;
  /** With GET and DEACTIVATE all of the type, with ACTIVATE the new one. */
  readonly alarms: readonly AlarmMember[];
}

export interface DowngradeInfo {
  readonly enabled: boolean;
  readonly targetVersion: string;
}

export interface StatusResponse {
  readonly header: ResponseHeader;
  /** Without `v`, e.g. `3.6.4`. */
  readonly version: string;
  /** Bytes. */
  readonly dbSize: number;
  readonly dbSizeInUse: number;
  /** Member id; `'0'` without a leader. */
  readonly leader: Uint64;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly isLearner: boolean;
  /** e.g. `etcdserver: no leader`, `memberID:1 alarm:NOSPACE `. */
  readonly errors: readonly string[];
  /** e.g. `3.6.0`; absent before 3.6, like the two below. */
  readonly storageVersion?: string;
  /** Bytes. */
  readonly dbSizeQuota?: number;
  readonly downgradeInfo?: DowngradeInfo;
}

export interface DefragmentResponse {
  readonly header: ResponseHeader;
}

export interface HashResponse {
  readonly header: ResponseHeader;
  /** uint32. */
  readonly hash: number;
}

export interface HashKvRequest {
  /** 0: the present. */
  readonly revision: number;
}

export interface HashKvResponse {
  readonly header: ResponseHeader;
  /** uint32. */
  readonly hash: number;
  /** -1 before the first compaction. */
  readonly compactRevision: number;
  /** Absent before 3.6. */
  readonly hashRevision?: number;
}

/** One part of a snapshot stream. The last one holds only the SHA-256 of all before it. */
export interface SnapshotResponse {
  readonly header?: ResponseHeader;
  readonly remainingBytes: number;
  /** At most 32 KiB of the backend's file. */
  readonly blob: Uint8Array;
  /** Version of the member that took it; absent before 3.6. */
  readonly version?: string;
}

export interface MoveLeaderRequest {
  readonly targetId: Uint64;
}

export interface MoveLeaderResponse {
  readonly header: ResponseHeader;
}

export type DowngradeAction = 'VALIDATE' | 'ENABLE' | 'CANCEL';

export interface DowngradeRequest {
  readonly action: DowngradeAction;
  readonly version: string;
}

export interface DowngradeResponse {
  readonly header: ResponseHeader;
  /** Of the cluster. */
  readonly version: string;
}
