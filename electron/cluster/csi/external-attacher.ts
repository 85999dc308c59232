import type { CSINode, PersistentVolume, VolumeAttachment } from '../api/types.ts';
import { isTerminating, nameOf, withMeta } from '../apimachinery/meta.ts';
import { formatTime } from '../apimachinery/time.ts';
import { isNotFound } from '../client/api-errors.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import type { ApiClient } from '../client/interface.ts';
import { ControllerRateLimiter } from '../client/rate-limiter.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { SharedInformer } from '../client/shared-informer.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { runWorkers } from '../client/workers.ts';
import type { ControllerDriver } from './controller-driver.ts';

const NODE_ID = 'csi.alpha.kubernetes.io/node-id';
const FIRST_RETRY = 1_000;
const LAST_RETRY = 300_000;

/** Attaches and detaches as VolumeAttachments ask, through a CSI driver. Models kubernetes-csi/external-attacher (v4). */
export class ExternalAttacher {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  readonly #driver: ControllerDriver;
  readonly #finalizer: string;
  readonly #attachments: SharedInformer<VolumeAttachment>;
  readonly #volumes: SharedInformer<PersistentVolume>;
  readonly #nodes: SharedInformer<CSINode>;
  readonly #queue: WorkQueue;
  readonly #volumeQueue: WorkQueue;

  constructor(
    context: ComponentContext,
    client: ApiClient,
    factory: InformerFactory,
    driver: ControllerDriver,
  ) {
    this.#context = context;
    this.#client = client;
    this.#driver = driver;
    this.#finalizer = `external-attacher/${driver.name.replaceAll('.', '-')}`;
    this.#attachments = factory.informer(resourceTypes.volumeAttachments);
    this.#volumes = factory.informer(resourceTypes.persistentVolumes);
    this.#nodes = factory.informer(resourceTypes.csiNodes);
    const queue = (name: string): WorkQueue =>
      new WorkQueue(context, name, new ControllerRateLimiter(context.clock, FIRST_RETRY, LAST_RETRY));
    this.#queue = queue('csi-attacher-va');
    this.#volumeQueue = queue('csi-attacher-pv');
    const enqueue = (attachment: VolumeAttachment): void => {
      if (attachment.spec.attacher === driver.name) this.#queue.add(nameOf(attachment));
    };
    this.#attachments.addEventHandler({
      onAdd: enqueue,
      onUpdate: (old, attachment) => {
        // Its own status is no reason to try again.
        if (isTerminating(old) !== isTerminating(attachment)) enqueue(attachment);
      },
      onDelete: ({ spec }) => this.#volumeQueue.add(spec.source.persistentVolumeName ?? ''),
    });
    const enqueueVolume = (volume: PersistentVolume): void => {
      if (isTerminating(volume)) this.#volumeQueue.add(nameOf(volume));
    };
    this.#volumes.addEventHandler({ onAdd: enqueueVolume, onUpdate: (_, volume) => enqueueVolume(volume) });
  }

  run(): void {
    runWorkers(this.#context, { queue: this.#queue, workers: 10, sync: (name) => this.#sync(name) });
    runWorkers(this.#context, { queue: this.#volumeQueue, workers: 1, sync: (name) => this.#release(name) });
  }

  async #sync(name: string): Promise<void> {
    const attachment = this.#attachments.lister.get(name);
    if (attachment === undefined) return;
    if (isTerminating(attachment)) return this.#detach(attachment);
    if (attachment.status?.attached !== true) return this.#attach(attachment);
  }

  async #attach(attachment: VolumeAttachment): Promise<void> {
    try {
      const volume = this.#volumeOf(attachment);
      const nodeId = this.#nodeId(attachment.spec.nodeName);
      await this.#hold(volume);
      const held = await this.#mark(attachment, nodeId);
      const metadata = await this.#driver.publish(volume.spec?.csi?.volumeHandle ?? '', nodeId);
      await this.#patchStatus(held, { attached: true, attachmentMetadata: metadata, attachError: null });
    } catch (error) {
      await this.#failed(attachment, 'attachError', error);
    }
  }

  async #detach(attachment: VolumeAttachment): Promise<void> {
    if (attachment.metadata?.finalizers?.includes(this.#finalizer) !== true) return;
    try {
      const volume = this.#volumeOf(attachment);
      const nodeId = attachment.metadata.annotations?.[NODE_ID] ?? attachment.spec.nodeName;
      await this.#driver.unpublish(volume.spec?.csi?.volumeHandle ?? '', nodeId);
      const finalizers = attachment.metadata.finalizers.filter((one) => one !== this.#finalizer);
      await this.#client
        .resource<VolumeAttachment>(resourceTypes.volumeAttachments)
        .patch(nameOf(attachment), 'application/merge-patch+json', { metadata: { finalizers } });
    } catch (error) {
      if (isNotFound(error)) return;
      await this.#failed(attachment, 'detachError', error);
    }
  }

  /** What went wrong is written down, and tried again. */
  async #failed(
    attachment: VolumeAttachment,
    field: 'attachError' | 'detachError',
    error: unknown,
  ): Promise<void> {
    if (error instanceof TypeError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const time = formatTime(this.#context.clock.now());
    try {
      await this.#patchStatus(attachment, { [field]: { message, time } });
    } catch (failure) {
      if (!isNotFound(failure)) throw failure;
    }
    throw error;
  }

  #volumeOf({ spec }: VolumeAttachment): PersistentVolume {
    const name = spec.source.persistentVolumeName ?? '';
    const volume = this.#volumes.lister.get(name);
    if (volume === undefined) throw new Error(`persistentvolume ${JSON.stringify(name)} not found`);
    return volume;
  }

  #nodeId(node: string): string {
    const driver = this.#nodes.lister
      .get(node)
      ?.spec?.drivers?.find(({ name }) => name === this.#driver.name);
    if (driver === undefined) throw new Error(`CSINode ${node} does not contain driver ${this.#driver.name}`);
    return driver.nodeID;
  }

  /** The volume stays as long as it is attached. */
  async #hold(volume: PersistentVolume): Promise<void> {
    const finalizers = volume.metadata?.finalizers ?? [];
    if (finalizers.includes(this.#finalizer)) return;
    await this.#client
      .resource<PersistentVolume>(resourceTypes.persistentVolumes)
      .patch(nameOf(volume), 'application/merge-patch+json', {
        metadata: { finalizers: [...finalizers, this.#finalizer] },
      });
  }

  async #mark(attachment: VolumeAttachment, nodeId: string): Promise<VolumeAttachment> {
    const { finalizers = [], annotations } = attachment.metadata ?? {};
    if (finalizers.includes(this.#finalizer) && annotations?.[NODE_ID] === nodeId) return attachment;
    return this.#client
      .resource<VolumeAttachment>(resourceTypes.volumeAttachments)
      .patch(nameOf(attachment), 'application/merge-patch+json', {
        metadata: {
          finalizers: finalizers.includes(this.#finalizer) ? finalizers : [...finalizers, this.#finalizer],
          annotations: { [NODE_ID]: nodeId },
        },
      });
  }

  async #patchStatus(attachment: VolumeAttachment, status: object): Promise<void> {
    await this.#client
      .resource<VolumeAttachment>(resourceTypes.volumeAttachments)
      .patch(nameOf(attachment), 'application/merge-patch+json', { status }, 'status');
  }

  /** A volume that is being deleted and attached nowhere may go. */
  async #release(name: string): Promise<void> {
    const volume = this.#volumes.lister.get(name);
    if (volume === undefined || !isTerminating(volume)) return;
    const finalizers = volume.metadata?.finalizers ?? [];
    if (!finalizers.includes(this.#finalizer)) return;
    if (this.#attachments.lister.list().some(({ spec }) => spec.source.persistentVolumeName === name)) return;
    try {
      await this.#client
        .resource<PersistentVolume>(resourceTypes.persistentVolumes)
        .update(withMeta(volume, { finalizers: finalizers.filter((one) => one !== this.#finalizer) }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
