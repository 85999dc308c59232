import type { ByteString } from '../../../base/byte-string.ts';
import type { RevisionRecord } from '../backend/interface.ts';
import { FROM_KEY_END } from '../client/prefix.ts';
import { createByteStringTree } from './b-tree.ts';
import { KeyIndex } from './key-index.ts';

/**
 * Every key that has a history, in order. A map beside the tree answers for single keys without descending.
 * Models server/storage/mvcc/index.go.
 */
export class TreeIndex {
  readonly #byKey = new Map<ByteString, KeyIndex>();
  readonly #tree = createByteStringTree<KeyIndex>();

  get size(): number {
    return this.#byKey.size;
  }

  get(key: ByteString): KeyIndex | undefined {
    return this.#byKey.get(key);
  }

  append(record: RevisionRecord): void {
    const { key } = record.kv;
    let entry = this.#byKey.get(key);
    if (entry === undefined) {
      entry = new KeyIndex(key);
      this.#byKey.set(key, entry);
      this.#tree.set(key, entry);
    }
    entry.append(record);
  }

  /** What the key held at revision `main`. */
  at(key: ByteString, main: number): RevisionRecord | undefined {
    return this.#byKey.get(key)?.get(main);
  }

  /** Visits, in order of keys, what each key of [key, end) held at revision `main`; `end` as in `RangeRequest`. */
  visit(key: ByteString, end: ByteString, main: number, visitor: (record: RevisionRecord) => void): void {
    const visitEntry = (_: ByteString, entry: KeyIndex): void => {
      const record = entry.get(main);
      if (record !== undefined) visitor(record);
    };
    if (end === FROM_KEY_END) {
      const last = this.#tree.maxKey();
      if (last !== undefined && key <= last) this.#tree.forRange(key, last, true, visitEntry);
    } else if (key < end) {
      this.#tree.forRange(key, end, false, visitEntry);
    }
  }

  /** Drops what is not needed any more once everything before `main` is compacted; what was dropped, unordered. */
  compact(main: number): RevisionRecord[] {
    const removed: RevisionRecord[] = [];
    for (const entry of this.#byKey.values()) {
      entry.compact(main, removed);
      if (entry.isEmpty) {
        this.#byKey.delete(entry.key);
        this.#tree.delete(entry.key);
      }
    }
    return removed;
  }
}
