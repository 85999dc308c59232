/** Thrown by `ByteSink.write` when nobody reads any more; a command lets it out and the executor answers 141 (SIGPIPE). */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
  constructor() {
    super('Broken pipe');
  }
}

/** A failure of the sandboxed file system; `text` is what the C library prints for the code (`No such file or directory`). */
export class FsError extends Error {
  override readonly name = 'FsError';
  readonly code: string;
  readonly path: string;
  readonly text: string;

  constructor(code: string, path: string) {
    const text = errorText(code);
    super(`${path}: ${text}`);
    this.code = code;
    this.path = path;
    this.text = text;
  }
}

const texts: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EACCES: 'Permission denied',
  EPERM: 'Operation not permitted',
  EEXIST: 'File exists',
  ENOTEMPTY: 'Directory not empty',
  ELOOP: 'Too many levels of symbolic links',
  EINVAL: 'Invalid argument',
  ENAMETOOLONG: 'File name too long',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EXDEV: 'Invalid cross-device link',
  EIO: 'Input/output error',
  EMFILE: 'Too many open files',
};

/** The C library's text of an error code; the code itself when unknown. */
export function errorText(code: string): string {
  return texts[code] ?? code;
}
