import type { Clock } from '../../../../base/clock.ts';
import { isSignedBy, readClaims } from '../../../../base/jose/json-web-token.ts';
import type { PublicKey } from '../../../../base/jose/public-key.ts';
import type { LegacyToken } from '../../../api/core/v1/service-account/legacy-claims.ts';
import { LEGACY_ISSUER, legacyToken } from '../../../api/core/v1/service-account/legacy-claims.ts';
import type { KubeObject, Secret } from '../../../api/types.ts';
import type { AuthenticationResult, Authenticator, Credentials } from '../interface.ts';
import { authenticated, CREDENTIAL_ID } from '../user.ts';
import type { UserInfo } from '../user.ts';
import type { BoundClaims } from './claims.ts';
import { boundClaims } from './claims.ts';
import { judgeLegacyToken } from './judge-legacy-token.ts';

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
  /** Somebody has shown the token of this Secret. */
  readonly onSecretUsed: (secret: Secret) => Promise<void>;
}

interface Verified {
  readonly user: UserInfo;
  readonly claims: { readonly bound: BoundClaims } | { readonly legacy: LegacyToken };
}

/**
 * Service account tokens: signed by one of the keys, in time, meant for the one who is asked, and only as long as the account
 * and what the token is bound to exist; those of Secrets among them. Models pkg/serviceaccount/jwt.go and claims.go (v1.34).
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
    const { user, claims } = verified;
    const wanted = credentials.audiences ?? this.#options.audiences;
    return 'bound' in claims
      ? this.#judge(claims.bound, user, wanted)
      : this.#judgeLegacy(token, claims.legacy, user, wanted);
  }

  /** Undefined for what another issuer made, if anybody. */
  #verify(token: string): Verified | 'forged' | undefined {
    const verified = this.#read(token);
    if (verified === undefined) return undefined;
    if (!isSignedBy(this.#options.keys, token)) return 'forged';
    if (this.#verified.size >= REMEMBERED) this.#verified.clear();
    this.#verified.set(token, verified);
    return verified;
  }

  #read(token: string): Verified | undefined {
    const claimed = readClaims(token);
    if (claimed?.['iss'] === LEGACY_ISSUER) {
      const legacy = legacyToken(claimed);
      return (
        legacy && { claims: { legacy }, user: accountUser(legacy.namespace, legacy.account, legacy.uid) }
      );
    }
    const bound = claimed?.['iss'] === this.#options.issuer ? boundClaims(claimed) : undefined;
    return bound && { claims: { bound }, user: userOf(bound) };
  }

  /** It is meant for the API server alone. */
  async #judgeLegacy(
    token: string,
    legacy: LegacyToken,
    user: UserInfo,
    wanted: readonly string[],
  ): Promise<AuthenticationResult> {
    const own = this.#options.audiences;
    const audiences = wanted.filter((audience) => own.includes(audience));
    if (audiences.length === 0) return wrongAudience(own, wanted);
    const why = await judgeLegacyToken(token, legacy, this.#options.find, this.#options.onSecretUsed);
    return why === undefined ? { outcome: 'user', user, audiences } : refused(why);
  }

  async #judge(
    claims: BoundClaims,
    user: UserInfo,
    wanted: readonly string[],
  ): Promise<AuthenticationResult> {
    const now = this.#options.clock.now() / 1_000;
    if (now > claims.exp) return refused('service account token has expired');
    if (now < claims.nbf) return refused('service account token is not valid yet');
    const audiences = wanted.filter((audience) => claims.aud.includes(audience));
    if (audiences.length === 0) return wrongAudience(claims.aud, wanted);
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

function wrongAudience(audiences: readonly string[], wanted: readonly string[]): AuthenticationResult {
  return refused(
    `token audiences ${JSON.stringify(audiences)} is invalid for the target audiences ${JSON.stringify(wanted)}`,
  );
}

function accountUser(namespace: string, name: string, uid: string | undefined): UserInfo {
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return authenticated(`system:serviceaccount:${namespace}:${name}`, groups, uid);
}

function userOf({ jti, 'kubernetes.io': bound }: BoundClaims): UserInfo {
  const { namespace, serviceaccount, pod, node } = bound;
  const extra: Record<string, string[]> = { [CREDENTIAL_ID]: [`JTI=${jti}`] };
  if (node !== undefined) {
    extra[`${EXTRA}node-name`] = [node.name];
    if (node.uid !== undefined) extra[`${EXTRA}node-uid`] = [node.uid];
  }
  if (pod !== undefined) {
    extra[`${EXTRA}pod-name`] = [pod.name];
    extra[`${EXTRA}pod-uid`] = [pod.uid ?? ''];
  }
  return { ...accountUser(namespace, serviceaccount.name, serviceaccount.uid), extra };
}
