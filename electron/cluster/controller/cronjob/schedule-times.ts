import type { CronSchedule } from '../../api/batch/v1/cron-job/cron-schedule.ts';
import { TimeZone } from './time-zone.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEARS_LOOKED_AHEAD = 5;
/** Go's zero time, 0001-01-01T00:00:00Z: what never fires. */
export const NEVER = -62_135_596_800_000;

type Fields = Extract<CronSchedule, { readonly kind: 'fields' }>;

/**
 * The instants at which a schedule fires, in virtual milliseconds. Where the clock is put forward, the hour left out does not
 * fire; where it is put back, the repeated hour fires twice. Models SpecSchedule and ConstantDelaySchedule of robfig/cron (v3).
 */
export class ScheduleTimes {
  readonly #schedule: CronSchedule;
  readonly #zone: TimeZone;

  constructor(schedule: CronSchedule) {
    this.#schedule = schedule;
    this.#zone = new TimeZone(schedule.kind === 'fields' ? (schedule.zone ?? '') : '');
  }

  /** The first after `instant`; `NEVER` when there is none within five years. */
  next(instant: number): number {
    const second = Math.floor(instant / 1000) * 1000;
    if (this.#schedule.kind === 'every') return second + this.#schedule.milliseconds;
    let from = second + 1000;
    let offset = this.#zone.offset(from);
    const lastYear = new Date(from + offset).getUTCFullYear() + YEARS_LOOKED_AHEAD;
    for (;;) {
      const wall = nextWallTime(this.#schedule, from + offset, lastYear);
      // A change of the clock may bring an earlier one than the old offset says.
      const until = (wall ?? Date.UTC(lastYear + 1, 0, 1)) - offset;
      const change = this.#zone.nextChange(from, until);
      if (change === undefined) return wall === undefined ? NEVER : until;
      from = change;
      offset = this.#zone.offset(from);
    }
  }
}

/** The first wall time from `from` on that the fields allow. */
function nextWallTime(fields: Fields, from: number, lastYear: number): number | undefined {
  let wall = Math.ceil(from / MINUTE) * MINUTE;
  for (;;) {
    const date = new Date(wall);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    if (year > lastYear) return undefined;
    if (!fields.months.values.has(month + 1)) wall = Date.UTC(year, month + 1, 1);
    else if (!allowsDay(fields, date)) wall = (Math.floor(wall / DAY) + 1) * DAY;
    else if (!fields.hours.values.has(date.getUTCHours())) wall = (Math.floor(wall / HOUR) + 1) * HOUR;
    else if (!fields.minutes.values.has(date.getUTCMinutes())) wall += MINUTE;
    else return wall;
  }
}

/** Of the two day fields both must allow the day when one is `*`, otherwise either does. */
function allowsDay({ daysOfMonth, daysOfWeek }: Fields, date: Date): boolean {
  const ofMonth = daysOfMonth.values.has(date.getUTCDate());
  const ofWeek = daysOfWeek.values.has(date.getUTCDay());
  return daysOfMonth.any || daysOfWeek.any ? ofMonth && ofWeek : ofMonth || ofWeek;
}
