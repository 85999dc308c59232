/** Exit codes of etcdctl. Models pkg/cobrautl/error.go. */
export const exitCode = {
  error: 1,
  badConnection: 2,
  /** Of txn and watch. */
  invalidInput: 3,
  /** A flag that exists, with a value nobody supports. */
  badFeature: 4,
  interrupted: 5,
  io: 6,
  badArgs: 128,
} as const;

/** Ends the command: `Error: message` on stderr and the code; without a message only the code. */
export class ExitError extends Error {
  override readonly name = 'ExitError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** A call that failed; the message is what Go's client would print for it. */
export class CallError extends Error {
  override readonly name = 'CallError';
  /** gRPC status, by number; `undefined` when this side gave up. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** This side's time limit ran out. */
export const deadlineExceeded = (): CallError => new CallError('context deadline exceeded');
