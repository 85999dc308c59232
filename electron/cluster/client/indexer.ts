import type { KubeObject } from '../api/types.ts';
import { objectKey } from './object-key.ts';

/** Values under which an object is to be found in one index. */
export type IndexFunction<T> = (object: T) => readonly string[];
export type Indexers<T> = Readonly<Record<string, IndexFunction<T>>>;

/** The index every informer of namespaced objects has. */
export const namespaceIndex = 'namespace';

interface Index<T> {
  readonly of: IndexFunction<T>;
  readonly buckets: Map<string, Map<string, T>>;
}

/** Objects by key and by any number of indices. Models client-go tools/cache thread_safe_store (v1.34). */
export class Indexer<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indices = new Map<string, Index<T>>();

  constructor(indexers: Indexers<T> = {}) {
    this.addIndexers({ [namespaceIndex]: (object) => [object.metadata?.namespace ?? ''] });
    this.addIndexers(indexers);
  }

  /** Adds indices; what is stored already is indexed at once. */
  addIndexers(indexers: Indexers<T>): void {
    for (const [name, of] of Object.entries(indexers)) {
      if (this.#indices.has(name)) throw new Error(`indexer conflict: ${name}`);
      const index: Index<T> = { of, buckets: new Map() };
      this.#indices.set(name, index);
      for (const [key, object] of this.#objects) insert(index, key, object, of(object));
    }
  }

  hasIndex(name: string): boolean {
    return this.#indices.has(name);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#objects.keys();
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  /** Objects under `value` in an index, in the order in which they came. @throws Error when there is no such index */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`Index with name ${name} does not exist`);
    const bucket = index.buckets.get(value);
    return bucket === undefined ? [] : [...bucket.values()];
  }

  set(object: T): void {
    const key = objectKey(object);
    const old = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indices.values()) {
      const values = index.of(object);
      if (old !== undefined) remove(index, key, index.of(old), values);
      insert(index, key, object, values);
    }
  }

  delete(key: string): T | undefined {
    const old = this.#objects.get(key);
    if (old === undefined) return undefined;
    this.#objects.delete(key);
    for (const index of this.#indices.values()) remove(index, key, index.of(old), []);
    return old;
  }
}

function insert<T>(index: Index<T>, key: string, object: T, values: readonly string[]): void {
  for (const value of values) {
    const bucket = index.buckets.get(value);
    if (bucket === undefined) index.buckets.set(value, new Map([[key, object]]));
    else bucket.set(key, object);
  }
}

/** Takes the old object out of the values that the new one no longer has: what stays keeps its place. */
function remove<T>(index: Index<T>, key: string, old: readonly string[], kept: readonly string[]): void {
  for (const value of old) {
    if (kept.includes(value)) continue;
    const bucket = index.buckets.get(value);
    bucket?.delete(key);
    if (bucket?.size === 0) index.buckets.delete(value);
  }
}
