import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Simulation } from '../base/simulation.ts';

/** Real time as the pacer sees it; a test steps its own. */
export interface RealTime {
  /** Milliseconds from any fixed point, never going back. */
  now(): number;
  /** Calls back after about `ms`; 0 means as soon as other work has had its turn. */
  after(ms: number, fn: () => void): Disposable;
}

export const realTime: RealTime = {
  now: () => performance.now(),
  after: (ms, fn) => {
    if (ms <= 0) {
      const immediate = setImmediate(fn);
      return { dispose: () => clearImmediate(immediate) };
    }
    const timer = setTimeout(fn, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};

export interface PacerOptions {
  readonly simulation: Simulation;
  readonly time: RealTime;
  /** Makes everything since the last call durable and lets the answers out. Called after every batch. */
  readonly commit: () => void;
  /** A turn or a commit failed: the simulation stands still from here on. */
  readonly onFailure: (error: unknown) => void;
  readonly paused: boolean;
  readonly speed: number;
}

interface Step {
  readonly enough: () => boolean;
  /** Virtual time at which it gives up. */
  readonly limit: number;
  readonly done: () => void;
}

/** Longest that one batch may keep the process busy, in real milliseconds: the screen and the console wait no longer. */
const BATCH = 10;
/** Further behind than this, the lost time is given up instead of being caught up with. */
const MAX_LAG = 250;
/** Below this distance to the next event a timer would be too coarse. */
const SPIN = 2;
/** How much sooner than its time a call from outside may be served, in virtual milliseconds: longer waits are real ones. */
const HURRY = 20;
/** Virtual milliseconds that may be gained so at once; they are earned back as real time goes by. */
const MAX_GAIN = 1000;

/**
 * Paces virtual time against real time. Work is done in batches: run turns that are due, commit, let answers
 * out, give way. Paused, nothing moves but what `stepUntil` asks for.
 */
export class Pacer implements Disposable {
  readonly #options: PacerOptions;
  readonly #changed = new Emitter<void>();
  #paused: boolean;
  #speed: number;
  #anchorReal: number;
  #anchorVirtual: number;
  #wake: Disposable | undefined;
  #busy: Promise<void> | undefined;
  #disposed = false;
  /** Calls from outside whose client waits, and the virtual time up to which that is a reason to hurry. */
  #hurried = 0;
  #hurryUntil = 0;
  /** Virtual milliseconds gained by hurrying that have not been earned back, at `#gainAt` (real). */
  #gain = 0;
  #gainAt = 0;
  /** Set while a step runs: asked after every turn whether it is enough. */
  #step: Step | undefined;

  /** Pause, speed or a finished step. */
  readonly onDidChange = this.#changed.event;

  constructor(options: PacerOptions) {
    this.#options = options;
    this.#paused = options.paused;
    this.#speed = options.speed;
    this.#anchorReal = options.time.now();
    this.#anchorVirtual = options.simulation.now;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Begins to pace. */
  start(): void {
    this.#anchor();
    this.#wakeAfter(0);
  }

  set(change: { paused?: boolean | undefined; speed?: number | undefined }): void {
    this.#catchUp();
    this.#anchor();
    if (change.paused !== undefined) this.#paused = change.paused;
    if (change.speed !== undefined) this.#speed = change.speed;
    this.#wakeAfter(0);
    this.#changed.fire();
  }

  /**
   * Lets something from outside in: brings the virtual clock up to the present, runs `schedule` (which puts
   * events into the simulation) and looks at once. Paused, what was scheduled waits.
   */
  inject<T>(schedule: () => T): T {
    this.#catchUp();
    const result = schedule();
    this.#wakeAfter(0);
    return result;
  }

  /**
   * Somebody outside waits until the returned object is disposed of. Their own network and disk take real time already, so
   * what stands between the call and its answer inside need not take it once more: up to `HURRY` virtual milliseconds
   * are run as fast as they can be. Time so gained stays gained, but on average virtual time never runs faster than
   * twice its speed, so that clocks outside (keep-alives of leases) still fit.
   */
  hurry(): Disposable {
    this.#catchUp();
    this.#hurried += 1;
    this.#hurryUntil = this.#options.simulation.now + HURRY;
    let done = false;
    return {
      dispose: () => {
        if (!done) this.#hurried -= 1;
        done = true;
      },
    };
  }

  /** Virtual milliseconds now, also between events. */
  get now(): number {
    this.#catchUp();
    return this.#options.simulation.now;
  }

  /**
   * Pauses, then runs turn by turn at full speed until `enough`, or until `limit` virtual milliseconds have
   * gone by, or nothing is left. Resolves when it has been committed.
   */
  stepUntil(enough: () => boolean, limit: number): Promise<void> {
    this.#catchUp();
    this.#paused = true;
    return new Promise((resolve) => {
      this.#step?.done();
      this.#step = {
        enough,
        limit: this.#options.simulation.now + limit,
        done: () => {
          this.#step = undefined;
          this.#changed.fire();
          resolve();
        },
      };
      this.#wakeAfter(0);
    });
  }

  /** Stops for good, after the running batch. */
  async stop(): Promise<void> {
    this.dispose();
    await this.#busy;
  }

  dispose(): void {
    this.#disposed = true;
    this.#wake?.dispose();
    this.#step?.done();
  }

  #wakeAfter(ms: number): void {
    if (this.#disposed) return;
    this.#wake?.dispose();
    this.#wake = this.#options.time.after(ms, () => {
      this.#wake = undefined;
      if (this.#busy !== undefined) return;
      this.#busy = this.#batch().finally(() => {
        this.#busy = undefined;
        if (!this.#disposed) this.#arm();
      });
    });
  }

  async #batch(): Promise<void> {
    const { time } = this.#options;
    const end = time.now() + BATCH;
    try {
      if (this.#step !== undefined) await this.#runStep(this.#step, end);
      else if (!this.#paused) await this.#runPaced(end);
      if (!this.#disposed) this.#options.commit();
    } catch (error) {
      this.dispose();
      this.#options.onFailure(error);
    }
  }

  async #runPaced(end: number): Promise<void> {
    const { simulation, time } = this.#options;
    const isOver = (): boolean => time.now() >= end || this.#paused;
    await simulation.runUntil(this.#target(), isOver);
    if (this.#hurried === 0 || isOver() || simulation.now >= this.#hurryUntil) return;
    const gained = this.#gainedSoFar();
    const until = Math.min(this.#hurryUntil, this.#target() + MAX_GAIN - gained);
    while (this.#hurried > 0 && !isOver() && (await simulation.step(until)));
    const ahead = simulation.now - this.#target();
    if (ahead <= 0) return;
    this.#gain = gained + ahead;
    this.#anchor();
  }

  /** What was gained is earned back at the pace of time itself. */
  #gainedSoFar(): number {
    const now = this.#options.time.now();
    this.#gain = Math.max(0, this.#gain - (now - this.#gainAt) * this.#speed);
    this.#gainAt = now;
    return this.#gain;
  }

  async #runStep(step: Step, end: number): Promise<void> {
    const { simulation, time } = this.#options;
    for (;;) {
      const moved = await simulation.step(step.limit);
      if (!moved || step.enough()) {
        this.#options.commit();
        this.#anchor();
        step.done();
        return;
      }
      if (time.now() >= end) return;
    }
  }

  /** Decides when to look again. */
  #arm(): void {
    if (this.#wake !== undefined) return;
    if (this.#step !== undefined) {
      this.#wakeAfter(0);
      return;
    }
    if (this.#paused) return;
    const next = this.#options.simulation.nextEventTime;
    if (next === undefined) return;
    const canHurry = this.#hurried > 0 && next <= this.#hurryUntil && this.#gainedSoFar() < MAX_GAIN;
    const lag = canHurry ? 0 : this.#target() - next;
    if (lag > MAX_LAG * this.#speed) this.#anchor();
    const wait = -lag / this.#speed;
    this.#wakeAfter(wait <= SPIN ? 0 : Math.min(wait - 1, 60_000));
  }

  #catchUp(): void {
    if (!this.#paused && this.#step === undefined) this.#options.simulation.advanceTo(this.#target());
  }

  #target(): number {
    return this.#anchorVirtual + (this.#options.time.now() - this.#anchorReal) * this.#speed;
  }

  #anchor(): void {
    this.#anchorReal = this.#options.time.now();
    this.#anchorVirtual = this.#options.simulation.now;
  }
}
