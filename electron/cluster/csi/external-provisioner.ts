import {
  PROVISIONED_BY,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
  claimClass,
} from '../api/helpers/persistent-volumes.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/types.ts';
import { isTerminating, nameOf, namespaceOf, uidOf, withMeta } from '../apimachinery/meta.ts';
import { isAlreadyExists, isNotFound } from '../client/api-errors.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { EventRecorder, EventType } from '../client/event-recorder.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import type { ApiClient } from '../client/interface.ts';
import { objectKey } from '../client/object-key.ts';
import { ControllerRateLimiter } from '../client/rate-limiter.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { SharedInformer } from '../client/shared-informer.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { runWorkers } from '../client/workers.ts';
import type { VolumeMaker } from './controller-driver.ts';

const FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer';
const FIRST_RETRY = 1_000;
const LAST_RETRY = 300_000;

export interface ExternalProvisionerOptions {
  readonly context: ComponentContext;
  readonly client: ApiClient;
  readonly factory: InformerFactory;
  readonly recorder: EventRecorder;
  /** What classes call it. */
  readonly name: string;
  /** Before the claim's uid in the names of volumes. */
  readonly volumeNamePrefix: string;
  /** Volumes carry a finalizer until what is behind them has been removed. */
  readonly addFinalizer: boolean;
  readonly maker: VolumeMaker;
}

/**
 * Makes the volumes of claims that ask for it by name, and removes those that are released with the policy Delete. Models
 * kubernetes-sigs/sig-storage-lib-external-provisioner controller.go (v11), without leader election and metrics.
 */
export class ExternalProvisioner {
  readonly #o: ExternalProvisionerOptions;
  readonly #claims: SharedInformer<PersistentVolumeClaim>;
  readonly #volumes: SharedInformer<PersistentVolume>;
  readonly #classes: SharedInformer<StorageClass>;
  readonly #nodes: SharedInformer<Node>;
  readonly #claimQueue: WorkQueue;
  readonly #volumeQueue: WorkQueue;
  /** Volumes that were made and may not have been seen yet. */
  readonly #made = new Set<string>();
  /** Volumes that have nothing behind them any more, as long as they are there. */
  readonly #emptied = new Set<string>();

  constructor(options: ExternalProvisionerOptions) {
    const { context, factory } = options;
    this.#o = options;
    this.#claims = factory.informer(resourceTypes.persistentVolumeClaims);
    this.#volumes = factory.informer(resourceTypes.persistentVolumes);
    this.#classes = factory.informer(resourceTypes.storageClasses);
    this.#nodes = factory.informer(resourceTypes.nodes);
    const queue = (name: string): WorkQueue =>
      new WorkQueue(context, name, new ControllerRateLimiter(context.clock, FIRST_RETRY, LAST_RETRY));
    this.#claimQueue = queue('claims');
    this.#volumeQueue = queue('volumes');
    const claimed = (claim: PersistentVolumeClaim): void => {
      if (this.#isWanted(claim)) this.#claimQueue.add(objectKey(claim));
    };
    this.#claims.addEventHandler({ onAdd: claimed, onUpdate: (_, claim) => claimed(claim) });
    const released = (volume: PersistentVolume): void => {
      if (this.#isReleased(volume)) this.#volumeQueue.add(nameOf(volume));
    };
    this.#volumes.addEventHandler({
      onAdd: released,
      onUpdate: (_, volume) => released(volume),
      onDelete: (volume) => {
        this.#made.delete(nameOf(volume));
        this.#emptied.delete(nameOf(volume));
      },
    });
  }

  /** The informers have been filled. */
  run(): void {
    const { context } = this.#o;
    runWorkers(context, { queue: this.#claimQueue, workers: 10, sync: (key) => this.#provision(key) });
    runWorkers(context, { queue: this.#volumeQueue, workers: 10, sync: (key) => this.#remove(key) });
  }

  #isWanted(claim: PersistentVolumeClaim): boolean {
    const { annotations } = claim.metadata ?? {};
    if ((claim.spec?.volumeName ?? '') !== '' || isTerminating(claim)) return false;
    if (annotations?.[STORAGE_PROVISIONER] !== this.#o.name) return false;
    const storageClass = this.#classes.lister.get(claimClass(claim));
    return (
      storageClass?.volumeBindingMode !== 'WaitForFirstConsumer' || annotations[SELECTED_NODE] !== undefined
    );
  }

  #isReleased(volume: PersistentVolume): boolean {
    const { annotations, finalizers } = volume.metadata ?? {};
    return (
      annotations?.[PROVISIONED_BY] === this.#o.name &&
      volume.status?.phase === 'Released' &&
      volume.spec?.persistentVolumeReclaimPolicy === 'Delete' &&
      (!isTerminating(volume) || finalizers?.includes(FINALIZER) === true)
    );
  }

  async #provision(key: string): Promise<void> {
    const claim = this.#claims.lister.get(key);
    if (claim === undefined || !this.#isWanted(claim)) return;
    const volumeName = `${this.#o.volumeNamePrefix}-${uidOf(claim)}`;
    if (this.#volumes.lister.get(volumeName) !== undefined || this.#made.has(volumeName)) return;
    const className = claimClass(claim);
    const storageClass = this.#classes.lister.get(className);
    if (storageClass === undefined) return;
    const selected = claim.metadata?.annotations?.[SELECTED_NODE];
    this.#say(
      claim,
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim ${JSON.stringify(key)}`,
    );
    let volume: PersistentVolume;
    try {
      const node = selected === undefined ? undefined : this.#nodes.lister.get(selected);
      if (selected !== undefined && node === undefined)
        throw new Error(`failed to get target node: node ${JSON.stringify(selected)} not found`);
      const made = await this.#o.maker.provision({ claim, storageClass, volumeName, node });
      volume = this.#volumeOf(claim, storageClass, volumeName, made);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      const text = `failed to provision volume with StorageClass ${JSON.stringify(className)}: ${why}`;
      this.#say(claim, 'Warning', 'ProvisioningFailed', text);
      throw new Error(text, { cause: error });
    }
    try {
      await this.#o.client.resource<PersistentVolume>(resourceTypes.persistentVolumes).create(volume);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    this.#made.add(volumeName);
    this.#say(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeName}`);
  }

  #volumeOf(
    claim: PersistentVolumeClaim,
    storageClass: StorageClass,
    name: string,
    { source, capacity, nodeAffinity, annotations }: Awaited<ReturnType<VolumeMaker['provision']>>,
  ): PersistentVolume {
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name,
        annotations: { ...annotations, [PROVISIONED_BY]: this.#o.name },
        ...(this.#o.addFinalizer ? { finalizers: [FINALIZER] } : {}),
      },
      spec: {
        accessModes: claim.spec?.accessModes,
        capacity: { storage: capacity },
        claimRef: {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          name: nameOf(claim),
          namespace: namespaceOf(claim),
          uid: uidOf(claim),
          resourceVersion: claim.metadata?.resourceVersion,
        },
        persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
        storageClassName: nameOf(storageClass),
        volumeMode: claim.spec?.volumeMode ?? 'Filesystem',
        ...(storageClass.mountOptions === undefined ? {} : { mountOptions: storageClass.mountOptions }),
        ...(nodeAffinity === undefined ? {} : { nodeAffinity }),
        ...source,
      },
    } as PersistentVolume;
  }

  async #remove(name: string): Promise<void> {
    const volume = this.#volumes.lister.get(name);
    if (volume === undefined || !this.#isReleased(volume)) return;
    try {
      if (!this.#emptied.has(name)) await this.#o.maker.delete(volume);
      this.#emptied.add(name);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      this.#say(
        volume,
        'Warning',
        'VolumeFailedDelete',
        error instanceof Error ? error.message : String(error),
      );
      throw error;
    }
    const volumes = this.#o.client.resource<PersistentVolume>(resourceTypes.persistentVolumes);
    try {
      await volumes.delete(name);
      if (!this.#o.addFinalizer) return;
      const now = await volumes.get(name);
      const finalizers = (now.metadata?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
      await volumes.update(withMeta(now, { finalizers }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #say(
    object: PersistentVolume | PersistentVolumeClaim,
    type: EventType,
    reason: string,
    message: string,
  ): void {
    const kind = namespaceOf(object) === '' ? 'PersistentVolume' : 'PersistentVolumeClaim';
    this.#o.recorder.event({ apiVersion: 'v1', kind, object }, type, reason, message);
  }
}
