import type { RecordId } from './causal-record.ts';
import type { Disposable } from './disposable.ts';

/** Whose death cancels all that it has scheduled. */
export interface Owner {
  readonly onError: ((error: unknown) => void) | undefined;
  /** What it has scheduled and has not run yet. */
  readonly pending: Set<ScheduledEvent>;
}

/**
 * One entry of the loop's queue, and what cancels it. Once it has run or was cancelled it holds on to nothing: it may stay in
 * the queue until its time, which can be months away.
 */
export class ScheduledEvent implements Disposable {
  readonly at: number;
  /** Ties at the same virtual time run in the order in which they were scheduled. */
  readonly order: number;
  readonly cause: RecordId;
  readonly #cancelled: () => void;
  owner: Owner | undefined;
  run: (() => void) | undefined;

  /** `cancelled` is told when it is disposed of before it has run. */
  constructor(
    at: number,
    order: number,
    cause: RecordId,
    owner: Owner | undefined,
    run: () => void,
    cancelled: () => void,
  ) {
    this.at = at;
    this.order = order;
    this.cause = cause;
    this.owner = owner;
    this.run = run;
    this.#cancelled = cancelled;
    owner?.pending.add(this);
  }

  get isPending(): boolean {
    return this.run !== undefined;
  }

  dispose(): void {
    if (this.take() !== undefined) this.#cancelled();
  }

  /** What there is to run, once. */
  take(): (() => void) | undefined {
    const { run, owner } = this;
    this.run = undefined;
    this.owner = undefined;
    owner?.pending.delete(this);
    return run;
  }
}
