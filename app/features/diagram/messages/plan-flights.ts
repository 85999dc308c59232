import type { RecordSummary } from '../../../../electron/shared/contract/records.ts';

/** When a message leaves and arrives on the screen, in real milliseconds (`performance.now`). */
export interface Flight {
  readonly record: RecordSummary;
  readonly to: string;
  readonly start: number;
  readonly end: number;
}

/** Real milliseconds a message takes to cross the picture when little is under way. */
const CALM = 420;
const HURRIED = 160;
/** A message never waits longer than this to be drawn. */
const MAX_WAIT = 1800;
const REMEMBERED = 600;

/**
 * Turns records into flights. What a message caused leaves when the message has arrived, so that a path lights up
 * step by step; under load flights get shorter and wait less.
 */
export class FlightPlan {
  readonly #ends = new Map<number, number>();

  plan(records: readonly RecordSummary[], now: number, underWay: number): Flight[] {
    const load = underWay + records.length;
    const duration = load <= 12 ? CALM : Math.max(HURRIED, CALM - (load - 12) * 8);
    const flights: Flight[] = [];
    for (const record of records) {
      const caused = this.#ends.get(record.cause) ?? now;
      const start = Math.min(Math.max(now, caused), now + MAX_WAIT);
      const moves = record.kind === 'message' && record.to !== null;
      // What is not a message takes no time, but hands its place in the chain on.
      const end = moves ? start + duration : start;
      this.#remember(record.id, end);
      if (record.to !== null && moves) flights.push({ record, to: record.to, start, end });
      else flights.push({ record, to: record.actor, start, end: start + 1 });
    }
    return flights;
  }

  #remember(id: number, end: number): void {
    this.#ends.set(id, end);
    if (this.#ends.size <= REMEMBERED) return;
    const oldest = this.#ends.keys().next();
    if (oldest.done !== true) this.#ends.delete(oldest.value);
  }
}
