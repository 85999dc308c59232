import type { KeyValue } from '../client/interface.ts';

/** One thing to do to a store. */
export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: string }
  | { readonly type: 'delete'; readonly key: string; readonly end: string }
  | {
      readonly type: 'txn';
      readonly puts: readonly string[];
      readonly deletes: readonly string[];
      readonly value: string;
    }
  | { readonly type: 'compact'; readonly back: number }
  | {
      readonly type: 'watch';
      readonly key: string;
      readonly end: string;
      readonly back: number;
      readonly prevKv: boolean;
    }
  | { readonly type: 'unwatch'; readonly which: number }
  | { readonly type: 'choke'; readonly which: number; readonly open: boolean }
  | { readonly type: 'run'; readonly ms: number };

export interface ModelEvent {
  readonly type: 'PUT' | 'DELETE';
  readonly revision: number;
  readonly key: string;
  readonly value: string;
  readonly previous: string | undefined;
}

/** Whether a key is in [key, end), `end` as in `RangeRequest`. Written apart from the store on purpose. */
export function inRange(candidate: string, key: string, end: string): boolean {
  if (end === '') return candidate === key;
  return candidate >= key && (end === '\0' || candidate < end);
}

/**
 * What a store should hold, as plainly as it can be said: a whole copy of the keys for each revision, and
 * a list of everything that happened.
 */
export class StoreModel {
  /** Index is the revision. */
  readonly states: ReadonlyMap<string, KeyValue>[] = [new Map(), new Map()];
  readonly events: ModelEvent[] = [];
  compacted = -1;

  get revision(): number {
    return this.states.length - 1;
  }

  /** Deletes, then puts, as one revision, if that changes anything. Returns how many keys were deleted. */
  write(
    deletes: readonly (readonly [key: string, end: string])[],
    puts: readonly (readonly [key: string, value: string])[],
  ): number {
    const revision = this.states.length;
    const before = this.states[revision - 1] as ReadonlyMap<string, KeyValue>;
    const next = new Map(before);
    let deleted = 0;
    for (const [key, end] of deletes) {
      for (const name of [...next.keys()].sort().filter((candidate) => inRange(candidate, key, end))) {
        this.events.push({
          type: 'DELETE',
          revision,
          key: name,
          value: '',
          previous: before.get(name)?.value,
        });
        next.delete(name);
        deleted += 1;
      }
    }
    for (const [key, value] of puts) {
      const old = next.get(key);
      this.events.push({ type: 'PUT', revision, key, value, previous: before.get(key)?.value });
      next.set(key, {
        key,
        value,
        createRevision: old?.createRevision ?? revision,
        modRevision: revision,
        version: (old?.version ?? 0) + 1,
        lease: '0',
      });
    }
    if (deleted > 0 || puts.length > 0) this.states.push(next);
    return deleted;
  }

  range(key: string, end: string, revision: number): KeyValue[] {
    const state = this.states[revision] as ReadonlyMap<string, KeyValue>;
    return [...state.values()]
      .filter((kv) => inRange(kv.key, key, end))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
