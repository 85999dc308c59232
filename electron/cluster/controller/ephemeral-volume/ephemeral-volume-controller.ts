import { notForPod } from '../../api/helpers/ephemeral-claims.ts';
import type { PersistentVolumeClaim, Pod, Volume } from '../../api/types.ts';
import { isTerminating, nameOf, namespaceOf, newControllerRef } from '../../apimachinery/meta.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { podsByClaim, podsOfClaim } from '../pods-of-claim.ts';

const POD = { group: '', version: 'v1', kind: 'Pod' };

/** Makes the claims of Pods' ephemeral volumes; they go with their Pods. Models pkg/controller/volume/ephemeral (v1.34). */
export class EphemeralVolumeController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #pods: SharedInformer<Pod>;
  readonly #claims: SharedInformer<PersistentVolumeClaim>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('ephemeral_volume', { resource: 'pods' });
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#claims = c.factory.informer(resourceTypes.persistentVolumeClaims);
    podsByClaim(this.#pods);
    const enqueue = (pod: Pod): void => {
      if (pod.spec?.volumes?.some(({ ephemeral }) => ephemeral !== undefined) === true)
        this.#queue.add(objectKey(pod));
    };
    this.#pods.addEventHandler({ onAdd: enqueue });
    // One that somebody deleted is made again.
    this.#claims.addEventHandler({
      onDelete: (claim) => podsOfClaim(this.#pods, objectKey(claim)).forEach(enqueue),
    });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 10, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const pod = this.#pods.lister.get(key);
    if (pod === undefined || isTerminating(pod)) return;
    for (const volume of pod.spec?.volumes ?? []) {
      if (volume.ephemeral === undefined) continue;
      const failed = await this.#ensure(pod, volume);
      if (failed === undefined) continue;
      this.#c.recorder.event(
        { apiVersion: 'v1', kind: 'Pod', object: pod },
        'Warning',
        'FailedBinding',
        `ephemeral volume ${volume.name}: ${failed}`,
      );
      throw new Error(`pod ${key}, ephemeral volume ${volume.name}: ${failed}`);
    }
  }

  /** Why there is no claim of the Pod's own; undefined when there is one now. */
  async #ensure(pod: Pod, volume: Volume): Promise<string | undefined> {
    const name = `${nameOf(pod)}-${volume.name}`;
    const namespace = namespaceOf(pod);
    const present = this.#claims.lister.get(`${namespace}/${name}`);
    if (present !== undefined) return notForPod(pod, present);
    const { metadata, spec } = volume.ephemeral?.volumeClaimTemplate ?? {};
    decide(this.#c, {
      subject: `pods ${objectKey(pod)}`,
      action: 'create-claim',
      desired: `a claim for ephemeral volume ${volume.name}`,
      observed: 'none',
    });
    try {
      await this.#c.client
        .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespace)
        .create({
          metadata: {
            name,
            namespace,
            ownerReferences: [newControllerRef(pod, POD)],
            ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
            ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
          },
          spec,
        } as PersistentVolumeClaim);
      return undefined;
    } catch (error) {
      if (error instanceof TypeError) throw error;
      return `create PVC ${name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
