import { isTimeZone } from '../../api/batch/v1/cron-job/cron-schedule.ts';
import type { CronJob } from '../../api/types.ts';

/** The schedule with its time zone before it, as the parser takes it. Models formatSchedule (v1.34). */
export function writtenSchedule({ spec }: CronJob): string {
  const { schedule = '', timeZone } = spec ?? {};
  if (schedule.includes('TZ') || timeZone === undefined || !isTimeZone(timeZone)) return schedule;
  return `TZ=${timeZone} ${schedule}`;
}
