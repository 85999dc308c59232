/** An object that a token names. */
export interface ClaimedObject {
  readonly name: string;
  readonly uid?: string;
}

/** Claims of a bound service account token. Times in seconds. Models pkg/serviceaccount/claims.go (v1.34). */
export interface BoundClaims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: ClaimedObject;
    readonly pod?: ClaimedObject;
    readonly secret?: ClaimedObject;
    readonly serviceaccount: ClaimedObject;
  };
  readonly nbf: number;
  readonly sub: string;
}

/** What a token claims as a bound one; undefined where it lacks what every one of them has. */
export function boundClaims(value: Readonly<Record<string, unknown>>): BoundClaims | undefined {
  const claims = value as Partial<BoundClaims>;
  const sound =
    typeof claims.iss === 'string' &&
    typeof claims.exp === 'number' &&
    typeof claims.nbf === 'number' &&
    Array.isArray(claims.aud) &&
    typeof claims['kubernetes.io']?.namespace === 'string' &&
    typeof claims['kubernetes.io'].serviceaccount?.name === 'string';
  return sound ? (claims as BoundClaims) : undefined;
}
