import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { rsaSign, rsaVerify } from './rsa.ts';
import type { SigningKey } from './signing-key.ts';

interface Reference {
  readonly name: string;
  readonly uid?: string;
}

/** Claims of a service account token. Times in seconds. Models pkg/serviceaccount/claims.go (v1.34). */
export interface Claims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly node?: Reference;
    readonly pod?: Reference;
    readonly secret?: Reference;
    readonly serviceaccount: Reference;
  };
  readonly nbf: number;
  readonly sub: string;
}

const utf8 = new TextEncoder();

/** A signed JSON Web Token (RS256). */
export function signToken(key: SigningKey, claims: Claims): string {
  const head = encodeBase64Url(JSON.stringify({ alg: 'RS256', kid: key.id }));
  const signed = `${head}.${encodeBase64Url(JSON.stringify(claims))}`;
  return `${signed}.${encodeBase64Url(rsaSign(key.key, utf8.encode(signed)))}`;
}

/** What a token claims, before anybody has checked it; undefined when it is none of ours by its form. */
export function readClaims(token: string): Claims | undefined {
  const [, payload, signature, ...more] = token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return undefined;
  const bytes = decodeBase64Url(payload);
  if (bytes === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // A text with two dots that is no token.
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const claims = value as Partial<Claims>;
  const account = claims['kubernetes.io']?.serviceaccount;
  const sound =
    typeof claims.iss === 'string' &&
    typeof claims.exp === 'number' &&
    typeof claims.nbf === 'number' &&
    Array.isArray(claims.aud) &&
    typeof claims['kubernetes.io']?.namespace === 'string' &&
    typeof account?.name === 'string';
  return sound ? (claims as Claims) : undefined;
}

/** True when `key` signed the token. */
export function isSignedBy(key: SigningKey, token: string): boolean {
  const end = token.lastIndexOf('.');
  const signature = decodeBase64Url(token.slice(end + 1));
  if (signature === undefined) return false;
  const head = decodeBase64Url(token.slice(0, token.indexOf('.')));
  if (head === undefined || !/"alg":\s*"RS256"/.test(new TextDecoder().decode(head))) return false;
  return rsaVerify(key.key, utf8.encode(token.slice(0, end)), signature);
}
