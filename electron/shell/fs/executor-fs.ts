import type { ByteSink, ByteSource, ShellFs } from '../interface.ts';

/** A file that a redirection writes to. */
export interface FileWriter {
  /** Behind what was written before. @throws FsError */
  writeFile(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** The file system under a shell: of the console, or of a machine. */
export interface ExecutorFs extends ShellFs {
  /** Paths that stand for a stream (`<(…)`, `>(…)`): `/dev/fd/63` and the like. */
  readonly virtual: Map<string, { source?: ByteSource; sink?: ByteSink }>;
  /** With every link followed. */
  realpath(path: string): Promise<string>;
  /** Empties the file, or writes behind what it holds. @throws FsError */
  openForWriting(path: string, append: boolean): Promise<FileWriter>;
}
