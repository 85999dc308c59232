import type { AuthStore } from '../auth/auth-store.ts';
import type { AuthInfo } from '../auth/interface.ts';
import { SimpleTokens } from '../auth/simple-tokens.ts';
import { etcdError, isEtcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { ResponseHeader, Uint64 } from '../client/interface.ts';
import type { AlarmStore } from './apply/alarm-store.ts';
import type { Quota } from './apply/quota.ts';
import type { Caller, Consensus, InternalRequest, InternalRequestBody, Outcome, Reply } from './interface.ts';
import { requestSize } from './request-size.ts';

export interface ProposerParts {
  readonly memberId: Uint64;
  readonly auth: AuthStore;
  readonly alarms: AlarmStore;
  readonly quota: Quota;
  readonly consensus: Consensus;
  /** Bytes. */
  readonly maxRequestBytes: number;
  readonly clientCertAuth: boolean;
  readonly header: (revision: number) => ResponseHeader;
}

/**
 * The way of a request into the log: who asks, whether it is small enough, whether there is room; and the way of its
 * answer back. Models processInternalRaftRequestOnce and v3rpc/quota.go.
 */
export class Proposer {
  readonly #parts: ProposerParts;
  /** Those who wait until an alarm that is under way has been raised. */
  #raising: (() => void)[] | undefined;
  /** Proposals that have not been answered, and those that were not agreed on; for the metrics. */
  pending = 0;
  failed = 0;

  constructor(parts: ProposerParts) {
    this.#parts = parts;
  }

  /** Who calls, while auth is on; undefined: nobody said. @throws EtcdError invalidAuthToken */
  authInfo(caller: Caller): AuthInfo | undefined {
    const { auth, clientCertAuth } = this.#parts;
    if (!auth.enabled) return undefined;
    if (caller.token !== undefined) return auth.infoOfToken(caller.token);
    if (!clientCertAuth || caller.commonName === undefined) return undefined;
    return { username: caller.commonName, revision: auth.revision };
  }

  /** Whether a token was given by an entry that this member has not applied yet. */
  isAhead({ token }: Caller): boolean {
    if (token === undefined) return false;
    return (SimpleTokens.indexOf(token) ?? 0) > this.#parts.consensus.appliedIndex;
  }

  /**
   * Has a request agreed on and applied, and answers with the header filled in. What applying gives is the response of
   * the request's method: that is not checked here. @throws EtcdError requestTooLarge, invalidAuthToken
   */
  propose(body: InternalRequestBody, caller: Caller, replyTo: Reply<never>): void {
    const reply = replyTo as Reply<unknown>;
    const { auth, quota } = this.#parts;
    if (requestSize(body) > this.#parts.maxRequestBytes) throw etcdError('requestTooLarge');
    if (!quota.available(body)) {
      this.#raiseNoSpace(() => reply({ error: etcdError('noSpace') }));
      return;
    }
    const info = auth.enabled ? this.authInfo(caller) : undefined;
    const request: InternalRequest =
      info === undefined
        ? body
        : { ...body, header: { username: info.username, authRevision: info.revision } };
    this.pending += 1;
    this.#parts.consensus.propose(request, (outcome) => {
      this.pending -= 1;
      if ('error' in outcome && outcome.error.code === 'Unavailable') this.failed += 1;
      if ('error' in outcome) this.#refused(outcome.error, body, caller, reply);
      else reply({ response: this.fill(outcome.response as { readonly header: ResponseHeader }) });
    });
  }

  /** Has a request agreed on that nobody called for: a lease that ended, an alarm. */
  proposeInternal(request: InternalRequest): void {
    this.#parts.consensus.propose(request, () => undefined);
  }

  /** Reads once this member has applied all that was committed before. */
  whenCurrent(replyTo: Reply<never>, read: () => unknown): void {
    const reply = replyTo as Reply<unknown>;
    this.#parts.consensus.linearizableRead((error) => reply(error === undefined ? attempt(read) : { error }));
  }

  fill<T extends { readonly header: ResponseHeader }>(response: T): T {
    return { ...response, header: this.#parts.header(response.header.revision) };
  }

  /** A request that has been applied here did not fit. Every member raises its own alarm. */
  exceeded(): void {
    if (!this.#parts.alarms.has('NOSPACE')) this.#raiseNoSpace(undefined);
  }

  #refused(error: EtcdError, body: InternalRequestBody, caller: Caller, reply: Reply<unknown>): void {
    // Users and roles have changed since the request was made: once more, as who the caller is now.
    if (isEtcdError(error, 'authOldRevision')) {
      try {
        this.propose(body, caller, reply);
      } catch (again) {
        if (!(again instanceof EtcdError)) throw again;
        reply({ error: again });
      }
      return;
    }
    if (isEtcdError(error, 'noSpace') && this.#raising !== undefined)
      this.#raising.push(() => reply({ error }));
    else reply({ error });
  }

  #raiseNoSpace(raised: (() => void) | undefined): void {
    if (this.#raising !== undefined) {
      if (raised !== undefined) this.#raising.push(raised);
      return;
    }
    this.#raising = raised === undefined ? [] : [raised];
    const { memberId } = this.#parts;
    const alarm = { action: 'ACTIVATE', memberId, alarm: 'NOSPACE' } as const;
    this.#parts.consensus.propose({ alarm }, () => {
      const waiting = this.#raising ?? [];
      this.#raising = undefined;
      for (const next of waiting) next();
    });
  }
}

/** What reading gave, or how it was refused. */
export function attempt(read: () => unknown): Outcome<unknown> {
  try {
    return { response: read() };
  } catch (error) {
    if (error instanceof EtcdError) return { error };
    throw error;
  }
}
