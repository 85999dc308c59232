import { isTerminating, nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import { parseTime } from '../../apimachinery/time.ts';
import type { Job } from '../../api/types.ts';
import { isNotFound } from '../../client/api-errors.ts';
import { objectKey, splitObjectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { jobCondition } from '../job/job-conditions.ts';

const workers = 5;

/** Deletes Jobs `ttlSecondsAfterFinished` after their end. Models pkg/controller/ttlafterfinished (v1.34). */
export class TtlAfterFinishedController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #jobs: SharedInformer<Job>;

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('ttl_jobs_to_delete', { resource: 'jobs' });
    this.#jobs = c.factory.informer(resourceTypes.jobs);
    const add = (job: Job): void => {
      if (expiry(job) !== undefined && !isTerminating(job)) this.#queue.add(objectKey(job));
    };
    this.#jobs.addEventHandler({ onAdd: add, onUpdate: (_, job) => add(job) });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const cached = this.#jobs.lister.get(key);
    if (cached === undefined || this.#waits(cached)) return;
    const { namespace, name } = splitObjectKey(key);
    const client = this.#c.client.resource<Job>(resourceTypes.jobs, namespace);
    try {
      // The cache may be behind, and the time may have been changed.
      const fresh = await client.get(name);
      if (this.#waits(fresh)) return;
      decide(this.#c, {
        subject: `jobs ${namespaceOf(fresh)}/${nameOf(fresh)}`,
        action: 'delete',
        desired: `gone ${fresh.spec?.ttlSecondsAfterFinished}s after its end`,
        observed: 'finished for longer',
      });
      await client.delete(name, { propagationPolicy: 'Foreground', preconditions: { uid: uidOf(fresh) } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Not to be deleted (yet); looked at again when its time comes. */
  #waits(job: Job): boolean {
    const at = expiry(job);
    if (at === undefined || isTerminating(job)) return true;
    const left = at - this.#c.context.clock.now();
    if (left > 0) this.#queue.addAfter(objectKey(job), left);
    return left > 0;
  }
}

/** When a finished Job's time is over, in virtual milliseconds; undefined when it has none. */
function expiry(job: Job): number | undefined {
  const end = jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed');
  const finished = parseTime(end?.lastTransitionTime);
  const ttl = job.spec?.ttlSecondsAfterFinished;
  return ttl === undefined || finished === undefined ? undefined : finished + ttl * 1000;
}
