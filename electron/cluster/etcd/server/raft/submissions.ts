import type { Context } from '../../../../base/context.ts';
import type { Disposable } from '../../../../base/disposable.ts';
import { RaftError } from '../../../raft/interface.ts';
import { EtcdError } from '../../client/interface.ts';
import { etcdError } from '../../client/errors.ts';
import type { Reply } from '../interface.ts';
import type { Proposal } from './proposals.ts';
import { Proposals } from './proposals.ts';

export interface SubmissionsHost {
  /** Virtual milliseconds: of a whole request, and of an election. */
  readonly requestTimeout: number;
  readonly electionTimeout: number;
  hasLeader(): boolean;
  /** There has been a way to the leader, or from the leader to a quorum, ever since. */
  isConnectedSince(start: number): boolean;
  /** Raft has been given something. */
  submitted(): void;
}

/**
 * What this member hands to raft, and who waits for it: requests, which have a time limit, and changes of the
 * configuration, which have none. Models processInternalRaftRequestOnce and configure.
 */
export class Submissions implements Disposable {
  readonly requests: Proposals;
  readonly changes: Proposals;
  readonly #context: Context;
  readonly #host: SubmissionsHost;
  /** Virtual time at which the present leader was first seen. */
  #leadElected = 0;

  constructor(context: Context, host: SubmissionsHost) {
    this.#context = context;
    this.#host = host;
    this.requests = new Proposals(context.clock, host.requestTimeout, (proposal) => this.#whyLate(proposal));
    this.changes = new Proposals(context.clock, Infinity, () => etcdError('timeout'));
  }

  /** Hands a proposal to raft now, or when there is a leader. */
  submit(pending: Proposals, reply: Reply<unknown>, hand: (number: number) => void): void {
    const proposal: Proposal = {
      reply,
      cause: this.#context.tracer.cause,
      start: this.#context.clock.now(),
      submit: undefined,
    };
    const number = pending.add(proposal);
    const submit = (): void => {
      try {
        hand(number);
      } catch (error) {
        if (!(error instanceof RaftError)) throw error;
        pending.take(number)?.reply({ error: new EtcdError('Unknown', error.message) });
      }
    };
    if (!this.#host.hasLeader()) {
      proposal.submit = submit;
      return;
    }
    submit();
    this.#host.submitted();
  }

  leaderElected(): void {
    this.#leadElected = this.#context.clock.now();
    const leaderless = (): boolean => !this.#host.hasLeader();
    this.changes.submitWaiting(leaderless);
    this.requests.submitWaiting(leaderless);
  }

  dispose(): void {
    this.changes.dispose();
    this.requests.dispose();
  }

  /** Models parseProposeCtxErr. */
  #whyLate({ start, submit }: Proposal): EtcdError {
    // It never got as far as raft, whose context ends with an error of its own.
    if (submit !== undefined) return new EtcdError('Unknown', 'context deadline exceeded');
    const lost = this.#leadElected - 2 * this.#host.electionTimeout;
    if (start > lost && start < this.#leadElected) return etcdError('timeoutDueToLeaderFail');
    if (!this.#host.hasLeader() || this.#host.isConnectedSince(start)) return etcdError('timeout');
    return etcdError('timeoutDueToConnectionLost');
  }
}
