import type { Disposable } from '../../base/disposable.ts';
import { toDisposable } from '../../base/disposable.ts';
import type { KubeObject } from '../api/types.ts';
import type { ComponentContext } from './component-context.ts';
import type { Indexers } from './indexer.ts';
import { Indexer } from './indexer.ts';
import type { ListOptions, ResourceClient } from './interface.ts';
import { Lister } from './lister.ts';
import { objectKey } from './object-key.ts';
import { Reflector } from './reflector.ts';

/** What changed, told in the turn of the message that told of it. Handlers enqueue and return. */
export interface ResourceEventHandler<T extends KubeObject> {
  onAdd?(object: T, isInInitialList: boolean): void;
  onUpdate?(oldObject: T, newObject: T): void;
  /** The last state known, which may be older than the one that was deleted. */
  onDelete?(object: T): void;
}

/**
 * One cache of one resource, shared by everything in a process that looks at it. Models client-go
 * tools/cache/shared_informer.go (v1.34), without resync.
 */
export class SharedInformer<T extends KubeObject> implements Disposable {
  readonly indexer: Indexer<T>;
  readonly lister: Lister<T>;
  readonly #reflector: Reflector<T>;
  readonly #handlers = new Set<ResourceEventHandler<T>>();
  readonly #waiting: (() => void)[] = [];
  #started = false;
  #synced = false;

  constructor(
    context: ComponentContext,
    name: string,
    client: ResourceClient<T>,
    selector?: Pick<ListOptions, 'fieldSelector' | 'labelSelector'>,
  ) {
    this.indexer = new Indexer<T>();
    this.lister = new Lister(this.indexer);
    this.#reflector = new Reflector<T>(context, {
      name,
      client,
      ...(selector === undefined ? {} : { selector }),
      sink: {
        replace: (objects) => this.#replace(objects),
        added: (object) => this.#set(object, false),
        modified: (object) => this.#set(object, false),
        deleted: (object) => this.#delete(objectKey(object), object),
      },
    });
  }

  /** True once the first list is in the cache and all handlers have seen it. */
  get hasSynced(): boolean {
    return this.#synced;
  }

  /** resourceVersion of the newest change in the cache; empty before the first list. */
  get lastSyncResourceVersion(): string {
    return this.#reflector.lastSyncResourceVersion;
  }

  addIndexers(indexers: Indexers<T>): void {
    this.indexer.addIndexers(indexers);
  }

  /** Adds a handler; what is in the cache already is told it as adds, at once. */
  addEventHandler(handler: ResourceEventHandler<T>): Disposable {
    this.#handlers.add(handler);
    for (const object of [...this.indexer.values()]) handler.onAdd?.(object, true);
    return toDisposable(() => this.#handlers.delete(handler));
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#reflector.start();
  }

  whenSynced(): Promise<void> {
    if (this.#synced) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  dispose(): void {
    this.#reflector.dispose();
    this.#handlers.clear();
  }

  #replace(objects: readonly T[]): void {
    const initial = !this.#synced;
    const present = new Set<string>();
    for (const object of objects) {
      present.add(objectKey(object));
      this.#set(object, initial);
    }
    for (const key of [...this.indexer.keys()]) if (!present.has(key)) this.#delete(key, undefined);
    this.#synced = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #set(object: T, isInInitialList: boolean): void {
    const old = this.indexer.get(objectKey(object));
    if (old !== undefined && old.metadata?.resourceVersion === object.metadata?.resourceVersion) return;
    this.indexer.set(object);
    for (const handler of this.#handlers) {
      if (old === undefined) handler.onAdd?.(object, isInInitialList);
      else handler.onUpdate?.(old, object);
    }
  }

  #delete(key: string, final: T | undefined): void {
    const old = this.indexer.delete(key);
    if (old === undefined) return;
    for (const handler of this.#handlers) handler.onDelete?.(final ?? old);
  }
}
