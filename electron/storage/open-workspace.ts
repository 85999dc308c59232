import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { errorKind } from './errors.ts';
import type { OpenOptions, OpenOutcome, SetAsideReason } from './interface.ts';
import { FORMAT_VERSION, MIGRATIONS } from './migrations/all.ts';
import { redoLog } from './migrations/0003-redo-log.ts';
import type { Migration } from './migrations/interface.ts';
import { redo } from './redo.ts';
import { setAside, setAsideOrphans } from './set-aside.ts';
import { openSqlite, SqliteError } from './sqlite.ts';
import type { SqliteHandle } from './sqlite.ts';
import { SqliteWorkspace } from './sqlite-workspace.ts';

/** `LEME` in ASCII: says that a SQLite file is one of ours. */
const APPLICATION_ID = 0x4c454d45;
const MAGIC = 'SQLite format 3\0';

/** Something about the file that means: not this one. */
class Unusable extends Error {
  readonly reason: SetAsideReason;

  constructor(reason: SetAsideReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Opens a workspace, or creates it when there is no file. A file that cannot be used is set aside, never
 * overwritten or deleted. See `OpenOutcome` for what else may happen; this does not throw.
 */
export function openWorkspace(path: string, options: OpenOptions): OpenOutcome {
  let handle: SqliteHandle | undefined;
  try {
    const created = !hasContent(path);
    if (!created && !hasMagic(path)) {
      throw new Unusable('not-a-database', `The workspace file ${path} is not a database.`);
    }
    if (created) setAsideOrphans(path, options.timestamp);
    handle = openSqlite(path);
    const version = inspect(handle, path);
    recover(handle, version, path);
    migrate(handle, version, MIGRATIONS, options);
    const workspace = new SqliteWorkspace(path, handle, FORMAT_VERSION, options);
    return { outcome: 'opened', workspace, created };
  } catch (error) {
    closeQuietly(handle);
    return explain(error, path, options);
  }
}

/** As `prepare`; a header that makes no sense is not always called corrupt by SQLite. */
function inspect(handle: SqliteHandle, path: string): number {
  try {
    return prepare(handle, path);
  } catch (error) {
    if (!(error instanceof SqliteError) || error.code !== 'SQLITE_ERROR') throw error;
    throw new Unusable('corrupt', `The workspace ${path} is damaged: ${error.message}.`);
  }
}

/** Sets the file up for this process alone and returns its format version, 0 for a new one. */
function prepare(handle: SqliteHandle, path: string): number {
  // Before the first access: the lock is then held until the file is closed, or the process dies.
  handle.pragma('locking_mode = EXCLUSIVE');
  // Takes effect in a new file only. Rows of some KiB fit better than in 4 KiB pages.
  handle.pragma('page_size = 8192');
  handle.pragma('journal_mode = WAL');
  handle.pragma('synchronous = FULL');
  // Copies of pages that a statement changes in a long transaction: a file of them would be the larger part of all writing.
  handle.pragma('temp_store = MEMORY');
  // The lock, also where the file was in WAL mode already and nothing above had to write.
  handle.exec('BEGIN IMMEDIATE; COMMIT');
  const version = handle.pragma('user_version', { simple: true }) as number;
  const id = handle.pragma('application_id', { simple: true }) as number;
  const isEmpty = handle.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
  if (id !== APPLICATION_ID && !(isEmpty && version === 0)) {
    throw new Unusable('foreign-database', `The file ${path} is a database of another application.`);
  }
  if (version > FORMAT_VERSION) {
    throw new Unusable(
      'newer-version',
      `The workspace ${path} was written by a newer version of Leme (format ${version}, this one knows ${FORMAT_VERSION}).`,
    );
  }
  const verdict = handle.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok')
    throw new Unusable('corrupt', `The workspace ${path} is damaged: ${String(verdict)}.`);
  return version;
}

/** A log that does not fit means that one of the two files was changed or exchanged. */
function recover(handle: SqliteHandle, version: number, path: string): void {
  if (version < redoLog.number) return;
  try {
    redo(handle, path);
  } catch (error) {
    if (errorKind(error) !== 'failed') throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new Unusable('corrupt', `The redo log of the workspace ${path} does not fit it: ${detail}.`);
  }
}

/** Brings the file from format `version` to the newest; each step is one transaction. */
export function migrate(
  handle: SqliteHandle,
  version: number,
  migrations: readonly Migration[],
  options: Pick<OpenOptions, 'log'>,
): void {
  for (const migration of migrations) {
    if (migration.number <= version) continue;
    handle.transaction(() => {
      handle.exec(migration.sql);
      handle.pragma(`application_id = ${APPLICATION_ID}`);
      handle.pragma(`user_version = ${migration.number}`);
    })();
    options.log?.({ level: 'info', message: `workspace format ${migration.number} (${migration.name})` });
  }
}

function explain(error: unknown, path: string, options: OpenOptions): OpenOutcome {
  if (error instanceof SqliteError && /^SQLITE_(?:BUSY|LOCKED)/.test(error.code)) {
    return {
      outcome: 'busy',
      message: `The workspace ${path} is open in another Leme. Close it there, or choose another folder.`,
    };
  }
  const unusable = toUnusable(error, path);
  if (unusable === undefined) {
    const detail = error instanceof Error ? error.message : String(error);
    return { outcome: 'failed', message: `The workspace ${path} could not be opened: ${detail}.` };
  }
  try {
    const movedTo = setAside(path, options.timestamp);
    const message = `${unusable.message} It was kept as ${movedTo}.`;
    return { outcome: 'set-aside', reason: unusable.reason, movedTo, message };
  } catch (renameError) {
    const detail = renameError instanceof Error ? renameError.message : String(renameError);
    return { outcome: 'failed', message: `${unusable.message} It could not be set aside: ${detail}.` };
  }
}

function toUnusable(error: unknown, path: string): Unusable | undefined {
  if (error instanceof Unusable) return error;
  if (errorKind(error) !== 'corrupt') return undefined;
  const detail = error instanceof Error ? error.message : String(error);
  return new Unusable('corrupt', `The workspace ${path} is damaged: ${detail}.`);
}

function hasContent(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (!stats.isFile()) throw new Error('not a file');
  return stats.size > 0;
}

function hasMagic(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(MAGIC.length);
    return readSync(file, head, 0, MAGIC.length, 0) === MAGIC.length && head.toString('latin1') === MAGIC;
  } finally {
    closeSync(file);
  }
}

function closeQuietly(handle: SqliteHandle | undefined): void {
  try {
    handle?.close();
  } catch {
    // The reason why it was to be closed is what gets reported.
  }
}
