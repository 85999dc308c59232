import type { ExtensionPoint } from './extension-points.ts';

/** A plugin that is on, with its weight (for scores) and arguments. */
export interface ProfilePlugin {
  readonly name: string;
  readonly weight?: number;
  readonly args?: unknown;
}

/** What a profile says of one extension point besides `plugins`. */
export interface PointPlugins {
  readonly enabled: readonly ProfilePlugin[];
  /** `*` stands for all of `plugins`. */
  readonly disabled: readonly string[];
}

/** One scheduler by name. Models KubeSchedulerProfile after defaulting (v1.34). */
export interface Profile {
  readonly schedulerName: string;
  /** On at every point they extend (`multiPoint`), in the order in which they run. */
  readonly plugins: readonly ProfilePlugin[];
  readonly points?: Readonly<Partial<Record<ExtensionPoint, PointPlugins>>>;
  /** Share of the nodes that, once found to fit, is enough; 0 or undefined lets the size of the cluster decide. */
  readonly percentageOfNodesToScore?: number;
}
