import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/types.ts';

/** What is asked of whoever makes volumes. */
export interface ProvisionRequest {
  readonly claim: PersistentVolumeClaim;
  readonly storageClass: StorageClass;
  /** Name of the PersistentVolume that it will be, e.g. `pvc-<uid of the claim>`. */
  readonly volumeName: string;
  /** Where the claim's first Pod was placed; undefined for classes that do not wait for one. */
  readonly node: Node | undefined;
}

/** What was made: the parts of the PersistentVolume that only its maker knows. */
export interface ProvisionedVolume {
  readonly source: Pick<NonNullable<PersistentVolume['spec']>, 'csi' | 'hostPath'>;
  /** Quantity, e.g. `50Gi`. */
  readonly capacity: string;
  readonly nodeAffinity: NonNullable<PersistentVolume['spec']>['nodeAffinity'];
  readonly annotations: Readonly<Record<string, string>>;
}

/** Makes and removes volumes; each call may be repeated. Failures are errors whose text is shown to people. */
export interface VolumeMaker {
  provision(request: ProvisionRequest): Promise<ProvisionedVolume>;
  delete(volume: PersistentVolume): Promise<void>;
}

/** The controller half of a CSI driver beyond making volumes. @throws CsiError */
export interface ControllerDriver {
  readonly name: string;
  /** Attaches; resolves to what the node needs to know to mount it. */
  publish(volumeId: string, nodeId: string): Promise<Readonly<Record<string, string>>>;
  unpublish(volumeId: string, nodeId: string): Promise<void>;
  /** Resolves to the new size in bytes. */
  expand(volumeId: string, bytes: number): Promise<number>;
}
