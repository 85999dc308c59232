import type { Machine, ProcessContext } from '../machine/interface.ts';

/** What one command is given. */
export interface CommandContext {
  readonly machine: Machine;
  /** The process in whose name it acts. */
  readonly process: ProcessContext;
  /** All of its standard input. */
  readonly stdin: string;
  readonly cwd: string;
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
