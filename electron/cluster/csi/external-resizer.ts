import { capacityOf, compareStorage, requestedStorage } from '../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../api/types.ts';
import { nameOf, namespaceOf } from '../apimachinery/meta.ts';
import { parseQuantity } from '../apimachinery/quantity.ts';
import { formatTime } from '../apimachinery/time.ts';
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
import type { ControllerDriver } from './controller-driver.ts';
import { quantityOf } from './quantity-of.ts';

const FIRST_RETRY = 1_000;
const LAST_RETRY = 300_000;

/**
 * Makes the volumes of bound claims larger through a CSI driver; the file system in them is grown by the node. Models
 * kubernetes-csi/external-resizer (v1.14).
 */
export class ExternalResizer {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  readonly #recorder: EventRecorder;
  readonly #driver: ControllerDriver;
  readonly #claims: SharedInformer<PersistentVolumeClaim>;
  readonly #volumes: SharedInformer<PersistentVolume>;
  readonly #queue: WorkQueue;

  constructor(
    context: ComponentContext,
    client: ApiClient,
    factory: InformerFactory,
    recorder: EventRecorder,
    driver: ControllerDriver,
  ) {
    this.#context = context;
    this.#client = client;
    this.#recorder = recorder;
    this.#driver = driver;
    this.#claims = factory.informer(resourceTypes.persistentVolumeClaims);
    this.#volumes = factory.informer(resourceTypes.persistentVolumes);
    this.#queue = new WorkQueue(
      context,
      `${driver.name}-pvc`,
      new ControllerRateLimiter(context.clock, FIRST_RETRY, LAST_RETRY),
    );
    const enqueue = (claim: PersistentVolumeClaim): void => {
      if (this.#isWanted(claim)) this.#queue.add(objectKey(claim));
    };
    this.#claims.addEventHandler({ onAdd: enqueue, onUpdate: (_, claim) => enqueue(claim) });
  }

  run(): void {
    runWorkers(this.#context, { queue: this.#queue, workers: 10, sync: (key) => this.#sync(key) });
  }

  #volumeOf(claim: PersistentVolumeClaim): PersistentVolume | undefined {
    const volume = this.#volumes.lister.get(claim.spec?.volumeName ?? '');
    return volume?.spec?.csi?.driver === this.#driver.name ? volume : undefined;
  }

  #isWanted(claim: PersistentVolumeClaim): boolean {
    if (claim.status?.phase !== 'Bound') return false;
    const wanted = requestedStorage(claim);
    const have = (claim.status.capacity?.['storage'] as string | undefined) ?? '0';
    const volume = this.#volumeOf(claim);
    return (
      volume !== undefined &&
      compareStorage(wanted, have) > 0 &&
      compareStorage(wanted, capacityOf(volume)) > 0
    );
  }

  async #sync(key: string): Promise<void> {
    const claim = this.#claims.lister.get(key);
    const volume = claim === undefined ? undefined : this.#volumeOf(claim);
    if (claim === undefined || volume === undefined || !this.#isWanted(claim)) return;
    const name = nameOf(volume);
    const wanted = requestedStorage(claim);
    await this.#status(claim, 'Resizing', 'ControllerResizeInProgress', wanted);
    this.#say(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${name}`);
    let bytes: number;
    try {
      const { nanos } = parseQuantity(wanted);
      bytes = await this.#driver.expand(volume.spec?.csi?.volumeHandle ?? '', Number(nanos / 1_000_000_000n));
    } catch (error) {
      if (error instanceof TypeError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.#say(
        claim,
        'Warning',
        'VolumeResizeFailed',
        `resize volume ${JSON.stringify(name)} by resizer ${JSON.stringify(this.#driver.name)} failed: ${why}`,
      );
      throw error;
    }
    await this.#client
      .resource<PersistentVolume>(resourceTypes.persistentVolumes)
      .patch(name, 'application/merge-patch+json', { spec: { capacity: { storage: quantityOf(bytes) } } });
    await this.#status(claim, 'FileSystemResizePending', 'NodeResizePending', wanted);
    this.#say(claim, 'Normal', 'FileSystemResizeRequired', 'Require file system resize of volume on node');
  }

  async #status(claim: PersistentVolumeClaim, type: string, resource: string, wanted: string): Promise<void> {
    const now = formatTime(this.#context.clock.now());
    const condition = {
      type,
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: now,
      ...(type === 'FileSystemResizePending'
        ? { message: 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.' }
        : {}),
    };
    await this.#client
      .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespaceOf(claim))
      .patch(
        nameOf(claim),
        'application/merge-patch+json',
        {
          status: {
            conditions: [condition],
            allocatedResources: { storage: wanted },
            allocatedResourceStatuses: { storage: resource },
          },
        },
        'status',
      );
  }

  #say(object: PersistentVolumeClaim, type: EventType, reason: string, message: string): void {
    this.#recorder.event({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', object }, type, reason, message);
  }
}
