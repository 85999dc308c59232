import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../api/types.ts';
import { nameOf, namespaceOf } from '../../apimachinery/meta.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { podsByClaim, podsOfClaim } from '../pods-of-claim.ts';
import { BindingWrites } from './binding-writes.ts';
import { ClaimSync } from './claim-sync.ts';
import { LatestObjects } from './latest-objects.ts';
import { VolumeSync } from './volume-sync.ts';

/**
 * Binds claims to volumes, asks provisioners for those that are not there, and reclaims what is released. Models
 * pkg/controller/volume/persistentvolume (v1.34), without volumes made in this process and without migration from in-tree plugins.
 */
export class PersistentVolumeBinderController implements Controller {
  readonly #c: ControllerContext;
  readonly #resync: number;
  readonly #claimQueue: WorkQueue;
  readonly #volumeQueue: WorkQueue;
  readonly #claimInformer: SharedInformer<PersistentVolumeClaim>;
  readonly #volumeInformer: SharedInformer<PersistentVolume>;
  readonly #claims: LatestObjects<PersistentVolumeClaim>;
  readonly #volumes: LatestObjects<PersistentVolume>;
  readonly #claimSync: ClaimSync;
  readonly #volumeSync: VolumeSync;

  /** @param resync milliseconds after which everything that is not settled is looked at again */
  constructor(c: ControllerContext, resync: number) {
    this.#c = c;
    this.#resync = resync;
    this.#claimQueue = c.journal.queue('claims', { resource: 'persistentvolumeclaims' });
    this.#volumeQueue = c.journal.queue('volumes', { resource: 'persistentvolumes' });
    this.#claimInformer = c.factory.informer(resourceTypes.persistentVolumeClaims);
    this.#volumeInformer = c.factory.informer(resourceTypes.persistentVolumes);
    const classes = c.factory.informer<StorageClass>(resourceTypes.storageClasses);
    const pods = c.factory.informer<Pod>(resourceTypes.pods);
    podsByClaim(pods);
    this.#claims = new LatestObjects(this.#claimInformer.lister);
    this.#volumes = new LatestObjects(this.#volumeInformer.lister);
    const binding = {
      claims: this.#claims,
      volumes: this.#volumes,
      classes: classes.lister,
      writes: new BindingWrites(c.client, this.#claims, this.#volumes),
      files: c.files,
      podsOf: (key: string) =>
        podsOfClaim(pods, key).filter(
          ({ spec, status }) =>
            (spec?.nodeName ?? '') === '' && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
        ),
      enqueueClaim: (key: string) => this.#claimQueue.add(key),
      say: (
        object: PersistentVolume | PersistentVolumeClaim,
        ...said: readonly ['Normal' | 'Warning', string, string]
      ) => {
        const kind = namespaceOf(object) === '' ? 'PersistentVolume' : 'PersistentVolumeClaim';
        c.recorder.event({ apiVersion: 'v1', kind, object }, ...said);
      },
      decide: (subject: string, action: string, desired: string, observed: string) =>
        decide(c, { subject, action, desired, observed }),
    };
    this.#claimSync = new ClaimSync(binding);
    this.#volumeSync = new VolumeSync(binding);
    this.#claimInformer.addEventHandler({
      onAdd: (claim) => this.#claimQueue.add(objectKey(claim)),
      onUpdate: (_, claim) => this.#claimQueue.add(objectKey(claim)),
      onDelete: (claim) => {
        // Its volume learns at once that nobody has it any more.
        const { volumeName = '' } = claim.spec ?? {};
        if (volumeName !== '') this.#volumeQueue.add(volumeName);
      },
    });
    this.#volumeInformer.addEventHandler({
      onAdd: (volume) => this.#volumeQueue.add(nameOf(volume)),
      onUpdate: (_, volume) => this.#volumeQueue.add(nameOf(volume)),
      onDelete: ({ spec }) => {
        const { namespace = '', name = '' } = spec?.claimRef ?? {};
        if (name !== '') this.#claimQueue.add(`${namespace}/${name}`);
      },
    });
  }

  run(): void {
    const { context } = this.#c;
    context.clock.setInterval(() => this.#enqueueUnsettled(), this.#resync);
    runWorkers(context, {
      queue: this.#volumeQueue,
      workers: 1,
      sync: async (key) => {
        const volume = this.#volumes.get(key);
        if (volume !== undefined) await this.#volumeSync.sync(volume);
      },
    });
    runWorkers(context, {
      queue: this.#claimQueue,
      workers: 1,
      sync: async (key) => {
        const claim = this.#claims.get(key);
        if (claim !== undefined) await this.#claimSync.sync(claim);
      },
    });
  }

  /** Upstream looks at everything again; a claim or volume that is bound would come to nothing. */
  #enqueueUnsettled(): void {
    for (const volume of this.#volumeInformer.lister.list())
      if (volume.status?.phase !== 'Bound') this.#volumeQueue.add(nameOf(volume));
    for (const claim of this.#claimInformer.lister.list())
      if (claim.status?.phase !== 'Bound') this.#claimQueue.add(objectKey(claim));
  }
}
