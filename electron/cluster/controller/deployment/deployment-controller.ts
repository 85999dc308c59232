import { controllerOf, isTerminating, namespaceOf, nameOf, uidOf } from '../../apimachinery/meta.ts';
import type { Deployment, Pod, ReplicaSet } from '../../api/types.ts';
import { hasStatusCause } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { controllerUidIndex, indexByController } from '../controller-ref-manager.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { OwnedObjects } from '../owned-objects.ts';
import { isPodFinished } from '../pod-status.ts';
import type { DeploymentStatus } from './deployment-conditions.ts';
import {
  deploymentStatus,
  deploymentStatusDiffers,
  findCondition,
  hasProgressDeadline,
  isComplete,
  newCondition,
  recheckAfter,
  rolloutStatus,
  withCondition,
} from './deployment-conditions.ts';
import {
  activeOrLatest,
  actualReplicas,
  availableReplicas,
  byCreation,
  desiredReplicas,
  desiredReplicasAnnotation,
  isRollingUpdate,
  isSaturated,
  maxUnavailable,
  newSetReplicas,
  revisionOf,
  totalReplicas,
  withReplicas,
} from './deployment-util.ts';
import { proportionalSizes } from './proportional-scaling.ts';
import type { Revisions } from './rollout.ts';
import { Rollout } from './rollout.ts';

/** After so many failures in a row a Deployment is left alone until something changes. */
const maxRetries = 15;

function allOf({ newSet, oldSets }: Revisions): readonly ReplicaSet[] {
  return newSet === undefined ? oldSets : [...oldSets, newSet];
}

/** Moves Pods from old ReplicaSets to the one of the present template. Models pkg/controller/deployment (v1.34). */
export class DeploymentController implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #queue: WorkQueue;
  readonly #deployments: SharedInformer<Deployment>;
  readonly #replicaSets: SharedInformer<ReplicaSet>;
  readonly #owned: OwnedObjects<ReplicaSet, Deployment>;
  readonly #pods: SharedInformer<Pod>;

  constructor(c: ControllerContext, workers = 5) {
    this.#c = c;
    this.#workers = workers;
    this.#queue = c.journal.queue('deployment', { resource: 'deployments' });
    this.#deployments = c.factory.informer(resourceTypes.deployments);
    this.#replicaSets = c.factory.informer(resourceTypes.replicaSets);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#owned = new OwnedObjects({
      client: c.client,
      type: resourceTypes.replicaSets,
      informer: this.#replicaSets,
      ownerType: resourceTypes.deployments,
      owners: this.#deployments.lister,
    });
    indexByController(this.#pods);
    this.#deployments.addEventHandler({
      onAdd: (deployment) => this.#queue.add(objectKey(deployment)),
      onUpdate: (_, deployment) => this.#queue.add(objectKey(deployment)),
      onDelete: (deployment) => this.#queue.add(objectKey(deployment)),
    });
    this.#replicaSets.addEventHandler({
      onAdd: (rs) => this.#replicaSetChanged(undefined, rs),
      onUpdate: (old, rs) => this.#replicaSetChanged(old, rs),
      onDelete: (rs) => this.#enqueueOwner(rs),
    });
    this.#pods.addEventHandler({ onDelete: (pod) => this.#podDeleted(pod) });
  }

  run(): void {
    const sync = (key: string): Promise<void> => this.sync(key);
    runWorkers(this.#c.context, { queue: this.#queue, workers: this.#workers, sync, maxRetries });
  }

  /** One reconcile of the Deployment `namespace/name`. */
  async sync(key: string): Promise<void> {
    const deployment = this.#deployments.lister.get(key);
    if (deployment === undefined) return;
    try {
      await this.#reconcile(deployment);
    } catch (error) {
      // Nothing can be made in a namespace on its way out: not a failure of this Deployment.
      if (!hasStatusCause(error, 'NamespaceTerminating')) throw error;
    }
  }

  async #reconcile(deployment: Deployment): Promise<void> {
    const rollout = new Rollout(this.#c, deployment);
    const sets = await this.#owned.claim(deployment);
    if (isTerminating(deployment)) {
      await this.#syncStatus(rollout, await rollout.revisions(sets, false));
      return;
    }
    await this.#syncPauseCondition(rollout);
    if (deployment.spec?.paused === true || this.#isScaling(rollout.deployment, sets)) {
      await this.#resize(rollout, sets);
    } else if (isRollingUpdate(deployment)) {
      await this.#rollingUpdate(rollout, sets);
    } else {
      await this.#recreate(rollout, sets);
    }
  }

  /** While it is paused nothing progresses, and that is no failure. */
  async #syncPauseCondition(rollout: Rollout): Promise<void> {
    const { deployment } = rollout;
    if (!hasProgressDeadline(deployment)) return;
    const current = findCondition(deployment.status, 'Progressing');
    if (current?.reason === 'ProgressDeadlineExceeded') return;
    const paused = deployment.spec?.paused === true;
    const was = current?.reason === 'DeploymentPaused';
    if (paused === was) return;
    const condition = paused
      ? newCondition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', rollout.now)
      : newCondition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', rollout.now);
    await rollout.updateStatus(withCondition(deployment.status ?? {}, condition));
  }

  /** The desired number changed since the ReplicaSets were last told of it. */
  #isScaling(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
    return withReplicas(sets).some((rs) => {
      const told = rs.metadata?.annotations?.[desiredReplicasAnnotation];
      return told !== undefined && Number(told) !== desiredReplicas(deployment);
    });
  }

  /** Models deployment/sync.go sync (v1.34): sizes only, no change of template. */
  async #resize(rollout: Rollout, sets: readonly ReplicaSet[]): Promise<void> {
    const revisions = await rollout.revisions(sets, false);
    const resized = await this.#scale(rollout, revisions);
    if (rollout.deployment.spec?.paused === true) await this.#cleanUp(rollout, resized.oldSets);
    await this.#syncStatus(rollout, resized);
  }

  async #scale(rollout: Rollout, { newSet, oldSets }: Revisions): Promise<Revisions> {
    const { deployment } = rollout;
    const desired = desiredReplicas(deployment);
    const changes = new Map<string, ReplicaSet>();
    const scale = async (rs: ReplicaSet, replicas: number): Promise<void> => {
      changes.set(uidOf(rs), await rollout.scale(rs, replicas));
    };
    const single = activeOrLatest(newSet, oldSets);
    if (single !== undefined) {
      if (desiredReplicas(single) !== desired) await scale(single, desired);
      else if (single.metadata?.annotations?.[desiredReplicasAnnotation] !== String(desired))
        await scale(single, desired);
    } else if (isSaturated(deployment, newSet)) {
      for (const rs of withReplicas(oldSets)) await scale(rs, 0);
    } else if (isRollingUpdate(deployment)) {
      for (const { rs, replicas } of proportionalSizes(deployment, newSet, oldSets))
        await scale(rs, replicas);
    }
    const now = (rs: ReplicaSet): ReplicaSet => changes.get(uidOf(rs)) ?? rs;
    return { newSet: newSet && now(newSet), oldSets: oldSets.map(now) };
  }

  /** Models deployment/rolling.go (v1.34): up by what surge allows, else down by what availability allows. */
  async #rollingUpdate(rollout: Rollout, sets: readonly ReplicaSet[]): Promise<void> {
    const revisions = await rollout.revisions(sets, true);
    const { newSet, oldSets } = revisions;
    if (newSet === undefined) return;
    const desired = desiredReplicas(rollout.deployment);
    const current = desiredReplicas(newSet);
    if (current !== desired) {
      const target =
        current > desired ? desired : newSetReplicas(rollout.deployment, allOf(revisions), current);
      if (target !== current) {
        const scaled = await rollout.scale(newSet, target);
        await this.#syncRollout(rollout, { newSet: scaled, oldSets });
        return;
      }
    }
    const shrunk = await this.#shrinkOld(rollout, newSet, oldSets);
    if (shrunk !== undefined) {
      await this.#syncRollout(rollout, { newSet, oldSets: shrunk });
      return;
    }
    if (isComplete(rollout.deployment, rollout.deployment.status)) await this.#cleanUp(rollout, oldSets);
    await this.#syncRollout(rollout, revisions);
  }

  /** The old ReplicaSets after scaling down; undefined when none was. Unhealthy Pods go first. */
  async #shrinkOld(
    rollout: Rollout,
    newSet: ReplicaSet,
    oldSets: readonly ReplicaSet[],
  ): Promise<readonly ReplicaSet[] | undefined> {
    const { deployment } = rollout;
    if (totalReplicas(oldSets) === 0) return undefined;
    const minAvailable = desiredReplicas(deployment) - maxUnavailable(deployment);
    const newUnavailable = desiredReplicas(newSet) - (newSet.status?.availableReplicas ?? 0);
    const budget = totalReplicas([...oldSets, newSet]) - minAvailable - newUnavailable;
    if (budget <= 0) return undefined;
    let scaledDown = 0;
    const result = [...oldSets].sort(byCreation);
    for (const [index, rs] of result.entries()) {
      const unhealthy = desiredReplicas(rs) - (rs.status?.availableReplicas ?? 0);
      const count = Math.min(budget - scaledDown, unhealthy);
      if (count <= 0) continue;
      result[index] = await rollout.scale(rs, desiredReplicas(rs) - count);
      scaledDown += count;
    }
    let spare = availableReplicas([...result, newSet]) - minAvailable;
    for (const [index, rs] of result.entries()) {
      const count = Math.min(spare, desiredReplicas(rs));
      if (count <= 0) continue;
      result[index] = await rollout.scale(rs, desiredReplicas(rs) - count);
      spare -= count;
      scaledDown += count;
    }
    return scaledDown > 0 ? result : undefined;
  }

  /** Models deployment/recreate.go (v1.34): all of the old go before any of the new comes. */
  async #recreate(rollout: Rollout, sets: readonly ReplicaSet[]): Promise<void> {
    const first = await rollout.revisions(sets, false);
    const active = withReplicas(first.oldSets);
    if (active.length > 0) {
      const gone = new Map<string, ReplicaSet>();
      for (const rs of active) gone.set(uidOf(rs), await rollout.scale(rs, 0));
      await this.#syncRollout(rollout, {
        newSet: first.newSet,
        oldSets: first.oldSets.map((rs) => gone.get(uidOf(rs)) ?? rs),
      });
      return;
    }
    if (this.#oldPodsRemain(first)) {
      await this.#syncRollout(rollout, first);
      return;
    }
    const revisions = first.newSet === undefined ? await rollout.revisions(sets, true) : first;
    const { newSet, oldSets } = revisions;
    if (newSet === undefined) return;
    const scaled = await rollout.scale(newSet, desiredReplicas(rollout.deployment));
    if (isComplete(rollout.deployment, rollout.deployment.status)) await this.#cleanUp(rollout, oldSets);
    await this.#syncRollout(rollout, { newSet: scaled, oldSets });
  }

  #oldPodsRemain({ oldSets }: Revisions): boolean {
    if (actualReplicas(oldSets) > 0) return true;
    return oldSets.some((rs) =>
      this.#pods.lister.byIndex(controllerUidIndex, uidOf(rs)).some((pod) => !isPodFinished(pod)),
    );
  }

  /** Deletes the oldest ReplicaSets beyond revisionHistoryLimit, as far as they are empty. */
  async #cleanUp(rollout: Rollout, oldSets: readonly ReplicaSet[]): Promise<void> {
    const limit = rollout.deployment.spec?.revisionHistoryLimit;
    if (limit === undefined || limit === null || limit === 2_147_483_647) return;
    const alive = oldSets
      .filter((rs) => !isTerminating(rs))
      .sort((a, b) => revisionOf(a) - revisionOf(b) || byCreation(a, b));
    for (const rs of alive.slice(0, Math.max(0, alive.length - limit))) {
      const { replicas = 0, observedGeneration = 0 } = rs.status ?? {};
      if (replicas !== 0 || desiredReplicas(rs) !== 0 || (rs.metadata?.generation ?? 0) > observedGeneration)
        continue;
      rollout.decide('delete-replicaset', { replicaSet: nameOf(rs) });
      await rollout.deleteSet(rs);
    }
  }

  async #syncStatus(rollout: Rollout, revisions: Revisions): Promise<void> {
    await this.#write(
      rollout,
      deploymentStatus(rollout.deployment, allOf(revisions), revisions.newSet, rollout.now),
    );
  }

  async #syncRollout(rollout: Rollout, revisions: Revisions): Promise<void> {
    const status = rolloutStatus(rollout.deployment, allOf(revisions), revisions.newSet, rollout.now);
    if (await this.#write(rollout, status)) return;
    const after = recheckAfter(rollout.deployment, status, rollout.now);
    if (after === 0) this.#queue.addRateLimited(objectKey(rollout.deployment));
    else if (after !== undefined) this.#queue.addAfter(objectKey(rollout.deployment), after);
  }

  /** True when something was written. */
  async #write(rollout: Rollout, status: DeploymentStatus): Promise<boolean> {
    if (!deploymentStatusDiffers(rollout.deployment.status, status)) {
      rollout.decide('no-op');
      return false;
    }
    rollout.decide('update-status');
    await rollout.updateStatus(status);
    return true;
  }

  #enqueueOwner(rs: ReplicaSet): void {
    const deployment = this.#owned.ownerOf(rs);
    if (deployment !== undefined) this.#queue.add(objectKey(deployment));
  }

  #replicaSetChanged(old: ReplicaSet | undefined, rs: ReplicaSet): void {
    const owner = controllerOf(rs);
    const former = old && controllerOf(old);
    if (old !== undefined && former !== undefined && former.uid !== owner?.uid) this.#enqueueOwner(old);
    if (owner !== undefined) {
      this.#enqueueOwner(rs);
      return;
    }
    for (const deployment of this.#owned.matching(rs)) this.#queue.add(objectKey(deployment));
  }

  /** A Deployment that recreates goes on when the last old Pod is gone. */
  #podDeleted(pod: Pod): void {
    const owner = controllerOf(pod);
    if (owner?.kind !== resourceTypes.replicaSets.kind) return;
    const rs = this.#replicaSets.lister.get(`${namespaceOf(pod)}/${owner.name}`);
    const deployment = rs && this.#owned.ownerOf(rs);
    if (deployment === undefined || isRollingUpdate(deployment)) return;
    const sets = this.#owned.of(deployment);
    const left = sets.some((set) => this.#pods.lister.byIndex(controllerUidIndex, uidOf(set)).length > 0);
    if (!left) this.#queue.add(objectKey(deployment));
  }
}
