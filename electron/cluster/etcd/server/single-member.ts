import type { Context } from '../../../base/context.ts';
import type { Disposable } from '../../../base/disposable.ts';
import type { Backend } from '../backend/interface.ts';
import { etcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { Uint64 } from '../client/interface.ts';
import type { EtcdLogEntryView, EtcdRaftView } from '../view/interface.ts';
import { summarizeRequest } from '../view/request-summary.ts';
import type {
  ApplyRequest,
  Consensus,
  ConsensusEvents,
  InternalRequest,
  Outcome,
  Reply,
} from './interface.ts';

/** So many of the newest entries can be looked at. */
const SHOWN_ENTRIES = 500;

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
  /** What was agreed on lately, newest last, for people. */
  readonly #shown: { readonly term: number; readonly request: InternalRequest }[] = [];

  constructor(context: Context, backend: Backend, memberId: Uint64, fsync: number, events: ConsensusEvents) {
    this.#context = context;
    this.#backend = backend;
    this.#memberId = memberId;
    this.#fsync = fsync;
    this.#apply = events.apply;
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

  get view(): EtcdRaftView {
    const index = this.#index;
    return {
      role: 'leader',
      term: this.#term,
      vote: this.#memberId,
      commit: index,
      applied: index,
      lead: this.#memberId,
      firstIndex: index - this.#shown.length + 1,
      lastIndex: index,
      snapshotIndex: 0,
      progress: [],
      entry: (at) => this.#entry(at),
    };
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
      this.#shown.push({ term: this.#term, request });
      if (this.#shown.length >= SHOWN_ENTRIES * 2) this.#shown.splice(0, SHOWN_ENTRIES);
      reply(this.#outcome(request, this.#index));
    }
    this.#backend.setMeta('consistentIndex', String(this.#index));
    tracer.resume(cause);
  }

  #entry(index: number): EtcdLogEntryView | undefined {
    const shown = this.#shown[this.#shown.length - 1 - (this.#index - index)];
    if (shown === undefined) return undefined;
    return { index, term: shown.term, type: 'Normal', summary: summarizeRequest(shown.request) };
  }

  #outcome(request: InternalRequest, index: number): Outcome<unknown> {
    try {
      return { response: this.#apply(request, index) };
    } catch (error) {
      if (error instanceof EtcdError) return { error };
      throw error;
    }
  }
}
