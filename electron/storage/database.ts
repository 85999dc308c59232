import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from '../base/sql-database.ts';
import { toStorageError } from './errors.ts';
import { StorageError } from './interface.ts';
import type { LoggedWrite } from './redo-log.ts';
import { RedoLog } from './redo-log.ts';
import { readBase, redo, redoPath, setGeneration } from './redo.ts';
import type { SqliteHandle, SqliteStatement } from './sqlite.ts';

/** Bytes of the redo log above which a commit is one of the database itself. */
const LONGEST_LOG = 4 * 1024 * 1024;
/** Bytes of text in one commit above which it is not worth writing them twice. */
const LARGEST_FRAME = 512 * 1024;

/**
 * The one writer of a workspace. Writes go into an open transaction of the database and, with `commit`, into the redo log,
 * which makes them durable; once that is long enough the transaction itself is committed and the log begins anew.
 * After a failed write or commit nothing is written any more: what is in memory and what is on disk would
 * part company.
 */
export class WriterDatabase implements SqlDatabase {
  readonly #handle: SqliteHandle;
  readonly #path: string;
  readonly #redo: RedoLog;
  readonly #statements = new Map<string, SqlStatement>();
  #generation: number;
  #pending = 0;
  /** Since the last commit; undefined when they are too many for the log. */
  #batch: LoggedWrite[] | undefined = [];
  #batchSize = 0;
  #inTransaction = false;
  #failure: StorageError | undefined;

  constructor(path: string, handle: SqliteHandle) {
    this.#handle = handle;
    this.#path = path;
    const base = readBase(handle);
    this.#generation = base.generation;
    this.#redo = new RedoLog(redoPath(path), base);
  }

  /** Writes since the last commit. */
  get pending(): number {
    return this.#pending;
  }

  prepare(sql: string): SqlStatement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = new Statement(
        this,
        this.read(() => this.#handle.prepare<unknown[], Record<string, unknown>>(sql)),
      );
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Makes everything since the last commit durable; returns how many writes that were. */
  commit(): number {
    if (this.#failure !== undefined) throw this.#failure;
    const writes = this.#pending;
    if (writes === 0) return 0;
    this.guard(() => {
      if (this.#batch === undefined || this.#redo.bytes > LONGEST_LOG) this.#commitDatabase();
      else this.#redo.append(this.#batch);
    });
    this.#beginBatch();
    return writes;
  }

  /** Runs a write inside the open transaction. */
  write(statement: SqliteStatement, values: readonly SqlValue[]): number {
    if (this.#failure !== undefined) throw this.#failure;
    return this.guard(() => {
      this.#begin();
      const { changes } = statement.run(...values);
      this.#pending += 1;
      this.#note(statement.source, values);
      return changes;
    });
  }

  /** Turns what SQLite throws into a StorageError; during a write it is final. */
  guard<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Reading stays possible after a failed write, until the workspace is closed. */
  read<T>(run: () => T): T {
    if (!this.#handle.open) throw new StorageError('closed', 'The workspace is closed.');
    try {
      return run();
    } catch (error) {
      throw toStorageError(error);
    }
  }

  /** Commits, brings everything into one file, and closes. */
  close(): void {
    if (!this.#handle.open) return;
    try {
      if (this.#failure === undefined) {
        this.guard(() => this.#commitDatabase());
        this.read(() => this.#handle.pragma('wal_checkpoint(TRUNCATE)'));
        this.#redo.remove();
      }
    } finally {
      this.#failure ??= new StorageError('closed', 'The workspace is closed.');
      this.#inTransaction = false;
      this.#redo.close();
      this.#handle.close();
    }
  }

  #begin(): void {
    if (this.#inTransaction) return;
    this.#handle.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
  }

  #note(sql: string, values: readonly SqlValue[]): void {
    if (this.#batch === undefined) return;
    this.#batch.push({ sql, values });
    this.#batchSize += sizeOf(values);
    if (this.#batchSize > LARGEST_FRAME) this.#batch = undefined;
  }

  #beginBatch(): void {
    this.#pending = 0;
    this.#batch = [];
    this.#batchSize = 0;
  }

  /** What the log holds is in the database from here on. */
  #commitDatabase(): void {
    if (!this.#inTransaction) return;
    setGeneration(this.#handle, this.#generation + 1);
    this.#handle.exec('COMMIT');
    this.#inTransaction = false;
    this.#generation += 1;
    this.#redo.begin(this.#generation);
  }

  /** Goes back to the last commit, for those who still read. */
  #fail(error: unknown): StorageError {
    if (this.#failure !== undefined) return this.#failure;
    this.#failure = toStorageError(error);
    try {
      if (this.#handle.inTransaction) this.#handle.exec('ROLLBACK');
      redo(this.#handle, this.#path);
    } catch {
      // The first failure is the one to report; the next opening does this again.
    }
    this.#inTransaction = false;
    this.#pending = 0;
    return this.#failure;
  }
}

/** About the bytes that they take. */
function sizeOf(values: readonly SqlValue[]): number {
  let size = 0;
  for (const value of values) {
    size += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  }
  return size;
}

class Statement implements SqlStatement {
  readonly #database: WriterDatabase;
  readonly #statement: SqliteStatement;

  constructor(database: WriterDatabase, statement: SqliteStatement) {
    this.#database = database;
    this.#statement = statement;
  }

  run(...values: readonly SqlValue[]): number {
    return this.#database.write(this.#statement, values);
  }

  get(...values: readonly SqlValue[]): SqlRow | undefined {
    return this.#database.read(() => this.#statement.get(...values)) as SqlRow | undefined;
  }

  all(...values: readonly SqlValue[]): readonly SqlRow[] {
    return this.#database.read(() => this.#statement.all(...values)) as unknown as readonly SqlRow[];
  }

  *iterate(...values: readonly SqlValue[]): IterableIterator<SqlRow> {
    const rows = this.#database.read(() => this.#statement.iterate(...values));
    try {
      for (const row of rows) yield row as SqlRow;
    } catch (error) {
      throw this.#database.read(() => {
        throw error;
      }) as Error;
    }
  }
}
