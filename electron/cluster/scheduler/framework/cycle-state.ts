/** What plugins hand one another during one attempt to schedule one Pod. Models framework.CycleState (v1.34). */
export class CycleState {
  readonly #values = new Map<string, unknown>();
  /** Filter plugins with nothing to do for this Pod. */
  readonly skipFilter = new Set<string>();
  /** Score plugins with nothing to do for this Pod. */
  readonly skipScore = new Set<string>();

  read(key: string): unknown {
    return this.#values.get(key);
  }

  write(key: string, value: unknown): void {
    this.#values.set(key, value);
  }
}
