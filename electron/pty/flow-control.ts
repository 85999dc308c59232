/** Bytes that may be unacknowledged before the program is paused. */
export const pauseAbove = 512 * 1024;
/** The program goes on when fewer are unacknowledged. */
export const resumeBelow = 128 * 1024;

/** Counts what is sent and acknowledged and says when to pause and resume the program. */
export class FlowControl {
  readonly #pause: () => void;
  readonly #resume: () => void;
  #unacknowledged = 0;
  #paused = false;

  constructor(pause: () => void, resume: () => void) {
    this.#pause = pause;
    this.#resume = resume;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  sent(bytes: number): void {
    this.#unacknowledged += bytes;
    if (this.#paused || this.#unacknowledged <= pauseAbove) return;
    this.#paused = true;
    this.#pause();
  }

  acknowledged(bytes: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - bytes);
    if (!this.#paused || this.#unacknowledged >= resumeBelow) return;
    this.#paused = false;
    this.#resume();
  }

  /** Nobody listens any more: nothing is outstanding. */
  reset(): void {
    this.acknowledged(this.#unacknowledged);
  }
}
