import type { AutoCompaction } from './auto-compactor.ts';
import type { Metric } from './metrics/interface.ts';
import type { ClusterOperations, Consensus } from './interface.ts';

/** Defaults are upstream's. */
export interface EtcdServerOptions {
  /** As `--name` says; default `default`. */
  readonly name?: string;
  /** As `etcd --version` says, without `v`. What differs between minor releases goes by it. */
  readonly version: string;
  /** Bytes; default 1.5 MiB. */
  readonly maxRequestBytes?: number;
  /** Default 128. */
  readonly maxTxnOps?: number;
  /** Least lease TTL in seconds: 1.5 election timeouts, rounded up. */
  readonly minLeaseTtl: number;
  /** Virtual milliseconds; default 1000. */
  readonly electionTimeout?: number;
  /** Bytes; 0, the default: 2 GiB; below 0: no quota. */
  readonly quotaBackendBytes?: number;
  /** Virtual seconds that a simple token lives from its last use; default 300. */
  readonly authTokenTtl?: number;
  /** Logarithmic strength of password hashes, 4 to 31; default 10. */
  readonly bcryptCost?: number;
  /** The common name of a client certificate is a user's name. */
  readonly clientCertAuth?: boolean;
  /** Leases are checkpointed, so that a new leader does not begin all of them anew. */
  readonly leaseCheckpoint?: boolean;
  readonly autoCompaction?: AutoCompaction;
  /** There is no room left on the machine. */
  readonly isDiskFull?: () => boolean;
  /** What the parts beside the server have to say in `/metrics`. */
  readonly metrics?: () => readonly Metric[];
  /** Makes this member's part in the agreement. */
  readonly consensus: () => Consensus;
  /** The part of the API about the members; without it those methods are Unimplemented. */
  readonly cluster?: ClusterOperations;
}
