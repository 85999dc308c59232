import type { CausalLog } from './causal-log.ts';
import type { NewRecord, RecordId } from './causal-record.ts';
import type { Clock } from './clock.ts';
import type { Context, Tracer } from './context.ts';
import type { Disposable } from './disposable.ts';
import type { LogLine, Logger } from './logger.ts';
import { createLogger } from './logger.ts';
import type { SeededRand } from './rand.ts';
import type { Owner, ScheduledEvent } from './scheduled-event.ts';

/** What the contexts of processes ask of the loop that runs them. */
export interface EventLoop {
  readonly now: number;
  readonly rand: SeededRand;
  readonly log: CausalLog;
  /** The record that caused what is running now. */
  cause: RecordId;
  schedule(at: number, run: () => void, owner?: Owner): Disposable;
}

const NOTHING: Disposable = { dispose: () => undefined };

/**
 * The context of one process; nothing scheduled through it runs after `end`. There is one for every container and most
 * never use most of it, so methods are the class's own and what can be made later is.
 */
export class OwnedContext implements Context, Owner {
  readonly rand: SeededRand;
  readonly log: Logger;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly onError: ((error: unknown) => void) | undefined;
  ended = false;
  readonly pending = new Set<ScheduledEvent>();
  #abort: AbortController | undefined;
  #reason = '';

  constructor(
    loop: EventLoop,
    actor: string,
    onError: ((error: unknown) => void) | undefined,
    onLogLine: ((line: LogLine) => void) | undefined,
  ) {
    this.rand = loop.rand;
    this.log = createLogger(actor, () => loop.now, onLogLine);
    this.clock = new OwnedClock(loop, this);
    this.tracer = new ActorTracer(loop, actor);
    this.onError = onError;
  }

  /** Made when it is asked for. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.ended) this.#abort.abort(this.#reason);
    }
    return this.#abort.signal;
  }

  /** Aborts the signal; nothing scheduled through this context runs any more. */
  end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.#reason = reason;
    this.#abort?.abort(reason);
    // What would never run must not stay in the queue either, with all that it knows.
    for (const event of [...this.pending]) event.dispose();
  }
}

class OwnedClock implements Clock {
  readonly #loop: EventLoop;
  readonly #owner: OwnedContext;

  constructor(loop: EventLoop, owner: OwnedContext) {
    this.#loop = loop;
    this.#owner = owner;
  }

  now(): number {
    return this.#loop.now;
  }

  setTimeout(fn: () => void, ms: number): Disposable {
    if (this.#owner.ended) return NOTHING;
    return this.#loop.schedule(this.#loop.now + Math.max(0, ms), fn, this.#owner);
  }

  setInterval(fn: () => void, ms: number): Disposable {
    let timer = NOTHING;
    const arm = (): void => {
      timer = this.setTimeout(() => {
        // Periodic work is spontaneous: a chain of ticks is nobody's consequence.
        this.#loop.cause = 0;
        arm();
        fn();
      }, ms);
    };
    arm();
    return { dispose: () => timer.dispose() };
  }

  sleep(ms: number): Promise<void> {
    return new Promise<void>((resolve) => void this.setTimeout(resolve, ms));
  }
}

class ActorTracer implements Tracer {
  readonly actor: string;
  readonly #loop: EventLoop;

  constructor(loop: EventLoop, actor: string) {
    this.#loop = loop;
    this.actor = actor;
  }

  get cause(): RecordId {
    return this.#loop.cause;
  }

  record(record: NewRecord): RecordId {
    const loop = this.#loop;
    loop.cause = loop.log.append(record, loop.now, loop.cause, this.actor);
    return loop.cause;
  }

  resume(cause: RecordId): void {
    this.#loop.cause = cause;
  }
}
