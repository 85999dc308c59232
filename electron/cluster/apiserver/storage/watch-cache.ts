import type { Context } from '../../../base/context.ts';
import type { Disposable } from '../../../base/disposable.ts';
import type { KubeObject } from '../../api/types.ts';
import type { EtcdClient, WatchHandle, WatchResponse } from '../../etcd/client/interface.ts';
import { prefixEnd } from '../../etcd/client/prefix.ts';
import type { HttpBody } from '../../network/http.ts';
import { CacheEvent } from './cache-event.ts';
import type { DecodeCache } from './decode-cache.ts';
import type { EtcdStore } from './etcd-store.ts';
import { EventWindow } from './event-window.ts';
import { FieldIndex } from './field-index.ts';
import type { Predicate } from './predicate.ts';
import { StorageError } from './storage-error.ts';
import { WatcherIndex } from './watcher-index.ts';
import type { Watcher } from './watcher-index.ts';

/** Virtual milliseconds. */
const RETRY_AFTER = 1_000;
const BOOKMARK_INTERVAL = 60_000;
const FRESH_POLL = 100;
const FRESH_TIMEOUT = 3_000;

export interface WatchCacheOptions {
  readonly context: Context;
  readonly client: EtcdClient;
  readonly store: EtcdStore;
  readonly decoded: DecodeCache;
  /** All keys of the resource begin with it. */
  readonly prefix: string;
  /** e.g. `pods`; for the log. */
  readonly resource: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Field selector labels by which watchers are filed. */
  readonly indexedFields: readonly string[];
  fieldsOf(object: KubeObject): Readonly<Record<string, string>>;
}

/** Where a watch's events go. */
export interface WatchSink {
  send(body: HttpBody, summary: string): void;
  /** The cache gives up this watch: its own watch on etcd broke. */
  end(): void;
}

export interface WatchRequest {
  readonly predicate: Predicate;
  /** Undefined and 0: begin with the present objects as ADDED. */
  readonly revision: number | undefined;
  readonly bookmarks: boolean;
  /** Present objects first, then a bookmark that says so. */
  readonly sendInitialEvents: boolean;
}

type State =
  | { readonly phase: 'idle' }
  | { readonly phase: 'starting'; readonly ready: Promise<void> }
  | { readonly phase: 'ready'; readonly handle: WatchHandle }
  | { readonly phase: 'broken' };

class CacheWatcher implements Watcher {
  readonly predicate: Predicate;
  readonly bookmarks: boolean;
  readonly #sink: WatchSink;
  readonly #resource: string;
  /** Where the watch began: what happened up to here is not for it. */
  readonly revision: number;

  constructor(request: WatchRequest, sink: WatchSink, resource: string, revision: number) {
    this.predicate = request.predicate;
    this.bookmarks = request.bookmarks;
    this.#sink = sink;
    this.#resource = resource;
    this.revision = revision;
  }

  deliver(event: CacheEvent): void {
    if (event.revision <= this.revision) return;
    const before = event.previous !== undefined && this.predicate.matches(event.previous);
    const after = event.object !== undefined && this.predicate.matches(event.object);
    if (!before && !after) return;
    const type = after ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED';
    const meta = (event.object ?? event.previous)?.metadata;
    const name = meta?.namespace === undefined ? meta?.name : `${meta.namespace}/${meta.name ?? ''}`;
    this.#sink.send(event.body(type), `${type} ${this.#resource} ${name ?? ''}`);
  }

  send(body: HttpBody, summary: string): void {
    this.#sink.send(body, summary);
  }

  end(): void {
    this.#sink.end();
  }
}

/**
 * All objects of one resource, kept up to date by a single watch on etcd, and the watches of clients fed from
 * it. Starts on first use; when its own watch breaks it ends all clients' watches and begins again.
 * Models apiserver/pkg/storage/cacher (v1.34).
 */
export class WatchCache {
  readonly #options: WatchCacheOptions;
  readonly #watchers: WatcherIndex;
  readonly #fields: FieldIndex;
  #state: State = { phase: 'idle' };
  #objects = new Map<string, KubeObject>();
  #sortedKeys: string[] | undefined;
  #window = new EventWindow(0);
  #revision = 0;
  #generation = 0;
  #bookmarkTimer: Disposable | undefined;
  readonly #waiting = new Set<{ readonly revision: number; readonly done: () => void }>();

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.#watchers = new WatcherIndex(options.indexedFields, options.fieldsOf);
    this.#fields = new FieldIndex(options.indexedFields, options.fieldsOf);
  }

  /** Nothing of this resource is missing up to this revision. */
  get revision(): number {
    return this.#revision;
  }

  /** Changes whenever an object does: what was derived from the objects at another generation may be stale. */
  get generation(): number {
    return this.#generation;
  }

  get ready(): boolean {
    return this.#state.phase === 'ready';
  }

  /** It has been filled once: while its watch is broken it goes on telling what it knew. */
  get filled(): boolean {
    return this.#revision > 0;
  }

  get size(): number {
    return this.#objects.size;
  }

  get watcherCount(): number {
    return [...this.#watchers.all()].length;
  }

  /** Resolves once the objects are there. @throws StorageError `unreachable` when etcd is */
  async start(): Promise<void> {
    if (this.#state.phase === 'ready') return;
    if (this.#state.phase === 'broken') throw new StorageError('unreachable', 'storage is (re)initializing');
    if (this.#state.phase === 'idle') this.#state = { phase: 'starting', ready: this.#begin() };
    if (this.#state.phase === 'starting') await this.#state.ready;
  }

  /** Like `start`, but answers false when the cache cannot be used now: ask etcd instead. */
  async tryStart(): Promise<boolean> {
    if (this.#state.phase === 'ready') return true;
    if (this.#state.phase === 'broken') return false;
    try {
      await this.start();
      return true;
    } catch (error) {
      if (error instanceof StorageError) return false;
      throw error;
    }
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  /** Objects that match, in the order of their keys. */
  list(predicate: Predicate): KubeObject[] {
    if (predicate.name !== undefined && predicate.namespace !== '') {
      const one = this.#objects.get(`${this.#options.prefix}${predicate.namespace}/${predicate.name}`);
      return one !== undefined && predicate.matches(one) ? [one] : [];
    }
    const found: KubeObject[] = [];
    for (const key of this.#candidates(predicate)) {
      const object = this.#objects.get(key) as KubeObject;
      if (predicate.matches(object)) found.push(object);
    }
    return found;
  }

  /** Whether any object that matches passes `test`; in no order. */
  some(predicate: Predicate, test: (object: KubeObject) => boolean): boolean {
    for (const key of this.#fields.lookup(predicate.required) ?? this.#objects.keys()) {
      const object = this.#objects.get(key) as KubeObject;
      if (predicate.matches(object) && test(object)) return true;
    }
    return false;
  }

  /** Keys of all objects that may match, in order: those of an indexed field's value where one is demanded. */
  #candidates(predicate: Predicate): readonly string[] {
    const indexed = this.#fields.lookup(predicate.required);
    if (indexed !== undefined) return [...indexed].sort(byBytes);
    this.#sortedKeys ??= [...this.#objects.keys()].sort(byBytes);
    return this.#sortedKeys;
  }

  /** Resolves once the cache knows everything up to `revision`. @throws StorageError `too-new` after 3 s */
  async waitUntilFresh(revision: number): Promise<void> {
    const { clock } = this.#options.context;
    const deadline = clock.now() + FRESH_TIMEOUT;
    while (this.#revision < revision) {
      if (clock.now() >= deadline) {
        throw new StorageError(
          'too-new',
          `Too large resource version: ${revision}, current: ${this.#revision}`,
        );
      }
      if (this.#state.phase === 'ready') this.#state.handle.requestProgress();
      await this.#reached(revision, FRESH_POLL);
    }
  }

  /** Starts a client's watch. @throws StorageError `too-old` with upstream's text */
  watch(request: WatchRequest, sink: WatchSink): Disposable {
    const { resource } = this.#options;
    const fromNow = request.sendInitialEvents || request.revision === undefined || request.revision === 0;
    const watcher = new CacheWatcher(
      request,
      sink,
      resource,
      fromNow ? this.#revision : (request.revision as number),
    );
    if (fromNow) {
      this.#sendPresent(watcher);
      if (request.sendInitialEvents && request.bookmarks) this.#sendBookmark(watcher, true);
    } else {
      const oldest = this.#window.completeSince;
      if (watcher.revision < oldest) {
        throw new StorageError('too-old', `too old resource version: ${watcher.revision} (${oldest})`);
      }
      for (const event of this.#window.since(watcher.revision)) watcher.deliver(event);
    }
    this.#watchers.add(watcher);
    return { dispose: () => this.#watchers.delete(watcher) };
  }

  stop(): void {
    this.#bookmarkTimer?.dispose();
    if (this.#state.phase === 'ready') this.#state.handle.cancel();
    this.#state = { phase: 'broken' };
    for (const watcher of [...this.#watchers.all()]) (watcher as CacheWatcher).end();
  }

  async #begin(): Promise<void> {
    const { store, prefix, client, context, resource } = this.#options;
    let page;
    try {
      page = await store.list(prefix, {});
    } catch (error) {
      this.#retryLater();
      throw error;
    }
    const objects = new Map<string, KubeObject>();
    for (const object of page.items) objects.set(this.#keyOf(object), object);
    this.#objects = objects;
    this.#generation += 1;
    this.#fields.clear();
    for (const [key, object] of objects) this.#fields.update(key, undefined, object);
    this.#sortedKeys = undefined;
    this.#revision = page.revision;
    this.#window = new EventWindow(page.revision);
    const handle = client.watch(
      { key: prefix, rangeEnd: prefixEnd(prefix), startRevision: page.revision + 1, progressNotify: true },
      {
        onResponse: (response) => this.#receive(response),
        onError: (error) => this.#broke(error.message),
      },
    );
    this.#state = { phase: 'ready', handle };
    this.#bookmarkTimer ??= context.clock.setInterval(() => this.#sendBookmarks(), BOOKMARK_INTERVAL);
    context.log.debug('watch cache ready', { resource, revision: page.revision, objects: objects.size });
  }

  #receive(response: WatchResponse): void {
    if (response.canceled) {
      this.#broke(response.cancelReason ?? 'etcd cancelled the watch');
      return;
    }
    for (const event of response.events) {
      const { kv } = event;
      const previous = this.#objects.get(kv.key);
      let object: KubeObject | undefined;
      if (event.type === 'PUT') {
        try {
          object = this.#options.decoded.decode(kv);
        } catch (error) {
          if (!(error instanceof StorageError)) throw error;
          // Somebody wrote nonsense past the API server: it is shown to nobody, and everything else goes on.
          this.#options.context.log.error(error.message, { key: kv.key });
          continue;
        }
        if (previous === undefined) this.#sortedKeys = undefined;
        this.#objects.set(kv.key, object);
      } else {
        this.#objects.delete(kv.key);
        this.#options.decoded.forget(kv.key);
        this.#sortedKeys = undefined;
        if (previous === undefined) continue;
      }
      this.#fields.update(kv.key, previous, object);
      this.#generation += 1;
      this.#revision = kv.modRevision;
      const change = new CacheEvent(
        kv.key,
        kv.modRevision,
        this.#options.context.clock.now(),
        object,
        previous,
      );
      this.#window.push(change);
      this.#watchers.dispatch(change);
    }
    if (!response.created) this.#revision = Math.max(this.#revision, response.header.revision);
    this.#wake();
  }

  #broke(why: string): void {
    const { context, resource } = this.#options;
    context.log.warn('watch on etcd broke', { resource, why });
    const watchers = [...this.#watchers.all()] as CacheWatcher[];
    for (const watcher of watchers) {
      this.#watchers.delete(watcher);
      watcher.end();
    }
    this.#retryLater();
  }

  #retryLater(): void {
    this.#state = { phase: 'broken' };
    this.#options.context.clock.setTimeout(() => {
      const ready = this.#begin();
      this.#state = { phase: 'starting', ready };
      // The next attempt is already planned; who waits for this one hears of it through `start`.
      ready.catch(() => undefined);
    }, RETRY_AFTER);
  }

  #sendPresent(watcher: CacheWatcher): void {
    for (const object of this.list(watcher.predicate)) {
      const { namespace, name } = object.metadata ?? {};
      const shown = namespace === undefined ? name : `${namespace}/${name ?? ''}`;
      watcher.send(addedBody(object), `ADDED ${this.#options.resource} ${shown ?? ''}`);
    }
  }

  #sendBookmarks(): void {
    for (const watcher of this.#watchers.all()) {
      const cacheWatcher = watcher as CacheWatcher;
      if (cacheWatcher.bookmarks) this.#sendBookmark(cacheWatcher, false);
    }
  }

  #sendBookmark(watcher: CacheWatcher, initialEventsEnd: boolean): void {
    const { apiVersion, kind } = this.#options;
    const metadata = {
      resourceVersion: String(Math.max(this.#revision, watcher.revision)),
      creationTimestamp: null,
      ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    };
    watcher.send(
      { type: 'object', value: { type: 'BOOKMARK', object: { kind, apiVersion, metadata } } },
      'BOOKMARK',
    );
  }

  #keyOf(object: KubeObject): string {
    const { namespace, name = '' } = object.metadata ?? {};
    return `${this.#options.prefix}${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`;
  }

  /** Resolves once the cache has reached `revision`, or after `atMost` milliseconds. */
  #reached(revision: number, atMost: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        timer.dispose();
        this.#waiting.delete(waiting);
        resolve();
      };
      const waiting = { revision, done };
      const timer = this.#options.context.clock.setTimeout(done, atMost);
      this.#waiting.add(waiting);
    });
  }

  #wake(): void {
    for (const waiting of [...this.#waiting]) if (waiting.revision <= this.#revision) waiting.done();
  }
}

const byBytes = (a: string, b: string): number => (a < b ? -1 : 1);

const addedBodies = new WeakMap<KubeObject, HttpBody>();

/** The ADDED frame of an object that is there already; one for all who begin to watch. */
function addedBody(object: KubeObject): HttpBody {
  let body = addedBodies.get(object);
  if (body === undefined) {
    body = { type: 'object', value: { type: 'ADDED', object } };
    addedBodies.set(object, body);
  }
  return body;
}
