import type { ContainerMetadata, PodSandboxMetadata } from './interface.ts';

/**
 * Statistics in the shape of runtime/v1 (v0.34), less the wrappers around numbers. Timestamps are virtual milliseconds
 * since the Unix epoch.
 */
export interface CpuUsage {
  readonly timestamp: number;
  /** Cumulative since the container started. */
  readonly usageCoreNanoSeconds: number;
  /** What it uses now, in billionths of a core. */
  readonly usageNanoCores: number;
}

export interface MemoryUsage {
  readonly timestamp: number;
  readonly workingSetBytes: number;
  /** Limit less working set; absent without a limit. */
  readonly availableBytes?: number;
  readonly usageBytes: number;
  readonly rssBytes: number;
}

export interface FilesystemUsage {
  readonly timestamp: number;
  readonly fsId: { readonly mountpoint: string };
  readonly usedBytes: number;
  readonly inodesUsed: number;
}

export interface StatsAttributes<Metadata> {
  readonly id: string;
  readonly metadata: Metadata;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ContainerStats {
  readonly attributes: StatsAttributes<ContainerMetadata>;
  readonly cpu: CpuUsage;
  readonly memory: MemoryUsage;
  /** What the container wrote over its image. */
  readonly writableLayer: FilesystemUsage;
}

export interface PodSandboxStats {
  readonly attributes: StatsAttributes<PodSandboxMetadata>;
  readonly linux: {
    readonly cpu: CpuUsage;
    readonly memory: MemoryUsage;
    readonly process: { readonly timestamp: number; readonly processCount: number };
    readonly containers: readonly ContainerStats[];
  };
}
