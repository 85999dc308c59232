import type { Member } from '../../client/cluster.ts';
import type { Uint64 } from '../../client/interface.ts';
import type { EtcdMethods } from '../../client/methods.ts';
import type { Reply } from '../interface.ts';
import type { PeerMethod } from '../peers/frames.ts';

/** How a member takes part; times in virtual milliseconds. */
export interface MemberConfig {
  readonly name: string;
  /** As `etcd --version` says, without `v`. */
  readonly version: string;
  readonly clientUrls: readonly string[];
  /** One tick. */
  readonly heartbeat: number;
  readonly electionTimeout: number;
  /** Entries applied between two snapshots of the log. */
  readonly snapshotCount: number;
  readonly preVote: boolean;
  readonly strictReconfigCheck: boolean;
  /** How long the next sync of the log takes. */
  readonly fsync: () => number;
  /** Why the log cannot be written now, in the kernel's words; undefined when it can. */
  readonly whyUnwritable: () => string | undefined;
  /** Answers what another member passes on. */
  readonly answerPeer: <M extends PeerMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ) => void;
  /** The members know how clients reach this one: it takes part. */
  readonly onReady: () => void;
  /** This member has been removed, and ends. */
  readonly onRemoved: () => void;
  /** The log could not be written, which a member does not survive. */
  readonly onUnwritable: (why: string) => void;
}

/** What a member starts from. */
export interface Beginning {
  readonly memberId: Uint64;
  readonly clusterId: Uint64;
  /** The first members of a cluster that begins now; empty when it exists already or this member was part of it before. */
  readonly initial: readonly Member[];
  /** Of one that joins: whom it knows until its log tells. */
  readonly remotes: readonly Member[];
}
