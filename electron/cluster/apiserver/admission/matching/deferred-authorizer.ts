import type {
  AskAuthorizer,
  AuthorizationAnswer,
  AuthorizationQuestion,
} from '../../../apimachinery/cel/authorizer.ts';
import type { AuthorizationChain } from '../../auth/authorization-chain.ts';
import type { AuthorizationAttributes } from '../../auth/interface.ts';
import type { UserInfo } from '../../auth/user.ts';
import { authenticated } from '../../auth/user.ts';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]*):/;

/**
 * Answers what expressions ask of `authorizer`. An evaluation cannot wait: a question that is new ends it, and once that
 * is answered it runs again.
 */
export class DeferredAuthorizer {
  readonly #authorization: AuthorizationChain;
  readonly #user: UserInfo;
  readonly #answers = new Map<string, AuthorizationAnswer>();
  #open: AuthorizationQuestion | undefined;

  constructor(authorization: AuthorizationChain, user: UserInfo) {
    this.#authorization = authorization;
    this.#user = user;
  }

  readonly ask: AskAuthorizer = (question) => {
    const known = this.#answers.get(JSON.stringify(question));
    if (known !== undefined) return known;
    this.#open ??= question;
    throw new Error('not answered yet');
  };

  /** What `evaluate` comes to with all its questions answered. What it did before is not to count. */
  async settle<T>(evaluate: () => T): Promise<T> {
    for (;;) {
      this.#open = undefined;
      const result = evaluate();
      // It is set by `ask`, which the compiler does not see.
      const open = this.#open as AuthorizationQuestion | undefined;
      if (open === undefined) return result;
      this.#answers.set(JSON.stringify(open), await this.#answer(open));
    }
  }

  async #answer(question: AuthorizationQuestion): Promise<AuthorizationAnswer> {
    const { serviceAccount, path, group, resource, subresource, namespace, name, verb } = question;
    const of = SERVICE_ACCOUNT.exec(serviceAccount)?.[1] ?? '';
    const user =
      serviceAccount === ''
        ? this.#user
        : authenticated(serviceAccount, ['system:serviceaccounts', `system:serviceaccounts:${of}`]);
    const attributes: AuthorizationAttributes = {
      isResourceRequest: path === '',
      path, verb, apiGroup: group, namespace, resource, subresource, name,
    }; // prettier-ignore
    const { decision, reason } = await this.#authorization.authorize(user, attributes);
    return { allowed: decision === 'allow', reason, error: '' };
  }
}
