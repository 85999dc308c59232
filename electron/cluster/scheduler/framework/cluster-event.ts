import type { KubeObject } from '../../api/types.ts';
import type { PodInfo } from './pod-info.ts';

/** What changed in the cluster, as far as it may make a waiting Pod schedulable. Models framework.ClusterEvent (v1.34). */
export type EventResource =
  | 'AssignedPod'
  | 'UnscheduledPod'
  | 'Node'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'StorageClass'
  | 'CSINode'
  | 'CSIDriver'
  | 'CSIStorageCapacity'
  | 'VolumeAttachment';
export type EventAction =
  | 'Add'
  | 'Delete'
  | 'Update'
  | 'UpdateLabel'
  | 'UpdateTaint'
  | 'UpdateAllocatable'
  | 'UpdateScaleDown'
  | 'UpdateSchedulingGates'
  | 'UpdateTolerations'
  | 'UpdateOther';

export interface ClusterEvent {
  readonly resource: EventResource;
  readonly action: EventAction;
}

export type QueueingHint = 'Queue' | 'Skip';

/** Which events may help a Pod that this plugin refused; without a hint every such event may. */
export interface EventRegistration {
  readonly resource: EventResource;
  readonly actions: readonly EventAction[];
  readonly hint?: (
    pod: PodInfo,
    oldObject: KubeObject | undefined,
    newObject: KubeObject | undefined,
  ) => QueueingHint;
}
