import type { Disposable } from './disposable.ts';
import { toDisposable } from './disposable.ts';

/** A subscribable source of values. Name the property `onDidX`. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

const NOBODY: readonly never[] = [];

/** The sending side of an `Event`. Listeners run in the order in which they subscribed. */
export class Emitter<T> implements Disposable {
  /** Replaced, never changed: who is told of a value is settled when it is fired. Many emitters have no listener, ever. */
  #listeners: readonly ((value: T) => void)[] = NOBODY;

  readonly event: Event<T> = (listener) => {
    const entry = (value: T): void => listener(value);
    this.#listeners = [...this.#listeners, entry];
    return toDisposable(() => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    });
  };

  get listenerCount(): number {
    return this.#listeners.length;
  }

  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  dispose(): void {
    this.#listeners = NOBODY;
  }
}
