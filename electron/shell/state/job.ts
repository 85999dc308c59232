/** A background (or foreground) job of the interactive shell. */
export interface Job {
  readonly id: number;
  /** The number `$!` shows. Not a process of this computer. */
  readonly pid: number;
  readonly text: string;
  readonly done: Promise<number>;
  /** Set once `done` has settled. */
  exit: number | null;
  /** Sends it a signal: 2 (Ctrl-C), 15, 9 … */
  kill(signal: number): void;
  /** Already told on the terminal. */
  reported: boolean;
  /** Terminal output changes to foreground with `fg`. */
  foreground: boolean;
}
