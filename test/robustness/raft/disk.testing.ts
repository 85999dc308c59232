import { type Entry, type HardState, type Snapshot } from '../../../electron/cluster/raft/interface.ts';
import { MemoryStorage } from '../../../electron/cluster/raft/memory-storage.ts';

/** What is written as one: all of it survives a crash, or nothing. */
export interface Batch {
  readonly snapshot?: Snapshot | undefined;
  readonly entries?: readonly Entry[];
  readonly hardState?: HardState | undefined;
  /** A snapshot the member made itself, and up to where the log goes. */
  readonly created?: { readonly snapshot: Snapshot; readonly compactTo: number };
}

/** A member's disk: batches in the order they were written, of which a crash loses a tail that was not synced. */
export class Disk {
  readonly #sizeOf: (data: unknown) => number;
  #batches: Batch[] = [];
  #synced = 0;

  /** `first`: what a member that was there from the beginning starts with. */
  constructor(sizeOf: (data: unknown) => number, first: Batch) {
    this.#sizeOf = sizeOf;
    this.write(first);
    this.sync();
  }

  write(batch: Batch): void {
    this.#batches.push(batch);
  }

  sync(): void {
    this.#synced = this.#batches.length;
  }

  crash(keep: number): void {
    const unsynced = this.#batches.length - this.#synced;
    this.#batches.length = this.#synced + (keep % (unsynced + 1));
    this.#synced = this.#batches.length;
  }

  /** What a process finds that starts now. */
  load(): MemoryStorage {
    const storage = new MemoryStorage(this.#sizeOf);
    for (const batch of this.#batches) applyBatch(storage, batch);
    const { hardState } = storage.initialState();
    const { index } = storage.snapshot().metadata;
    // A snapshot is committed, whatever the last hard state that was written says.
    if (index > hardState.commit) storage.setHardState({ ...hardState, commit: index });
    return storage;
  }
}

/** Also what a running process does to its own view of the log. */
export function applyBatch(storage: MemoryStorage, batch: Batch): void {
  if (batch.snapshot !== undefined) storage.applySnapshot(batch.snapshot);
  if (batch.entries !== undefined) storage.append(batch.entries);
  if (batch.hardState !== undefined) storage.setHardState(batch.hardState);
  if (batch.created !== undefined) {
    const { snapshot, compactTo } = batch.created;
    storage.createSnapshot(snapshot.metadata.index, snapshot.metadata.confState, snapshot.data);
    if (compactTo >= storage.firstIndex()) storage.compact(compactTo);
  }
}
