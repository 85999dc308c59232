import type { Machine, ProcessContext } from '../machine/interface.ts';

/** What is typed: keys (bytes as Latin-1), a line without its newline (null: the end), or the terminal's new size. */
export type TypedInput =
  | { readonly keys: string }
  | { readonly line: string | null }
  | { readonly columns: number; readonly rows: number };

/** Where a command's output goes, and where its input comes from. */
export interface ExecIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly stdin?: string;
  /** Default `/root`. */
  readonly cwd?: string;
  readonly terminal?: {
    readonly size: { readonly columns: number; readonly rows: number };
    /** The command reads what is typed: keys from now on, or one line. */
    want(what: 'keys' | 'line'): void;
  };
}

/** A command that runs. */
export interface MachineExec {
  /** Exit code; 130 after `interrupt`, 255 when the machine lost power. */
  readonly done: Promise<number>;
  interrupt(): void;
  typed(input: TypedInput): void;
}

/** The terminal of a command. */
export interface TerminalAccess {
  readonly size: { readonly columns: number; readonly rows: number };
  /** Keys from now on, bytes as Latin-1; Ctrl-C is one of them. `resized`: the terminal has another size. */
  onKeys(typed: (bytes: string) => void, resized: () => void): void;
  /** The next line that is typed; undefined at the end of input. */
  line(): Promise<string | undefined>;
}

/** What one command is given. */
export interface CommandContext {
  readonly machine: Machine;
  /** The process in whose name it acts. */
  readonly process: ProcessContext;
  /** All of its standard input. */
  readonly stdin: string;
  readonly cwd: string;
  /** Absent where its output goes elsewhere. */
  readonly terminal?: TerminalAccess;
  /** Text as it is written; lines end with a newline. */
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the command is to end (Ctrl-C); for commands that follow something. */
  readonly interrupted: Promise<void>;
  /** Runs something after virtual milliseconds even when the machine has lost power by then: what its hardware does. */
  afterPowerLoss(ms: number, run: () => void): void;
}

/** `args` without the command's own name. Resolves to the exit code. */
export type MachineCommand = (args: readonly string[], context: CommandContext) => Promise<number> | number;

/** A command that was called in a way it does not understand, or could not do its work: text for stderr, and exit code. */
export class CommandError extends Error {
  readonly code: number;

  constructor(message: string, code = 1) {
    super(message);
    this.code = code;
  }
}
