import type { Entry, Snapshot } from './interface.ts';

const NO_ENTRIES: readonly Entry[] = [];

/**
 * The end of the log that is not known to be on disk, and a snapshot that is not. `entries[i]` has index `offset + i`;
 * storage may hold other entries at these indexes, which the next write replaces. What a Ready has handed out is "in
 * progress" until it is advanced. Models log_unstable.go.
 */
export class Unstable {
  snapshot: Snapshot | undefined;
  offset: number;
  entries: Entry[] = [];
  #snapshotInProgress = false;
  /** Entries below this index are being written. Never below `offset`. */
  #offsetInProgress: number;

  constructor(offset: number) {
    this.offset = offset;
    this.#offsetInProgress = offset;
  }

  /** -1: storage knows. */
  lastIndex(): number {
    if (this.entries.length > 0) return this.offset + this.entries.length - 1;
    return this.snapshot === undefined ? -1 : this.snapshot.metadata.index;
  }

  /** -1: not here. */
  term(index: number): number {
    if (index >= this.offset) return this.entries[index - this.offset]?.term ?? -1;
    return this.snapshot?.metadata.index === index ? this.snapshot.metadata.term : -1;
  }

  /** What is not being written yet. */
  nextEntries(): readonly Entry[] {
    const from = this.#offsetInProgress - this.offset;
    return from === this.entries.length ? NO_ENTRIES : this.entries.slice(from);
  }

  hasNextEntries(): boolean {
    return this.#offsetInProgress - this.offset < this.entries.length;
  }

  nextSnapshot(): Snapshot | undefined {
    return this.#snapshotInProgress ? undefined : this.snapshot;
  }

  acceptInProgress(): void {
    this.#offsetInProgress = this.offset + this.entries.length;
    if (this.snapshot !== undefined) this.#snapshotInProgress = true;
  }

  /** Entries up to this one are on disk, unless another has taken its place meanwhile. */
  stableTo(index: number, term: number): void {
    if (index < this.offset || this.term(index) !== term) return;
    this.entries =
      index + 1 - this.offset === this.entries.length ? [] : this.entries.slice(index + 1 - this.offset);
    this.offset = index + 1;
    this.#offsetInProgress = Math.max(this.#offsetInProgress, this.offset);
  }

  stableSnapTo(index: number): void {
    if (this.snapshot?.metadata.index !== index) return;
    this.snapshot = undefined;
    this.#snapshotInProgress = false;
  }

  restore(snapshot: Snapshot): void {
    this.offset = snapshot.metadata.index + 1;
    this.#offsetInProgress = this.offset;
    this.entries = [];
    this.snapshot = snapshot;
    this.#snapshotInProgress = false;
  }

  /** At least one entry; the log from the first one's index on is replaced. */
  truncateAndAppend(entries: readonly Entry[]): void {
    const from = (entries[0] as Entry).index;
    if (from <= this.offset && from !== this.offset + this.entries.length) {
      this.entries = [...entries];
      this.offset = from;
      this.#offsetInProgress = from;
      return;
    }
    if (from < this.offset + this.entries.length) {
      this.entries.length = from - this.offset;
      this.#offsetInProgress = Math.min(this.#offsetInProgress, from);
    }
    for (const entry of entries) this.entries.push(entry);
  }

  /** [low, high), all of it here. */
  slice(low: number, high: number): readonly Entry[] {
    if (low < this.offset || low > high || high > this.offset + this.entries.length)
      throw new Error(
        `unstable.slice[${low},${high}) out of bound [${this.offset},${this.offset + this.entries.length}]`,
      );
    return this.entries.slice(low - this.offset, high - this.offset);
  }
}
