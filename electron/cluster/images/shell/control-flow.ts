/** `exit`, or a failure under `set -e`: the shell ends. */
export class ExitShell extends Error {
  readonly code: number;

  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}

export class ReturnFromFunction extends Error {
  readonly code: number;

  constructor(code: number) {
    super('return');
    this.code = code;
  }
}

/** `break` and `continue`, through as many loops as `levels`. */
export class LoopControl extends Error {
  readonly kind: 'break' | 'continue';
  readonly levels: number;

  constructor(kind: 'break' | 'continue', levels: number) {
    super(kind);
    this.kind = kind;
    this.levels = levels;
  }
}
