import type { RecordId } from '../../base/causal-record.ts';
import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { ControllerRateLimiter } from './rate-limiter.ts';

interface DelayedAdd {
  readonly at: number;
  readonly timer: Disposable;
}

/**
 * Keys to be worked on, each at most once at a time: a key added while it is being processed is handed out
 * again after `done`. Each key is handed over as an event of its own turn, under the cause of the message
 * that enqueued it first. Models client-go util/workqueue (v1.34).
 */
export class WorkQueue {
  readonly name: string;
  readonly #context: Context;
  readonly #limiter: RateLimiter;
  #queue: string[] = [];
  #head = 0;
  /** Keys that need work, with the cause of their first add. */
  readonly #dirty = new Map<string, RecordId>();
  readonly #processing = new Set<string>();
  readonly #delayed = new Map<string, DelayedAdd>();
  readonly #waiting: ((key: string | undefined) => void)[] = [];
  #handovers = 0;
  #shutDown = false;

  constructor(
    context: Context,
    name: string,
    limiter: RateLimiter = new ControllerRateLimiter(context.clock),
  ) {
    this.#context = context;
    this.name = name;
    this.#limiter = limiter;
  }

  /** Keys ready to be handed out; without those in work or delayed. */
  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** Nothing ready, in work or delayed. */
  get idle(): boolean {
    return this.length === 0 && this.#processing.size === 0 && this.#delayed.size === 0;
  }

  add(key: string): void {
    if (this.#shutDown || this.#dirty.has(key)) return;
    this.#dirty.set(key, this.#context.tracer.cause);
    if (!this.#processing.has(key)) this.#push(key);
  }

  /** Adds the key `ms` milliseconds from now; of several delays of one key the earliest counts. */
  addAfter(key: string, ms: number): void {
    if (ms <= 0) {
      this.add(key);
      return;
    }
    if (this.#shutDown) return;
    const at = this.#context.clock.now() + ms;
    const earlier = this.#delayed.get(key);
    if (earlier !== undefined) {
      if (earlier.at <= at) return;
      earlier.timer.dispose();
    }
    const timer = this.#context.clock.setTimeout(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, ms);
    this.#delayed.set(key, { at, timer });
  }

  /** Adds the key after the delay its failures call for. */
  addRateLimited(key: string): void {
    this.addAfter(key, this.#limiter.when(key));
  }

  /** The key succeeded, or is given up: its failures no longer count. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  retries(key: string): number {
    return this.#limiter.retries(key);
  }

  /** The next key, in a turn of its own; undefined after `shutDown`. Call `done` when finished with it. */
  get(): Promise<string | undefined> {
    if (this.#shutDown) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#dispatch();
    });
  }

  done(key: string): void {
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#push(key);
  }

  shutDown(): void {
    this.#shutDown = true;
    for (const { timer } of this.#delayed.values()) timer.dispose();
    this.#delayed.clear();
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #push(key: string): void {
    this.#queue.push(key);
    this.#dispatch();
  }

  #dispatch(): void {
    while (this.#handovers < Math.min(this.#waiting.length, this.length)) {
      this.#handovers += 1;
      this.#context.clock.setTimeout(() => this.#handOver(), 0);
    }
  }

  #handOver(): void {
    this.#handovers -= 1;
    const key = this.#queue[this.#head];
    const worker = this.#waiting[0];
    if (key === undefined || worker === undefined) return;
    this.#waiting.shift();
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#processing.add(key);
    this.#context.tracer.resume(this.#dirty.get(key) ?? 0);
    this.#dirty.delete(key);
    worker(key);
  }
}
