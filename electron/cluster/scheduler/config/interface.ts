import type { Profile } from '../framework/profile.ts';

/** Milliseconds, and the Lease that candidates compete for. */
export interface LeaderElection {
  readonly leaderElect: boolean;
  readonly leaseDuration: number;
  readonly renewDeadline: number;
  readonly retryPeriod: number;
  readonly resourceName: string;
  readonly resourceNamespace: string;
}

/** What kube-scheduler runs by, defaults filled in. Models KubeSchedulerConfiguration (v1.34). */
export interface SchedulerConfiguration {
  readonly profiles: readonly Profile[];
  readonly parallelism: number;
  readonly percentageOfNodesToScore: number;
  /** Milliseconds. */
  readonly initialBackoff: number;
  readonly maxBackoff: number;
  readonly leaderElection: LeaderElection;
  readonly clientConnection: {
    /** Path; empty for none. */
    readonly kubeconfig: string;
    readonly qps: number;
    readonly burst: number;
  };
}

/** The configuration cannot be read or is not valid. `message` is upstream's. */
export class SchedulerConfigurationError extends Error {}
