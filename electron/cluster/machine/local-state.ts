import type { LocalState } from './interface.ts';

/** Where a machine's state goes when it changes; the host's storage commits it with everything else. */
export interface MachineStore {
  load(): Iterable<readonly [string, unknown]>;
  set(key: string, value: unknown): void;
  delete(key: string): void;
}

/** A machine's state in memory, written through to the store. */
export class StoredState implements LocalState {
  readonly #values: Map<string, unknown>;
  readonly #store: MachineStore;

  constructor(store: MachineStore) {
    this.#store = store;
    this.#values = new Map(store.load());
  }

  get(key: string): unknown {
    return this.#values.get(key);
  }

  set(key: string, value: unknown): void {
    this.#values.set(key, value);
    this.#store.set(key, value);
  }

  delete(key: string): void {
    if (this.#values.delete(key)) this.#store.delete(key);
  }

  keys(prefix: string): readonly string[] {
    const found: string[] = [];
    for (const key of this.#values.keys()) if (key.startsWith(prefix)) found.push(key);
    return found.sort();
  }
}

/** A store that keeps nothing: for tests and throw-away clusters. */
export function volatileStore(): MachineStore {
  return { load: () => [], set: () => undefined, delete: () => undefined };
}
