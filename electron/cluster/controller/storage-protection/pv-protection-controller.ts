import type { PersistentVolume } from '../../api/types.ts';
import { isTerminating } from '../../apimachinery/meta.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

const finalizer = 'kubernetes.io/pv-protection';

/** Lets a volume that is being deleted go once no claim is bound to it. Models pkg/controller/volume/pvprotection (v1.34). */
export class PvProtectionController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #volumes: SharedInformer<PersistentVolume>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('pvprotection', { resource: 'persistentvolumes' });
    this.#volumes = c.factory.informer(resourceTypes.persistentVolumes);
    const enqueue = (volume: PersistentVolume): void => {
      if (isTerminating(volume)) this.#queue.add(objectKey(volume));
    };
    this.#volumes.addEventHandler({ onAdd: enqueue, onUpdate: (_, volume) => enqueue(volume) });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const volume = this.#volumes.lister.get(key);
    if (volume === undefined || !isTerminating(volume)) return;
    const finalizers = volume.metadata?.finalizers ?? [];
    if (!finalizers.includes(finalizer)) return;
    const bound = volume.status?.phase === 'Bound';
    decide(this.#c, {
      subject: `persistentvolumes ${key}`,
      action: bound ? 'keep' : 'remove-finalizer',
      desired: 'no volume that is being deleted and not bound',
      observed: volume.status?.phase ?? '',
    });
    if (bound) return;
    const metadata = { ...volume.metadata, finalizers: finalizers.filter((name) => name !== finalizer) };
    try {
      await this.#c.client
        .resource<PersistentVolume>(resourceTypes.persistentVolumes)
        .update({ ...volume, metadata } as PersistentVolume);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
