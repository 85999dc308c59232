import type { Disposable } from '../../../electron/base/disposable.ts';
import type { CallPacing } from '../../../electron/host/injected-etcd-gateway.ts';
import type { Pacer, RealTime } from '../../../electron/host/pacer.ts';

/** So long after the last call time still goes on as it did, in real milliseconds: what a call sets off has happened then. */
const LINGER = 40;
/** Virtual milliseconds a real one, while nobody waits for anything. */
const IDLE_SPEED = 0.1;

/**
 * The time of a scenario: real time while a call is under way, while something is waited for and while the scenario sleeps;
 * slower between them. How long a client takes to start on a busy machine is then hardly part of a lease's TTL.
 */
export class ScenarioTime implements CallPacing, Disposable {
  readonly #pacer: Pacer;
  readonly #time: RealTime;
  #waiting = 0;
  #linger: Disposable | undefined;

  constructor(pacer: Pacer, time: RealTime) {
    this.#pacer = pacer;
    this.#time = time;
  }

  inject<T>(schedule: () => T): T {
    this.#enter();
    this.#leave();
    return this.#pacer.inject(schedule);
  }

  hurry(): Disposable {
    this.#enter();
    const hurry = this.#pacer.hurry();
    let done = false;
    return {
      dispose: () => {
        if (done) return;
        done = true;
        hurry.dispose();
        this.#leave();
      },
    };
  }

  /** Time is real until that has ended. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    this.#enter();
    try {
      return await run();
    } finally {
      this.#leave();
    }
  }

  dispose(): void {
    this.#linger?.dispose();
    this.#linger = undefined;
  }

  #enter(): void {
    this.#waiting += 1;
    this.dispose();
    if (this.#pacer.speed !== 1) this.#pacer.set({ speed: 1 });
  }

  #leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    this.#linger = this.#time.after(LINGER, () => this.#pacer.set({ speed: IDLE_SPEED }));
  }
}
