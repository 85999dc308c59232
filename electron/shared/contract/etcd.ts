import { z } from 'zod';

/** Bytes of a key or a value: each character is one byte, 0 to 255. */
const Bytes = z.string();
/** An id of a member, a cluster or a lease in hexadecimal, as etcdctl prints it; null: none. */
const HexId = z.string().nullable();

export const EtcdProgress = z.object({
  member: z.string(),
  match: z.number(),
  next: z.number(),
  state: z.enum(['Probe', 'Replicate', 'Snapshot']),
  recentActive: z.boolean(),
  isLearner: z.boolean(),
  inflight: z.number(),
});
export type EtcdProgress = z.infer<typeof EtcdProgress>;

export const EtcdRaft = z.object({
  role: z.enum(['leader', 'follower', 'candidate', 'pre-candidate', 'learner']),
  term: z.number(),
  vote: HexId,
  lead: HexId,
  commit: z.number(),
  applied: z.number(),
  /** What its log holds; last is first - 1 in an empty log. */
  firstIndex: z.number(),
  lastIndex: z.number(),
  /** 0 without a snapshot. */
  snapshotIndex: z.number(),
  /** A leader's only. */
  progress: z.array(EtcdProgress),
});
export type EtcdRaft = z.infer<typeof EtcdRaft>;

export const EtcdStore = z.object({
  revision: z.number(),
  /** -1 before the first compaction. */
  compactRevision: z.number(),
  /** Bytes. */
  dbSize: z.number(),
  dbSizeInUse: z.number(),
  quota: z.number(),
  alarms: z.array(z.object({ member: z.string(), type: z.enum(['NOSPACE', 'CORRUPT']) })),
});
export type EtcdStore = z.infer<typeof EtcdStore>;

export const EtcdPeer = z.object({
  id: z.string(),
  name: z.string(),
  peerUrls: z.array(z.string()),
  clientUrls: z.array(z.string()),
  isLearner: z.boolean(),
});
export type EtcdPeer = z.infer<typeof EtcdPeer>;

/** A place where a member of etcd runs, or could. What a process says is null while none runs. */
export const EtcdMember = z.object({
  machine: z.string(),
  /** As in messages: `<machine>/etcd`. */
  actor: z.string(),
  running: z.boolean(),
  id: HexId,
  clusterId: HexId,
  name: z.string().nullable(),
  version: z.string().nullable(),
  raft: EtcdRaft.nullable(),
  store: EtcdStore.nullable(),
  /** The members that it knows. */
  peers: z.array(EtcdPeer),
  /** Keys and leases on its disk, also while it does not run. */
  keys: z.number(),
  leases: z.number(),
  /** Virtual milliseconds of one sync of its log. */
  fsync: z.number(),
  diskFull: z.boolean(),
});
export type EtcdMember = z.infer<typeof EtcdMember>;

export const EtcdLogEntry = z.object({
  index: z.number(),
  term: z.number(),
  type: z.enum(['Normal', 'ConfChange']),
  /** Empty for the entry with which a leader begins its term. */
  summary: z.string(),
});
export type EtcdLogEntry = z.infer<typeof EtcdLogEntry>;

/** The first item is everything; later ones hold members that changed and what is new in their logs. */
export const EtcdItem = z.object({
  reset: z.boolean(),
  members: z.array(EtcdMember),
  /** Entries from `from` on are now these; what was there before is gone. Empty unless logs were asked for. */
  logs: z.array(z.object({ machine: z.string(), from: z.number(), entries: z.array(EtcdLogEntry) })),
});
export type EtcdItem = z.infer<typeof EtcdItem>;

export const EtcdKeyRow = z.object({
  key: Bytes,
  createRevision: z.number(),
  modRevision: z.number(),
  version: z.number(),
  lease: HexId,
  /** Bytes of the value. */
  size: z.number(),
});
export type EtcdKeyRow = z.infer<typeof EtcdKeyRow>;

/** Keys of one member's disk: all of them first, then those that changed. */
export const EtcdKeysItem = z.object({
  reset: z.boolean(),
  /** Whose disk it is; null: nobody has one. */
  machine: z.string().nullable(),
  revision: z.number(),
  keys: z.array(EtcdKeyRow),
  removed: z.array(Bytes),
});
export type EtcdKeysItem = z.infer<typeof EtcdKeysItem>;

export const EtcdRevision = z.object({
  modRevision: z.number(),
  /** Place within a transaction, from 0. */
  sub: z.number(),
  createRevision: z.number(),
  version: z.number(),
  lease: HexId,
  /** The key was deleted here. */
  tombstone: z.boolean(),
  size: z.number(),
  /** Virtual time at which it was written; null when that was before this run. */
  time: z.number().nullable(),
  /** The record of the causal log under which it was written, to be opened; 0: unknown. */
  record: z.number(),
});
export type EtcdRevision = z.infer<typeof EtcdRevision>;

/** One key and its revisions since the last compaction, newest first; sent whole whenever it changes. */
export const EtcdKeyItem = z.object({
  machine: z.string().nullable(),
  compactRevision: z.number(),
  revisions: z.array(EtcdRevision),
  /** Also those that are too many to be listed. */
  total: z.number(),
  lease: z
    .object({
      id: z.string(),
      /** Seconds. */
      grantedTtl: z.number(),
      /** Seconds left, from the leader; null where nobody runs its time. */
      remaining: z.number().nullable(),
    })
    .nullable(),
});
export type EtcdKeyItem = z.infer<typeof EtcdKeyItem>;

export const EtcdValue = z.object({ value: Bytes, size: z.number(), truncated: z.boolean() });
export type EtcdValue = z.infer<typeof EtcdValue>;

/** A member's disk: by machine, or null for the leader's (without a leader, the one that got furthest). */
export const EtcdDisk = z.object({ machine: z.string().nullable() });
