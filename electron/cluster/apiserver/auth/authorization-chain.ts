import type { RequestInfo } from '../endpoints/request-info.ts';
import type { AuthorizationResult, Authorizer } from './interface.ts';
import type { UserInfo } from './user.ts';

/** Asks each authorizer until one allows or denies; without an opinion the answer is no. */
export class AuthorizationChain {
  readonly #authorizers: readonly Authorizer[];

  constructor(authorizers: readonly Authorizer[]) {
    this.#authorizers = authorizers;
  }

  async authorize(user: UserInfo, info: RequestInfo): Promise<AuthorizationResult & { readonly by: string }> {
    const reasons: string[] = [];
    for (const authorizer of this.#authorizers) {
      const pending = authorizer.authorize(user, info);
      const result = pending instanceof Promise ? await pending : pending;
      if (result.decision !== 'no-opinion') return { ...result, by: authorizer.name };
      if (result.reason !== '') reasons.push(result.reason);
    }
    return { decision: 'no-opinion', reason: reasons.join(', '), by: 'none' };
  }
}
