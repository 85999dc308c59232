/** Issuer of the tokens that Secrets hold. */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount';

const CLAIM = 'kubernetes.io/serviceaccount/';

/** Whose token it is, and which Secret holds it. */
export interface LegacyToken {
  readonly namespace: string;
  readonly secret: string;
  readonly account: string;
  /** Of the account. */
  readonly uid: string;
}

/** Claims of a token that is kept in a Secret. Models LegacyClaims (pkg/serviceaccount/legacy.go, v1.34). */
export function legacyClaims({ namespace, secret, account, uid }: LegacyToken): object {
  return {
    iss: LEGACY_ISSUER,
    [`${CLAIM}namespace`]: namespace,
    [`${CLAIM}secret.name`]: secret,
    [`${CLAIM}service-account.name`]: account,
    [`${CLAIM}service-account.uid`]: uid,
    sub: `system:serviceaccount:${namespace}:${account}`,
  };
}

/** The other way round; undefined for claims that lack something or contradict one another. */
export function legacyToken(claims: Readonly<Record<string, unknown>>): LegacyToken | undefined {
  const claim = (name: string): string => {
    const value = claims[`${CLAIM}${name}`];
    return typeof value === 'string' ? value : '';
  };
  const token = {
    namespace: claim('namespace'),
    secret: claim('secret.name'),
    account: claim('service-account.name'),
    uid: claim('service-account.uid'),
  };
  const isWhole = Object.values(token).every((value) => value !== '');
  return isWhole && claims['sub'] === `system:serviceaccount:${token.namespace}:${token.account}`
    ? token
    : undefined;
}
