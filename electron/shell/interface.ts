/**
 * What a command of the lab shell is given and what it answers. Commands never touch `process`, the real file system or
 * the real terminal: everything arrives through {@link CommandIo}, so the same command runs in the console, in a pipe,
 * in a script and in a test.
 */

/**
 * Where a command reads bytes. Iterating yields chunks as they come (never empty ones) and ends at end of input.
 * One consumer at a time. `return()`/`cancel()` tells the writer that nobody reads any more.
 */
export interface ByteSource extends AsyncIterable<Uint8Array> {
  /** The next chunk, or `null` at end of input. */
  read(): Promise<Uint8Array | null>;
  /** Everything up to the end, as UTF-8 text. */
  text(): Promise<string>;
  /** Line by line, without the newline; the last line may lack one in the input. */
  lines(): AsyncIterable<string>;
  /** Stop reading: the next `write` at the other end is refused with {@link BrokenPipe}. */
  cancel(): void;
  /** True when a person types here (used by `-i` style questions and pagers). */
  readonly isTty: boolean;
}

/**
 * Where a command writes. Await the promise: it settles once there is room again (back-pressure) and rejects with
 * `BrokenPipe` when the reader has gone; let that error out of `run`, the executor turns it into exit 141 without a message.
 */
export interface ByteSink {
  write(chunk: string | Uint8Array): Promise<void>;
  readonly isTty: boolean;
  /** Aborted when the reader goes away, even while nothing is being written: a watch that waits for news can end at once. */
  readonly closed: AbortSignal;
}

/** One entry of the sandboxed file system. Times in milliseconds since the epoch. */
export interface FileStat {
  kind: 'file' | 'directory' | 'symlink' | 'device';
  size: number;
  mode: number;
  mtimeMs: number;
  /** Names; absent where files have no owners. */
  owner?: string;
  group?: string;
}

/**
 * The console's own file system: `/` is a folder on disk, nothing outside it can be named. Paths are absolute POSIX paths
 * (use {@link CommandIo.path} to resolve what the person typed). Failures are `FsError` with Node's codes (`ENOENT`, `EISDIR` …).
 */
export interface ShellFs {
  readFile(path: string): Promise<Uint8Array>;
  readText(path: string): Promise<string>;
  /** Reads as a stream; with `follow` it waits for more at the end (as `tail -f`) until the signal aborts. */
  open(path: string, options?: { follow?: boolean; signal?: AbortSignal }): Promise<ByteSource>;
  writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void>;
  appendFile(path: string, data: string | Uint8Array): Promise<void>;
  stat(path: string): Promise<FileStat>;
  lstat(path: string): Promise<FileStat>;
  /** True when something is there (follows links). */
  exists(path: string): Promise<boolean>;
  readdir(path: string): Promise<string[]>;
  mkdir(path: string, options?: { recursive?: boolean }): Promise<void>;
  rm(path: string, options?: { recursive?: boolean }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  copyFile(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
  chmod(path: string, mode: number): Promise<void>;
  utimes(path: string, mtimeMs: number): Promise<void>;
}

/** The terminal behind the console, when there is one. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** Calls back after each change of size; returns the function that stops it. */
  onResize(listener: () => void): () => void;
  /**
   * Takes the keyboard in raw mode for a full-screen command (pager, editor, `watch`): keys arrive as chunks exactly as the
   * terminal sends them and Ctrl-C is a key. Release it in a `finally`.
   */
  grabKeys(): { keys: ByteSource; release(): void };
  /** Talks with the person line by line (editor, history, Ctrl-C) until they leave; answers the exit code. Only a console offers it. */
  converse?(session: Conversation): Promise<number>;
}

/** What completion found for the word that the cursor is in; `start` is where that begins. */
export interface Completion {
  start: number;
  /** Texts to put in place of the word, with what ends them (a blank, or nothing after `/`). */
  insertions: string[];
  /** What to show in a list, one for each insertion. */
  labels: string[];
}

/** A shell within the shell, as `ssh HOST` opens. */
export interface Conversation {
  /** Whose shell it is, for the record of lines. */
  readonly host: string;
  /** Lines that were typed, oldest first; the conversation adds to them. */
  readonly history: string[];
  /** The text before a line; `continued`: the line before is not complete. */
  prompt(continued: boolean): string;
  complete(line: string, cursor: number): Promise<Completion | null>;
  /** Whether a text is run as it is; without it bash's grammar says, and bash's history is expanded. */
  isWhole?(text: string): boolean;
  /** Runs one whole command line; `streams` are the terminal's, the signal is Ctrl-C. `{ leave }` ends the conversation. */
  run(
    line: string,
    streams: { stdin: ByteSource; stdout: ByteSink; stderr: ByteSink },
    signal: AbortSignal,
  ): Promise<number | { leave: number }>;
}

export interface CommandIo {
  /** `argv[0]` is the command's name as typed. */
  readonly argv: readonly string[];
  /** Exported variables. A snapshot: changing it changes nothing outside. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly fs: ShellFs;
  /** Aborted by Ctrl-C, `kill`, or when the shell ends. Pass it to every request; when it fires, return (130 by convention). */
  readonly signal: AbortSignal;
  /** Absent when no terminal is attached (scripts, tests). */
  readonly tty?: Terminal;
  /** Resolves what the person typed against `cwd`. */
  path(typed: string): string;
  /** Waits, or returns early when `signal` fires. Real time. */
  sleep(ms: number): Promise<void>;
  /** Runs another command of the shell with the given streams (default: one's own), as `xargs`, `env`, `time`, `kubectl` plugins or an editor need. Answers its exit code. */
  spawn(
    argv: readonly string[],
    over?: {
      stdin?: ByteSource;
      stdout?: ByteSink;
      stderr?: ByteSink;
      env?: Record<string, string>;
      signal?: AbortSignal;
    },
  ): Promise<number>;
}

/** What completion may look at besides the words. */
export interface CompletionContext {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly fs: ShellFs;
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  readonly summary: { readonly en: string; readonly 'pt-BR': string };
  /** Answers the exit code. A thrown `BrokenPipe` becomes 141, an abort 130; anything else is a bug and is shown as one line. */
  run(io: CommandIo): Promise<number>;
  /**
   * Candidates for `words[index]` (`words[0]` is the command; the word may be incomplete or empty). Answer whole words; the
   * editor filters by prefix and adds a blank, except after a candidate that ends in `/`, `=` or `:`. An empty answer
   * falls back to file names.
   */
  complete?(words: readonly string[], index: number, context: CompletionContext): Promise<string[]>;
}
