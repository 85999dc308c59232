export type FileErrorCode =
  | 'ENOENT'
  | 'EEXIST'
  | 'EISDIR'
  | 'ENOTDIR'
  | 'ENOSPC'
  | 'EACCES'
  | 'ELOOP'
  | 'EINVAL'
  | 'EIO'
  | 'EBUSY'
  | 'EXDEV';

const TEXTS: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file exists',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ENOSPC: 'no space left on device',
  EACCES: 'permission denied',
  ELOOP: 'too many levels of symbolic links',
  EINVAL: 'invalid argument',
  EIO: 'input/output error',
  EBUSY: 'device or resource busy',
  EXDEV: 'invalid cross-device link',
};

/** What the file system refused, in the words of Go's os package: `open /x: no such file or directory`. */
export class MachineFileError extends Error {
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode, call: string, path: string) {
    super(`${call} ${path}: ${TEXTS[code]}`);
    this.code = code;
  }
}
