import { parseTime } from '../../apimachinery/time.ts';
import type { CronJob } from '../../api/types.ts';
import type { ScheduleTimes } from './schedule-times.ts';

/** The schedule fires more than once a second: it never fires really. */
export class InvalidScheduleError extends Error {}

/** More missed starts than this are told of. */
const MANY = 100;
/** What the clocks of a cluster may differ by. */
const NEXT_SCHEDULE_DELTA = 100;

interface MostRecent {
  readonly earliest: number;
  /** Undefined when nothing was due since `earliest`. */
  readonly time: number | undefined;
  readonly missed: 'none' | 'few' | 'many';
}

/** The last due start of a CronJob, in virtual milliseconds. Models cronjob/utils.go mostRecentScheduleTime (v1.34). @throws InvalidScheduleError */
export function mostRecentScheduleTime(
  cronJob: CronJob,
  now: number,
  times: ScheduleTimes,
  withDeadline: boolean,
): MostRecent {
  const { startingDeadlineSeconds } = cronJob.spec ?? {};
  let earliest =
    parseTime(cronJob.status?.lastScheduleTime) ?? parseTime(cronJob.metadata?.creationTimestamp) ?? now;
  if (withDeadline && startingDeadlineSeconds !== undefined)
    earliest = Math.max(earliest, now - startingDeadlineSeconds * 1000);
  const first = times.next(earliest);
  const second = times.next(first);
  if (now < first) return { earliest, time: undefined, missed: 'none' };
  if (now < second) return { earliest, time: first, missed: 'none' };
  const between = Math.round((second - first) / 1000);
  if (between < 1)
    throw new InvalidScheduleError('time difference between two schedules is less than 1 second');
  const count = Math.trunc(Math.trunc((now - first) / 1000) / between) + 1;
  // One step back from the estimate: not every schedule is regular.
  let time: number | undefined;
  for (let t = times.next(first + (count - 2) * between * 1000); t <= now; t = times.next(t)) time = t;
  return { earliest, time, missed: count > MANY ? 'many' : 'few' };
}

/** Milliseconds until the CronJob is to be looked at again. Models nextScheduleTimeDuration (v1.34). */
export function untilNextSchedule(cronJob: CronJob, now: number, times: ScheduleTimes): number {
  return times.next(lastDue(cronJob, now, times)) + NEXT_SCHEDULE_DELTA - now;
}

function lastDue(cronJob: CronJob, now: number, times: ScheduleTimes): number {
  try {
    const { time, earliest, missed } = mostRecentScheduleTime(cronJob, now, times, false);
    return time ?? (missed === 'none' ? earliest : now);
  } catch (error) {
    if (error instanceof InvalidScheduleError) return now;
    throw error;
  }
}
