/** A thing that comes and goes, for those who can wait until there is one. */
export class Current<T> {
  readonly #waiting = new Set<(value: T) => void>();
  #value: T | undefined;

  get value(): T | undefined {
    return this.#value;
  }

  /** Tells everyone who waits, once. */
  set(value: T | undefined): void {
    this.#value = value;
    if (value === undefined) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const listener of waiting) listener(value);
  }

  /** Calls at once when there is one, otherwise as soon as there is. Returns what stops the waiting. */
  whenThere(listener: (value: T) => void): () => void {
    if (this.#value === undefined) this.#waiting.add(listener);
    else listener(this.#value);
    return () => void this.#waiting.delete(listener);
  }
}
