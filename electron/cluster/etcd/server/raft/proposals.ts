import type { Clock } from '../../../../base/clock.ts';
import type { RecordId } from '../../../../base/causal-record.ts';
import type { Disposable } from '../../../../base/disposable.ts';
import { etcdError } from '../../client/errors.ts';
import type { EtcdError } from '../../client/interface.ts';
import type { Reply } from '../interface.ts';

export interface Proposal {
  readonly reply: Reply<unknown>;
  readonly cause: RecordId;
  /** Virtual time. */
  readonly start: number;
  /** Hands it to raft; undefined once that has been done. */
  submit: (() => void) | undefined;
}

/**
 * What was proposed on this member and has not been applied. Each has the same time; those that nobody could
 * take yet, because there is no leader, wait in their order. Models server/pkg/wait and the time-outs of v3_server.go.
 */
export class Proposals implements Disposable {
  readonly #clock: Clock;
  /** Virtual milliseconds; Infinity: as long as it takes. */
  readonly #timeout: number;
  readonly #why: (proposal: Proposal) => EtcdError;
  readonly #pending = new Map<number, Proposal>();
  #timer: Disposable | undefined;
  #next: number;

  constructor(clock: Clock, timeout: number, why: (proposal: Proposal) => EtcdError) {
    this.#clock = clock;
    this.#timeout = timeout;
    this.#why = why;
    // Numbers of an earlier life of this member may still come out of the log.
    this.#next = Math.floor(clock.now()) * 1024;
  }

  get size(): number {
    return this.#pending.size;
  }

  add(proposal: Proposal): number {
    const number = this.#next++;
    this.#pending.set(number, proposal);
    if (Number.isFinite(this.#timeout)) {
      this.#timer ??= this.#clock.setTimeout(() => this.#expire(), this.#timeout);
    }
    return number;
  }

  /** Hands over what waits for a leader, until `stop` says that there is none again. */
  submitWaiting(stop: () => boolean): void {
    for (const proposal of [...this.#pending.values()]) {
      if (stop()) return;
      const { submit } = proposal;
      proposal.submit = undefined;
      submit?.();
    }
  }

  take(number: number): Proposal | undefined {
    const proposal = this.#pending.get(number);
    if (proposal === undefined) return undefined;
    this.#pending.delete(number);
    if (this.#pending.size === 0) this.#disarm();
    return proposal;
  }

  /** Answers all with this error. */
  failAll(error: EtcdError): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#disarm();
    for (const { reply } of pending) reply({ error });
  }

  dispose(): void {
    this.failAll(etcdError('stopped'));
  }

  #expire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (const [number, proposal] of [...this.#pending]) {
      const left = proposal.start + this.#timeout - now;
      if (left > 0.001) {
        this.#timer = this.#clock.setTimeout(() => this.#expire(), left);
        return;
      }
      this.#pending.delete(number);
      proposal.reply({ error: this.#why(proposal) });
    }
  }

  #disarm(): void {
    this.#timer?.dispose();
    this.#timer = undefined;
  }
}
