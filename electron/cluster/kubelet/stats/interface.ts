/** Bytes and inodes. */
export interface FsUsage {
  readonly bytes: number;
  readonly inodes: number;
}

/** What one container has. Memory in bytes. */
export interface ContainerUsage {
  readonly name: string;
  readonly id: string;
  readonly startedAt: number;
  readonly memory: number;
  readonly memoryLimit: number;
  readonly processes: number;
  /** Billionths of a core now, and core-nanoseconds since it started. */
  readonly nanoCores: number;
  readonly coreNanoSeconds: number;
  /** Milliseconds of limited running, and of those in which it wanted more than it was given. */
  readonly coreLimit: number;
  readonly throttledMs: number;
  /** What it wrote over its image. */
  readonly rootfs: FsUsage;
  readonly logs: FsUsage;
}

/** What one Pod has. */
export interface PodUsage {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly startedAt: number;
  readonly memory: number;
  readonly processes: number;
  readonly containers: readonly ContainerUsage[];
  /** `local`: on the node's disk, and not only shown there. */
  readonly volumes: readonly { readonly name: string; readonly local: boolean; readonly usage: FsUsage }[];
  /** Writable layers, logs and local volumes. */
  readonly ephemeralStorage: FsUsage;
}

/** What is free of a node. Bytes. */
export interface NodeUsage {
  readonly memory: { readonly capacity: number; readonly available: number };
  /** What Pods may have together, and have. */
  readonly pods: { readonly limit: number; readonly used: number };
  /** The one disk that holds everything. */
  readonly disk: { readonly capacity: FsUsage; readonly available: FsUsage };
  readonly processes: { readonly max: number; readonly running: number };
}
