import { SqliteError } from './sqlite.ts';
import type { StorageErrorKind } from './interface.ts';
import { StorageError } from './interface.ts';

/** Of the file system, which the redo log is written to. */
const FILE_ERRORS: Readonly<Record<string, StorageErrorKind>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  EIO: 'io',
};

/** What a failure of SQLite or of the file system means for the workspace. */
export function errorKind(error: unknown): StorageErrorKind {
  const code = codeOf(error);
  const kind = FILE_ERRORS[code];
  if (kind !== undefined) return kind;
  if (code.startsWith('SQLITE_FULL')) return 'full';
  if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB')) return 'corrupt';
  if (code.startsWith('SQLITE_READONLY')) return 'read-only';
  if (code.startsWith('SQLITE_IOERR')) return 'io';
  return 'failed';
}

function codeOf(error: unknown): string {
  if (error instanceof SqliteError) return error.code;
  const { code } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return code ?? '';
}

const ADVICE: Record<StorageErrorKind, string> = {
  full: 'The disk is full. Free some space and open the workspace again.',
  corrupt: 'The workspace file is damaged. Open it again: it will be set aside and a new one begun.',
  'read-only': 'The workspace file cannot be written. Check its permissions.',
  io: 'The disk reported an error.',
  closed: 'The workspace is closed.',
  failed: 'The workspace could not be written.',
};

export function toStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const kind = errorKind(error);
  const detail = error instanceof Error ? error.message : String(error);
  return new StorageError(kind, `${ADVICE[kind]} (${detail}) Nothing after the last saved moment was kept.`, {
    cause: error,
  });
}
