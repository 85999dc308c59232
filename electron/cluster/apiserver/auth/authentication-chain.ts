import type { AuthenticationResult, Authenticator, Credentials } from './interface.ts';
import { ANONYMOUS } from './user.ts';

/** Asks each authenticator in turn; without any credentials the request is anonymous, with wrong ones refused. */
export class AuthenticationChain {
  readonly #authenticators: readonly Authenticator[];
  readonly #anonymous: boolean;

  constructor(authenticators: readonly Authenticator[], anonymous: boolean) {
    this.#authenticators = authenticators;
    this.#anonymous = anonymous;
  }

  async authenticate(credentials: Credentials): Promise<AuthenticationResult & { readonly method: string }> {
    const result = await this.#ask(credentials);
    if (result !== undefined) return result;
    if (!this.#anonymous) return { outcome: 'refused', why: 'no credentials', method: 'anonymous' };
    return { outcome: 'user', user: ANONYMOUS, method: 'anonymous' };
  }

  /** Whose token it is, for a TokenReview: never anonymous. */
  async authenticateToken(
    token: string,
    meant: { readonly audiences?: readonly string[] },
  ): Promise<AuthenticationResult> {
    const credentials = { headers: { authorization: `Bearer ${token}` }, certificate: undefined, ...meant };
    return (await this.#ask(credentials)) ?? { outcome: 'none' };
  }

  async #ask(
    credentials: Credentials,
  ): Promise<(AuthenticationResult & { readonly method: string }) | undefined> {
    let refused: (AuthenticationResult & { readonly method: string }) | undefined;
    for (const authenticator of this.#authenticators) {
      const pending = authenticator.authenticate(credentials);
      const result = pending instanceof Promise ? await pending : pending;
      if (result.outcome === 'user') return { ...result, method: authenticator.name };
      if (result.outcome === 'refused') refused ??= { ...result, method: authenticator.name };
    }
    return refused;
  }
}
