const WALL_CLOCK = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  era: 'short',
  hourCycle: 'h23',
} as const;
/** No zone changes its clock twice within so long. */
const STRIDE = 7 * 24 * 3_600_000;

/** A zone of the time zone database. Wall times are milliseconds as if the wall clock showed UTC. Models time.Location (Go). */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat | undefined;

  /** @throws RangeError for a name that the database does not have */
  constructor(name: string) {
    if (name !== '' && name !== 'UTC')
      this.#format = new Intl.DateTimeFormat('en-US', { ...WALL_CLOCK, timeZone: name });
  }

  /** Milliseconds that the zone's wall clock is ahead of UTC at an instant. */
  offset(instant: number): number {
    if (this.#format === undefined) return 0;
    const whole = Math.floor(instant / 1000) * 1000;
    const parts: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(whole))
      parts[type] = type === 'era' ? Number(value.startsWith('B')) : Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0, era = 0 } = parts;
    const wall = new Date(0);
    wall.setUTCFullYear(era === 1 ? 1 - year : year, month - 1, day);
    wall.setUTCHours(hour, minute, second);
    return wall.getTime() - whole;
  }

  /** The first instant after `from`, and not after `until`, at which the clock is set to another offset. */
  nextChange(from: number, until: number): number | undefined {
    if (this.#format === undefined) return undefined;
    const offset = this.offset(from);
    let before = from;
    while (before < until) {
      const end = Math.min(before + STRIDE, until);
      if (this.offset(end) !== offset) return this.#changeBetween(before, end, offset);
      before = end;
    }
    return undefined;
  }

  /** `2026-03-29T01:30:00+01:00`; with `Z` when there is no difference to UTC. */
  format(instant: number): string {
    const offset = this.offset(instant);
    const wall = new Date(instant + offset).toISOString().slice(0, 19);
    const minutes = Math.abs(Math.trunc(offset / 60_000));
    if (minutes === 0) return `${wall}Z`;
    const two = (part: number): string => String(Math.trunc(part)).padStart(2, '0');
    return `${wall}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
  }

  #changeBetween(before: number, end: number, offset: number): number {
    let [low, high] = [Math.floor(before / 1000), Math.ceil(end / 1000)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offset(middle * 1000) === offset) low = middle;
      else high = middle;
    }
    return high * 1000;
  }
}
