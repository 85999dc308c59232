import type { CausalLog } from './causal-log.ts';
import type { RecordId } from './causal-record.ts';
import type { Disposable } from './disposable.ts';
import { Heap } from './heap.ts';
import type { LogLine } from './logger.ts';
import { OwnedContext } from './owned-context.ts';
import type { SeededRand } from './rand.ts';
import type { Owner } from './scheduled-event.ts';
import { ScheduledEvent } from './scheduled-event.ts';

/** So many cancelled events may wait in the queue before it is worth looking at, when they are the larger part of it. */
const SWEEP_ABOVE = 1024;

export interface SimulationOptions {
  readonly startTime: number;
  readonly rand: SeededRand;
  readonly log: CausalLog;
  /**
   * Calls `then` when all promise continuations of the running turn have run, and not before it has returned
   * itself. In Node: `setImmediate`. Injected, so that this folder itself touches no real timer.
   */
  readonly settle: (then: () => void) => void;
  readonly onLogLine?: (line: LogLine) => void;
}

/**
 * The discrete-event loop. Turn rule: an event's handler runs, then every promise continuation that it set
 * free, and only then the next event; the current cause is constant over a turn unless something records
 * or resumes another. Everything inside may therefore be written with async/await, as long as the only
 * things awaited are things of the simulation.
 */
export class Simulation {
  readonly rand: SeededRand;
  readonly log: CausalLog;
  readonly #queue = new Heap<ScheduledEvent>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order));
  readonly #options: SimulationOptions;
  #now: number;
  #order = 0;
  /** Cancelled events still in the queue: most are time-outs of requests that were answered long before. */
  #cancelled = 0;
  readonly #onCancelled = (): void => this.#sweep();
  /** The record that caused what is running now. */
  cause: RecordId = 0;
  #running = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.rand = options.rand;
    this.log = options.log;
    this.#now = options.startTime;
  }

  get now(): number {
    return this.#now;
  }

  /** Virtual time of the next event, or undefined when nothing is scheduled. */
  get nextEventTime(): number | undefined {
    this.#dropCancelled();
    return this.#queue.peek()?.at;
  }

  /** Events that wait for their time. */
  get scheduledCount(): number {
    return this.#queue.size - this.#cancelled;
  }

  /**
   * A context for `actor` whose timers and continuations die with `end`. When one of its handlers throws,
   * which is a bug, `onError` is told; without it the simulation rethrows.
   */
  createContext(actor: string, onError?: (error: unknown) => void): OwnedContext {
    return new OwnedContext(this, actor, onError, this.#options.onLogLine);
  }

  /** Schedules `run` at virtual time `at` (never before now), under the current cause. */
  schedule(at: number, run: () => void, owner?: Owner): Disposable {
    const time = Math.max(at, this.#now);
    const event = new ScheduledEvent(time, this.#order++, this.cause, owner, run, this.#onCancelled);
    this.#queue.push(event);
    return event;
  }

  /** Something from outside: runs as an event at the current virtual time, recorded as an input. */
  input(actor: string, action: string, detail: Readonly<Record<string, unknown>>, run: () => void): void {
    this.schedule(this.#now, () => {
      this.cause = this.log.append({ kind: 'input', action, detail }, this.#now, 0, actor);
      run();
    });
  }

  /** Runs one turn. False when no event is due at or before `until`. */
  step(until = Infinity): Promise<boolean> {
    return this.#turns(until, () => true);
  }

  /**
   * Runs turns until virtual time reaches `until`, or `enough` says so (asked after every turn), or nothing
   * is left. The clock then stands at `until` unless it was stopped by `enough`.
   */
  async runUntil(until: number, enough?: () => boolean): Promise<void> {
    if (await this.#turns(until, enough ?? ((): boolean => false))) return;
    if (Number.isFinite(until)) this.#now = Math.max(this.#now, until);
  }

  /**
   * Turn after turn until `enough` (true) or until nothing is due (false). A chain of plain calls and not an
   * async loop: a turn of a large cluster is short, and promises of the loop's own would be a good part of it.
   */
  #turns(until: number, enough: () => boolean): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const next = (): void => {
        try {
          if (this.#begin(until)) this.#options.settle(settled);
          else resolve(false);
        } catch (error) {
          reject(error as Error);
        }
      };
      const settled = (): void => {
        this.cause = 0;
        this.#running = false;
        try {
          if (enough()) {
            resolve(true);
            return;
          }
        } catch (error) {
          reject(error as Error);
          return;
        }
        next();
      };
      next();
    });
  }

  /** Runs the handler of the next event; false when none is due. */
  #begin(until: number): boolean {
    if (this.#running) throw new Error('Simulation.step is not reentrant');
    this.#dropCancelled();
    const next = this.#queue.peek();
    if (next === undefined || next.at > until) return false;
    this.#running = true;
    this.#queue.pop();
    this.#now = next.at;
    this.cause = next.cause;
    const { owner } = next;
    try {
      next.take()?.();
    } catch (error) {
      try {
        this.#fail(error, owner);
      } catch (unowned) {
        this.#running = false;
        throw unowned;
      }
    }
    return true;
  }

  /** Lets idle time pass: moves the clock towards `time`, never over the next event and never within a turn. */
  advanceTo(time: number): void {
    if (this.#running) return;
    this.#now = Math.max(this.#now, Math.min(time, this.nextEventTime ?? Infinity));
  }

  #fail(error: unknown, owner: Owner | undefined): void {
    if (owner?.onError === undefined) throw error;
    owner.onError(error);
  }

  #sweep(): void {
    this.#cancelled += 1;
    if (this.#cancelled <= SWEEP_ABOVE || this.#cancelled * 2 <= this.#queue.size) return;
    this.#queue.retain(({ isPending }) => isPending);
    this.#cancelled = 0;
  }

  #dropCancelled(): void {
    for (;;) {
      const next = this.#queue.peek();
      if (next === undefined || next.isPending) return;
      this.#queue.pop();
      this.#cancelled -= 1;
    }
  }
}
