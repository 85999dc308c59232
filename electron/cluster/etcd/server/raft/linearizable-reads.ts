import type { RecordId } from '../../../../base/causal-record.ts';
import type { Context } from '../../../../base/context.ts';
import type { Disposable } from '../../../../base/disposable.ts';
import type { ReadState } from '../../../raft/interface.ts';
import { etcdError } from '../../client/errors.ts';
import type { EtcdError, Uint64 } from '../../client/interface.ts';

/** Virtual milliseconds after which a question to the leader is put again. */
const RETRY = 500;

type Ready = (error: EtcdError | undefined) => void;

interface Read {
  readonly ready: Ready;
  readonly cause: RecordId;
}

export interface LinearizableReadsHost {
  readonly memberId: Uint64;
  appliedIndex(): number;
  /** Asks raft for the index up to which one must have applied. */
  readIndex(context: string): void;
}

/**
 * Reads that must see all that was committed before. One question to the leader serves all that came before it
 * was put; those that come meanwhile share the next. Models linearizableReadLoop in v3_server.go.
 */
export class LinearizableReads {
  readonly #context: Context;
  readonly #host: LinearizableReadsHost;
  /** Virtual milliseconds. */
  readonly #timeout: number;
  #waiting: Read[] = [];
  #asking: { readonly reads: readonly Read[]; readonly since: number; readonly context: string } | undefined;
  /** The leader has answered; what is missing is that this member applies. */
  readonly #confirmed: { readonly reads: readonly Read[]; readonly index: number }[] = [];
  #timer: Disposable | undefined;
  #number: number;

  constructor(context: Context, timeout: number, host: LinearizableReadsHost) {
    this.#context = context;
    this.#timeout = timeout;
    this.#host = host;
    // An answer to a question of an earlier life of this member must not count.
    this.#number = Math.floor(context.clock.now()) * 1024;
  }

  add(ready: Ready): void {
    this.#waiting.push({ ready, cause: this.#context.tracer.cause });
    this.#ask();
  }

  answered(states: readonly ReadState[]): void {
    for (const { index, requestContext } of states) {
      const asking = this.#asking;
      if (asking?.context !== requestContext) continue;
      this.#settle();
      this.#confirmed.push({ reads: asking.reads, index });
    }
    this.applied();
    this.#ask();
  }

  /** This member has applied more. */
  applied(): void {
    while (this.#confirmed.length > 0) {
      const first = this.#confirmed[0] as { readonly reads: readonly Read[]; readonly index: number };
      if (first.index > this.#host.appliedIndex()) return;
      this.#confirmed.shift();
      this.#tell(first.reads, undefined);
    }
  }

  /** Nobody knows whether the old leader's answer would still hold. */
  leaderChanged(): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    this.#settle();
    this.#tell(asking.reads, etcdError('leaderChanged'));
    this.#ask();
  }

  /** An answer may have been lost or put off: asks again. */
  retry(): void {
    if (this.#asking !== undefined) this.#put();
  }

  stop(): void {
    const reads = [
      ...(this.#asking?.reads ?? []),
      ...this.#confirmed.flatMap((confirmed) => confirmed.reads),
      ...this.#waiting,
    ];
    this.#settle();
    this.#waiting = [];
    this.#confirmed.length = 0;
    this.#tell(reads, etcdError('stopped'));
  }

  #ask(): void {
    if (this.#asking !== undefined || this.#waiting.length === 0) return;
    this.#number += 1;
    const context = `${this.#host.memberId}/${this.#number}`;
    this.#asking = { reads: this.#waiting, since: this.#context.clock.now(), context };
    this.#waiting = [];
    this.#put();
  }

  #put(): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    this.#timer?.dispose();
    this.#timer = this.#context.clock.setTimeout(() => this.#late(), RETRY);
    this.#host.readIndex(asking.context);
  }

  #late(): void {
    const asking = this.#asking;
    if (asking === undefined) return;
    if (this.#context.clock.now() - asking.since < this.#timeout - 0.001) {
      this.#put();
      return;
    }
    this.#settle();
    this.#tell(asking.reads, etcdError('timeout'));
    this.#ask();
  }

  #settle(): void {
    this.#asking = undefined;
    this.#timer?.dispose();
    this.#timer = undefined;
  }

  #tell(reads: readonly Read[], error: EtcdError | undefined): void {
    const { tracer } = this.#context;
    const before = tracer.cause;
    for (const { ready, cause } of reads) {
      tracer.resume(cause);
      ready(error);
    }
    tracer.resume(before);
  }
}
