import { limitSize } from '../../../raft/entry-size.ts';
import { NONE, RaftStorageError } from '../../../raft/interface.ts';
import type {
  ConfState,
  Entry,
  EntryData,
  HardState,
  Snapshot,
  SnapshotMetadata,
  Storage,
} from '../../../raft/interface.ts';
import type { WriteAheadLog } from '../../backend/interface.ts';

export const NO_MEMBERS: ConfState = {
  voters: [],
  learners: [],
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
};

/** What the application has applied; asked when a follower needs a snapshot. */
export interface AppliedState {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
}

/**
 * A member's log as raft reads it: entries in memory, everything written to the write-ahead log as well.
 * Models the raftLog's Storage together with server/storage.
 */
export class MemberLog implements Storage {
  readonly #wal: WriteAheadLog;
  readonly #sizeOf: (data: EntryData) => number;
  readonly #applied: () => AppliedState;
  /** `#entries[i]` has index `#offset + 1 + i`. */
  #entries: Entry[];
  #offset: number;
  #offsetTerm: number;
  #hardState: HardState;

  constructor(wal: WriteAheadLog, sizeOf: (data: EntryData) => number, applied: () => AppliedState) {
    this.#wal = wal;
    this.#sizeOf = sizeOf;
    this.#applied = applied;
    this.#offset = wal.snapshot?.index ?? 0;
    this.#offsetTerm = wal.snapshot?.term ?? 0;
    this.#entries = [...wal.entries()];
    const stored = wal.hardState ?? { term: 0, vote: NONE, commit: 0 };
    // The commit index is not written with every write: what has been applied was committed.
    this.#hardState = { ...stored, commit: Math.max(stored.commit, applied().index) };
  }

  initialState(): { readonly hardState: HardState; readonly confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#applied().confState };
  }

  entries(low: number, high: number, maxSize: number): readonly Entry[] {
    if (low <= this.#offset) throw compacted();
    if (high > this.lastIndex() + 1) throw unavailable();
    const from = low - this.#offset - 1;
    return limitSize(this.#entries.slice(from, from + high - low), maxSize, this.#sizeOf);
  }

  term(index: number): number {
    if (index === this.#offset) return this.#offsetTerm;
    if (index < this.#offset) throw compacted();
    const entry = this.entry(index);
    if (entry === undefined) throw unavailable();
    return entry.term;
  }

  firstIndex(): number {
    return this.#offset + 1;
  }

  lastIndex(): number {
    return this.#offset + this.#entries.length;
  }

  /** Its data is put in when it is sent: the backend as it is then. */
  snapshot(): Snapshot {
    const { index, term, confState } = this.#applied();
    return { metadata: { index, term, confState } };
  }

  entry(index: number): Entry | undefined {
    return this.#entries[index - this.#offset - 1];
  }

  setHardState(hardState: HardState): void {
    const before = this.#hardState;
    this.#hardState = hardState;
    if (hardState.term !== before.term || hardState.vote !== before.vote) this.#wal.setHardState(hardState);
  }

  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (first === undefined) return;
    this.#entries.length = first.index - this.#offset - 1;
    for (const entry of entries) this.#entries.push(entry);
    this.#wal.append(entries);
  }

  /** The log is replaced by a snapshot. */
  reset({ index, term, confState }: SnapshotMetadata): void {
    this.#entries = [];
    this.#offset = index;
    this.#offsetTerm = term;
    this.#wal.reset({ index, term, confState });
  }

  /** Forgets entries up to and with `index`. `confState` is the present one, which is all a restart asks for. */
  compact(index: number, confState: ConfState): void {
    if (index <= this.#offset) return;
    const term = this.term(index);
    this.#entries = this.#entries.slice(index - this.#offset);
    this.#offset = index;
    this.#offsetTerm = term;
    this.#wal.compact({ index, term, confState });
  }
}

function compacted(): RaftStorageError {
  return new RaftStorageError('compacted', 'requested index is unavailable due to compaction');
}

function unavailable(): RaftStorageError {
  return new RaftStorageError('unavailable', 'requested entry at index is unavailable');
}
