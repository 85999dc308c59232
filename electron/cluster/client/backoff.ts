import type { Rand } from '../../base/rand.ts';

export interface BackoffOptions {
  /** Milliseconds. */
  readonly initial: number;
  readonly max: number;
  readonly factor: number;
  /** Adds up to this share of the delay, at random. */
  readonly jitter: number;
  /** After so many milliseconds without a failure it begins anew. */
  readonly resetAfter: number;
}

/** What client-go's reflector waits between attempts: 0.8 s doubling to 30 s, up to twice that by jitter. */
export const reflectorBackoff: BackoffOptions = {
  initial: 800,
  max: 30_000,
  factor: 2,
  jitter: 1,
  resetAfter: 120_000,
};

/** A growing delay with jitter. Models k8s.io/apimachinery wait.BackoffManager (v1.34). */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #rand: Rand;
  readonly #now: () => number;
  #delay: number;
  #lastAt = 0;

  constructor(options: BackoffOptions, rand: Rand, now: () => number) {
    this.#options = options;
    this.#rand = rand;
    this.#now = now;
    this.#delay = options.initial;
  }

  /** Milliseconds to wait now; the next one is longer. */
  next(): number {
    const { initial, max, factor, jitter, resetAfter } = this.#options;
    const now = this.#now();
    if (now - this.#lastAt > resetAfter) this.#delay = initial;
    this.#lastAt = now;
    const base = this.#delay;
    this.#delay = Math.min(max, base * factor);
    return base + base * jitter * this.#rand.float();
  }
}
