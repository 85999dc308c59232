import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../backend/memory.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import { MvccStore } from './store.ts';
import { WatchableStore } from './watchable-store.ts';
import type { Watcher, WatcherOptions, WatcherResponse } from './watcher.ts';

function setup(): {
  put(key: string, value?: string): void;
  del(key: string): void;
  store: MvccStore;
  watchable: WatchableStore;
  run(ms?: number): Promise<void>;
} {
  const simulation = newTestSimulation();
  const { clock } = simulation.createContext('cp-1/etcd');
  const store = new MvccStore(new MemoryBackend(), clock, {
    attach: () => undefined,
    detach: () => undefined,
  });
  const watchable = new WatchableStore(store, clock);
  return {
    store,
    watchable,
    put: (key, value = 'v') => {
      const transaction = store.write();
      transaction.put(key, value, '0');
      transaction.end();
    },
    del: (key) => {
      const transaction = store.write();
      transaction.deleteRange(key, '');
      transaction.end();
    },
    run: (ms = 0) => simulation.runUntil(simulation.now + ms),
  };
}

/** A watch that notes what it gets, one line per response, and takes only so much at a time. */
class Recorder {
  readonly lines: string[] = [];
  capacity = Infinity;
  readonly watcher: Watcher;

  constructor(watchable: WatchableStore, options: Partial<WatcherOptions> = {}) {
    const all: WatcherOptions = {
      key: 'a',
      end: 'z',
      startRevision: 0,
      prevKv: false,
      noPut: false,
      noDelete: false,
      ...options,
    };
    this.watcher = watchable.watch(all, (response) => this.#take(response));
  }

  #take(response: WatcherResponse): boolean {
    if (this.capacity === 0) return false;
    this.capacity -= 1;
    const events = response.events.map((event) => {
      const previous = event.prevKv === undefined ? '' : ` was ${event.prevKv.value}`;
      return `${event.type} ${event.kv.key}@${event.kv.modRevision}${previous}`;
    });
    if (response.compactRevision !== undefined) this.lines.push(`compacted ${response.compactRevision}`);
    else this.lines.push(events.length === 0 ? `progress ${response.revision}` : events.join(', '));
    return true;
  }
}

describe('a synced watch', () => {
  it('gets changes of its key or range, from now on, each in the turn it happens', () => {
    const { put, del, watchable } = setup();
    put('b');
    const one = new Recorder(watchable, { key: 'b', end: '' });
    const range = new Recorder(watchable, { key: 'b', end: 'd' });
    const open = new Recorder(watchable, { key: 'c', end: '\0' });
    for (const key of ['a', 'b', 'b2', 'd']) put(key);
    del('b');
    expect(one.lines).toEqual(['PUT b@4', 'DELETE b@7']);
    expect(range.lines).toEqual(['PUT b@4', 'PUT b2@5', 'DELETE b@7']);
    expect(open.lines).toEqual(['PUT d@6']);
    expect(watchable.counts).toEqual({ synced: 3, unsynced: 0, victims: 0 });
  });

  it('gets all changes of a transaction in one response, filtered, with previous values on request', () => {
    const { put, store, watchable } = setup();
    put('b', 'old');
    put('c', 'old');
    const all = new Recorder(watchable, { prevKv: true });
    const puts = new Recorder(watchable, { noDelete: true });
    const deletes = new Recorder(watchable, { noPut: true });
    const transaction = store.write();
    transaction.put('b', 'new', '0');
    transaction.deleteRange('c', '');
    transaction.put('d', 'new', '0');
    transaction.end();
    expect(all.lines).toEqual(['PUT b@4 was old, DELETE c@4 was old, PUT d@4']);
    expect(puts.lines).toEqual(['PUT b@4, PUT d@4']);
    expect(deletes.lines).toEqual(['DELETE c@4']);
  });

  it('waits for a revision in the future', () => {
    const { put, watchable } = setup();
    const recorder = new Recorder(watchable, { startRevision: 4 });
    for (const key of ['b', 'c', 'd', 'e']) put(key);
    expect(recorder.lines).toEqual(['PUT d@4', 'PUT e@5']);
  });

  it('gets nothing once it is cancelled, nor when another one cancels it', () => {
    const { put, watchable } = setup();
    const victim = new Recorder(watchable, { key: 'b', end: '' });
    put('b');
    watchable.cancel(victim.watcher);
    put('b');
    expect(victim.lines).toEqual(['PUT b@2']);
    const cancelled: Recorder[] = [];
    const options = { key: 'b', end: '', startRevision: 0, prevKv: false, noPut: false, noDelete: false };
    watchable.watch(options, () => {
      for (const other of cancelled) watchable.cancel(other.watcher);
      return true;
    });
    const second = new Recorder(watchable, { key: 'b', end: '' });
    cancelled.push(second);
    put('b');
    expect(second.lines).toEqual([]);
    expect(watchable.counts.synced).toBe(1);
  });

  it('reports progress when asked', () => {
    const { put, watchable } = setup();
    const recorder = new Recorder(watchable);
    put('b');
    watchable.requestProgress(recorder.watcher);
    expect(recorder.lines).toEqual(['PUT b@2', 'progress 2']);
  });
});

describe('a watch of the past', () => {
  it('is read what it missed, then goes on live, and reports progress only when it is through', async () => {
    const { put, del, watchable, run } = setup();
    put('b', '1');
    put('other key');
    put('b', '2');
    del('b');
    const recorder = new Recorder(watchable, { key: 'b', end: '', startRevision: 2, prevKv: true });
    watchable.requestProgress(recorder.watcher);
    put('b', '3');
    expect(recorder.lines).toEqual([]);
    await run();
    put('b', '4');
    expect(recorder.lines).toEqual([
      'PUT b@2, PUT b@4 was 1, DELETE b@5 was 2, PUT b@6',
      'progress 6',
      'PUT b@7 was 3',
    ]);
  });

  it('gets a long past in batches of 1,000 revisions', async () => {
    const { put, watchable, run } = setup();
    for (let index = 0; index < 2100; index += 1) put('b');
    const recorder = new Recorder(watchable, { startRevision: 1 });
    await run();
    expect(recorder.lines.map((line) => line.split(', ').length)).toEqual([1000, 1000, 100]);
    expect(watchable.counts).toEqual({ synced: 1, unsynced: 0, victims: 0 });
  });

  it('is told when that past is compacted, and is gone then', async () => {
    const { put, store, watchable, run } = setup();
    for (let index = 0; index < 4; index += 1) put('b');
    await store.compact(4);
    const late = new Recorder(watchable, { startRevision: 3 });
    const inTime = new Recorder(watchable, { startRevision: 4 });
    const overtaken = new Recorder(watchable, { startRevision: 4 });
    await run();
    put('b');
    expect(late.lines).toEqual(['compacted 4']);
    expect(inTime.lines).toEqual(['PUT b@4, PUT b@5', 'PUT b@6']);
    expect(overtaken.lines).toEqual(inTime.lines);
    expect(watchable.counts.synced).toBe(2);
  });

  it('has no previous value where that is compacted', async () => {
    const { put, store, watchable, run } = setup();
    for (const value of ['1', '2', '3']) put('b', value);
    await store.compact(3);
    const recorder = new Recorder(watchable, { startRevision: 3, prevKv: true });
    await run();
    expect(recorder.lines).toEqual(['PUT b@3, PUT b@4 was 2']);
  });
});

describe('a watch that does not keep up', () => {
  it('becomes a victim, misses nothing, and holds nobody up', async () => {
    const { put, watchable, run } = setup();
    const slow = new Recorder(watchable);
    const quick = new Recorder(watchable);
    slow.capacity = 1;
    for (const key of ['b', 'c', 'd', 'e']) put(key);
    expect(slow.lines).toEqual(['PUT b@2']);
    expect(quick.lines).toHaveLength(4);
    expect(watchable.counts).toEqual({ synced: 1, unsynced: 0, victims: 1 });
    await run(100);
    expect(slow.lines).toEqual(['PUT b@2']);
    slow.capacity = Infinity;
    await run(100);
    expect(slow.lines).toEqual(['PUT b@2', 'PUT c@3', 'PUT d@4, PUT e@5']);
    put('f');
    expect(slow.lines.at(-1)).toBe('PUT f@6');
    expect(watchable.counts).toEqual({ synced: 2, unsynced: 0, victims: 0 });
  });

  it('is told that it fell too far behind', async () => {
    const { put, store, watchable, run } = setup();
    const slow = new Recorder(watchable);
    slow.capacity = 0;
    for (const key of ['b', 'c', 'd', 'e']) put(key);
    await store.compact(5);
    slow.capacity = 1;
    await run(10);
    slow.capacity = 0;
    await run(100);
    slow.capacity = Infinity;
    await run(100);
    expect(slow.lines).toEqual(['PUT b@2', 'compacted 5']);
    expect(watchable.counts).toEqual({ synced: 0, unsynced: 0, victims: 0 });
  });
});
