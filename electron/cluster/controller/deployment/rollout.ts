import { computeHash } from '../../apimachinery/names.ts';
import { controllerOf, nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import type { OwnerReference } from '../../apimachinery/types.ts';
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { errorText, hasStatusCause, isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { decide } from '../decision.ts';
import type { ControllerContext } from '../interface.ts';
import type { DeploymentStatus } from './deployment-conditions.ts';
import { findCondition, hasProgressDeadline, newCondition, withCondition } from './deployment-conditions.ts';
import {
  desiredReplicas,
  equalIgnoringHash,
  findNewReplicaSet,
  maxRevision,
  newSetReplicas,
  revisionAnnotation,
  templateHashLabel,
} from './deployment-util.ts';
import { newSetAnnotations, replicasAnnotations, sameAnnotations } from './replicaset-annotations.ts';

/** The ReplicaSets of a Deployment: of its present template, and of earlier ones. */
export interface Revisions {
  readonly newSet: ReplicaSet | undefined;
  readonly oldSets: readonly ReplicaSet[];
}

/**
 * One sync of one Deployment: what it reads and writes. `deployment` is replaced by what the API server
 * answers, so that several writes in one sync do not conflict with one another.
 */
export class Rollout {
  deployment: Deployment;
  readonly #c: ControllerContext;

  constructor(c: ControllerContext, deployment: Deployment) {
    this.#c = c;
    this.deployment = deployment;
  }

  get now(): number {
    return this.#c.context.clock.now();
  }

  /** Finds (and with `create` makes) the new ReplicaSet; brings revisions up to date. Models getAllReplicaSetsAndSyncRevision. */
  async revisions(sets: readonly ReplicaSet[], create: boolean): Promise<Revisions> {
    const found = findNewReplicaSet(this.deployment, sets);
    const oldSets = sets.filter((rs) => found === undefined || uidOf(rs) !== uidOf(found));
    const revision = maxRevision(oldSets) + 1;
    if (found !== undefined) return { newSet: await this.#refresh(found, revision), oldSets };
    return { newSet: create ? await this.#create(oldSets, revision) : undefined, oldSets };
  }

  /** Changes the size (and the annotations that go with it). True when the number changed. Models scaleReplicaSet. */
  async scale(rs: ReplicaSet, replicas: number): Promise<ReplicaSet> {
    const from = desiredReplicas(rs);
    const old = rs.metadata?.annotations ?? {};
    const annotations = { ...old, ...replicasAnnotations(this.deployment) };
    if (from === replicas && sameAnnotations(old, annotations)) return rs;
    const direction = replicas > from ? 'up' : 'down';
    this.decide(replicas === from ? 'annotate' : `scale-${direction}`, {
      replicaSet: nameOf(rs),
      from,
      to: replicas,
    });
    const next = {
      ...rs,
      metadata: { ...rs.metadata, annotations },
      spec: { ...rs.spec, replicas },
    } as ReplicaSet;
    const updated = await this.#sets().update(next);
    if (replicas !== from)
      this.#event(
        'Normal',
        'ScalingReplicaSet',
        `Scaled ${direction} replica set ${nameOf(rs)} from ${from} to ${replicas}`,
      );
    return updated;
  }

  async updateStatus(
    status: DeploymentStatus,
    annotations = this.deployment.metadata?.annotations,
  ): Promise<void> {
    const metadata = { ...this.deployment.metadata, ...(annotations === undefined ? {} : { annotations }) };
    const next = { ...this.deployment, metadata, status };
    this.deployment = await this.#c.client
      .resource<Deployment>(resourceTypes.deployments, namespaceOf(next))
      .updateStatus(next);
  }

  async deleteSet(rs: ReplicaSet): Promise<void> {
    try {
      await this.#sets().delete(nameOf(rs));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  decide(action: string, detail?: Readonly<Record<string, unknown>>): void {
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = this.deployment.status ?? {};
    decide(this.#c, {
      subject: `deployments ${objectKey(this.deployment)}`,
      action,
      desired: `${desiredReplicas(this.deployment)} Pods of the present template`,
      observed: `${replicas} Pods, ${updatedReplicas} of the present template, ${availableReplicas} available`,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  async #refresh(rs: ReplicaSet, revision: number): Promise<ReplicaSet> {
    const { deployment } = this;
    const annotations = newSetAnnotations(deployment, rs, revision, true);
    const minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
    if (
      !sameAnnotations(rs.metadata?.annotations ?? {}, annotations) ||
      (rs.spec?.minReadySeconds ?? 0) !== minReadySeconds
    ) {
      const next = {
        ...rs,
        metadata: { ...rs.metadata, annotations },
        spec: { ...rs.spec, minReadySeconds },
      } as ReplicaSet;
      return this.#sets().update(next);
    }
    const own = annotations[revisionAnnotation];
    let status = deployment.status ?? {};
    if (hasProgressDeadline(deployment) && findCondition(status, 'Progressing') === undefined) {
      const message = `Found new replica set "${nameOf(rs)}"`;
      status = withCondition(
        status,
        newCondition('Progressing', 'True', 'FoundNewReplicaSet', message, this.now),
      );
    }
    await this.#syncRevision(own, status);
    return rs;
  }

  async #syncRevision(revision: string | undefined, status: DeploymentStatus): Promise<void> {
    const old = this.deployment.metadata?.annotations;
    const changed = revision !== undefined && old?.[revisionAnnotation] !== revision;
    if (!changed && status === (this.deployment.status ?? status)) return;
    await this.updateStatus(status, changed ? { ...old, [revisionAnnotation]: revision } : old);
  }

  async #create(oldSets: readonly ReplicaSet[], revision: number): Promise<ReplicaSet | undefined> {
    const { deployment } = this;
    const draft = this.#newSet(revision);
    const replicas = newSetReplicas(deployment, oldSets, 0);
    const wanted = { ...draft, spec: { ...draft.spec, replicas } } as ReplicaSet;
    this.decide('create-replicaset', { replicaSet: nameOf(draft), revision, replicas });
    let created: ReplicaSet;
    let existed = false;
    try {
      created = await this.#sets().create(wanted);
    } catch (error) {
      if (isAlreadyExists(error)) {
        created = await this.#resolveCollision(draft, error);
        existed = true;
      } else {
        await this.#createFailed(draft, error);
        throw error;
      }
    }
    if (!existed && replicas > 0) {
      this.#event(
        'Normal',
        'ScalingReplicaSet',
        `Scaled up replica set ${nameOf(created)} from 0 to ${replicas}`,
      );
    }
    let status = deployment.status ?? {};
    if (!existed && hasProgressDeadline(deployment)) {
      const message = `Created new replica set "${nameOf(created)}"`;
      status = withCondition(
        status,
        newCondition('Progressing', 'True', 'NewReplicaSetCreated', message, this.now),
      );
    }
    await this.#syncRevision(String(revision), status);
    return created;
  }

  #newSet(revision: number): ReplicaSet {
    const { deployment } = this;
    const { template, selector, minReadySeconds } = deployment.spec ?? {};
    const hash = computeHash(template, deployment.status?.collisionCount);
    const labels = { ...template?.metadata?.labels, [templateHashLabel]: hash };
    const owner: OwnerReference = {
      apiVersion: resourceTypes.deployments.apiVersion,
      kind: resourceTypes.deployments.kind,
      name: nameOf(deployment),
      uid: uidOf(deployment),
      controller: true,
      blockOwnerDeletion: true,
    };
    const rs = {
      metadata: {
        name: `${nameOf(deployment)}-${hash}`,
        namespace: namespaceOf(deployment),
        labels,
        ownerReferences: [owner],
      },
      spec: {
        replicas: 0,
        ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
        selector: { ...selector, matchLabels: { ...selector?.matchLabels, [templateHashLabel]: hash } },
        template: { ...template, metadata: { ...template?.metadata, labels } },
      },
    } as ReplicaSet;
    return {
      ...rs,
      metadata: { ...rs.metadata, annotations: newSetAnnotations(deployment, rs, revision, false) },
    };
  }

  /** The name is taken: by our own (the cache was behind), or by another template with the same hash. */
  async #resolveCollision(draft: ReplicaSet, error: unknown): Promise<ReplicaSet> {
    const { deployment } = this;
    const present = await this.#sets().get(nameOf(draft));
    if (
      controllerOf(present)?.uid === uidOf(deployment) &&
      equalIgnoringHash(deployment.spec?.template, present.spec?.template)
    )
      return present;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    await this.updateStatus({ ...deployment.status, collisionCount });
    throw error;
  }

  async #createFailed(draft: ReplicaSet, error: unknown): Promise<void> {
    if (hasStatusCause(error, 'NamespaceTerminating')) return;
    const why = errorText(error);
    const message = `Failed to create new replica set "${nameOf(draft)}": ${why}`;
    if (hasProgressDeadline(this.deployment)) {
      const condition = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, this.now);
      await this.updateStatus(withCondition(this.deployment.status ?? {}, condition));
    }
    this.#event('Warning', 'ReplicaSetCreateError', message);
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { apiVersion, kind } = resourceTypes.deployments;
    this.#c.recorder.event({ apiVersion, kind, object: this.deployment }, type, reason, message);
  }

  #sets() {
    return this.#c.client.resource<ReplicaSet>(resourceTypes.replicaSets, namespaceOf(this.deployment));
  }
}
