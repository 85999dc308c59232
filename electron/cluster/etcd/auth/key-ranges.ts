import type { ByteString } from '../../../base/byte-string.ts';
import { FROM_KEY_END } from '../client/prefix.ts';

interface Interval {
  readonly begin: ByteString;
  /** First key after it; undefined: there is none. */
  readonly end: ByteString | undefined;
}

/**
 * A set of keys made of ranges. Ranges that touch or overlap are one: what is asked for may be covered by several
 * permissions together. Models the interval trees of server/auth/range_perm_cache.go.
 */
export class KeyRanges {
  /** As they were given, by begin. */
  readonly #given: readonly Interval[];
  /** Sorted, apart from one another. */
  readonly #intervals: readonly Interval[];

  /** `rangeEnd` as in `RangeRequest`. */
  constructor(ranges: readonly { readonly key: ByteString; readonly rangeEnd: ByteString }[]) {
    const intervals = ranges.map(({ key, rangeEnd }) => interval(key, rangeEnd));
    intervals.sort((a, b) => (a.begin < b.begin ? -1 : a.begin > b.begin ? 1 : 0));
    this.#given = intervals;
    const merged: Interval[] = [];
    for (const next of intervals) {
      const last = merged.at(-1);
      if (last === undefined || (last.end !== undefined && last.end < next.begin)) merged.push(next);
      else if (last.end !== undefined && (next.end === undefined || next.end > last.end)) {
        merged[merged.length - 1] = { begin: last.begin, end: next.end };
      }
    }
    this.#intervals = merged;
  }

  /** Whether every key of a range is in the set. */
  covers(key: ByteString, rangeEnd: ByteString): boolean {
    const wanted = interval(key, rangeEnd);
    if (wanted.end !== undefined && wanted.end <= wanted.begin) return this.#surrounds(wanted.end, key);
    let low = 0;
    let high = this.#intervals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#intervals[middle] as Interval).begin <= wanted.begin) low = middle + 1;
      else high = middle;
    }
    const candidate = this.#intervals[low - 1];
    if (candidate === undefined) return false;
    if (candidate.end === undefined) return true;
    return wanted.end !== undefined && wanted.end <= candidate.end;
  }

  /** A range without keys is upstream's to permit when one given range reaches beyond both its ends. */
  #surrounds(from: ByteString, to: ByteString): boolean {
    return this.#given.some(({ begin, end }) => begin < from && (end === undefined || end > to));
  }
}

function interval(key: ByteString, rangeEnd: ByteString): Interval {
  if (rangeEnd === '') return { begin: key, end: `${key}\0` };
  return { begin: key, end: rangeEnd === FROM_KEY_END ? undefined : rangeEnd };
}
