import {
  CronScheduleError,
  isTimeZone,
  parseCronSchedule,
} from '../../api/batch/v1/cron-job/cron-schedule.ts';
import { isControlledBy, isTerminating, nameOf, namespaceOf, uidOf } from '../../apimachinery/meta.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import { quote } from '../../apimachinery/validation/field-error.ts';
import type { CronJob, Job } from '../../api/types.ts';
import { errorText, hasStatusCause, isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import type { EventType } from '../../client/event-recorder.ts';
import type { ResourceClient } from '../../client/interface.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { decide } from '../decision.ts';
import type { ControllerContext } from '../interface.ts';
import { isJobFinished, jobCondition } from '../job/job-conditions.ts';
import { jobAt, jobNameAt } from './cronjob-job.ts';
import { InvalidScheduleError, mostRecentScheduleTime, untilNextSchedule } from './missed-schedules.ts';
import { ScheduleTimes } from './schedule-times.ts';
import { writtenSchedule } from './written-schedule.ts';

type CronJobStatus = NonNullable<CronJob['status']>;
type JobReference = NonNullable<CronJobStatus['active']>[number];

/** One reconcile of one CronJob with the Jobs that name it as their controller. Models syncCronJob and cleanupFinishedJobs (v1.34). */
export class CronJobSync {
  readonly #c: ControllerContext;
  readonly #cronJob: CronJob;
  readonly #own: readonly Job[];
  readonly #jobs: ResourceClient<Job>;
  readonly #now: number;
  readonly #observed: CronJobStatus;
  #status: CronJobStatus;

  constructor(c: ControllerContext, cronJob: CronJob, own: readonly Job[]) {
    this.#c = c;
    this.#cronJob = cronJob;
    this.#own = own;
    this.#jobs = c.client.resource<Job>(resourceTypes.jobs, namespaceOf(cronJob));
    this.#now = c.context.clock.now();
    this.#observed = cronJob.status ?? {};
    this.#status = this.#observed;
  }

  /** Resolves with the milliseconds until the next look, if there is one to come. @throws Error of an API call */
  async run(): Promise<number | undefined> {
    await this.#removeFinished();
    let again: number | undefined;
    let failure: { readonly error: unknown } | undefined;
    try {
      again = await this.#sync();
    } catch (error) {
      failure = { error };
    }
    if (this.#status !== this.#observed)
      await this.#c.client
        .resource<CronJob>(resourceTypes.cronJobs, namespaceOf(this.#cronJob))
        .updateStatus({ ...this.#cronJob, status: this.#status });
    if (failure !== undefined) throw failure.error;
    return again;
  }

  async #sync(): Promise<number | undefined> {
    await this.#followJobs();
    await this.#dropMissing();
    const times = this.#times();
    return times === undefined ? undefined : this.#start(times);
  }

  /** Takes note of Jobs that ended, and of those that somebody else made. */
  async #followJobs(): Promise<void> {
    for (const job of this.#own) {
      const isActive = this.#isActive(job);
      if (!isJobFinished(job)) {
        if (!isActive) await this.#stranger(job);
        continue;
      }
      const done = jobCondition(job, 'Complete') !== undefined;
      if (isActive) {
        this.#deactivate(uidOf(job));
        const condition = done ? 'Complete' : 'Failed';
        this.#say('Normal', 'SawCompletedJob', `Saw completed job: ${nameOf(job)}, condition: ${condition}`);
      }
      const completed = parseTime(job.status?.completionTime);
      if (
        done &&
        completed !== undefined &&
        completed > (parseTime(this.#status.lastSuccessfulTime) ?? -Infinity)
      )
        this.#status = { ...this.#status, lastSuccessfulTime: formatTime(completed) };
    }
  }

  async #stranger(job: Job): Promise<void> {
    const fresh = await this.#c.client
      .resource<CronJob>(resourceTypes.cronJobs, namespaceOf(job))
      .get(nameOf(this.#cronJob));
    // The cache may be behind with the status.
    if (fresh.status?.active?.some(({ uid }) => uid === uidOf(job)) === true) return;
    const message = `Saw a job that the controller did not create or forgot: ${nameOf(job)}`;
    this.#say('Warning', 'UnexpectedJob', message);
  }

  async #dropMissing(): Promise<void> {
    const known = new Set(this.#own.map(uidOf));
    for (const { uid = '', name = '' } of this.#status.active ?? []) {
      if (known.has(uid)) continue;
      try {
        await this.#jobs.get(name);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        this.#say('Normal', 'MissingJob', `Active job went missing: ${name}`);
        this.#deactivate(uid);
      }
    }
  }

  /** Undefined when the CronJob is to start nothing. */
  #times(): ScheduleTimes | undefined {
    const cronJob = this.#cronJob;
    const { schedule = '', suspend, timeZone } = cronJob.spec ?? {};
    if (isTerminating(cronJob)) return undefined;
    if (timeZone !== undefined && timeZone !== '' && !isTimeZone(timeZone)) {
      const why = `unknown time zone ${timeZone}`;
      this.#say('Warning', 'UnknownTimeZone', `invalid timeZone: ${quote(timeZone)}: ${why}`);
      return undefined;
    }
    if (suspend === true) {
      this.#decide('no-op', 'nothing while suspended');
      return undefined;
    }
    if (schedule.includes('TZ')) {
      const see = 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/';
      const what = `CRON_TZ or TZ used in schedule ${quote(schedule)} is not officially supported`;
      this.#say('Warning', 'UnsupportedSchedule', `${what}, see ${see} for more details`);
    }
    try {
      return new ScheduleTimes(parseCronSchedule(writtenSchedule(cronJob)));
    } catch (error) {
      if (!(error instanceof CronScheduleError)) throw error;
      const message = `unparseable schedule: ${quote(schedule)} : ${error.message}`;
      this.#say('Warning', 'UnparseableSchedule', message);
      return undefined;
    }
  }

  /** Makes the Job that is due, if any. */
  async #start(times: ScheduleTimes): Promise<number | undefined> {
    const cronJob = this.#cronJob;
    const spec = cronJob.spec;
    const due = this.#due(times);
    if (due === 'invalid') return undefined;
    // Counted from the newest status, when it is asked for.
    const again = (): number => untilNextSchedule({ ...cronJob, status: this.#status }, this.#now, times);
    if (due === undefined) return again();
    const deadline = spec?.startingDeadlineSeconds;
    if (deadline !== undefined && due + deadline * 1000 < this.#now) {
      this.#say('Warning', 'MissSchedule', `Missed scheduled time to start a job: ${rfc1123(due)}`);
      return again();
    }
    const name = jobNameAt(cronJob, due);
    const active = this.#status.active ?? [];
    if (active.some((job) => job.name === name) || parseTime(this.#status.lastScheduleTime) === due)
      return again();
    if (spec?.concurrencyPolicy === 'Forbid' && active.length > 0) {
      const why = 'prior execution is running and concurrency policy is Forbid';
      this.#decide('skip', name);
      this.#say('Normal', 'JobAlreadyActive', `Not starting job because ${why}`);
      return again();
    }
    if (spec?.concurrencyPolicy === 'Replace') await this.#replace(active);
    const job = await this.#create(due);
    if (job === undefined) return undefined;
    this.#status = {
      ...this.#status,
      active: [...(this.#status.active ?? []), referenceTo(job)],
      lastScheduleTime: formatTime(due),
    };
    return again();
  }

  #due(times: ScheduleTimes): number | undefined | 'invalid' {
    try {
      const due = mostRecentScheduleTime({ ...this.#cronJob, status: this.#status }, this.#now, times, true);
      if (due.time !== undefined && due.missed === 'many') {
        const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
        this.#say('Warning', 'TooManyMissedTimes', `too many missed start times. ${advice}`);
      }
      return due.time;
    } catch (error) {
      if (!(error instanceof InvalidScheduleError)) throw error;
      const message = `invalid schedule: ${this.#cronJob.spec?.schedule} : ${error.message}`;
      this.#say('Warning', 'InvalidSchedule', message);
      return 'invalid';
    }
  }

  async #replace(active: readonly JobReference[]): Promise<void> {
    for (const { name = '' } of active) {
      let job: Job;
      try {
        job = await this.#jobs.get(name);
      } catch (error) {
        this.#say('Warning', 'FailedGet', `Get job: ${errorText(error)}`);
        throw error;
      }
      if (!(await this.#delete(job)))
        throw new Error(`could not replace job ${namespaceOf(job)}/${nameOf(job)}`);
    }
  }

  /** The Job of this start; undefined when somebody else's is there, or ours is known already. @throws Error of the call */
  async #create(due: number): Promise<Job | undefined> {
    const wanted = jobAt(this.#cronJob, due);
    this.#decide('create', nameOf(wanted));
    try {
      const job = await this.#jobs.create(wanted);
      this.#say('Normal', 'SuccessfulCreate', `Created job ${nameOf(job)}`);
      return job;
    } catch (error) {
      if (isAlreadyExists(error)) {
        const job = await this.#jobs.get(nameOf(wanted));
        return isControlledBy(job, this.#cronJob) && !this.#isActive(job) ? job : undefined;
      }
      if (!hasStatusCause(error, 'NamespaceTerminating'))
        this.#say('Warning', 'FailedCreate', `Error creating job: ${errorText(error)}`);
      throw error;
    }
  }

  async #removeFinished(): Promise<void> {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.#cronJob.spec ?? {};
    const ended = (type: string): Job[] => this.#own.filter((job) => jobCondition(job, type) !== undefined);
    await this.#removeOldest(ended('Complete'), successfulJobsHistoryLimit);
    await this.#removeOldest(ended('Failed'), failedJobsHistoryLimit);
  }

  async #removeOldest(jobs: readonly Job[], kept: number | undefined): Promise<void> {
    if (kept === undefined || jobs.length <= kept) return;
    const oldestFirst = jobs.toSorted(byStartTime);
    for (const job of oldestFirst.slice(0, jobs.length - kept)) await this.#delete(job);
  }

  async #delete(job: Job): Promise<boolean> {
    this.#decide('delete', nameOf(job));
    try {
      await this.#jobs.delete(nameOf(job), { propagationPolicy: 'Background' });
    } catch (error) {
      this.#say('Warning', 'FailedDelete', `Deleted job: ${errorText(error)}`);
      return false;
    }
    this.#deactivate(uidOf(job));
    this.#say('Normal', 'SuccessfulDelete', `Deleted job ${nameOf(job)}`);
    return true;
  }

  #isActive(job: Job): boolean {
    return this.#status.active?.some(({ uid }) => uid === uidOf(job)) === true;
  }

  #deactivate(uid: string): void {
    const { active = [], ...rest } = this.#status;
    const left = active.filter((job) => job.uid !== uid);
    this.#status = left.length === 0 ? rest : { ...rest, active: left };
  }

  #say(type: EventType, reason: string, message: string): void {
    const { apiVersion, kind } = resourceTypes.cronJobs;
    this.#c.recorder.event({ apiVersion, kind, object: this.#cronJob }, type, reason, message);
  }

  #decide(action: string, desired: string): void {
    const { active = [] } = this.#status;
    decide(this.#c, {
      subject: `cronjobs ${namespaceOf(this.#cronJob)}/${nameOf(this.#cronJob)}`,
      action,
      desired,
      observed: `${active.length} active`,
    });
  }
}

function referenceTo(job: Job): JobReference {
  return {
    apiVersion: resourceTypes.jobs.apiVersion,
    kind: 'Job',
    namespace: namespaceOf(job),
    name: nameOf(job),
    uid: uidOf(job),
    resourceVersion: job.metadata?.resourceVersion ?? '',
  };
}

/** Those that did not start come last. Models byJobStartTime (v1.34). */
function byStartTime(a: Job, b: Job): number {
  const [first, second] = [parseTime(a.status?.startTime), parseTime(b.status?.startTime)];
  if (first === second) return nameOf(a) < nameOf(b) ? -1 : 1;
  return (first ?? Infinity) - (second ?? Infinity);
}

/** `Mon, 02 Jan 2006 15:04:05 +0000`. */
function rfc1123(instant: number): string {
  return new Date(instant).toUTCString().replace('GMT', '+0000');
}
