import type { PersistentVolumeClaim, Pod } from '../../api/types.ts';
import { isTerminating, namespaceOf } from '../../apimachinery/meta.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { isPodFinished } from '../pod-status.ts';
import { claimsOf, podsByClaim, podsOfClaim } from '../pods-of-claim.ts';

const finalizer = 'kubernetes.io/pvc-protection';

/** Lets a claim that is being deleted go once no Pod uses it. Models pkg/controller/volume/pvcprotection (v1.34). */
export class PvcProtectionController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #claims: SharedInformer<PersistentVolumeClaim>;
  readonly #pods: SharedInformer<Pod>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('pvcprotection', { resource: 'persistentvolumeclaims' });
    this.#claims = c.factory.informer(resourceTypes.persistentVolumeClaims);
    this.#pods = c.factory.informer(resourceTypes.pods);
    podsByClaim(this.#pods);
    const enqueue = (claim: PersistentVolumeClaim): void => {
      if (isTerminating(claim)) this.#queue.add(objectKey(claim));
    };
    this.#claims.addEventHandler({ onAdd: enqueue, onUpdate: (_, claim) => enqueue(claim) });
    const enqueueClaims = (pod: Pod): void => {
      for (const key of claimsOf(pod)) {
        const claim = this.#claims.lister.get(key);
        if (claim !== undefined) enqueue(claim);
      }
    };
    this.#pods.addEventHandler({
      onUpdate: (_, pod) => {
        if (isPodFinished(pod)) enqueueClaims(pod);
      },
      onDelete: enqueueClaims,
    });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const claim = this.#claims.lister.get(key);
    if (claim === undefined || !isTerminating(claim)) return;
    const finalizers = claim.metadata?.finalizers ?? [];
    if (!finalizers.includes(finalizer)) return;
    const users = podsOfClaim(this.#pods, key).filter((pod) => !isPodFinished(pod));
    decide(this.#c, {
      subject: `persistentvolumeclaims ${key}`,
      action: users.length > 0 ? 'keep' : 'remove-finalizer',
      desired: 'no claim that is being deleted and not used',
      observed: `${users.length} Pods use it`,
    });
    if (users.length > 0) return;
    const metadata = { ...claim.metadata, finalizers: finalizers.filter((name) => name !== finalizer) };
    try {
      await this.#c.client
        .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespaceOf(claim))
        .update({ ...claim, metadata } as PersistentVolumeClaim);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
