import type { KubeObject } from '../../api/types.ts';

/** What a write that took something from outside the object (an address, a port) has to do about it later. */
export interface Reservation {
  /** The object with what was allocated filled in. */
  readonly object: KubeObject;
  /** The write happened, or did not: keep or give back. */
  finish(written: boolean): Promise<void>;
}

/** Kind-specific steps around a write that need more than the object itself. */
export interface ResourceHooks {
  /** After validation, right before the object is written. @throws StatusError */
  beginCreate?(object: KubeObject, dryRun: boolean): Promise<Reservation>;
  beginUpdate?(object: KubeObject, old: KubeObject, dryRun: boolean): Promise<Reservation>;
  afterDelete?(object: KubeObject): Promise<void>;
  /** True when an update left nothing that keeps a terminating object alive. Default: no finalizers, grace over. */
  deletableAfterUpdate?(object: KubeObject, old: KubeObject): boolean;
}
