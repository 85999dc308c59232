import { CronScheduleError, parseCronSchedule } from '../../api/batch/v1/cron-job/cron-schedule.ts';
import type { CronJob, Job } from '../../api/types.ts';
import { controllerOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import { objectKey } from '../../client/object-key.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { CronJobSync } from './cronjob-sync.ts';
import { untilNextSchedule } from './missed-schedules.ts';
import { ScheduleTimes } from './schedule-times.ts';
import { writtenSchedule } from './written-schedule.ts';

/** Makes Jobs at the times of CronJobs. Models pkg/controller/cronjob ControllerV2 (v1.34). */
export class CronJobController implements Controller {
  readonly #c: ControllerContext;
  readonly #workers: number;
  readonly #queue: WorkQueue;
  readonly #cronJobs: SharedInformer<CronJob>;
  readonly #jobs: SharedInformer<Job>;

  constructor(c: ControllerContext, workers = 5) {
    this.#c = c;
    this.#workers = workers;
    this.#queue = c.journal.queue('cronjob', { resource: 'cronjobs' });
    this.#cronJobs = c.factory.informer(resourceTypes.cronJobs);
    this.#jobs = c.factory.informer(resourceTypes.jobs);
    this.#jobs.addEventHandler({
      onAdd: (job) => this.#enqueueOwner(job),
      onUpdate: (old, job) => {
        if (controllerOf(old)?.uid !== controllerOf(job)?.uid) this.#enqueueOwner(old);
        this.#enqueueOwner(job);
      },
      onDelete: (job) => this.#enqueueOwner(job),
    });
    this.#cronJobs.addEventHandler({
      onAdd: (cronJob) => this.#queue.add(objectKey(cronJob)),
      onUpdate: (old, cronJob) => this.#changed(old, cronJob),
      onDelete: (cronJob) => this.#queue.add(objectKey(cronJob)),
    });
  }

  run(): void {
    const [workers, queue] = [this.#workers, this.#queue];
    runWorkers(this.#c.context, { queue, workers, sync: (key) => this.#sync(key) });
  }

  async #sync(key: string): Promise<void> {
    const cronJob = this.#cronJobs.lister.get(key);
    if (cronJob === undefined) return;
    const own = this.#jobs.lister
      .namespace(namespaceOf(cronJob))
      .filter((job) => controllerOf(job)?.name === cronJob.metadata?.name);
    const again = await new CronJobSync(this.#c, cronJob, own).run();
    if (again !== undefined) this.#queue.addAfter(key, again);
  }

  /** Of a new schedule the next time counts, of all else it is looked at now. */
  #changed(old: CronJob, cronJob: CronJob): void {
    const key = objectKey(cronJob);
    const { schedule, timeZone } = cronJob.spec ?? {};
    if (old.spec?.schedule === schedule && old.spec?.timeZone === timeZone) {
      this.#queue.add(key);
      return;
    }
    try {
      const times = new ScheduleTimes(parseCronSchedule(writtenSchedule(cronJob)));
      this.#queue.addAfter(key, untilNextSchedule(cronJob, this.#c.context.clock.now(), times));
    } catch (error) {
      if (!(error instanceof CronScheduleError)) throw error;
      const target = { apiVersion: 'batch/v1', kind: 'CronJob', object: cronJob };
      const message = `unparseable schedule for cronjob: ${schedule}`;
      this.#c.recorder.event(target, 'Warning', 'UnParseableCronJobSchedule', message);
    }
  }

  #enqueueOwner(job: Job): void {
    const owner = controllerOf(job);
    if (owner?.kind !== resourceTypes.cronJobs.kind) return;
    const cronJob = this.#cronJobs.lister.get(`${namespaceOf(job)}/${owner.name}`);
    if (cronJob !== undefined && uidOf(cronJob) === owner.uid) this.#queue.add(objectKey(cronJob));
  }
}
