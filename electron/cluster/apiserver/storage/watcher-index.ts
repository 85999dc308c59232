import type { KubeObject } from '../../api/types.ts';
import type { CacheEvent } from './cache-event.ts';
import type { Predicate } from './predicate.ts';

/** Somebody who wants the events that concern his predicate. */
export interface Watcher {
  readonly predicate: Predicate;
  deliver(event: CacheEvent): void;
}

/**
 * Finds the watchers whom an event may concern, at a cost that depends on their number and not on all
 * watchers': each is filed once, under the narrowest thing its selector demands (one object, an indexed
 * field such as spec.nodeName, a namespace), and an event looks only where it belongs.
 */
export class WatcherIndex {
  readonly #buckets = new Map<string, Set<Watcher>>();
  readonly #fields: readonly string[];
  readonly #fieldsOf: (object: KubeObject) => Readonly<Record<string, string>>;

  constructor(fields: readonly string[], fieldsOf: (object: KubeObject) => Readonly<Record<string, string>>) {
    this.#fields = fields;
    this.#fieldsOf = fieldsOf;
  }

  add(watcher: Watcher): void {
    const bucket = this.#bucketOf(watcher.predicate);
    const watchers = this.#buckets.get(bucket);
    if (watchers === undefined) this.#buckets.set(bucket, new Set([watcher]));
    else watchers.add(watcher);
  }

  delete(watcher: Watcher): void {
    const bucket = this.#bucketOf(watcher.predicate);
    const watchers = this.#buckets.get(bucket);
    if (watchers?.delete(watcher) === true && watchers.size === 0) this.#buckets.delete(bucket);
  }

  *all(): IterableIterator<Watcher> {
    for (const watchers of this.#buckets.values()) yield* watchers;
  }

  dispatch(event: CacheEvent): void {
    const { object, previous } = event;
    const buckets = ['*'];
    if (object !== undefined) this.#concerns(object, buckets);
    // The same object before: only what its fields were can differ.
    if (object === undefined && previous !== undefined) this.#concerns(previous, buckets);
    else if (previous !== undefined) this.#addFields(previous, buckets);
    for (const bucket of buckets) {
      const watchers = this.#buckets.get(bucket);
      if (watchers !== undefined) for (const watcher of [...watchers]) watcher.deliver(event);
    }
  }

  #concerns(object: KubeObject, buckets: string[]): void {
    const { namespace = '', name = '' } = object.metadata ?? {};
    buckets.push(`namespace ${namespace}`, `object ${namespace}/${name}`);
    if (namespace !== '') buckets.push(`object /${name}`);
    this.#addFields(object, buckets);
  }

  #addFields(object: KubeObject, buckets: string[]): void {
    if (this.#fields.length === 0) return;
    const fields = this.#fieldsOf(object);
    for (const field of this.#fields) {
      const bucket = `${field}=${fields[field] ?? ''}`;
      if (!buckets.includes(bucket)) buckets.push(bucket);
    }
  }

  #bucketOf(predicate: Predicate): string {
    if (predicate.name !== undefined) return `object ${predicate.namespace}/${predicate.name}`;
    for (const field of this.#fields) {
      const value = predicate.required[field];
      if (value !== undefined) return `${field}=${value}`;
    }
    return predicate.namespace === '' ? '*' : `namespace ${predicate.namespace}`;
  }
}
