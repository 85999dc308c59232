/** How `break`, `continue`, `return`, `exit` and Ctrl-C leave the code that runs. Never shown to a person. */
export class BreakLoop extends Error {
  override readonly name = 'BreakLoop';
  levels: number;
  readonly again: boolean;

  /** `again` is true for `continue`. */
  constructor(levels: number, again: boolean) {
    super();
    this.levels = levels;
    this.again = again;
  }
}

export class ReturnFromFunction extends Error {
  override readonly name = 'ReturnFromFunction';
  readonly code: number;

  constructor(code: number) {
    super();
    this.code = code;
  }
}

export class ExitShell extends Error {
  override readonly name = 'ExitShell';
  readonly code: number;

  constructor(code: number) {
    super();
    this.code = code;
  }
}

/** The signal of the running job fired; `code` is 128 plus the signal's number. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code: number;

  constructor(signal: AbortSignal) {
    super();
    this.code = interruptCode(signal);
  }
}

/** The exit code of what an aborted signal ended: its reason is the signal's number, 2 when it says nothing. */
export function interruptCode(signal: AbortSignal): number {
  return 128 + (typeof signal.reason === 'number' ? signal.reason : 2);
}
