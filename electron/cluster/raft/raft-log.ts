import { entriesSize, limitSize } from './entry-size.ts';
import type { Entry, EntryData, Snapshot, Storage } from './interface.ts';
import { Unstable } from './unstable.ts';

/** Compacted away, or not there yet. */
export const UNKNOWN_TERM = -1;

const NO_ENTRIES: readonly Entry[] = [];

/**
 * The log: what storage holds with the unstable end on top, and how far it is committed and applied.
 * applied <= applying <= committed. Models log.go (v3.6) without asynchronous storage writes.
 */
export class RaftLog {
  readonly unstable: Unstable;
  committed: number;
  /** Handed out for application. */
  applying: number;
  /** Applied, as `advance` says. */
  applied: number;
  readonly #storage: Storage;
  readonly #maxApplyingSize: number;
  readonly #sizeOf: (data: EntryData) => number;

  /** `maxApplyingSize`: bytes of entries handed out for application at a time. */
  constructor(storage: Storage, maxApplyingSize: number, sizeOf: (data: EntryData) => number) {
    this.#storage = storage;
    this.#maxApplyingSize = maxApplyingSize;
    this.#sizeOf = sizeOf;
    this.unstable = new Unstable(storage.lastIndex() + 1);
    this.committed = storage.firstIndex() - 1;
    this.applying = this.committed;
    this.applied = this.committed;
  }

  firstIndex(): number {
    const { snapshot } = this.unstable;
    return snapshot === undefined ? this.#storage.firstIndex() : snapshot.metadata.index + 1;
  }

  lastIndex(): number {
    const last = this.unstable.lastIndex();
    return last === -1 ? this.#storage.lastIndex() : last;
  }

  /** Of [firstIndex - 1, lastIndex]; elsewhere `UNKNOWN_TERM`. */
  term(index: number): number {
    const term = this.unstable.term(index);
    if (term !== -1) return term;
    if (index + 1 < this.firstIndex() || index > this.lastIndex()) return UNKNOWN_TERM;
    return this.#storage.term(index);
  }

  lastTerm(): number {
    const term = this.term(this.lastIndex());
    if (term === UNKNOWN_TERM) throw new Error('unexpected error when getting the last term');
    return term;
  }

  matchTerm(index: number, term: number): boolean {
    return this.term(index) === term;
  }

  /** A log that ends with this entry holds at least what ours holds. */
  isUpToDate(lastIndex: number, lastTerm: number): boolean {
    const ours = this.lastTerm();
    return lastTerm > ours || (lastTerm === ours && lastIndex >= this.lastIndex());
  }

  /**
   * Entries that follow (prevIndex, prevTerm), from a leader that has committed up to `committed`.
   * Returns the last index the two logs agree on, or -1 when ours does not have that entry.
   */
  maybeAppend(prevIndex: number, prevTerm: number, entries: readonly Entry[], committed: number): number {
    if (!this.matchTerm(prevIndex, prevTerm)) return -1;
    const lastNew = prevIndex + entries.length;
    const conflict = this.findConflict(entries);
    if (conflict !== 0) {
      if (conflict <= this.committed)
        throw new Error(
          `entry ${conflict} conflict with committed entry [committed(${this.committed})]: was the log lost?`,
        );
      this.append(conflict === prevIndex + 1 ? entries : entries.slice(conflict - prevIndex - 1));
    }
    this.commitTo(Math.min(committed, lastNew));
    return lastNew;
  }

  /** Returns the last index. */
  append(entries: readonly Entry[]): number {
    if (entries.length > 0) {
      const after = (entries[0] as Entry).index - 1;
      if (after < this.committed)
        throw new Error(`after(${after}) is out of range [committed(${this.committed})]`);
      this.unstable.truncateAndAppend(entries);
    }
    return this.lastIndex();
  }

  /** Index of the first entry that is missing or has another term here; 0 when all are here. */
  findConflict(entries: readonly Entry[]): number {
    for (const { index, term } of entries) if (!this.matchTerm(index, term)) return index;
    return 0;
  }

  /**
   * The largest index up to `index` at which this log could agree with another one that has `term` at `index`, because
   * terms never fall within a log. With the term there; 0 when it is not known. Saves a probe per entry.
   */
  findConflictByTerm(index: number, term: number): { readonly index: number; readonly term: number } {
    for (let at = index; at > 0; at -= 1) {
      const ours = this.term(at);
      if (ours === UNKNOWN_TERM) return { index: at, term: 0 };
      if (ours <= term) return { index: at, term: ours };
    }
    return { index: 0, term: 0 };
  }

  /** Never goes back. */
  commitTo(index: number): void {
    if (index <= this.committed) return;
    if (index > this.lastIndex())
      throw new Error(
        `tocommit(${index}) is out of range [lastIndex(${this.lastIndex()})]. Was the raft log corrupted, truncated, or lost?`,
      );
    this.committed = index;
  }

  /** Only entries of the leader's own term are committed by counting; older ones come with them (thesis, 3.6.2). */
  maybeCommit(index: number, term: number): boolean {
    if (index <= this.committed || index === Infinity || term === 0 || this.term(index) !== term)
      return false;
    this.commitTo(index);
    return true;
  }

  appliedTo(index: number): void {
    if (index > this.committed || index < this.applied)
      throw new Error(
        `applied(${index}) is out of range [prevApplied(${this.applied}), committed(${this.committed})]`,
      );
    this.applied = index;
    this.applying = Math.max(this.applying, index);
  }

  hasNextCommitted(): boolean {
    return this.applying < this.committed && this.unstable.snapshot === undefined;
  }

  /** What is to be applied next; nothing while a snapshot is to be applied first. */
  nextCommitted(): readonly Entry[] {
    if (!this.hasNextCommitted()) return NO_ENTRIES;
    return this.slice(this.applying + 1, this.committed + 1, this.#maxApplyingSize);
  }

  /** Is there a configuration change that is committed but not applied? Scanned by pages. */
  hasUnappliedConfChange(): boolean {
    for (let low = this.applied + 1; low <= this.committed;) {
      const page = this.slice(low, this.committed + 1, this.#maxApplyingSize);
      if (page.some(({ type }) => type === 'ConfChange')) return true;
      low += page.length;
    }
    return false;
  }

  snapshot(): Snapshot {
    return this.unstable.snapshot ?? this.#storage.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.committed = snapshot.metadata.index;
    this.unstable.restore(snapshot);
  }

  /** From `low` to the end. */
  entries(low: number, maxSize: number): readonly Entry[] {
    const last = this.lastIndex();
    return low > last ? NO_ENTRIES : this.slice(low, last + 1, maxSize);
  }

  /** [low, high), cut at `maxSize` bytes but never below one entry. */
  slice(low: number, high: number, maxSize: number): readonly Entry[] {
    const { offset } = this.unstable;
    if (low >= offset) return limitSize(this.unstable.slice(low, high), maxSize, this.#sizeOf);
    const cut = Math.min(high, offset);
    const stable = this.#storage.entries(low, cut, maxSize);
    if (high <= offset || stable.length < cut - low) return stable;
    const left = maxSize - entriesSize(stable, this.#sizeOf);
    if (left <= 0) return stable;
    const rest = limitSize(this.unstable.slice(offset, high), left, this.#sizeOf);
    if (rest.length === 1 && entriesSize(rest, this.#sizeOf) > left) return stable;
    return [...stable, ...rest];
  }
}
