/** A value as it goes into or comes out of a SQL database. Text keeps NUL characters. */
export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A prepared statement. Integers come back as numbers. */
export interface SqlStatement {
  /** Runs a statement that returns nothing; the number of rows it changed. */
  run(...values: readonly SqlValue[]): number;
  get(...values: readonly SqlValue[]): SqlRow | undefined;
  all(...values: readonly SqlValue[]): readonly SqlRow[];
  /** Reads row by row. Nothing else may be run on the database until it is finished or given up. */
  iterate(...values: readonly SqlValue[]): IterableIterator<SqlRow>;
}

/**
 * A SQL database as pure code may use it: synchronous, one writer. Writes are visible to reads at once and
 * become durable together, when the owner of the database commits; the user of this interface never does.
 */
export interface SqlDatabase {
  prepare(sql: string): SqlStatement;
}
