import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/types.ts';
import type { EventType } from '../../client/event-recorder.ts';
import type { Lister } from '../../client/lister.ts';
import type { FileSystem } from '../../machine/interface.ts';
import type { BindingWrites } from './binding-writes.ts';
import type { LatestObjects } from './latest-objects.ts';

/** What both halves of the controller work with. */
export interface Binding {
  readonly claims: LatestObjects<PersistentVolumeClaim>;
  readonly volumes: LatestObjects<PersistentVolume>;
  readonly classes: Lister<StorageClass>;
  readonly writes: BindingWrites;
  readonly files: FileSystem | undefined;
  /** Unscheduled Pods that use a claim, by the claim's key. */
  podsOf(claimKey: string): readonly Pod[];
  enqueueClaim(key: string): void;
  say(
    object: PersistentVolume | PersistentVolumeClaim,
    type: EventType,
    reason: string,
    message: string,
  ): void;
  decide(subject: string, action: string, desired: string, observed: string): void;
}
