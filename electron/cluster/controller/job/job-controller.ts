import { controllerOf, isTerminating } from '../../apimachinery/meta.ts';
import type { Job, Pod } from '../../api/types.ts';
import { UidTrackingExpectations } from '../../client/controller-expectations.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { OwnedObjects } from '../owned-objects.ts';
import { PodControl } from '../pod-control.ts';
import type { FailureRecord } from './failure-backoff.ts';
import { isJobFinished } from './job-conditions.ts';
import { hasTrackingFinalizer } from './job-pods.ts';
import { JobSync, releasePod } from './job-sync.ts';

/** Changes of Pods come in bunches: their Job waits so long for the rest. */
const batchPeriod = 1000;
const ownName = 'kubernetes.io/job-controller';

/** Runs the Pods of Jobs to their completion. Models pkg/controller/job (v1.34). */
export class JobController implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #queue: WorkQueue;
  readonly #orphans: WorkQueue;
  readonly #jobs: SharedInformer<Job>;
  readonly #pods: SharedInformer<Pod>;
  readonly #owned: OwnedObjects<Pod, Job>;
  readonly #podControl: PodControl<Job>;
  readonly #expectations: UidTrackingExpectations;
  readonly #backoff = new Map<string, FailureRecord>();

  constructor(c: ControllerContext, workers = 5) {
    this.#c = c;
    this.#workers = workers;
    this.#queue = c.journal.queue('job', { resource: 'jobs' });
    this.#orphans = c.journal.queue('job_orphan_pod', { resource: 'pods' });
    this.#expectations = new UidTrackingExpectations(c.context.clock);
    this.#podControl = new PodControl(c.client, c.recorder, resourceTypes.jobs);
    this.#jobs = c.factory.informer(resourceTypes.jobs);
    this.#pods = c.factory.informer(resourceTypes.pods);
    this.#owned = new OwnedObjects({
      client: c.client,
      type: resourceTypes.pods,
      informer: this.#pods,
      ownerType: resourceTypes.jobs,
      owners: this.#jobs.lister,
    });
    this.#jobs.addEventHandler({
      onAdd: (job) => this.#queue.add(objectKey(job)),
      onUpdate: (_, job) => this.#queue.add(objectKey(job)),
      onDelete: (job) => {
        this.#queue.add(objectKey(job));
        for (const pod of this.#owned.of(job)) this.#perhapsOrphan(pod);
      },
    });
    this.#pods.addEventHandler({
      onAdd: (pod) => this.#podChanged(undefined, pod),
      onUpdate: (old, pod) => this.#podChanged(old, pod),
      onDelete: (pod) => this.#podGone(pod),
    });
  }

  run(): void {
    const { context } = this.#c;
    const [workers, queue] = [this.#workers, this.#queue];
    runWorkers(context, { queue, workers, sync: (key) => this.#sync(key) });
    runWorkers(context, { queue: this.#orphans, workers: 1, sync: (key) => this.#syncOrphan(key) });
  }

  async #sync(key: string): Promise<void> {
    const job = this.#jobs.lister.get(key);
    if (job === undefined || isJobFinished(job)) {
      this.#expectations.delete(key);
      this.#backoff.delete(key);
      return;
    }
    if ((job.spec?.managedBy ?? ownName) !== ownName) return;
    const tools = {
      c: this.#c,
      podControl: this.#podControl,
      expectations: this.#expectations,
      backoff: this.#backoff,
      again: (what: string, ms: number): void => this.#queue.addAfter(what, ms),
    };
    await new JobSync(tools, job, await this.#owned.claim(job)).run();
  }

  /** A Pod whose Job will not count it any more is let go. */
  async #syncOrphan(key: string): Promise<void> {
    const pod = this.#pods.lister.get(key);
    if (pod === undefined || !hasTrackingFinalizer(pod)) return;
    const job = this.#owned.ownerOf(pod);
    if (job !== undefined && !isJobFinished(job)) return;
    await releasePod(this.#c, pod);
  }

  #perhapsOrphan(pod: Pod): void {
    if (hasTrackingFinalizer(pod)) this.#orphans.add(objectKey(pod));
  }

  #podChanged(old: Pod | undefined, pod: Pod): void {
    const job = this.#owned.ownerOf(pod);
    if (job === undefined) {
      this.#perhapsOrphan(pod);
      if (controllerOf(pod) === undefined && old === undefined)
        for (const one of this.#owned.matching(pod)) this.#queue.add(objectKey(one));
      return;
    }
    const key = objectKey(job);
    if (isTerminating(pod)) this.#expectations.deletionOf(key, objectKey(pod));
    else if (old === undefined) this.#expectations.creationObserved(key);
    if (isJobFinished(job)) this.#perhapsOrphan(pod);
    this.#queue.addAfter(key, old === undefined ? 0 : batchPeriod);
  }

  #podGone(pod: Pod): void {
    const job = this.#owned.ownerOf(pod);
    if (job === undefined) return;
    this.#expectations.deletionOf(objectKey(job), objectKey(pod));
    this.#queue.addAfter(objectKey(job), batchPeriod);
  }
}
