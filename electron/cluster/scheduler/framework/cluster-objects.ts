import type { LabelSelector } from '../../apimachinery/types.ts';
import type { Labels } from '../../apimachinery/labels.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  Service,
  StorageClass,
  VolumeAttachment,
} from '../../api/types.ts';

/** An owner of Pods that says by labels which are its own: ReplicaSet, StatefulSet. */
export interface SelectingOwner {
  readonly spec?: { readonly selector?: LabelSelector };
}

/** What preemption needs of a policy/v1 PodDisruptionBudget. */
export interface DisruptionBudget {
  readonly metadata?: { readonly namespace?: string };
  readonly spec?: { readonly selector?: LabelSelector };
  readonly status?: {
    readonly disruptionsAllowed?: number;
    readonly disruptedPods?: Readonly<Record<string, unknown>>;
  };
}

/** Claims, volumes and what is said of storage. */
export interface VolumeObjects {
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  volumes(): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  csiNode(name: string): CSINode | undefined;
  csiDriver(name: string): CSIDriver | undefined;
  csiStorageCapacities(): readonly CSIStorageCapacity[];
  attachments(): readonly VolumeAttachment[];
}

/** Objects besides Pods and nodes that plugins look up; what the cluster does not serve is absent. */
export interface ClusterObjects {
  /** Labels of a namespace; none when it is not known. */
  namespaceLabels(name: string): Labels;
  namespaces(): readonly { readonly name: string; readonly labels: Labels }[];
  services(namespace: string): readonly Service[];
  /** `kind`: ReplicaSet or StatefulSet. */
  owner(kind: string, namespace: string, name: string): SelectingOwner | undefined;
  disruptionBudgets(): readonly DisruptionBudget[];
  readonly volumes: VolumeObjects;
}
