import type { Clock } from '../../../../base/clock.ts';
import { NONE } from '../../../raft/interface.ts';
import { etcdError } from '../../client/errors.ts';
import type { EtcdError, Uint64 } from '../../client/interface.ts';
import type { EtcdMethods } from '../../client/methods.ts';
import type { Reply } from '../interface.ts';
import { isWorthRetrying } from '../membership/cluster-calls.ts';
import type { LeaderMethod } from '../peers/frames.ts';

/** Virtual milliseconds before the leader is asked again. */
const RETRY_PAUSE = 50;

export interface LeaderCallsHost {
  readonly memberId: Uint64;
  readonly requestTimeout: number;
  readonly electionTimeout: number;
  leader(): Uint64;
  isStopped(): boolean;
  here<M extends LeaderMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void;
  there<M extends LeaderMethod>(
    id: Uint64,
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void;
}

/**
 * Calls that only the leader can answer: tried here or there until somebody has, or the time of a request is over.
 * Models LeaseRenew and waitLeader in v3_server.go.
 */
export class LeaderCalls {
  readonly #clock: Clock;
  readonly #host: LeaderCallsHost;

  constructor(clock: Clock, host: LeaderCallsHost) {
    this.#clock = clock;
    this.#host = host;
  }

  call<M extends LeaderMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
  ): void {
    const host = this.#host;
    const deadline = this.#clock.now() + host.requestTimeout;
    const again = (pause: number, late: EtcdError): void => {
      if (host.isStopped()) reply({ error: etcdError('stopped') });
      else if (this.#clock.now() + pause > deadline) reply({ error: late });
      else this.#clock.setTimeout(attempt, pause);
    };
    const attempt = (): void => {
      const leader = host.leader();
      if (leader === NONE) again(host.electionTimeout, etcdError('noLeader'));
      else if (leader === host.memberId) host.here(method, request, reply);
      else {
        host.there(leader, method, request, (outcome) => {
          if ('error' in outcome && isWorthRetrying(outcome.error)) again(RETRY_PAUSE, etcdError('timeout'));
          else reply(outcome);
        });
      }
    };
    attempt();
  }
}
