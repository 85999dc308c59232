import type { KubeObject } from '../api/types.ts';
import type { Indexer } from './indexer.ts';
import { namespaceIndex } from './indexer.ts';

/** Reads an informer's cache. What it returns is shared: never changed in place. */
export class Lister<T extends KubeObject> {
  readonly #indexer: Indexer<T>;

  constructor(indexer: Indexer<T>) {
    this.#indexer = indexer;
  }

  /** By key `namespace/name` or `name`. */
  get(key: string): T | undefined {
    return this.#indexer.get(key);
  }

  list(): readonly T[] {
    return [...this.#indexer.values()];
  }

  namespace(namespace: string): readonly T[] {
    return this.#indexer.byIndex(namespaceIndex, namespace);
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#indexer.byIndex(index, value);
  }

  get size(): number {
    return this.#indexer.size;
  }
}
