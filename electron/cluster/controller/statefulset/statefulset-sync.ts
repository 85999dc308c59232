import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { isTerminating, nameOf, namespacedName, namespaceOf } from '../../apimachinery/meta.ts';
import type { ControllerRevision, PersistentVolumeClaim, Pod, StatefulSet } from '../../api/types.ts';
import { errorText, hasStatusCause, isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { Lister } from '../../client/lister.ts';
import { decide } from '../decision.ts';
import type { ControllerContext } from '../interface.ts';
import { isPodAvailable, isPodFinished } from '../pod-status.ts';
import { isStaleClaim, withRetention } from './claim-retention.ts';
import {
  claimsOf,
  identityMatches,
  isRunningAndReady,
  ordinalOf,
  podName,
  revisionLabel,
  statefulPod,
  withIdentity,
} from './stateful-pod.ts';

type Verb = 'create' | 'update' | 'delete';
type StatefulSetStatus = NonNullable<StatefulSet['status']>;

/** Versions that a set's Pods have. */
export interface StatefulRevisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}

/** What a sync works with. */
export interface StatefulTools {
  readonly c: ControllerContext;
  readonly claims: Lister<PersistentVolumeClaim>;
  again(key: string, ms: number): void;
}

/** One reconcile of one StatefulSet. Models stateful_set_control.go updateStatefulSet (v1.34), without maxUnavailable (alpha there). */
export class StatefulSetSync {
  readonly #tools: StatefulTools;
  readonly #set: StatefulSet;
  readonly #pods: readonly Pod[];
  readonly #revisions: StatefulRevisions;
  readonly #now: number;
  /** Changes of numbers by what this sync did. */
  readonly #made = { replicas: 0, current: 0, updated: 0 };
  #acted = false;

  constructor(tools: StatefulTools, set: StatefulSet, pods: readonly Pod[], revisions: StatefulRevisions) {
    this.#tools = tools;
    this.#set = set;
    this.#pods = pods;
    this.#revisions = revisions;
    this.#now = tools.c.context.clock.now();
  }

  async run(): Promise<void> {
    try {
      if (!isTerminating(this.#set)) await this.#step();
      if (!this.#acted) this.#decide('no-op');
    } finally {
      await this.#updateStatus();
    }
  }

  async #step(): Promise<void> {
    const { replicas = 1, ordinals, updateStrategy } = this.#set.spec ?? {};
    const start = ordinals?.start ?? 0;
    const byOrdinal = new Map(this.#pods.map((pod) => [ordinalOf(this.#set, pod), pod]));
    const wanted = Array.from({ length: replicas }, (_, index) => start + index);
    const condemned = [...byOrdinal.keys()]
      .filter((ordinal) => ordinal !== undefined && (ordinal < start || ordinal >= start + replicas))
      .sort((a, b) => (b as number) - (a as number)) as number[];
    for (const ordinal of wanted) if (await this.#replica(ordinal, byOrdinal.get(ordinal))) return;
    for (const ordinal of condemned) await this.#retain(byOrdinal.get(ordinal) as Pod, ordinal, true);
    const unhealthy = [...wanted, ...condemned.toReversed()]
      .map((ordinal) => byOrdinal.get(ordinal))
      .find((pod) => pod === undefined || !isRunningAndReady(pod) || isTerminating(pod));
    for (const ordinal of condemned)
      if (await this.#condemned(byOrdinal.get(ordinal) as Pod, unhealthy)) return;
    if (updateStrategy?.type === 'OnDelete') return;
    const partition = Number(updateStrategy?.rollingUpdate?.partition ?? 0);
    for (const ordinal of wanted.toReversed()) {
      if (ordinal < partition) return;
      const pod = byOrdinal.get(ordinal);
      if (pod === undefined) return;
      if (this.#revisionOf(pod) !== nameOf(this.#revisions.update) && !isTerminating(pod)) {
        this.#decide('update-pod', { pod: nameOf(pod) });
        await this.#delete(pod);
        return;
      }
      if (!isRunningAndReady(pod) || !this.#isAvailable(pod)) return;
    }
  }

  get #oneByOne(): boolean {
    return this.#set.spec?.podManagementPolicy !== 'Parallel';
  }

  /** True when the sync ends here. */
  async #replica(ordinal: number, pod: Pod | undefined): Promise<boolean> {
    if (pod === undefined) {
      // Who had the claims before is gone, and they with him: until then there is nothing to be done.
      if (this.#claimsAt(ordinal).some((claim) => isStaleClaim(claim, podName(this.#set, ordinal))))
        return true;
      await this.#create(ordinal);
      return this.#oneByOne;
    }
    if (isPodFinished(pod) && !isTerminating(pod)) {
      const what = `StatefulSet ${namespacedName(this.#set)} is recreating`;
      if (pod.status?.phase === 'Failed')
        this.#event('Warning', 'RecreatingFailedPod', `${what} failed Pod ${nameOf(pod)}`);
      else this.#event('Normal', 'RecreatingTerminatedPod', `${what} terminated Pod ${nameOf(pod)}`);
      this.#decide('replace-pod', { pod: nameOf(pod) });
      await this.#delete(pod);
      return true;
    }
    if (isTerminating(pod)) return this.#oneByOne;
    if (!identityMatches(this.#set, pod, ordinal)) await this.#mend(pod, ordinal);
    else if (pod.status?.phase === 'Pending' || pod.status?.phase === undefined) await this.#claims(ordinal);
    await this.#retain(pod, ordinal, false);
    if (!this.#oneByOne) return false;
    if (!isRunningAndReady(pod)) return true;
    return !this.#isAvailable(pod);
  }

  async #condemned(pod: Pod, unhealthy: Pod | undefined): Promise<boolean> {
    if (isTerminating(pod)) return this.#oneByOne;
    if (!isRunningAndReady(pod) && this.#oneByOne && pod !== unhealthy) return true;
    this.#decide('delete-pod', { pod: nameOf(pod) });
    await this.#delete(pod);
    return this.#oneByOne;
  }

  #isAvailable(pod: Pod): boolean {
    const minReadySeconds = this.#set.spec?.minReadySeconds ?? 0;
    const available = isPodAvailable(pod, minReadySeconds, this.#now);
    if (!available && isRunningAndReady(pod)) this.#tools.again(objectKey(this.#set), minReadySeconds * 1000);
    return available;
  }

  #revisionOf(pod: Pod): string {
    return pod.metadata?.labels?.[revisionLabel] ?? '';
  }

  async #create(ordinal: number): Promise<void> {
    const partition = Number(this.#set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0);
    const isOld = this.#set.spec?.updateStrategy?.type !== 'OnDelete' && ordinal < partition;
    const revision = isOld ? this.#revisions.current : this.#revisions.update;
    const pod = statefulPod(this.#set, revision, ordinal);
    this.#decide('create-pod', { pod: nameOf(pod), revision: nameOf(revision) });
    await this.#claims(ordinal);
    await this.#told('create', nameOf(pod), async () => {
      await this.#client(resourceTypes.pods).create(pod);
    });
    this.#made.replicas += 1;
    if (nameOf(revision) === nameOf(this.#revisions.current)) this.#made.current += 1;
    if (nameOf(revision) === nameOf(this.#revisions.update)) this.#made.updated += 1;
  }

  /** Makes the claims that are missing. */
  async #claims(ordinal: number): Promise<void> {
    for (const { claim } of claimsOf(this.#set, ordinal)) {
      const present = this.#tools.claims.get(objectKey(claim));
      if (present !== undefined && isTerminating(present)) {
        const error = new Error(`pvc ${nameOf(claim)} is being deleted`);
        this.#failed('create', podName(this.#set, ordinal), error);
        throw error;
      }
      if (present !== undefined) continue;
      const what = `create Claim ${nameOf(claim)} Pod ${podName(this.#set, ordinal)} in StatefulSet ${nameOf(this.#set)}`;
      try {
        await this.#tools.c.client
          .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespaceOf(this.#set))
          .create(claim);
        this.#event('Normal', 'SuccessfulCreate', `${what} success`);
      } catch (error) {
        if (isAlreadyExists(error)) continue;
        this.#event('Warning', 'FailedCreate', `${what} failed error: ${errorText(error)}`);
        throw error;
      }
    }
  }

  /** Those of the Pod's claims that are there. */
  #claimsAt(ordinal: number): PersistentVolumeClaim[] {
    return claimsOf(this.#set, ordinal).flatMap(
      ({ claim }) => this.#tools.claims.get(objectKey(claim)) ?? [],
    );
  }

  /** Sees to it that the Pod's claims go with whom the retention policy says. */
  async #retain(pod: Pod, ordinal: number, scaledDown: boolean): Promise<void> {
    const changed = this.#claimsAt(ordinal).flatMap(
      (claim) => withRetention(claim, this.#set, pod, scaledDown) ?? [],
    );
    if (changed.length === 0) return;
    this.#decide('update-claim-owners', { pod: nameOf(pod), claims: changed.map(nameOf) });
    for (const claim of changed) {
      try {
        await this.#tools.c.client
          .resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, namespaceOf(this.#set))
          .update(claim);
      } catch (cause) {
        const why = `could not update claim ${nameOf(claim)} for delete policy ownerRefs: ${errorText(cause)}`;
        const error = new Error(why, { cause });
        this.#failed('update', nameOf(pod), error);
        throw error;
      }
    }
  }

  async #mend(pod: Pod, ordinal: number): Promise<void> {
    await this.#claims(ordinal);
    await this.#told('update', nameOf(pod), async () => {
      await this.#client(resourceTypes.pods).update(withIdentity(this.#set, pod, ordinal));
    });
  }

  async #delete(pod: Pod): Promise<void> {
    await this.#told('delete', nameOf(pod), async () => {
      try {
        await this.#client(resourceTypes.pods).delete(nameOf(pod));
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    });
    const revision = this.#revisionOf(pod);
    if (revision === nameOf(this.#revisions.current)) this.#made.current -= 1;
    if (revision === nameOf(this.#revisions.update)) this.#made.updated -= 1;
  }

  /** Says in an event how it went. */
  async #told(verb: Verb, pod: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!hasStatusCause(error, 'NamespaceTerminating')) this.#failed(verb, pod, error);
      throw error;
    }
    const message = `${verb} Pod ${pod} in StatefulSet ${nameOf(this.#set)} successful`;
    this.#event('Normal', `Successful${titleOf(verb)}`, message);
  }

  #failed(verb: Verb, pod: string, error: unknown): void {
    const what = `${verb} Pod ${pod} in StatefulSet ${nameOf(this.#set)}`;
    this.#event('Warning', `Failed${titleOf(verb)}`, `${what} failed error: ${errorText(error)}`);
  }

  async #updateStatus(): Promise<void> {
    const status = this.#status();
    if (deepEqual(this.#set.status ?? {}, status)) return;
    await this.#tools.c.client
      .resource<StatefulSet>(resourceTypes.statefulSets, namespaceOf(this.#set))
      .updateStatus({ ...this.#set, status });
  }

  #status(): StatefulSetStatus {
    const { current, update } = this.#revisions;
    const of = (revision: ControllerRevision): number =>
      this.#pods.filter((pod) => !isTerminating(pod) && this.#revisionOf(pod) === nameOf(revision)).length;
    const ready = this.#pods.filter(isRunningAndReady);
    const minReadySeconds = this.#set.spec?.minReadySeconds ?? 0;
    const available = ready.filter((pod) => isPodAvailable(pod, minReadySeconds, this.#now)).length;
    const replicas = this.#pods.length + this.#made.replicas;
    const updated = of(update) + this.#made.updated;
    const rolling = this.#set.spec?.updateStrategy?.type !== 'OnDelete';
    const complete = rolling && updated === replicas && ready.length === replicas;
    const some = (field: string, amount: number): object => (amount === 0 ? {} : { [field]: amount });
    return {
      observedGeneration: this.#set.metadata?.generation,
      replicas,
      ...some('readyReplicas', ready.length),
      ...some('currentReplicas', complete ? updated : of(current) + this.#made.current),
      ...some('updatedReplicas', updated),
      currentRevision: nameOf(complete ? update : current),
      updateRevision: nameOf(update),
      collisionCount: this.#set.status?.collisionCount ?? 0,
      availableReplicas: available,
    };
  }

  #client(type: typeof resourceTypes.pods) {
    return this.#tools.c.client.resource<Pod>(type, namespaceOf(this.#set));
  }

  #decide(action: string, detail?: Readonly<Record<string, unknown>>): void {
    this.#acted = true;
    decide(this.#tools.c, {
      subject: `statefulsets ${objectKey(this.#set)}`,
      action,
      desired: `${this.#set.spec?.replicas ?? 1} Pods of revision ${nameOf(this.#revisions.update)}`,
      observed: `${this.#pods.length} Pods, ${this.#pods.filter(isRunningAndReady).length} ready`,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { apiVersion, kind } = resourceTypes.statefulSets;
    this.#tools.c.recorder.event({ apiVersion, kind, object: this.#set }, type, reason, message);
  }
}

function titleOf(verb: Verb): string {
  return `${verb[0]?.toUpperCase()}${verb.slice(1)}`;
}
