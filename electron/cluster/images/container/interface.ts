import type { ProcessContext } from '../../machine/interface.ts';
import type { ContainerUser } from './user.ts';

/** Texts of files and streams hold bytes, one Latin-1 character each. */
export interface Reader {
  /** The next chunk, never empty; undefined at the end. */
  read(): Promise<string | undefined>;
}

export interface Writer {
  /** @throws BrokenPipe when nobody reads any more */
  write(bytes: string): void;
  /** So many zero bytes, where they need not be kept: a file. */
  zeros?(count: number): void;
  readonly isTty: boolean;
}

/** Written to a pipe whose reader has gone: the writer ends with 141. */
export class BrokenPipe extends Error {}

export interface FileInfo {
  readonly kind: 'file' | 'directory';
  readonly size: number;
  readonly executable: boolean;
}

/** Files of one container: those of its image, what it wrote over them, and what is mounted. Paths are absolute. */
export interface ContainerFiles {
  /** Undefined when there is nothing. */
  stat(path: string): FileInfo | undefined;
  /** @throws FileError */
  read(path: string): string;
  /** @throws FileError */
  write(path: string, bytes: string): void;
  /** A file of so many zero bytes, of which only the number is kept. @throws FileError */
  allocate(path: string, bytes: number): void;
  /** Names directly below, sorted. @throws FileError */
  list(path: string): readonly string[];
  /** @throws FileError */
  makeFolder(path: string): void;
  /** A file, or a folder with all below it. @throws FileError */
  remove(path: string): void;
  /** Calls back after something was written at or below `path`, until disposed. */
  watch(path: string, changed: () => void): { dispose(): void };
}

export type FileErrorCode = 'ENOENT' | 'EISDIR' | 'ENOTDIR' | 'EROFS' | 'EEXIST' | 'ENOSPC';

const TEXTS: Readonly<Record<FileErrorCode, string>> = {
  ENOENT: 'No such file or directory',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  EROFS: 'Read-only file system',
  EEXIST: 'File exists',
  ENOSPC: 'No space left on device',
};

/** What a file operation came to; the message is libc's. */
export class FileError extends Error {
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode) {
    super(TEXTS[code]);
    this.code = code;
  }
}

/** A process as the container's own PID namespace shows it. */
export interface ContainerProcess {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly startedAt: number;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** What surrounds the processes of one container. */
export interface ContainerWorld {
  /** Empty: that of the machine. */
  readonly hostname: string;
  readonly files: ContainerFiles;
  /** On Windows: who its processes run as, where that is not the image's user. */
  readonly windowsUser?: string;
  readonly workingDir: string;
  readonly user: ContainerUser;
  /** Oldest first. */
  processes(): readonly ContainerProcess[];
  /** What its processes hold of memory. */
  readonly memory: { hold(pid: number, bytes: number): void };
  /** What they use of processors: cores from now on, or milliseconds of one core at once. */
  readonly cpu: { use(pid: number, cores: number): void; spend(milliseconds: number): void };
  /** Processes that one of them has started and that have no program of their own, e.g. workers that only burn a core. */
  readonly children: { hold(pid: number, count: number): void };
  /** Number of the calling process in the container's PID namespace. */
  pidOf(hostPid: number): number;
}

/** The standard streams of one process. */
export interface Stdio {
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Called on Ctrl-C at a terminal, with what the process registered last. */
  readonly terminal: TerminalInput | undefined;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalInput {
  /** As its window last said; 80 by 24 before. */
  readonly size: TerminalSize;
  /** Ctrl-C goes to the foreground: the handler of who runs there. Returns what takes it back. */
  onInterrupt(handler: () => void): () => void;
}

/** One running command: what it sees and where it writes. */
export interface Task extends Stdio {
  readonly process: ProcessContext;
  readonly world: ContainerWorld;
  readonly argv: readonly string[];
  /** Exported variables. */
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  /** Starts another program of the image, to its end. 127 when there is none, with the shell's text on stderr. */
  run(task: Task): Promise<number>;
  /** Whether the image has a program of this name (or path). */
  find(name: string): string | undefined;
}

/** Resolves to the exit code. */
export type Tool = (task: Task) => Promise<number> | number;
