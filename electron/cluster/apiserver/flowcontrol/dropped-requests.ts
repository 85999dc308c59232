/** Seconds. */
const MAX_RETRY_AFTER = 32;

/**
 * How long a level's clients are told to wait: doubled while many are refused, one second less while few are.
 * Models util/flowcontrol/dropped_requests_tracker.go (v1.34).
 */
export class DroppedRequests {
  /** Refusals of each of the last seconds, oldest first. */
  #history: { readonly second: number; count: number }[] = [];
  #retryAfter = 1;
  #raisedAt = 0;

  /** Seconds for a `Retry-After` header. */
  get retryAfter(): number {
    return this.#retryAfter;
  }

  /** `now`: virtual milliseconds. */
  record(now: number): void {
    const second = Math.floor(now / 1000);
    const last = this.#history.at(-1);
    if (last?.second === second) {
      last.count += 1;
      return;
    }
    const kept = Math.min(2 * this.#retryAfter, MAX_RETRY_AFTER);
    this.#history = this.#history.filter((one) => second - one.second <= kept);
    this.#adjust(second);
    this.#history.push({ second, count: 1 });
  }

  #adjust(second: number): void {
    const dropped = this.#history
      .filter((one) => second - one.second <= this.#retryAfter)
      .reduce((sum, { count }) => sum + count, 0);
    if (second - this.#raisedAt >= this.#retryAfter && dropped >= 3 * this.#retryAfter) {
      this.#retryAfter = Math.min(2 * this.#retryAfter, MAX_RETRY_AFTER);
      this.#raisedAt = second;
    } else if (dropped < this.#retryAfter && this.#retryAfter > 1) this.#retryAfter -= 1;
  }
}
