import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import type { EtcdEvent } from '../client/interface.ts';
import type { Change } from './interface.ts';
import type { MvccStore } from './store.ts';
import type { WatcherOptions, WatcherResponse, WatcherSink } from './watcher.ts';
import { toEvent, Watcher } from './watcher.ts';
import { WatcherGroup } from './watcher-group.ts';

/** Watchers that catch up in one pass, revisions that one of them gets in one response, and the pause before a victim is tried again (virtual ms). */
const WATCHERS_PER_PASS = 512;
const REVISIONS_PER_BATCH = 1000;
const VICTIM_PAUSE = 10;

/**
 * Watches over a store. A watcher is in one of three places: **synced**, it has everything and gets each
 * change in the turn it happens; **unsynced**, it is behind and is read the past, a batch at a time, as an
 * event of its own; **victim**, its sink refused a response, which is offered again until it takes it.
 * Every watcher gets each revision once, in order, and all events of a revision in one response.
 * Models server/storage/mvcc/watchable_store.go.
 */
export class WatchableStore implements Disposable {
  readonly store: MvccStore;
  readonly #clock: Clock;
  readonly #synced = new WatcherGroup<Watcher>();
  readonly #unsynced = new WatcherGroup<Watcher>();
  readonly #victims = new Set<Watcher>();
  #pass: Disposable | undefined;
  #retry: Disposable | undefined;
  #events = 0;

  constructor(store: MvccStore, clock: Clock) {
    this.store = store;
    this.#clock = clock;
    store.observer = (revision, changes) => this.#notify(revision, changes);
  }

  /** Events handed to watchers since the start. */
  get events(): number {
    return this.#events;
  }

  get counts(): { readonly synced: number; readonly unsynced: number; readonly victims: number } {
    return { synced: this.#synced.size, unsynced: this.#unsynced.size, victims: this.#victims.size };
  }

  /** Begins a watch. The sink is never called before this returns. */
  watch(options: WatcherOptions, sink: WatcherSink): Watcher {
    const next = this.store.revision + 1;
    const behind = options.startRevision > 0 && options.startRevision < next;
    const watcher = new Watcher(
      options,
      sink,
      behind ? options.startRevision : Math.max(next, options.startRevision),
    );
    if (behind) this.#catchUp(watcher);
    else this.#synced.add(watcher);
    return watcher;
  }

  cancel(watcher: Watcher): void {
    watcher.cancelled = true;
    this.#synced.delete(watcher);
    this.#unsynced.delete(watcher);
    this.#victims.delete(watcher);
  }

  /** Sends an empty response once the watcher has everything up to the store's revision. */
  requestProgress(watcher: Watcher): void {
    if (watcher.cancelled) return;
    if (this.#synced.has(watcher)) this.#offer(watcher, this.#progress());
    else watcher.progressWanted = true;
  }

  /** How far all of them are; undefined when there are none or one does not have everything yet. Models progressIfSync. */
  progressOf(watchers: readonly Watcher[]): WatcherResponse | undefined {
    const { revision } = this.store;
    const through = (watcher: Watcher): boolean =>
      this.#synced.has(watcher) && watcher.options.startRevision <= revision;
    return watchers.length > 0 && watchers.every(through) ? this.#progress() : undefined;
  }

  dispose(): void {
    this.#pass?.dispose();
    this.#retry?.dispose();
    this.store.observer = () => undefined;
    for (const watcher of [...this.#synced, ...this.#unsynced, ...this.#victims]) this.cancel(watcher);
  }

  /** The store has been read anew: watchers may have missed what came with the other member's data. */
  reload(): void {
    for (const watcher of [...this.#synced]) {
      this.#synced.delete(watcher);
      if (watcher.minRevision <= this.store.revision) this.#catchUp(watcher);
      else this.#synced.add(watcher);
    }
  }

  #progress(): WatcherResponse {
    return { revision: this.store.revision, events: [], compactRevision: undefined };
  }

  #notify(revision: number, changes: readonly Change[]): void {
    const batches = collect(changes, this.#synced);
    for (const [watcher, events] of batches) {
      if (watcher.cancelled) continue;
      watcher.minRevision = revision + 1;
      this.#offer(watcher, { revision, events, compactRevision: undefined });
    }
  }

  /** Hands a response to a watcher; makes it a victim if it does not take it. */
  #offer(watcher: Watcher, response: WatcherResponse): boolean {
    if (watcher.sink(response)) {
      this.#events += response.events.length;
      return true;
    }
    if (watcher.cancelled) return false;
    watcher.refused = response;
    this.#synced.delete(watcher);
    this.#unsynced.delete(watcher);
    this.#victims.add(watcher);
    this.#retry ??= this.#clock.setTimeout(() => this.#retryVictims(), VICTIM_PAUSE);
    return false;
  }

  #retryVictims(): void {
    this.#retry = undefined;
    for (const watcher of [...this.#victims]) {
      const { refused } = watcher;
      if (refused === undefined || !this.#victims.has(watcher) || !watcher.sink(refused)) continue;
      watcher.refused = undefined;
      if (!this.#victims.delete(watcher)) continue;
      if (refused.compactRevision !== undefined) {
        this.cancel(watcher);
        continue;
      }
      if (watcher.minRevision <= this.store.revision) this.#catchUp(watcher);
      else this.#becomeSynced(watcher);
    }
    if (this.#victims.size > 0) {
      this.#retry ??= this.#clock.setTimeout(() => this.#retryVictims(), VICTIM_PAUSE);
    }
  }

  #becomeSynced(watcher: Watcher): void {
    this.#synced.add(watcher);
    if (!watcher.progressWanted) return;
    watcher.progressWanted = false;
    this.#offer(watcher, this.#progress());
  }

  #catchUp(watcher: Watcher): void {
    this.#unsynced.add(watcher);
    this.#pass ??= this.#clock.setTimeout(() => this.#sync(), 0);
  }

  /** One pass over some of the watchers that are behind. */
  #sync(): void {
    this.#pass = undefined;
    const group = new WatcherGroup<Watcher>();
    for (const watcher of [...this.#unsynced]) {
      if (group.size === WATCHERS_PER_PASS) break;
      if (watcher.minRevision < this.store.compactRevision) this.#refuseCompacted(watcher);
      else group.add(watcher);
    }
    this.#readPast(group);
    if (this.#unsynced.size > 0) this.#pass ??= this.#clock.setTimeout(() => this.#sync(), 0);
  }

  #refuseCompacted(watcher: Watcher): void {
    const response = { revision: 0, events: [], compactRevision: this.store.compactRevision };
    if (this.#offer(watcher, response)) this.cancel(watcher);
  }

  #readPast(group: WatcherGroup<Watcher>): void {
    if (group.size === 0) return;
    const { log, revision } = this.store;
    let from = Infinity;
    for (const watcher of group) from = Math.min(from, watcher.minRevision);
    const changes: Change[] = [];
    for (let position = log.indexOf(from); ; position += 1) {
      const record = log.at(position);
      if (record === undefined) break;
      const previous = this.store.recordAt(record.kv.key, record.kv.modRevision - 1);
      changes.push({ record, previous });
    }
    const batches = collect(changes, group);
    for (const watcher of [...group]) {
      if (watcher.cancelled) continue;
      const { events, next } = firstBatch(batches.get(watcher) ?? [], revision);
      watcher.minRevision = next;
      const response: WatcherResponse = { revision, events, compactRevision: undefined };
      if (events.length > 0 && !this.#offer(watcher, response)) continue;
      if (watcher.cancelled || next <= revision) continue;
      this.#unsynced.delete(watcher);
      this.#becomeSynced(watcher);
    }
  }
}

/** Which watchers want which of the changes. */
function collect(changes: readonly Change[], group: WatcherGroup<Watcher>): Map<Watcher, EtcdEvent[]> {
  const batches = new Map<Watcher, EtcdEvent[]>();
  const found: Watcher[] = [];
  for (const change of changes) {
    found.length = 0;
    group.find(change.record.kv.key, found);
    if (found.length === 0) continue;
    // One event object for all who get the same.
    let plain: EtcdEvent | undefined;
    let withPrevious: EtcdEvent | undefined;
    for (const watcher of found) {
      if (!watcher.wants(change)) continue;
      const event = watcher.options.prevKv
        ? (withPrevious ??= toEvent(change, true))
        : (plain ??= toEvent(change, false));
      const batch = batches.get(watcher);
      if (batch === undefined) batches.set(watcher, [event]);
      else batch.push(event);
    }
  }
  return batches;
}

/** As many events as one response may hold, and the revision at which the next one goes on. */
function firstBatch(
  events: readonly EtcdEvent[],
  revision: number,
): { events: readonly EtcdEvent[]; next: number } {
  let revisions = 0;
  let last = -1;
  for (let index = 0; index < events.length; index += 1) {
    const { modRevision } = (events[index] as EtcdEvent).kv;
    if (modRevision === last) continue;
    if (revisions === REVISIONS_PER_BATCH) return { events: events.slice(0, index), next: modRevision };
    revisions += 1;
    last = modRevision;
  }
  return { events, next: revision + 1 };
}
