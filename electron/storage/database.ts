import type { SqlDatabase, SqlRow, SqlStatement, SqlValue } from '../base/sql-database.ts';
import { toStorageError } from './errors.ts';
import { StorageError } from './interface.ts';
import type { SqliteHandle, SqliteStatement } from './sqlite.ts';

/**
 * The one writer of a workspace. The first write after a commit opens a transaction, and everything stays
 * in it until `commit`. After a failed write or commit nothing is written any more: what is in memory and
 * what is on disk would part company.
 */
export class WriterDatabase implements SqlDatabase {
  readonly #handle: SqliteHandle;
  readonly #statements = new Map<string, SqlStatement>();
  #pending = 0;
  #inTransaction = false;
  #failure: StorageError | undefined;

  constructor(handle: SqliteHandle) {
    this.#handle = handle;
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
    const writes = this.#pending;
    if (!this.#inTransaction) {
      if (this.#failure !== undefined) throw this.#failure;
      return 0;
    }
    this.guard(() => this.#handle.exec('COMMIT'));
    this.#inTransaction = false;
    this.#pending = 0;
    return writes;
  }

  /** Runs a write inside the open transaction. */
  write(run: () => number): number {
    if (this.#failure !== undefined) throw this.#failure;
    return this.guard(() => {
      if (!this.#inTransaction) {
        this.#handle.exec('BEGIN IMMEDIATE');
        this.#inTransaction = true;
      }
      this.#pending += 1;
      return run();
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

  /** Commits, brings the file into one piece, and closes. */
  close(): void {
    if (!this.#handle.open) return;
    try {
      if (this.#failure === undefined) {
        this.commit();
        this.read(() => this.#handle.pragma('wal_checkpoint(TRUNCATE)'));
      }
    } finally {
      this.#failure ??= new StorageError('closed', 'The workspace is closed.');
      this.#inTransaction = false;
      this.#handle.close();
    }
  }

  #fail(error: unknown): StorageError {
    this.#failure ??= toStorageError(error);
    try {
      if (this.#handle.inTransaction) this.#handle.exec('ROLLBACK');
    } catch {
      // The first failure is the one to report; SQLite rolls back by itself when the file is next opened.
    }
    this.#inTransaction = false;
    this.#pending = 0;
    return this.#failure;
  }
}

class Statement implements SqlStatement {
  readonly #database: WriterDatabase;
  readonly #statement: SqliteStatement;

  constructor(database: WriterDatabase, statement: SqliteStatement) {
    this.#database = database;
    this.#statement = statement;
  }

  run(...values: readonly SqlValue[]): number {
    return this.#database.write(() => this.#statement.run(...values).changes);
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
