import type { Clock } from '../../../../base/clock.ts';
import { isSignedBy, readClaims } from '../../../../base/jose/json-web-token.ts';
import type { PublicKey } from '../../../../base/jose/public-key.ts';
import type { KubeObject } from '../../../api/types.ts';
import type { AuthenticationResult, Authenticator, Credentials } from '../interface.ts';
import { authenticated } from '../user.ts';
import type { UserInfo } from '../user.ts';
import type { BoundClaims } from './claims.ts';
import { boundClaims } from './claims.ts';

/** Tokens whose signature is remembered as good. */
const REMEMBERED = 1_000;
const EXTRA = 'authentication.kubernetes.io/';

/** A core object by resource, namespace ('' for none) and name. */
export type ObjectLookup = (
  resource: string,
  namespace: string,
  name: string,
) => Promise<KubeObject | undefined>;

export interface TokenAuthenticatorOptions {
  readonly clock: Clock;
  /** Those of `--service-account-key-file`. */
  readonly keys: readonly PublicKey[];
  readonly issuer: string;
  /** Audiences of the API server itself. */
  readonly audiences: readonly string[];
  readonly find: ObjectLookup;
}

interface Verified {
  readonly claims: BoundClaims;
  readonly user: UserInfo;
}

/**
 * Service account tokens: signed by the cluster's key, in time, meant for the one who is asked, and only as long as the account
 * and what the token is bound to exist. Models pkg/serviceaccount/jwt.go and claims.go (v1.34).
 */
export class ServiceAccountTokenAuthenticator implements Authenticator {
  readonly name = 'serviceaccount';
  readonly #options: TokenAuthenticatorOptions;
  readonly #verified = new Map<string, Verified>();

  constructor(options: TokenAuthenticatorOptions) {
    this.#options = options;
  }

  authenticate(credentials: Credentials): AuthenticationResult | Promise<AuthenticationResult> {
    const header = credentials.headers['authorization'];
    if (header === undefined || !/^bearer /i.test(header)) return { outcome: 'none' };
    const token = header.slice('bearer '.length).trim();
    const verified = this.#verified.get(token) ?? this.#verify(token);
    if (verified === undefined) return { outcome: 'none' };
    if (verified === 'forged') return refused('invalid bearer token');
    return this.#judge(verified, credentials.audiences ?? this.#options.audiences);
  }

  /** Undefined for what another issuer made, if anybody. */
  #verify(token: string): Verified | 'forged' | undefined {
    const claimed = readClaims(token);
    const claims = claimed && boundClaims(claimed);
    if (claims?.iss !== this.#options.issuer) return undefined;
    if (!isSignedBy(this.#options.keys, token)) return 'forged';
    const verified = { claims, user: userOf(claims) };
    if (this.#verified.size >= REMEMBERED) this.#verified.clear();
    this.#verified.set(token, verified);
    return verified;
  }

  async #judge({ claims, user }: Verified, wanted: readonly string[]): Promise<AuthenticationResult> {
    const now = this.#options.clock.now() / 1_000;
    if (now > claims.exp) return refused('service account token has expired');
    if (now < claims.nbf) return refused('service account token is not valid yet');
    const audiences = wanted.filter((audience) => claims.aud.includes(audience));
    if (audiences.length === 0)
      return refused(
        `token audiences ${JSON.stringify(claims.aud)} is invalid for the target audiences ${JSON.stringify(wanted)}`,
      );
    const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
    const gone = refused('service account token has been invalidated');
    const account = await this.#options.find('serviceaccounts', namespace, serviceaccount.name);
    if (account === undefined) return refused(`serviceaccounts "${serviceaccount.name}" not found`);
    if (account.metadata?.uid !== serviceaccount.uid)
      return refused(
        `service account UID (${account.metadata?.uid ?? ''}) does not match claim (${serviceaccount.uid ?? ''})`,
      );
    if (pod !== undefined && !(await this.#there('pods', namespace, pod))) return gone;
    if (secret !== undefined && !(await this.#there('secrets', namespace, secret))) return gone;
    // A Pod's node is told, but only a token bound to the node itself ends with it.
    if (pod === undefined && node !== undefined && !(await this.#there('nodes', '', node))) return gone;
    return { outcome: 'user', user, audiences };
  }

  async #there(
    resource: string,
    namespace: string,
    { name, uid }: { readonly name: string; readonly uid?: string },
  ): Promise<boolean> {
    const object = await this.#options.find(resource, namespace, name);
    return object !== undefined && object.metadata?.uid === uid;
  }
}

const refused = (why: string): AuthenticationResult => ({ outcome: 'refused', why });

function userOf({ jti, 'kubernetes.io': bound }: BoundClaims): UserInfo {
  const { namespace, serviceaccount, pod, node } = bound;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const extra: Record<string, string[]> = { [`${EXTRA}credential-id`]: [`JTI=${jti}`] };
  if (node !== undefined) {
    extra[`${EXTRA}node-name`] = [node.name];
    if (node.uid !== undefined) extra[`${EXTRA}node-uid`] = [node.uid];
  }
  if (pod !== undefined) {
    extra[`${EXTRA}pod-name`] = [pod.name];
    extra[`${EXTRA}pod-uid`] = [pod.uid ?? ''];
  }
  const name = `system:serviceaccount:${namespace}:${serviceaccount.name}`;
  return { ...authenticated(name, groups, serviceaccount.uid), extra };
}
