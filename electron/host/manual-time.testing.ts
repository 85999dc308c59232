import type { Disposable } from '../base/disposable.ts';
import type { RealTime } from './pacer.ts';

/** Real time that a test moves by hand. */
export class ManualTime implements RealTime {
  #now = 0;
  #timers: { at: number; fn: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): Disposable {
    const timer = { at: this.#now + ms, fn };
    this.#timers.push(timer);
    return { dispose: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Moves in steps of one millisecond, letting batches finish in between. */
  async advance(ms: number): Promise<void> {
    for (let step = 0; step <= ms; step += 1) {
      if (step > 0) this.#now += 1;
      const due = this.#timers.filter((timer) => timer.at <= this.#now);
      this.#timers = this.#timers.filter((timer) => timer.at > this.#now);
      for (const timer of due) timer.fn();
      for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => void setImmediate(resolve));
    }
  }
}
