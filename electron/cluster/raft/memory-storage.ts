import { limitSize } from './entry-size.ts';
import {
  type ConfState,
  type Entry,
  type EntryData,
  type HardState,
  NONE,
  RaftStorageError,
  type Snapshot,
  type Storage,
} from './interface.ts';
import { EMPTY_CONFIG } from './tracker/progress-tracker.ts';

const EMPTY_SNAPSHOT: Snapshot = { metadata: { confState: EMPTY_CONFIG, index: 0, term: 0 } };

/**
 * A log in memory, as raft reads it and the application writes it. The entry just before the first is remembered by its
 * term only. Models storage.go, MemoryStorage.
 */
export class MemoryStorage implements Storage {
  #hardState: HardState = { term: 0, vote: NONE, commit: 0 };
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  /** `#entries[i]` has index `#offset + 1 + i`. */
  #entries: Entry[] = [];
  #offset = 0;
  #offsetTerm = 0;
  readonly #sizeOf: (data: EntryData) => number;

  constructor(sizeOf: (data: EntryData) => number) {
    this.#sizeOf = sizeOf;
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#snapshot.metadata.confState };
  }

  entries(low: number, high: number, maxSize: number): readonly Entry[] {
    if (low <= this.#offset)
      throw new RaftStorageError('compacted', 'requested index is unavailable due to compaction');
    if (high > this.lastIndex() + 1)
      throw new RaftStorageError('unavailable', 'requested entry at index is unavailable');
    const from = low - this.#offset - 1;
    const entries = this.#entries.slice(from, from + high - low);
    return limitSize(entries, maxSize, this.#sizeOf);
  }

  term(index: number): number {
    if (index === this.#offset) return this.#offsetTerm;
    if (index < this.#offset)
      throw new RaftStorageError('compacted', 'requested index is unavailable due to compaction');
    const entry = this.#entries[index - this.#offset - 1];
    if (entry === undefined)
      throw new RaftStorageError('unavailable', 'requested entry at index is unavailable');
    return entry.term;
  }

  firstIndex(): number {
    return this.#offset + 1;
  }

  lastIndex(): number {
    return this.#offset + this.#entries.length;
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  setHardState(hardState: HardState): void {
    this.#hardState = hardState;
  }

  /** Replaces what there is from the first one's index on. Entries that a snapshot already holds are left out. */
  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined || first.index + entries.length <= this.firstIndex()) return;
    if (first.index > this.lastIndex() + 1)
      throw new Error(`missing log entry [last: ${this.lastIndex()}, append at: ${first.index}]`);
    const keep = Math.max(first.index - this.#offset - 1, 0);
    if (keep < this.#entries.length) this.#entries.length = keep;
    for (const entry of entries) if (entry.index > this.#offset) this.#entries.push(entry);
  }

  /** The log is replaced by a snapshot. @throws RaftStorageError snapshotOutOfDate */
  applySnapshot(snapshot: Snapshot): void {
    const { index, term } = snapshot.metadata;
    const held = this.#snapshot.metadata.index;
    if (held !== 0 && held >= index)
      throw new RaftStorageError('snapshotOutOfDate', 'requested index is older than the existing snapshot');
    this.#snapshot = snapshot;
    this.#entries = [];
    this.#offset = index;
    this.#offsetTerm = term;
  }

  /** Remembers the application's state at an index of the log; the log stays until `compact`. @throws RaftStorageError snapshotOutOfDate */
  createSnapshot(index: number, confState: ConfState, data?: unknown): Snapshot {
    if (index <= this.#snapshot.metadata.index)
      throw new RaftStorageError('snapshotOutOfDate', 'requested index is older than the existing snapshot');
    if (index > this.lastIndex())
      throw new Error(`snapshot ${index} is out of bound lastindex(${this.lastIndex()})`);
    this.#snapshot = { metadata: { confState, index, term: this.term(index) }, data };
    return this.#snapshot;
  }

  /** Forgets entries up to and with `index`, at most up to what is applied. @throws RaftStorageError compacted */
  compact(index: number): void {
    if (index <= this.#offset)
      throw new RaftStorageError('compacted', 'requested index is unavailable due to compaction');
    if (index > this.lastIndex())
      throw new Error(`compact ${index} is out of bound lastindex(${this.lastIndex()})`);
    this.#offsetTerm = this.term(index);
    this.#entries = this.#entries.slice(index - this.#offset);
    this.#offset = index;
  }
}
