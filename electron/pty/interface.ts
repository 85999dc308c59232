/** What runs on a pseudo terminal. `profile` is a name for people and logs (`lab`, `own-shell`). */
export interface PtyRequest {
  id: string;
  profile: string;
  command: string;
  args: readonly string[];
  cwd: string;
  /** Added to what the allow-list lets through of the host's own environment. */
  env: Readonly<Record<string, string>>;
  cols: number;
  rows: number;
}

export interface PtyExit {
  /** Exit code; 128 plus the signal's number when a signal ended it. */
  code: number;
}

/**
 * A program on a pseudo terminal. Bytes are delivered as they come; whoever shows them acknowledges what is drawn with
 * `ack`, and the program is paused while too much is unacknowledged.
 */
export interface PtySession {
  readonly id: string;
  readonly profile: string;
  readonly pid: number;
  /** Set once the program has ended. */
  readonly exit: PtyExit | null;
  /** Calls back with each piece of output; returns the function that stops it. Without a listener output only fills the replay buffer. */
  onData(listener: (bytes: Uint8Array) => void): () => void;
  onExit(listener: (exit: PtyExit) => void): () => void;
  /** Keys from the person, UTF-8. Ignored after the end. */
  write(data: string | Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** So many bytes given to `onData` listeners are on the screen now. */
  ack(bytes: number): void;
  /** The latest output (about 200 kB) for a screen that attaches anew; begins at a line or character boundary. */
  replay(): Uint8Array;
  /** Hangs up; kills after two seconds if the program does not end. */
  kill(): void;
}

export interface PtyHost {
  create(request: PtyRequest): PtySession;
  get(id: string): PtySession | undefined;
  list(): readonly PtySession[];
  /** Ends every session and resolves when their programs are gone. */
  close(): Promise<void>;
}
