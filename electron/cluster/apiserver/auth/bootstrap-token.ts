import {
  BOOTSTRAP_TOKEN_PREFIX,
  bootstrapTokenLeft,
  bootstrapTokenOf,
  parseBootstrapToken,
} from '../../api/core/v1/secret/bootstrap-token.ts';
import type { Secret } from '../../api/types.ts';
import type { AuthenticationResult, Authenticator, Credentials } from './interface.ts';
import type { TokenAuthenticatorOptions } from './service-account/token-authenticator.ts';
import { authenticated } from './user.ts';

/**
 * Tokens that machines join with: Secrets of kube-system, as long as they have not expired and are meant for it.
 * What is no such token another authenticator judges. Models plugin/pkg/auth/authenticator/token/bootstrap (v1.34).
 */
export class BootstrapTokenAuthenticator implements Authenticator {
  readonly name = 'bootstrap-token';
  readonly #options: Pick<TokenAuthenticatorOptions, 'clock' | 'audiences' | 'find'>;

  constructor(options: Pick<TokenAuthenticatorOptions, 'clock' | 'audiences' | 'find'>) {
    this.#options = options;
  }

  authenticate({ headers, audiences }: Credentials): AuthenticationResult | Promise<AuthenticationResult> {
    const [, shown = ''] = /^bearer +(\S+) *$/i.exec(headers['authorization'] ?? '') ?? [];
    const token = parseBootstrapToken(shown);
    // It is meant for the API server only.
    const meant = audiences?.filter((audience) => this.#options.audiences.includes(audience));
    if (token === undefined || meant?.length === 0) return { outcome: 'none' };
    return this.#judge(token.id, token.secret, meant);
  }

  async #judge(
    id: string,
    secret: string,
    meant: readonly string[] | undefined,
  ): Promise<AuthenticationResult> {
    const { clock, find } = this.#options;
    const found = await find('secrets', 'kube-system', `${BOOTSTRAP_TOKEN_PREFIX}${id}`);
    const known = found === undefined ? undefined : bootstrapTokenOf(found as Secret);
    if (found === undefined || known === undefined || found.metadata?.deletionTimestamp !== undefined)
      return { outcome: 'none' };
    const isGood = known.secret === secret && known.isForAuthentication && known.groups !== undefined;
    if (!isGood || bootstrapTokenLeft(known, clock.now()) === 0) return { outcome: 'none' };
    const user = authenticated(`system:bootstrap:${id}`, known.groups);
    return { outcome: 'user', user, ...(meant === undefined ? {} : { audiences: meant }) };
  }
}
