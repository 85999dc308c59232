import type { RedoBase } from './redo-log.ts';
import { readRedoLog } from './redo-log.ts';
import type { SqliteHandle, SqliteStatement } from './sqlite.ts';

/** The redo log of the workspace at `path`. */
export function redoPath(path: string): string {
  return `${path}-redo`;
}

/** What the redo log must belong to. */
export function readBase(handle: SqliteHandle): RedoBase {
  return handle.prepare('SELECT id, generation FROM redo').get() as RedoBase;
}

export function setGeneration(handle: SqliteHandle, generation: number): void {
  handle.prepare('UPDATE redo SET generation = ?').run(generation);
}

/** Brings the database up to what a killed process, or a failed write, had committed to the redo log only; all or nothing. */
export function redo(handle: SqliteHandle, path: string): void {
  handle.transaction(() => {
    const base = readBase(handle);
    const statements = new Map<string, SqliteStatement>();
    for (const { sql, values } of readRedoLog(redoPath(path), base)) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = handle.prepare<unknown[], Record<string, unknown>>(sql);
        statements.set(sql, statement);
      }
      statement.run(...values);
    }
    if (statements.size > 0) setGeneration(handle, base.generation + 1);
  })();
}
