import type { AuthorizationAttributes, AuthorizationResult, Authorizer, RuleList } from './interface.ts';
import type { UserInfo } from './user.ts';

/** Asks each authorizer until one allows or denies; without an opinion the answer is no. Models authorizer/union (v1.34). */
export class AuthorizationChain {
  readonly #authorizers: readonly Authorizer[];

  constructor(authorizers: readonly Authorizer[]) {
    this.#authorizers = authorizers;
  }

  async authorize(
    user: UserInfo,
    attributes: AuthorizationAttributes,
  ): Promise<AuthorizationResult & { readonly by: string }> {
    const reasons: string[] = [];
    for (const authorizer of this.#authorizers) {
      const pending = authorizer.authorize(user, attributes);
      const result = pending instanceof Promise ? await pending : pending;
      if (result.decision !== 'no-opinion') return { ...result, by: authorizer.name };
      if (result.reason !== '') reasons.push(result.reason);
    }
    return { decision: 'no-opinion', reason: reasons.join('\n'), by: 'none' };
  }

  async rulesFor(user: UserInfo, namespace: string): Promise<RuleList> {
    const lists: RuleList[] = [];
    for (const authorizer of this.#authorizers) {
      if (authorizer.rulesFor !== undefined) lists.push(await authorizer.rulesFor(user, namespace));
    }
    return {
      rules: lists.flatMap(({ rules }) => rules),
      errors: lists.flatMap(({ errors }) => errors),
      incomplete: lists.some(({ incomplete }) => incomplete),
    };
  }
}
