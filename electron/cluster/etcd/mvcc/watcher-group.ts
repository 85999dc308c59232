import type { ByteString } from '../../../base/byte-string.ts';
import { FROM_KEY_END } from '../client/prefix.ts';

/** What a group looks at of a watcher: the range of keys it wants; `end` as in `RangeRequest`. */
export interface Interested {
  readonly key: ByteString;
  readonly end: ByteString;
}

interface Interval<W> {
  readonly begin: ByteString;
  readonly end: ByteString;
  readonly watchers: Set<W>;
  /** Largest end among this and all intervals before it: how far back a search must look. */
  maxEnd: ByteString;
}

/**
 * Watchers by what they watch: single keys in a map, ranges in a list sorted by begin, one entry for all
 * watchers of the same range. Finding who wants a key costs a binary search and the intervals that overlap
 * there; ranges are mostly disjoint prefixes. Models server/storage/mvcc/watcher_group.go.
 */
export class WatcherGroup<W extends Interested> implements Iterable<W> {
  readonly #all = new Set<W>();
  readonly #byKey = new Map<ByteString, Set<W>>();
  /** Ranges without an end, by begin. */
  readonly #open = new Map<ByteString, Set<W>>();
  readonly #intervals: Interval<W>[] = [];

  get size(): number {
    return this.#all.size;
  }

  has(watcher: W): boolean {
    return this.#all.has(watcher);
  }

  [Symbol.iterator](): IterableIterator<W> {
    return this.#all.values();
  }

  add(watcher: W): void {
    this.#all.add(watcher);
    if (watcher.end === '') addTo(this.#byKey, watcher.key, watcher);
    else if (watcher.end === FROM_KEY_END) addTo(this.#open, watcher.key, watcher);
    else this.#addInterval(watcher);
  }

  delete(watcher: W): boolean {
    if (!this.#all.delete(watcher)) return false;
    if (watcher.end === '') deleteFrom(this.#byKey, watcher.key, watcher);
    else if (watcher.end === FROM_KEY_END) deleteFrom(this.#open, watcher.key, watcher);
    else this.#deleteInterval(watcher);
    return true;
  }

  /** Adds to `found` every watcher that wants `key`. */
  find(key: ByteString, found: W[]): void {
    const exact = this.#byKey.get(key);
    if (exact !== undefined) for (const watcher of exact) found.push(watcher);
    for (const [begin, watchers] of this.#open) {
      if (begin <= key) for (const watcher of watchers) found.push(watcher);
    }
    for (let index = this.#position(key) - 1; index >= 0; index -= 1) {
      const interval = this.#intervals[index] as Interval<W>;
      if (interval.maxEnd <= key) break;
      if (key < interval.end) for (const watcher of interval.watchers) found.push(watcher);
    }
  }

  /** Number of intervals whose begin is at or before `key`. */
  #position(key: ByteString): number {
    let low = 0;
    let high = this.#intervals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#intervals[middle] as Interval<W>).begin <= key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexOf(watcher: W): number {
    for (let index = this.#position(watcher.key) - 1; index >= 0; index -= 1) {
      const interval = this.#intervals[index] as Interval<W>;
      if (interval.begin !== watcher.key) break;
      if (interval.end === watcher.end) return index;
    }
    return -1;
  }

  #addInterval(watcher: W): void {
    const known = this.#indexOf(watcher);
    if (known >= 0) {
      (this.#intervals[known] as Interval<W>).watchers.add(watcher);
      return;
    }
    const at = this.#position(watcher.key);
    const { key: begin, end } = watcher;
    this.#intervals.splice(at, 0, { begin, end, watchers: new Set([watcher]), maxEnd: end });
    this.#updateMaxEnd(at);
  }

  #deleteInterval(watcher: W): void {
    const at = this.#indexOf(watcher);
    const interval = this.#intervals[at];
    if (interval === undefined) return;
    interval.watchers.delete(watcher);
    if (interval.watchers.size > 0) return;
    this.#intervals.splice(at, 1);
    this.#updateMaxEnd(at);
  }

  #updateMaxEnd(from: number): void {
    let max = this.#intervals[from - 1]?.maxEnd ?? '';
    for (let index = from; index < this.#intervals.length; index += 1) {
      const interval = this.#intervals[index] as Interval<W>;
      if (interval.end > max) max = interval.end;
      interval.maxEnd = max;
    }
  }
}

function addTo<W>(map: Map<ByteString, Set<W>>, key: ByteString, watcher: W): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([watcher]));
  else set.add(watcher);
}

function deleteFrom<W>(map: Map<ByteString, Set<W>>, key: ByteString, watcher: W): void {
  const set = map.get(key);
  set?.delete(watcher);
  if (set?.size === 0) map.delete(key);
}
