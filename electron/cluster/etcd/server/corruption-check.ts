import type { Context } from '../../../base/context.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { hexId } from '../../raft/ids.ts';
import type { Member } from '../client/cluster.ts';
import type { EtcdError, Uint64 } from '../client/interface.ts';
import type { HashKvResponse } from '../client/maintenance.ts';
import type { KeyValueHash } from '../mvcc/hash.ts';
import type { Outcome, Reply } from './interface.ts';

export interface CorruptionCheckHost {
  readonly memberId: Uint64;
  members(): readonly Member[];
  leads(): boolean;
  /** Of this member, at `revision` or at present (0). */
  hash(revision: number): KeyValueHash;
  askMember(id: Uint64, revision: number, reply: Reply<HashKvResponse>): void;
  linearizableRead(ready: (error: EtcdError | undefined) => void): void;
  /** Has the members agree that one of them is corrupt. */
  raise(id: Uint64): void;
}

/**
 * Compares what the members hold by hashes over the same revision. A member that differs is reported, not mended: nobody
 * knows which one is right. Models server/etcdserver/corrupt.go.
 */
export class CorruptionCheck implements Disposable {
  readonly #context: Context;
  readonly #host: CorruptionCheckHost;
  #timer: Disposable | undefined;

  constructor(context: Context, host: CorruptionCheckHost) {
    this.#context = context;
    this.#host = host;
  }

  /** Before clients are served: upstream's complaint when this member differs from others at its revision. */
  async initial(): Promise<string | undefined> {
    const { memberId } = this.#host;
    const own = this.#host.hash(0);
    const answers = await this.#askAll(own.revision);
    const differing = answers.filter(
      ({ outcome }) => 'response' in outcome && differs(own, outcome.response),
    );
    if (differing.length === 0) return undefined;
    return `${hexId(memberId)} found data inconsistency with peers`;
  }

  /** While this member leads, every `interval` virtual milliseconds. */
  every(interval: number): void {
    this.#timer = this.#context.clock.setInterval(() => {
      if (this.#host.leads()) void this.#periodic();
    }, interval);
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  async #periodic(): Promise<void> {
    const own = this.#host.hash(0);
    const answers = await this.#askAll(own.revision);
    const error = await new Promise<EtcdError | undefined>((resolve) => this.#host.linearizableRead(resolve));
    if (error !== undefined) return;
    for (const { id, outcome } of answers) {
      if ('response' in outcome && differs(own, outcome.response)) this.#host.raise(id);
    }
  }

  #askAll(revision: number): Promise<readonly { id: Uint64; outcome: Outcome<HashKvResponse> }[]> {
    const others = this.#host.members().filter(({ id }) => id !== this.#host.memberId);
    return Promise.all(
      others.map(
        ({ id }) =>
          new Promise<{ id: Uint64; outcome: Outcome<HashKvResponse> }>((resolve) => {
            this.#host.askMember(id, revision, (outcome) => resolve({ id, outcome }));
          }),
      ),
    );
  }
}

/** The same history up to the same revision must have the same hash; other compactions cannot be compared. */
function differs(own: KeyValueHash, other: HashKvResponse): boolean {
  return other.compactRevision === own.compactRevision && other.hash !== own.hash;
}
