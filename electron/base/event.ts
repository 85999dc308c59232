import type { Disposable } from './disposable.ts';
import { toDisposable } from './disposable.ts';

/** A subscribable source of values. Name the property `onDidX`. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** The sending side of an `Event`. Listeners run in the order in which they subscribed. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return toDisposable(() => this.#listeners.delete(entry));
  };

  get listenerCount(): number {
    return this.#listeners.size;
  }

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
