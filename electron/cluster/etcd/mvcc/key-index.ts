import type { ByteString } from '../../../base/byte-string.ts';
import type { RevisionRecord } from '../backend/interface.ts';

/** From a creation to its tombstone, in order; the last generation may have no tombstone yet. Never empty. */
type Generation = RevisionRecord[];

/**
 * The history of one key, cut into generations. A tombstone ends a generation, the next put begins another.
 * Models server/storage/mvcc/key_index.go, except that it holds the records themselves, not their revisions.
 *
 * Example. put at 2, put at 4, delete at 7, put at 9, delete at 12 (t marks a tombstone):
 *
 *     generations   [2, 4, 7t]  [9, 12t]
 *     get(6) = 4    newest record at or before 6 in the generation that was alive at 6
 *     get(7), get(8) = nothing: the generation had ended and the next had not begun
 *     get(10) = 9
 *
 *     compact(4)    [4, 7t]  [9, 12t]    2 goes: whoever may still ask (from 4 on) sees 4
 *     compact(8)    [9, 12t]             at 8 the key does not exist, so 4 and its tombstone go
 *     compact(10)   [9, 12t]             9 is what is seen at 10
 *     compact(12)   nothing left         the key leaves the index
 */
export class KeyIndex {
  readonly key: ByteString;
  readonly #generations: Generation[] = [];

  constructor(key: ByteString) {
    this.key = key;
  }

  get isEmpty(): boolean {
    return this.#generations.length === 0;
  }

  /** The newest record, a tombstone too. */
  get last(): RevisionRecord | undefined {
    const generation = this.#generations[this.#generations.length - 1];
    return generation?.[generation.length - 1];
  }

  /** The newest record if the key is alive now. */
  get live(): RevisionRecord | undefined {
    const { last } = this;
    return last === undefined || last.tombstone ? undefined : last;
  }

  /** Adds the newest record. A tombstone may only follow a live record. */
  append(record: RevisionRecord): void {
    const generation = this.#generations[this.#generations.length - 1];
    if (generation !== undefined && this.live !== undefined) generation.push(record);
    else this.#generations.push([record]);
  }

  /** What the key held at revision `main`; undefined when it did not exist then. */
  get(main: number): RevisionRecord | undefined {
    for (let index = this.#generations.length - 1; index >= 0; index -= 1) {
      const generation = this.#generations[index] as Generation;
      if ((generation[0] as RevisionRecord).kv.modRevision > main) continue;
      const found = generation[lastAtOrBefore(generation, main)] as RevisionRecord;
      return found.tombstone ? undefined : found;
    }
    return undefined;
  }

  /** Drops what nobody can ask for once everything before `main` is compacted, and adds it to `removed`. */
  compact(main: number, removed: RevisionRecord[]): void {
    const generations = this.#generations;
    let kept = 0;
    for (const generation of generations) {
      const at = lastAtOrBefore(generation, main);
      const drop = at >= 0 && (generation[at] as RevisionRecord).tombstone ? at + 1 : Math.max(at, 0);
      if (drop > 0) removed.push(...generation.splice(0, drop));
      if (generation.length > 0) generations[kept++] = generation;
    }
    generations.length = kept;
  }
}

/** Index of the newest record at or before `main`, or -1. */
function lastAtOrBefore(generation: Generation, main: number): number {
  let low = 0;
  let high = generation.length;
  // Most questions are about the present.
  if (high > 0 && (generation[high - 1] as RevisionRecord).kv.modRevision <= main) return high - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((generation[middle] as RevisionRecord).kv.modRevision <= main) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
