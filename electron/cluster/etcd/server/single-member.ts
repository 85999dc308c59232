import type { Context } from '../../../base/context.ts';
import type { Disposable } from '../../../base/disposable.ts';
import type { Backend } from '../backend/interface.ts';
import { etcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { Uint64 } from '../client/interface.ts';
import type { ApplyRequest, Consensus, InternalRequest, Outcome, Reply } from './interface.ts';

interface Proposal {
  readonly request: InternalRequest;
  readonly reply: Reply<unknown>;
  readonly cause: number;
}

/**
 * A cluster of one: it agrees with itself as soon as its write-ahead log is on disk. What arrives while a
 * sync is under way shares the next one, as upstream. Dying before the sync loses the proposal, which
 * nobody was told had been written.
 */
export class SingleMember implements Consensus {
  readonly #context: Context;
  readonly #backend: Backend;
  readonly #memberId: Uint64;
  readonly #apply: ApplyRequest;
  /** Virtual milliseconds that a sync takes. */
  readonly #fsync: number;
  #term: number;
  #index: number;
  #waiting: Proposal[] = [];
  #sync: Disposable | undefined;
  #stopped = false;

  constructor(context: Context, backend: Backend, memberId: Uint64, fsync: number, apply: ApplyRequest) {
    this.#context = context;
    this.#backend = backend;
    this.#memberId = memberId;
    this.#fsync = fsync;
    this.#apply = apply;
    // Every start is an election, and its first entry an empty one.
    this.#term = Number(backend.getMeta('term') ?? '1') + 1;
    this.#index = Number(backend.getMeta('consistentIndex') ?? '3') + 1;
    backend.setMeta('term', String(this.#term));
    backend.setMeta('consistentIndex', String(this.#index));
  }

  get term(): number {
    return this.#term;
  }

  get leader(): Uint64 {
    return this.#memberId;
  }

  get index(): number {
    return this.#index + this.#waiting.length;
  }

  get appliedIndex(): number {
    return this.#index;
  }

  get isLearner(): boolean {
    return false;
  }

  propose(request: InternalRequest, reply: Reply<unknown>): void {
    if (this.#stopped) {
      reply({ error: etcdError('stopped') });
      return;
    }
    this.#waiting.push({ request, reply, cause: this.#context.tracer.cause });
    if (this.#fsync === 0) this.#synced();
    else this.#sync ??= this.#context.clock.setTimeout(() => this.#synced(), this.#fsync);
  }

  linearizableRead(ready: (error: EtcdError | undefined) => void): void {
    ready(this.#stopped ? etcdError('stopped') : undefined);
  }

  stop(): void {
    this.#stopped = true;
    this.#sync?.dispose();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const proposal of waiting) proposal.reply({ error: etcdError('stopped') });
  }

  #synced(): void {
    this.#sync = undefined;
    const batch = this.#waiting;
    this.#waiting = [];
    const { tracer } = this.#context;
    const cause = tracer.cause;
    for (const { request, reply, cause: own } of batch) {
      tracer.resume(own);
      this.#index += 1;
      reply(this.#outcome(request));
    }
    this.#backend.setMeta('consistentIndex', String(this.#index));
    tracer.resume(cause);
  }

  #outcome(request: InternalRequest): Outcome<unknown> {
    try {
      return { response: this.#apply(request) };
    } catch (error) {
      if (error instanceof EtcdError) return { error };
      throw error;
    }
  }
}
