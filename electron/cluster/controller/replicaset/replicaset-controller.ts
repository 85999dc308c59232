import { controllerOf, isTerminating, nameOf, uidOf } from '../../apimachinery/meta.ts';
import type { KubeObject } from '../../apimachinery/types.ts';
import type { Pod, ReplicaSet } from '../../api/types.ts';
import { errorText, hasStatusCause, isNotFound } from '../../client/api-errors.ts';
import { UidTrackingExpectations } from '../../client/controller-expectations.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import { objectKey } from '../../client/object-key.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import { sameLabels } from '../label-sets.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { OwnedObjects } from '../owned-objects.ts';
import { PodControl } from '../pod-control.ts';
import { compareForDeletion } from '../pod-ranking.ts';
import { isPodActive, isPodReady } from '../pod-status.ts';
import { slowStartBatch } from '../slow-start-batch.ts';
import type { ManageFailure } from './replicaset-status.ts';
import { replicaSetStatus, replicaSetStatusDiffers } from './replicaset-status.ts';
import type { SetKind } from './set-source.ts';
import { replicaSetKind, SetSource } from './set-source.ts';

/** At most so many Pods are created or deleted in one sync. */
const burstReplicas = 500;
const slowStartInitial = 1;

/** What a sync did about the number of Pods. */
interface Managed {
  readonly action: string;
  readonly failure: ManageFailure | undefined;
  readonly error: unknown;
}

/** Keeps as many Pods as each ReplicaSet, or object of another such kind, asks for. Models pkg/controller/replicaset (v1.34). */
export class ReplicaSetController<O extends KubeObject = ReplicaSet> implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #queue: WorkQueue;
  readonly #type: ResourceType<ReplicaSet>;
  readonly #replicaSets: SetSource<O>;
  readonly #pods: SharedInformer<Pod>;
  readonly #owned: OwnedObjects<Pod, ReplicaSet>;
  readonly #podControl: PodControl<ReplicaSet>;
  readonly #expectations: UidTrackingExpectations;

  constructor(c: ControllerContext, workers = 5, kind: SetKind<O> = replicaSetKind as unknown as SetKind<O>) {
    this.#c = c;
    this.#workers = workers;
    this.#queue = c.journal.queue(kind.queue, { resource: kind.type.resource });
    this.#expectations = new UidTrackingExpectations(c.context.clock);
    this.#type = kind.type as unknown as ResourceType<ReplicaSet>;
    this.#podControl = new PodControl(c.client, c.recorder, this.#type);
    this.#replicaSets = new SetSource(c, kind);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#owned = new OwnedObjects({
      client: c.client,
      type: resourceTypes.pods,
      informer: this.#pods,
      ownerType: this.#type,
      owners: this.#replicaSets,
    });
    this.#replicaSets.addEventHandler({
      onAdd: (rs) => this.#queue.add(objectKey(rs)),
      onUpdate: (old, rs) => {
        if (uidOf(old) !== uidOf(rs)) this.#expectations.delete(objectKey(old));
        this.#queue.add(objectKey(rs));
      },
      onDelete: (rs) => {
        this.#expectations.delete(objectKey(rs));
        this.#queue.add(objectKey(rs));
      },
    });
    this.#pods.addEventHandler({
      onAdd: (pod) => this.#podAdded(pod),
      onUpdate: (old, pod) => this.#podUpdated(old, pod),
      onDelete: (pod) => this.#podDeleted(pod),
    });
  }

  run(): void {
    runWorkers(this.#c.context, {
      queue: this.#queue,
      workers: this.#workers,
      sync: (key) => this.sync(key),
    });
  }

  /** One reconcile of the ReplicaSet `namespace/name`. */
  async sync(key: string): Promise<void> {
    const rs = this.#replicaSets.get(key);
    if (rs === undefined) {
      this.#expectations.delete(key);
      return;
    }
    const trusted = this.#expectations.satisfied(key);
    const pods = await this.#owned.claim(rs, isPodActive);
    let managed: Managed = { action: trusted ? 'no-op' : 'wait', failure: undefined, error: undefined };
    if (trusted && !isTerminating(rs)) managed = await this.#managePods(rs, pods);
    else this.#decide(rs, pods.length, managed.action);
    await this.#updateStatus(rs, pods, managed.failure);
    if (managed.error !== undefined) throw managed.error;
  }

  async #managePods(rs: ReplicaSet, pods: readonly Pod[]): Promise<Managed> {
    const missing = (rs.spec?.replicas ?? 1) - pods.length;
    const action = missing > 0 ? 'create-pods' : missing < 0 ? 'delete-pods' : 'no-op';
    this.#decide(
      rs,
      pods.length,
      action,
      missing === 0 ? undefined : { count: Math.min(Math.abs(missing), burstReplicas) },
    );
    if (missing === 0) return { action, failure: undefined, error: undefined };
    const error = missing > 0 ? await this.#create(rs, missing) : await this.#delete(rs, pods, -missing);
    if (error === undefined) return { action, failure: undefined, error };
    const message = errorText(error);
    return { action, failure: { reason: missing > 0 ? 'FailedCreate' : 'FailedDelete', message }, error };
  }

  async #create(rs: ReplicaSet, missing: number): Promise<unknown> {
    const key = objectKey(rs);
    const count = Math.min(missing, burstReplicas);
    const template = rs.spec?.template ?? {};
    this.#expectations.expectCreations(key, count);
    const { successes, error } = await slowStartBatch(count, slowStartInitial, async () => {
      try {
        await this.#podControl.create(rs, template);
      } catch (failure) {
        // Everything in a namespace on its way out goes anyway: no point in trying again.
        if (hasStatusCause(failure, 'NamespaceTerminating')) return;
        throw failure;
      }
    });
    // What was never made will never be seen.
    if (successes < count) this.#expectations.creationObserved(key, count - successes);
    return error;
  }

  async #delete(rs: ReplicaSet, pods: readonly Pod[], surplus: number): Promise<unknown> {
    const key = objectKey(rs);
    const victims = this.#victims(rs, pods, Math.min(surplus, burstReplicas));
    this.#expectations.expectDeletionsOf(key, victims.map(objectKey));
    let error: unknown;
    await Promise.all(
      victims.map(async (pod) => {
        try {
          await this.#podControl.delete(rs, nameOf(pod));
        } catch (failure) {
          this.#expectations.deletionOf(key, objectKey(pod));
          if (!isNotFound(failure)) error ??= failure;
        }
      }),
    );
    return error;
  }

  #victims(rs: ReplicaSet, pods: readonly Pod[], count: number): readonly Pod[] {
    if (count >= pods.length) return pods;
    const perNode = new Map<string, number>();
    for (const pod of this.#relatedPods(rs)) {
      const node = pod.spec?.nodeName ?? '';
      if (node !== '') perNode.set(node, (perNode.get(node) ?? 0) + 1);
    }
    const now = this.#c.context.clock.now();
    return pods
      .map((pod) => ({ pod, rank: perNode.get(pod.spec?.nodeName ?? '') ?? 0 }))
      .sort((a, b) => compareForDeletion(a, b, now))
      .slice(0, count)
      .map(({ pod }) => pod);
  }

  /** Active Pods of this and of the sibling ReplicaSets under the same owner. */
  #relatedPods(rs: ReplicaSet): readonly Pod[] {
    const owner = controllerOf(rs);
    const siblings = owner === undefined ? [rs] : this.#replicaSets.controlledBy(owner.uid);
    return siblings.flatMap((sibling) => this.#owned.of(sibling)).filter(isPodActive);
  }

  async #updateStatus(
    rs: ReplicaSet,
    pods: readonly Pod[],
    failure: ManageFailure | undefined,
  ): Promise<void> {
    const status = replicaSetStatus(rs, pods, failure, this.#c.context.clock.now());
    if (replicaSetStatusDiffers(rs.status, status)) await this.#replicaSets.writeStatus(rs, status);
    const { minReadySeconds = 0, replicas = 1 } = rs.spec ?? {};
    if (minReadySeconds > 0 && status.readyReplicas === replicas && status.availableReplicas !== replicas) {
      this.#queue.addAfter(objectKey(rs), minReadySeconds * 1000);
    }
  }

  #decide(rs: ReplicaSet, active: number, action: string, detail?: Readonly<Record<string, unknown>>): void {
    decide(this.#c, {
      subject: `${this.#type.resource} ${objectKey(rs)}`,
      action,
      desired: `${rs.spec?.replicas ?? 1} Pods`,
      observed: `${active} Pods`,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #podAdded(pod: Pod): void {
    if (isTerminating(pod)) {
      this.#podDeleted(pod);
      return;
    }
    const owner = controllerOf(pod);
    if (owner === undefined) {
      this.#enqueueMatching(pod);
      return;
    }
    const rs = this.#owned.ownerOf(pod);
    if (rs === undefined) return;
    this.#expectations.creationObserved(objectKey(rs));
    this.#queue.add(objectKey(rs));
  }

  #podUpdated(old: Pod, pod: Pod): void {
    const relabelled = !sameLabels(old.metadata?.labels, pod.metadata?.labels);
    if (isTerminating(pod)) {
      this.#podDeleted(pod);
      if (relabelled) this.#podDeleted(old);
      return;
    }
    const owner = controllerOf(pod);
    const oldOwner = controllerOf(old);
    if (oldOwner !== undefined && oldOwner.uid !== owner?.uid) {
      const former = this.#owned.ownerOf(old);
      if (former !== undefined) this.#queue.add(objectKey(former));
    }
    if (owner === undefined) {
      if (relabelled || oldOwner !== undefined) this.#enqueueMatching(pod);
      return;
    }
    const rs = this.#owned.ownerOf(pod);
    if (rs === undefined) return;
    this.#queue.add(objectKey(rs));
    const minReadySeconds = rs.spec?.minReadySeconds ?? 0;
    // A second more, as times have whole seconds.
    if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod))
      this.#queue.addAfter(objectKey(rs), minReadySeconds * 1000 + 1000);
  }

  #podDeleted(pod: Pod): void {
    const rs = this.#owned.ownerOf(pod);
    if (rs === undefined) return;
    this.#expectations.deletionOf(objectKey(rs), objectKey(pod));
    this.#queue.add(objectKey(rs));
  }

  #enqueueMatching(pod: Pod): void {
    for (const rs of this.#owned.matching(pod)) this.#queue.add(objectKey(rs));
  }
}
