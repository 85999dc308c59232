import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { isTerminating, nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Job, Pod } from '../../api/types.ts';
import { hasStatusCause, isInvalid, isNotFound } from '../../client/api-errors.ts';
import type { UidTrackingExpectations } from '../../client/controller-expectations.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { decide } from '../decision.ts';
import type { ControllerContext } from '../interface.ts';
import type { PodControl } from '../pod-control.ts';
import { compareForDeletion } from '../pod-ranking.ts';
import { isPodActive, isPodFinished, isPodReady } from '../pod-status.ts';
import { slowStartBatch } from '../slow-start-batch.ts';
import type { FailureRecord } from './failure-backoff.ts';
import { backoffLeft, withFinished } from './failure-backoff.ts';
import type { JobOutcome, JobStatus } from './job-conditions.ts';
import { jobCondition, withJobCondition } from './job-conditions.ts';
import type { IndexState } from './job-indexes.ts';
import { delayedPods, indexState, indexStatus, pendingIndexes } from './job-indexes.ts';
import type { JobCounts } from './job-outcome.ts';
import { completedOutcome, deadlineLeft, earlyOutcome } from './job-outcome.ts';
import { jobPodPrefix, jobPodTemplate } from './job-pod-template.ts';
import {
  completionIndex,
  hasTrackingFinalizer,
  isIndexed,
  isJobPodFailed,
  onlyReplacesFailed,
  trackingFinalizer,
} from './job-pods.ts';
import { matchFailurePolicy } from './pod-failure-policy.ts';

const maxPodsPerSync = 500;

/** What all syncs of a controller share. */
export interface JobTools {
  readonly c: ControllerContext;
  readonly podControl: PodControl<Job>;
  readonly expectations: UidTrackingExpectations;
  readonly backoff: Map<string, FailureRecord>;
  /** Looks at the Job again after so many milliseconds. */
  again(key: string, ms: number): void;
}

type Uncounted = NonNullable<JobStatus['uncountedTerminatedPods']>;

/** One reconcile of one Job. Models job_controller.go syncJob, manageJob, trackJobStatusAndRemoveFinalizers (v1.34). */
export class JobSync {
  readonly #tools: JobTools;
  readonly #job: Job;
  readonly #key: string;
  readonly #pods: readonly Pod[];
  readonly #now: number;
  readonly #indexes: IndexState;
  readonly #uncounted: Uncounted;
  readonly #backoff: FailureRecord;
  #status: JobStatus;
  #active: number;
  /** Told when it is written: who was refused did it on an old version. */
  #news: { readonly status: 'True' | 'False'; readonly message: string } | undefined;
  /** The newest version of the Job, once its status was written. */
  #written: Job | undefined;

  constructor(tools: JobTools, job: Job, pods: readonly Pod[]) {
    this.#tools = tools;
    this.#job = job;
    this.#key = objectKey(job);
    this.#pods = pods;
    this.#now = tools.c.context.clock.now();
    this.#indexes = indexState(job, pods, this.#now);
    this.#uncounted = job.status?.uncountedTerminatedPods ?? {};
    this.#backoff = withFinished(job, tools.backoff.get(this.#key), this.#newlyFinished(), this.#now);
    this.#status = job.status ?? {};
    this.#active = pods.filter(isPodActive).length;
  }

  async run(): Promise<void> {
    const job = this.#job;
    const suspended = job.spec?.suspend === true;
    const started = this.#status.startTime !== undefined;
    if (!started && !suspended) this.#status = { ...this.#status, startTime: formatTime(this.#now) };
    const left = deadlineLeft({ ...job, status: this.#status }, this.#now);
    if (left !== undefined && left > 0 && !suspended) this.#tools.again(this.#key, left);
    let outcome = earlyOutcome(job, this.#pods, this.#counts(), this.#now);
    let failure: unknown;
    if (outcome !== undefined) {
      failure = await this.#deletePods(this.#pods.filter(isPodActive), `end: ${outcome.reason}`);
    } else if (this.#tools.expectations.satisfied(this.#key) && !isTerminating(job)) {
      failure = await this.#manage(suspended);
      if (!suspended) outcome = completedOutcome(job, this.#counts());
      this.#suspension(suspended);
    }
    await this.#track(outcome);
    if (failure !== undefined) throw failure;
  }

  /** Pods that finished and were not seen before. */
  #newlyFinished(): Pod[] {
    const known = new Set([...(this.#uncounted.succeeded ?? []), ...(this.#uncounted.failed ?? [])]);
    return this.#pods.filter(
      (pod) => hasTrackingFinalizer(pod) && !known.has(uidOf(pod)) && this.#isDone(pod),
    );
  }

  #isDone(pod: Pod): boolean {
    return pod.status?.phase === 'Succeeded' || isJobPodFailed(this.#job, pod);
  }

  #counts(): JobCounts {
    const { succeeded = 0, failed = 0 } = this.#job.status ?? {};
    const finished = this.#newlyFinished();
    const done = finished.filter((pod) => pod.status?.phase === 'Succeeded').length;
    const broken = finished.filter((pod) => this.#countsAsFailed(pod)).length;
    return {
      active: this.#active,
      succeeded: isIndexed(this.#job)
        ? this.#indexes.succeeded.size
        : succeeded + done + (this.#uncounted.succeeded?.length ?? 0),
      failed: failed + broken + (this.#uncounted.failed?.length ?? 0),
      succeededIndexes: this.#indexes.succeeded,
      failedIndexes: this.#indexes.failed,
    };
  }

  #countsAsFailed(pod: Pod): boolean {
    return isJobPodFailed(this.#job, pod) && matchFailurePolicy(this.#job, pod).action !== 'Ignore';
  }

  /** Resolves with the first error of the calls it made. */
  async #manage(suspended: boolean): Promise<unknown> {
    const active = this.#pods.filter(isPodActive);
    if (suspended) return this.#deletePods(active, 'suspend');
    const { parallelism = 1, completions } = this.#job.spec ?? {};
    const { succeeded, failedIndexes } = this.#counts();
    const remaining =
      completions === undefined
        ? succeeded > 0
          ? active.length
          : parallelism
        : Math.max(0, completions - succeeded - failedIndexes.size);
    const wanted = Math.min(remaining, parallelism);
    const surplus = active.length - wanted;
    if (surplus > 0) {
      const order = active
        .map((pod) => ({ pod, rank: 0 }))
        .sort((a, b) => compareForDeletion(a, b, this.#now));
      return this.#deletePods(
        order.slice(0, surplus).map(({ pod }) => pod),
        'delete-pods',
      );
    }
    const leaving = onlyReplacesFailed(this.#job) ? this.#terminating() : 0;
    return this.#createPods(Math.min(wanted - active.length - leaving, maxPodsPerSync), active, wanted);
  }

  async #createPods(missing: number, active: readonly Pod[], wanted: number): Promise<unknown> {
    const { again, expectations, podControl } = this.#tools;
    const job = this.#job;
    const perIndex = job.spec?.backoffLimitPerIndex !== undefined;
    const wait = missing > 0 && !perIndex ? backoffLeft(this.#backoff, this.#now) : 0;
    if (wait > 0) again(this.#key, wait);
    let count = wait > 0 ? 0 : Math.max(0, missing);
    let indexes: readonly number[] | undefined;
    if (isIndexed(job)) {
      const pending = pendingIndexes(job, active, this.#indexes, count, this.#now);
      if (pending.waits !== undefined) again(this.#key, pending.waits);
      indexes = pending.indexes;
      count = indexes.length;
    }
    this.#decide(wait > 0 ? 'back-off' : count > 0 ? 'create-pods' : 'no-op', `${wanted} Pods`, {
      count,
      wait,
    });
    if (count === 0) return undefined;
    expectations.expectCreations(this.#key, count);
    let made = 0;
    const { successes, error } = await slowStartBatch(count, 1, async () => {
      const index = indexes?.[made];
      made += 1;
      const failures = index === undefined ? 0 : (this.#indexes.failures.get(index)?.count ?? 0);
      try {
        await podControl.create(job, jobPodTemplate(job, index, failures), jobPodPrefix(job, index));
      } catch (failure) {
        if (!hasStatusCause(failure, 'NamespaceTerminating')) throw failure;
      }
    });
    if (successes < count) expectations.creationObserved(this.#key, count - successes);
    this.#active += successes;
    return error;
  }

  async #deletePods(pods: readonly Pod[], action: string): Promise<unknown> {
    const { podControl, expectations } = this.#tools;
    this.#decide(pods.length === 0 ? 'no-op' : action, `${this.#active - pods.length} Pods`, {
      count: pods.length,
    });
    if (pods.length === 0) return undefined;
    expectations.expectDeletionsOf(this.#key, pods.map(objectKey));
    let error: unknown;
    await Promise.all(
      pods.map(async (pod) => {
        try {
          await podControl.delete(this.#job, nameOf(pod));
          this.#active -= 1;
        } catch (failure) {
          expectations.deletionOf(this.#key, objectKey(pod));
          if (!isNotFound(failure)) error ??= failure;
        }
      }),
    );
    return error;
  }

  #suspension(suspended: boolean): void {
    const conditions = this.#status.conditions ?? [];
    const was = jobCondition(this.#job, 'Suspended') !== undefined;
    if (suspended) {
      const condition = {
        type: 'Suspended',
        status: 'True',
        reason: 'JobSuspended',
        message: 'Job suspended',
      } as const;
      const { startTime: _, ...rest } = this.#status;
      this.#status = { ...rest, conditions: withJobCondition(conditions, condition, this.#now) };
      if (!was) this.#news = condition;
    } else if (was) {
      const condition = {
        type: 'Suspended',
        status: 'False',
        reason: 'JobResumed',
        message: 'Job resumed',
      } as const;
      const startTime = formatTime(this.#now);
      this.#status = {
        ...this.#status,
        startTime,
        conditions: withJobCondition(conditions, condition, this.#now),
      };
      this.#news = condition;
    }
  }

  /** Pods are counted in two steps: first by uid, then by number when their finalizer is gone; none is lost or counted twice. */
  async #track(outcome: JobOutcome | undefined): Promise<void> {
    const held = new Set(this.#pods.filter(hasTrackingFinalizer).map(uidOf));
    let uncounted = this.#countReleased(this.#uncounted, held);
    const succeeded = [...(uncounted.succeeded ?? [])];
    const failed = [...(uncounted.failed ?? [])];
    const release: Pod[] = [];
    const goesOn = outcome === undefined && !isTerminating(this.#job);
    const delayed = goesOn ? delayedPods(this.#job, this.#pods, this.#indexes, this.#now) : new Set<string>();
    for (const pod of this.#pods) {
      if (!hasTrackingFinalizer(pod) || delayed.has(uidOf(pod)) || release.length >= maxPodsPerSync) continue;
      if (goesOn && !this.#isDone(pod) && !isPodFinished(pod)) continue;
      release.push(pod);
      const uid = uidOf(pod);
      if (succeeded.includes(uid) || failed.includes(uid)) continue;
      if (pod.status?.phase === 'Succeeded') {
        if (!isIndexed(this.#job)) succeeded.push(uid);
      } else if (this.#countsAsFailed(pod) || (outcome?.type === 'Failed' && !this.#isDone(pod))) {
        const index = completionIndex(this.#job, pod);
        if (!isIndexed(this.#job) || index !== undefined) failed.push(uid);
      }
    }
    uncounted = listOf(succeeded, failed);
    this.#refresh(uncounted, outcome);
    await this.#flush();
    if (this.#news !== undefined)
      this.#event('Normal', this.#news.status === 'True' ? 'Suspended' : 'Resumed', this.#news.message);
    this.#tools.backoff.set(this.#key, this.#backoff);
    if (release.length > 0) {
      const released = await this.#release(release);
      uncounted = this.#countReleased(uncounted, new Set([...held].filter((uid) => !released.has(uid))));
      this.#refresh(uncounted, outcome);
    }
    const settled = (uncounted.succeeded ?? []).length + (uncounted.failed ?? []).length === 0;
    const end = outcome !== undefined && settled && this.#active === 0 && this.#terminating() === 0;
    if (end) this.#end(outcome);
    await this.#flush();
    if (end) this.#event(outcome.type === 'Complete' ? 'Normal' : 'Warning', ...endEvent(outcome));
  }

  /** Moves those that hold no finalizer any more from the lists into the numbers. */
  #countReleased({ succeeded = [], failed = [] }: Uncounted, held: ReadonlySet<string>): Uncounted {
    const stays = (uid: string): boolean => held.has(uid);
    const [nextSucceeded, nextFailed] = [succeeded.filter(stays), failed.filter(stays)];
    const { succeeded: done = 0, failed: broken = 0 } = this.#status;
    this.#status = {
      ...this.#status,
      ...amount('succeeded', done + succeeded.length - nextSucceeded.length),
      ...amount('failed', broken + failed.length - nextFailed.length),
    };
    return listOf(nextSucceeded, nextFailed);
  }

  #refresh(uncountedTerminatedPods: Uncounted, outcome: JobOutcome | undefined): void {
    const { active: _, ...rest } = this.#status;
    this.#status = {
      ...rest,
      ...amount('active', this.#active),
      ...(isIndexed(this.#job) ? amount('succeeded', this.#indexes.succeeded.size) : {}),
      ready: this.#active === 0 ? 0 : this.#pods.filter((pod) => isPodActive(pod) && isPodReady(pod)).length,
      terminating: this.#terminating(),
      ...indexStatus(this.#job, this.#indexes),
      uncountedTerminatedPods,
    };
    if (outcome === undefined) return;
    const { type, reason, message } = outcome;
    const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
    const condition = { type: first, status: 'True', reason, message } as const;
    this.#status = {
      ...this.#status,
      conditions: withJobCondition(this.#status.conditions ?? [], condition, this.#now),
    };
  }

  #end({ type, reason, message }: JobOutcome): void {
    const condition = { type, status: 'True', reason, message } as const;
    this.#status = {
      ...this.#status,
      ready: 0,
      conditions: withJobCondition(this.#status.conditions ?? [], condition, this.#now),
      ...(type === 'Complete' ? { completionTime: formatTime(this.#now) } : {}),
    };
  }

  #terminating(): number {
    return this.#pods.filter((pod) => isTerminating(pod) && !isPodFinished(pod)).length;
  }

  async #flush(): Promise<void> {
    const present = this.#written ?? this.#job;
    if (deepEqual(present.status ?? {}, this.#status)) return;
    const client = this.#tools.c.client.resource<Job>(resourceTypes.jobs, namespaceOf(this.#job));
    this.#written = await client.updateStatus({ ...present, status: this.#status });
  }

  /** Uids of the Pods whose finalizer is gone. @throws Error of the first call that failed */
  async #release(pods: readonly Pod[]): Promise<ReadonlySet<string>> {
    const released = new Set<string>();
    await Promise.all(
      pods.map(async (pod) => {
        await releasePod(this.#tools.c, pod);
        released.add(uidOf(pod));
      }),
    );
    return released;
  }

  #decide(action: string, desired: string, detail?: Readonly<Record<string, unknown>>): void {
    const { succeeded, failed } = this.#counts();
    decide(this.#tools.c, {
      subject: `jobs ${this.#key}`,
      action,
      desired,
      observed: `${this.#active} active, ${succeeded} succeeded, ${failed} failed`,
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { apiVersion, kind } = resourceTypes.jobs;
    this.#tools.c.recorder.event({ apiVersion, kind, object: this.#job }, type, reason, message);
  }
}

/** Takes the finalizer of a Pod that is counted, or that no Job will count. */
export async function releasePod(c: ControllerContext, pod: Pod): Promise<void> {
  const finalizers = (pod.metadata?.finalizers ?? []).filter((name) => name !== trackingFinalizer);
  const client = c.client.resource<Pod>(resourceTypes.pods, namespaceOf(pod));
  const patch = { metadata: { uid: uidOf(pod), finalizers } };
  try {
    await client.patch(nameOf(pod), 'application/merge-patch+json', patch);
  } catch (error) {
    // Gone, or another one under the same name.
    if (!isNotFound(error) && !isInvalid(error)) throw error;
  }
}

function listOf(succeeded: readonly string[], failed: readonly string[]): Uncounted {
  return { ...(succeeded.length === 0 ? {} : { succeeded }), ...(failed.length === 0 ? {} : { failed }) };
}

function amount(field: string, count: number): Record<string, number> {
  return count === 0 ? {} : { [field]: count };
}

function endEvent({ type, reason, message }: JobOutcome): [string, string] {
  return type === 'Complete' ? ['Completed', 'Job completed'] : [reason, message];
}
