import type { Context } from '../../../../base/context.ts';
import type { Disposable } from '../../../../base/disposable.ts';
import type {
  Entry,
  HardState,
  Message,
  RaftNode,
  ReadState,
  Ready,
  Snapshot,
  SoftState,
} from '../../../raft/interface.ts';
import type { MemberLog } from './member-log.ts';

/** What is done with what raft hands out. */
export interface RaftLoopHost {
  /** Who leads has changed, or whether it is this member. */
  stateChanged(state: SoftState): void;
  send(messages: readonly Message[]): void;
  reads(states: readonly ReadState[]): void;
  /** The log has been replaced already. */
  applySnapshot(snapshot: Snapshot): void;
  /** Committed, in order, never one twice. */
  apply(entries: readonly Entry[]): void;
  /** There is nothing to do; true: now there may be. */
  idle(): boolean;
  /** The log could not be written; the loop has stopped. */
  unwritable(why: string): void;
}

/** The disk that the log is on. */
export interface LogDisk {
  /** Virtual milliseconds of the next sync. */
  readonly fsync: () => number;
  readonly whyUnwritable: () => string | undefined;
}

/**
 * Hands on what raft wants done, one Ready after the other. A Ready that must be on disk takes one sync of
 * the log; what arrives meanwhile shares the next. A leader sends before it writes, so that the others write
 * at the same time; everybody else answers when it has written. Models server/etcdserver/raft.go.
 */
export class RaftLoop {
  readonly #context: Context;
  readonly #node: RaftNode;
  readonly #log: MemberLog;
  readonly #disk: LogDisk;
  readonly #host: RaftLoopHost;
  /** As of the last Ready that was begun. */
  hardState: HardState;
  #leads = false;
  #running = false;
  #sync: Disposable | undefined;
  #stopped = false;

  constructor(context: Context, node: RaftNode, log: MemberLog, disk: LogDisk, host: RaftLoopHost) {
    this.#context = context;
    this.#node = node;
    this.#log = log;
    this.#disk = disk;
    this.#host = host;
    this.hardState = log.initialState().hardState;
  }

  /** Call after whatever may have given raft something to do. */
  run(): void {
    if (this.#running || this.#sync !== undefined) return;
    this.#running = true;
    try {
      while (!this.#stopped) {
        if (this.#node.hasReady()) {
          if (!this.#begin(this.#node.ready())) break;
        } else if (!this.#host.idle()) break;
      }
    } finally {
      this.#running = false;
    }
  }

  /** A write under way does not reach the disk. */
  stop(): void {
    this.#stopped = true;
    this.#sync?.dispose();
  }

  /** False when it waits for the disk. */
  #begin(ready: Ready): boolean {
    if (ready.hardState !== undefined) this.hardState = ready.hardState;
    if (ready.softState !== undefined) {
      this.#leads = ready.softState.raftState === 'Leader';
      this.#host.stateChanged(ready.softState);
    }
    if (ready.readStates.length > 0) this.#host.reads(ready.readStates);
    const early = this.#leads;
    if (early) this.#send(ready.messages);
    // What is on disk already need not wait for what is written now.
    const written = ready.snapshot !== undefined ? 0 : (ready.entries[0]?.index ?? Infinity);
    const stable = ready.committedEntries.filter(({ index }) => index < written);
    if (stable.length > 0) this.#host.apply(stable);
    const writes = ready.mustSync || ready.snapshot !== undefined;
    const why = writes ? this.#disk.whyUnwritable() : undefined;
    if (why !== undefined) {
      this.stop();
      this.#host.unwritable(why);
      return false;
    }
    const duration = writes ? this.#disk.fsync() : 0;
    if (duration <= 0) {
      this.#finish(ready, early, stable.length);
      return true;
    }
    this.#sync = this.#context.clock.setTimeout(() => {
      this.#sync = undefined;
      this.#finish(ready, early, stable.length);
      this.run();
    }, duration);
    return false;
  }

  #finish(ready: Ready, sent: boolean, applied: number): void {
    if (ready.snapshot !== undefined) this.#log.reset(ready.snapshot.metadata);
    this.#log.append(ready.entries);
    if (ready.hardState !== undefined) this.#log.setHardState(ready.hardState);
    if (!sent) this.#send(ready.messages);
    if (ready.snapshot !== undefined) this.#host.applySnapshot(ready.snapshot);
    const rest = ready.committedEntries.slice(applied);
    if (rest.length > 0) this.#host.apply(rest);
    if (!this.#stopped) this.#node.advance(ready);
  }

  #send(messages: readonly Message[]): void {
    if (messages.length > 0) this.#host.send(messages);
  }
}
