import type { AuthenticationResult, Authenticator, Credentials } from './interface.ts';
import { authenticated } from './user.ts';

export interface TokenUser {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
}

/** Static bearer tokens, as `--token-auth-file` gives them. A token nobody knows is a wrong credential. */
export class BearerTokenAuthenticator implements Authenticator {
  readonly name = 'token';
  readonly #tokens: ReadonlyMap<string, TokenUser>;

  constructor(tokens: ReadonlyMap<string, TokenUser>) {
    this.#tokens = tokens;
  }

  authenticate({ headers }: Credentials): AuthenticationResult {
    const header = headers['authorization']?.trim();
    if (header === undefined || header === '') return { outcome: 'none' };
    const [scheme, token, ...more] = header.split(' ').filter((part) => part !== '');
    if (scheme?.toLowerCase() !== 'bearer' || token === undefined || more.length > 0)
      return { outcome: 'none' };
    const user = this.#tokens.get(token);
    if (user === undefined) return { outcome: 'refused', why: 'invalid bearer token' };
    return { outcome: 'user', user: authenticated(user.name, user.groups, user.uid) };
  }
}
