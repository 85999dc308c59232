import { compareStorage, requestedStorage } from '../../api/helpers/persistent-volumes.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types.ts';
import { uidOf } from '../../apimachinery/meta.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';

function grown(claim: PersistentVolumeClaim): boolean {
  const have = (claim.status?.capacity?.['storage'] as string | undefined) ?? '0';
  return claim.status?.phase === 'Bound' && compareStorage(requestedStorage(claim), have) > 0;
}

/**
 * Says of a bound claim that asks for more than it has that somebody else must make it grow: no volume that this process could
 * expand itself exists any more. Models pkg/controller/volume/expand (v1.34).
 */
export class VolumeExpandController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #claims: SharedInformer<PersistentVolumeClaim>;
  readonly #volumes: SharedInformer<PersistentVolume>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('volume_expand', { resource: 'persistentvolumeclaims' });
    this.#claims = c.factory.informer(resourceTypes.persistentVolumeClaims);
    this.#volumes = c.factory.informer(resourceTypes.persistentVolumes);
    this.#claims.addEventHandler({
      onAdd: (claim) => {
        if (c.thawed !== true && grown(claim)) this.#queue.add(objectKey(claim));
      },
      onUpdate: (old, claim) => {
        const asked = compareStorage(requestedStorage(claim), requestedStorage(old)) > 0;
        if (asked && grown(claim)) this.#queue.add(objectKey(claim));
      },
    });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 10, sync: (key) => this.#sync(key) });
  }

  #sync(key: string): Promise<void> {
    const claim = this.#claims.lister.get(key);
    if (claim === undefined || !grown(claim)) return Promise.resolve();
    const volume = this.#volumes.lister.get(claim.spec?.volumeName ?? '');
    if (volume?.spec?.claimRef?.uid !== uidOf(claim))
      return Promise.reject(new Error('persistent Volume is not bound to PVC being updated'));
    decide(this.#c, {
      subject: `persistentvolumeclaims ${key}`,
      action: 'wait',
      desired: requestedStorage(claim),
      observed: String(claim.status?.capacity?.['storage'] ?? ''),
    });
    this.#c.recorder.event(
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', object: claim },
      'Normal',
      'ExternalExpanding',
      'waiting for an external controller to expand this PVC',
    );
    return Promise.resolve();
  }
}
