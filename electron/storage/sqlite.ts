import BetterSqlite3 from 'better-sqlite3';

// The only place that knows which binding is used. It is native (N-API, prebuilt for every platform).

/** An open SQLite database of the binding. */
export type SqliteHandle = BetterSqlite3.Database;
export type SqliteStatement = BetterSqlite3.Statement<unknown[], Record<string, unknown>>;

export const SqliteError = BetterSqlite3.SqliteError;

/** Opens or creates a file. `timeout` 0: what is locked by another process is refused at once. */
export function openSqlite(path: string): SqliteHandle {
  return new BetterSqlite3(path, { timeout: 0 });
}
