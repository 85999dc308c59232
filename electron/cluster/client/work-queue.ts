import type { RecordId } from '../../base/causal-record.ts';
import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { ControllerRateLimiter } from './rate-limiter.ts';

interface DelayedAdd {
  readonly at: number;
  readonly timer: Disposable;
}

/** One pass of a key through its worker. Times in virtual milliseconds since the Unix epoch. */
export interface Sync {
  readonly key: string;
  readonly startedAt: number;
  /** Record of the message that enqueued the key first. */
  readonly cause: RecordId;
  /** Failures in a row before this pass. */
  readonly retries: number;
  /** Undefined while it runs. */
  readonly endedAt: number | undefined;
  /** Why it failed. */
  readonly error: string | undefined;
  /** The last record it followed from when it ended: the answer to its last request, or its cause. */
  readonly record: RecordId;
}

/** Told of each pass as it ends. */
export type SyncListener = (sync: Sync) => void;

/** What waits in a queue, as of now; of each list the first `limit`. */
export interface WorkQueueState {
  readonly name: string;
  /** Keys ready to be handed out, oldest first. */
  readonly ready: readonly ReadyKey[];
  readonly depth: number;
  /** In work; `again`: added meanwhile, so that it is handed out once more after this. */
  readonly processing: readonly KeyInWork[];
  /** Keys that come back at a time, soonest first. */
  readonly delayed: readonly DelayedKey[];
  readonly delays: number;
  /** Keys whose last pass failed. */
  readonly failing: number;
}

interface FailedKey {
  readonly key: string;
  /** Failures in a row; 0: none, it waits for another reason. */
  readonly retries: number;
  /** What the last of them said. */
  readonly error: string | undefined;
}

export interface ReadyKey extends FailedKey {
  readonly since: number;
}

export interface KeyInWork extends FailedKey {
  readonly startedAt: number;
  readonly cause: RecordId;
  readonly again: boolean;
}

export interface DelayedKey extends FailedKey {
  readonly at: number;
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
  readonly #ended: SyncListener | undefined;
  #queue: string[] = [];
  #head = 0;
  /** Keys that need work, with the cause of their first add. */
  readonly #dirty = new Map<string, RecordId>();
  /** When each of `#queue` came. */
  #since: number[] = [];
  readonly #processing = new Map<string, Sync>();
  /** What the last pass of a key said that failed and is tried again. */
  readonly #errors = new Map<string, string>();
  readonly #delayed = new Map<string, DelayedAdd>();
  readonly #waiting: ((key: string | undefined) => void)[] = [];
  #handovers = 0;
  #shutDown = false;

  constructor(
    context: Context,
    name: string,
    limiter: RateLimiter = new ControllerRateLimiter(context.clock),
    ended?: SyncListener,
  ) {
    this.#context = context;
    this.name = name;
    this.#limiter = limiter;
    this.#ended = ended;
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
    this.#errors.delete(key);
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

  /** `error`: why this pass failed. */
  done(key: string, error?: string): void {
    const sync = this.#processing.get(key);
    this.#processing.delete(key);
    if (error !== undefined && this.#limiter.retries(key) > 0) this.#errors.set(key, error);
    if (sync !== undefined && this.#ended !== undefined) {
      const { clock, tracer } = this.#context;
      this.#ended({ ...sync, endedAt: clock.now(), error, record: tracer.cause });
    }
    if (this.#dirty.has(key)) this.#push(key);
  }

  /** Keys in work. */
  get inWork(): IterableIterator<string> {
    return this.#processing.keys();
  }

  /** For whoever looks from outside: costs in keys, and nothing unless asked. */
  state(limit: number): WorkQueueState {
    const told = (key: string): FailedKey => ({
      key,
      retries: this.retries(key),
      error: this.#errors.get(key),
    });
    const keys = this.#queue.slice(this.#head, this.#head + limit);
    const delayed = [...this.#delayed].sort(([, a], [, b]) => a.at - b.at).slice(0, limit);
    return {
      name: this.name,
      ready: keys.map((key, index) => ({ ...told(key), since: this.#since[this.#head + index] ?? 0 })),
      depth: this.length,
      processing: [...this.#processing.values()].slice(0, limit).map(({ key, startedAt, cause }) => ({
        ...told(key),
        startedAt,
        cause,
        again: this.#dirty.has(key),
      })),
      delayed: delayed.map(([key, { at }]) => ({ ...told(key), at })),
      delays: this.#delayed.size,
      failing: this.#errors.size,
    };
  }

  shutDown(): void {
    this.#shutDown = true;
    for (const { timer } of this.#delayed.values()) timer.dispose();
    this.#delayed.clear();
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }

  #push(key: string): void {
    this.#queue.push(key);
    this.#since.push(this.#context.clock.now());
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
      this.#since = this.#since.slice(this.#head);
      this.#head = 0;
    }
    const cause = this.#dirty.get(key) ?? 0;
    this.#processing.set(key, {
      key,
      startedAt: this.#context.clock.now(),
      cause,
      retries: this.retries(key),
      endedAt: undefined,
      error: undefined,
      record: cause,
    });
    this.#context.tracer.resume(cause);
    this.#dirty.delete(key);
    worker(key);
  }
}
