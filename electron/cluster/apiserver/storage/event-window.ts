import type { CacheEvent } from './cache-event.ts';

/** Upstream keeps at least so many, and more while they are younger than `FRESH`. */
const SMALLEST = 100;
const LARGEST = 100 * 1024;
/** Virtual milliseconds. Models eventFreshDuration of the watch cache (v1.34). */
const FRESH = 75_000;

/** The newest events of one resource, oldest first, for watches that start in the past. */
export class EventWindow {
  #events: CacheEvent[] = [];
  #head = 0;
  /** Revision after which every event is in here. */
  #complete: number;

  constructor(startRevision: number) {
    this.#complete = startRevision;
  }

  /** A watch may start at this revision or any later one. */
  get completeSince(): number {
    return this.#complete;
  }

  push(event: CacheEvent): void {
    this.#events.push(event);
    for (;;) {
      const size = this.#events.length - this.#head;
      const oldest = this.#events[this.#head] as CacheEvent;
      if (size <= SMALLEST || (size <= LARGEST && event.time - oldest.time < FRESH)) break;
      this.#complete = oldest.revision;
      this.#head += 1;
    }
    if (this.#head > SMALLEST && this.#head * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Events of revisions above `revision`. */
  since(revision: number): readonly CacheEvent[] {
    let low = this.#head;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle] as CacheEvent).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low);
  }
}
