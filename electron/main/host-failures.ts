/** A host that lived shorter than this, in real milliseconds, failed to start. */
const SHORT = 10_000;
/** So many failures in a row are no accident. */
const LIMIT = 3;

/**
 * Counts hosts that end as soon as they start: a program that is damaged would otherwise be started for ever by a page that
 * asks again, and the person would see no more than "disconnected".
 */
export class HostFailures {
  readonly #now: () => number;
  #startedAt = 0;
  #inARow = 0;

  /** @param now real milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  started(): void {
    this.#startedAt = this.#now();
  }

  /** Whether this is the failure after which it is time to tell the person. */
  ended(code: number): boolean {
    if (code === 0 || this.#now() - this.#startedAt >= SHORT) this.#inARow = 0;
    else this.#inARow += 1;
    return this.#inARow === LIMIT;
  }

  get mayStart(): boolean {
    return this.#inARow < LIMIT;
  }
}
