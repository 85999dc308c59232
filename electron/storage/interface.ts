import type { Disposable } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import type { SqlDatabase } from '../base/sql-database.ts';

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface CommitResult {
  /** Rows written since the commit before. 0: there was nothing to do, the disk was not touched. */
  readonly writes: number;
  /** Real milliseconds. */
  readonly milliseconds: number;
}

/**
 * Everything one learner's workspace keeps, in one SQLite file. All writes are synchronous, visible to reads
 * at once, and gathered in one transaction: `commit()` makes everything since the last commit durable, all
 * or nothing. What is acknowledged to anybody outside waits for it. Killed in between, the file holds
 * exactly what the last commit held.
 * Every method throws `StorageError` when the disk does not let it; from then on the workspace refuses all writes.
 */
export interface Workspace extends Disposable {
  readonly path: string;
  readonly formatVersion: number;
  readonly meta: MetaRepository;
  /** For etcd's SQLite backend (tables `etcd_*`). */
  readonly database: SqlDatabase;
  /** Files, units, containers … of one machine. Fits what a simulated machine expects of its store. */
  machineState(machine: string): MachineStateRepository;
  /** Names of machines that have state. */
  machineNames(): readonly string[];
  readonly causalLog: CausalLogRepository;
  readonly inputs: InputRepository;
  readonly attempts: AttemptRepository;
  readonly console: ConsoleRepository;
  readonly settings: SettingsRepository;
  /** Rows written since the last commit. */
  readonly pendingWrites: number;
  commit(): CommitResult;
  /** After every commit that wrote something. */
  readonly onDidCommit: Event<CommitResult>;
  /**
   * Removes the cluster (meta, etcd, machine state, causal log, inputs, console replay); keeps attempts,
   * settings and console history. Part of the running transaction: takes effect with the next commit.
   */
  resetCluster(): void;
  /** Commits what is pending and closes. Afterwards everything throws. */
  dispose(): void;
}

/** Small facts about the cluster, by name: seed, topology, virtual time, state of chance, counters. JSON. */
export interface MetaRepository {
  get(key: string): Json | undefined;
  set(key: string, value: Json): void;
  delete(key: string): void;
}

export interface MachineStateRepository {
  load(): Iterable<readonly [string, unknown]>;
  /** `value` is JSON-safe. */
  set(key: string, value: unknown): void;
  delete(key: string): void;
}

/** A run of consecutive causal records, encoded by the caller. */
export interface CausalLogChunk {
  readonly firstId: number;
  readonly lastId: number;
  /** Virtual milliseconds since the Unix epoch. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** One JSON array of records, or whatever encoding the caller chose. */
  readonly data: string;
}

/** The causal log on disk: chunks in order, bounded; the oldest go first. */
export interface CausalLogRepository {
  /** Prunes by itself when the bound given to `openWorkspace` is passed. @throws Error when the chunk is not newer than the last. */
  append(chunk: CausalLogChunk): void;
  /** Chunks that hold records with id in [fromId, toId), oldest first. */
  read(fromId: number, toId?: number): readonly CausalLogChunk[];
  /** The newest chunks, oldest first, until at least `records` records are covered (or there are no more). */
  readNewest(records: number): readonly CausalLogChunk[];
  /** Undefined when empty. */
  bounds(): { readonly firstId: number; readonly lastId: number; readonly bytes: number } | undefined;
}

/** What came from outside the simulation: with the seed, all that a replay needs. */
export interface InputEntry {
  /** Virtual milliseconds since the Unix epoch. */
  readonly time: number;
  readonly actor: string;
  readonly action: string;
  readonly detail: Json;
}

export interface InputRepository {
  /** Returns the entry's number; they grow by one. */
  append(entry: InputEntry): number;
  /** In order, from number `from` (default the first). */
  read(from?: number): readonly (InputEntry & { readonly number: number })[];
}

/** One try at a lab. `document` is the whole attempt as JSON; the rest is what lists need. */
export interface StoredAttempt {
  readonly id: string;
  readonly labId: string;
  /** e.g. `running`, `finished`, `abandoned`. */
  readonly state: string;
  /** 0 to 100; undefined before there is one. */
  readonly score: number | undefined;
  /** Real milliseconds since the Unix epoch, given by the caller. */
  readonly updatedAt: number;
  readonly document: Json;
}

export interface AttemptRepository {
  /** Inserts or replaces by id. */
  put(attempt: StoredAttempt): void;
  get(id: string): StoredAttempt | undefined;
  delete(id: string): void;
  /** Newest first; of one lab when given. */
  list(labId?: string): readonly StoredAttempt[];
}

/** Command history and what terminals showed. */
export interface ConsoleRepository {
  /** Appends to the history; keeps the newest 10,000 lines. */
  addHistory(line: string): void;
  /** Oldest first. */
  history(limit: number): readonly string[];
  /** Keeps what a terminal shows, to be shown again after a restart; replaces what was kept. */
  setReplay(terminal: string, data: string): void;
  replay(terminal: string): string | undefined;
  terminals(): readonly string[];
  deleteReplay(terminal: string): void;
}

export interface SettingsRepository {
  get(key: string): Json | undefined;
  set(key: string, value: Json): void;
  delete(key: string): void;
  all(): Readonly<Record<string, Json>>;
}

export type StorageErrorKind = 'full' | 'corrupt' | 'read-only' | 'io' | 'closed' | 'failed';

/** The disk did not do what was asked. The message says what happened and what to do. */
export class StorageError extends Error {
  readonly kind: StorageErrorKind;

  constructor(kind: StorageErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageError';
    this.kind = kind;
  }
}

export type SetAsideReason = 'newer-version' | 'corrupt' | 'not-a-database' | 'foreign-database';

/** What became of `openWorkspace`. Only `opened` holds the file. Messages are for people, in English. */
export type OpenOutcome =
  | { readonly outcome: 'opened'; readonly workspace: Workspace; readonly created: boolean }
  /** The file could not be used and was moved to `movedTo`, with its companions. Open again for a new one. */
  | {
      readonly outcome: 'set-aside';
      readonly reason: SetAsideReason;
      readonly movedTo: string;
      readonly message: string;
    }
  /** Another process has it open. Nothing was changed. */
  | { readonly outcome: 'busy'; readonly message: string }
  /** No permission, no such folder, disk full … Nothing was changed. */
  | { readonly outcome: 'failed'; readonly message: string };

export interface OpenOptions {
  /** Goes into the name of a file that is set aside, e.g. `2026-11-23T22-30-00Z`; only `[0-9A-Za-z-]`. */
  readonly timestamp: string;
  /** Told of slow commits and migrations. */
  readonly log?: (line: { readonly level: 'info' | 'warn'; readonly message: string }) => void;
  /** Commits that take longer are logged; real milliseconds, default 200. */
  readonly slowCommit?: number;
  /** Bound of the causal log in bytes of chunk data; default 256 MiB. */
  readonly causalLogBytes?: number;
}
