import { MemoryBackend } from '../backend/memory.ts';
import { EtcdError } from '../client/interface.ts';
import type { EtcdEvent } from '../client/interface.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import type { Operation } from './model.testing.ts';
import { inRange, StoreModel } from './model.testing.ts';
import { MvccStore } from './store.ts';
import { WatchableStore } from './watchable-store.ts';
import type { Watcher } from './watcher.ts';

/** What the run does to the store under test, so that a test can break it on purpose. */
export interface Sabotage {
  /** Changes the events that a watcher gets. */
  readonly events?: (events: readonly EtcdEvent[]) => readonly EtcdEvent[];
  /** Changes the revision that a compaction uses. */
  readonly compact?: (revision: number) => number;
}

interface Watch {
  readonly watcher: Watcher;
  readonly key: string;
  readonly end: string;
  readonly prevKv: boolean;
  readonly from: number;
  readonly got: string[];
  open: boolean;
  cancelled: boolean;
  compacted: boolean;
}

const KEYS = ['', 'a', 'aa', 'ab', 'b', 'b\0', 'c', '\xff'];
const NO_LEASES = { attach: () => undefined, detach: () => undefined };

/**
 * Does the operations to a store and to the model and throws at the first difference: in present and past
 * ranges, counts, compaction errors, after reloading from the backend, and in what every watcher got.
 */
export async function runAgainstModel(
  operations: readonly Operation[],
  sabotage: Sabotage = {},
): Promise<void> {
  const run = new ModelRun(sabotage);
  for (const operation of operations) await run.do(operation);
  await run.finish();
}

class ModelRun {
  readonly #simulation = newTestSimulation();
  readonly #context = this.#simulation.createContext('cp-1/etcd');
  readonly #backend = new MemoryBackend();
  readonly #store = new MvccStore(this.#backend, this.#context.clock, NO_LEASES);
  readonly #watchable = new WatchableStore(this.#store, this.#context.clock);
  readonly #model = new StoreModel();
  readonly #watches: Watch[] = [];
  readonly #sabotage: Sabotage;

  constructor(sabotage: Sabotage) {
    this.#sabotage = sabotage;
  }

  async do(operation: Operation): Promise<void> {
    switch (operation.type) {
      case 'put':
        this.#write([], [[operation.key, operation.value]]);
        break;
      case 'delete':
        this.#write([[operation.key, operation.end]], []);
        break;
      case 'txn':
        this.#write(
          operation.deletes.map((key) => [key, ''] as const),
          [...new Set(operation.puts)].map((key) => [key, operation.value] as const),
        );
        break;
      case 'compact':
        this.#compact(this.#model.revision - operation.back);
        break;
      case 'watch':
        this.#watch(operation);
        break;
      case 'unwatch':
        this.#with(operation.which, (watch) => {
          watch.cancelled = true;
          this.#watchable.cancel(watch.watcher);
        });
        break;
      case 'choke':
        this.#with(operation.which, (watch) => {
          watch.open = operation.open;
        });
        break;
      case 'run':
        await this.#simulation.runUntil(this.#simulation.now + operation.ms);
        break;
    }
    this.#compareRanges(this.#store);
  }

  async finish(): Promise<void> {
    for (const watch of this.#watches) watch.open = true;
    await this.#simulation.runUntil(this.#simulation.now + 10_000);
    for (const watch of this.#watches) this.#compareWatch(watch);
    this.#compareRanges(new MvccStore(this.#backend, this.#context.clock, NO_LEASES));
  }

  #write(
    deletes: readonly (readonly [string, string])[],
    puts: readonly (readonly [string, string])[],
  ): void {
    const transaction = this.#store.write();
    let deleted = 0;
    for (const [key, end] of deletes) deleted += transaction.deleteRange(key, end);
    for (const [key, value] of puts) transaction.put(key, value, '0');
    transaction.end();
    same('deleted', deleted, this.#model.write(deletes, puts));
  }

  #compact(revision: number): void {
    const allowed = revision > this.#model.compacted && revision <= this.#model.revision;
    const actual = this.#sabotage.compact?.(revision) ?? revision;
    same(
      'compact',
      refusal(() => void this.#store.compact(actual)),
      allowed ? 'ok' : 'etcdserver: mvcc: required revision has been compacted',
    );
    if (allowed) this.#model.compacted = revision;
  }

  #watch(operation: Operation & { type: 'watch' }): void {
    const from = Math.max(1, this.#model.revision + 1 - operation.back);
    const { key, end, prevKv } = operation;
    const got: string[] = [];
    const options = { key, end, startRevision: from, prevKv, noPut: false, noDelete: false };
    const watcher = this.#watchable.watch(options, (response) => {
      if (watch.cancelled) throw new Error('a cancelled watch was told something');
      if (!watch.open) return false;
      if (response.compactRevision !== undefined) watch.compacted = true;
      const { events } = response;
      for (const event of this.#sabotage.events?.(events) ?? events) got.push(show(event, prevKv));
      return true;
    });
    const watch: Watch = {
      watcher,
      key,
      end,
      prevKv,
      from,
      got,
      open: true,
      cancelled: false,
      compacted: false,
    };
    this.#watches.push(watch);
  }

  #compareRanges(store: MvccStore): void {
    const model = this.#model;
    same('revision', store.revision, model.revision);
    for (let revision = 1; revision <= model.revision; revision += 1) {
      const read = (): unknown => store.range('', '\0', { revision, limit: 0, countOnly: false }).kvs;
      if (revision < model.compacted) {
        same(`range at ${revision}`, refusal(read), 'etcdserver: mvcc: required revision has been compacted');
      } else {
        same(`range at ${revision}`, read(), model.range('', '\0', revision));
      }
    }
    for (const key of KEYS) {
      for (const end of KEYS) {
        const expected = model.range(key, end, model.revision);
        const options = { revision: 0, limit: 2, countOnly: false };
        const got = store.range(key, end, options);
        same(`[${key}, ${end})`, [got.count, got.kvs], [expected.length, expected.slice(0, 2)]);
      }
    }
  }

  /** Everything from its start on and once, in order; up to the point at which it was cancelled or too late. */
  #compareWatch(watch: Watch): void {
    const { key, end, prevKv } = watch;
    const expected = this.#model.events
      .filter((event) => event.revision >= watch.from && inRange(event.key, key, end))
      .map((event) => {
        // What was there before a compacted revision may be known or not, depending on when it was sent.
        const previous = prevKv && event.previous !== undefined ? ` was ${event.previous}` : '';
        return `${event.type} ${event.key}@${event.revision}=${event.value}${previous}`;
      });
    const strip = (line: string): string => line.replace(/ was .*$/s, '');
    if (watch.compacted && this.#model.compacted <= watch.from)
      throw new Error('a watch was refused for no reason');
    if (this.#model.compacted < 0 && !watch.cancelled) {
      same('events', watch.got, expected);
    } else if (watch.cancelled || watch.compacted) {
      same('events so far', watch.got.map(strip), expected.slice(0, watch.got.length).map(strip));
    } else {
      same('events', watch.got.map(strip), expected.map(strip));
      for (const [index, line] of watch.got.entries()) {
        if (line !== expected[index] && line !== strip(expected[index] ?? ''))
          same('previous', line, expected[index]);
      }
    }
  }

  #with(which: number, action: (watch: Watch) => void): void {
    const watch = this.#watches[which % Math.max(1, this.#watches.length)];
    if (watch !== undefined) action(watch);
  }
}

function show(event: EtcdEvent, prevKv: boolean): string {
  const previous = event.prevKv === undefined ? '' : ` was ${event.prevKv.value}`;
  if (event.prevKv !== undefined && !prevKv) throw new Error('a previous value that was not asked for');
  return `${event.type} ${event.kv.key}@${event.kv.modRevision}=${event.kv.value}${previous}`;
}

function refusal(action: () => unknown): string {
  try {
    action();
    return 'ok';
  } catch (error) {
    if (error instanceof EtcdError) return error.message;
    throw error;
  }
}

function same(what: string, got: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: the store says ${a}, the model ${b}`);
}
