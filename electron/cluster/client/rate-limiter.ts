import type { Clock } from '../../base/clock.ts';

/** How long a key that failed has to wait. */
export interface RateLimiter {
  /** Milliseconds until the key may be tried again; counts the failure. */
  when(key: string): number;
  forget(key: string): void;
  retries(key: string): number;
}

/**
 * The larger of 5 ms doubling per failure of the key up to 1,000 s, and an overall bucket of 10 per second
 * with a burst of 100. Models client-go workqueue.DefaultTypedControllerRateLimiter (v1.34).
 */
export class ControllerRateLimiter implements RateLimiter {
  readonly #clock: Clock;
  readonly #failures = new Map<string, number>();
  readonly #baseDelay: number;
  readonly #maxDelay: number;
  #tokens = 100;
  #at: number;

  constructor(clock: Clock, baseDelay = 5, maxDelay = 1_000_000) {
    this.#clock = clock;
    this.#at = clock.now();
    this.#baseDelay = baseDelay;
    this.#maxDelay = maxDelay;
  }

  when(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const own = Math.min(this.#baseDelay * 2 ** failures, this.#maxDelay);
    return Math.max(own, this.#reserve());
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  retries(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  #reserve(): number {
    const now = this.#clock.now();
    this.#tokens = Math.min(100, this.#tokens + (now - this.#at) / 100) - 1;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : -this.#tokens * 100;
  }
}
