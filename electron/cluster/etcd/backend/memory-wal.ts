import type { Entry, HardState } from '../../raft/interface.ts';
import type { WalMetadata, WalSnapshot, WriteAheadLog } from './interface.ts';

/** A write-ahead log that lives as long as the object. */
export class MemoryWal implements WriteAheadLog {
  metadata: WalMetadata | undefined;
  hardState: HardState | undefined;
  snapshot: WalSnapshot | undefined;
  #entries: Entry[] = [];

  entries(): readonly Entry[] {
    return [...this.#entries];
  }

  create(metadata: WalMetadata): void {
    this.metadata = metadata;
  }

  setHardState(hardState: HardState): void {
    this.hardState = hardState;
  }

  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    const known = this.#entries[0];
    if (known !== undefined && first.index - known.index < this.#entries.length) {
      this.#entries.length = Math.max(first.index - known.index, 0);
    }
    for (const entry of entries) this.#entries.push(entry);
  }

  compact(to: WalSnapshot): void {
    this.snapshot = to;
    this.#entries = this.#entries.filter(({ index }) => index > to.index);
  }

  reset(to: WalSnapshot): void {
    this.snapshot = to;
    this.#entries = [];
  }

  clear(): void {
    this.metadata = undefined;
    this.hardState = undefined;
    this.snapshot = undefined;
    this.#entries = [];
  }
}
