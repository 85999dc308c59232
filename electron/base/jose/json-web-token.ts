import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import type { PrivateKey } from './private-key.ts';
import type { PublicKey } from './public-key.ts';

const utf8 = new TextEncoder();

/** A signed JSON Web Token (RFC 7519, RS256) of claims that JSON can hold. */
export function signToken(key: PrivateKey, claims: object): string {
  const head = encodeBase64Url(JSON.stringify({ alg: 'RS256', kid: key.publicKey.id }));
  const signed = `${head}.${encodeBase64Url(JSON.stringify(claims))}`;
  return `${signed}.${encodeBase64Url(key.sign(utf8.encode(signed)))}`;
}

/** What a token claims, before anybody has checked it; undefined when it is none by its form. */
export function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature, ...more] = token.split('.');
  if (payload === undefined || signature === undefined || more.length > 0) return undefined;
  return jsonOf(payload);
}

/** True when one of the keys signed the token. */
export function isSignedBy(keys: readonly PublicKey[], token: string): boolean {
  const end = token.lastIndexOf('.');
  const signature = decodeBase64Url(token.slice(end + 1));
  const head = jsonOf(token.slice(0, token.indexOf('.')));
  if (signature === undefined || head?.['alg'] !== 'RS256') return false;
  const message = utf8.encode(token.slice(0, end));
  const named = keys.filter(({ id }) => id === head['kid']);
  return (named.length > 0 ? named : keys).some((key) => key.verifies(message, signature));
}

function jsonOf(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64Url(part);
  if (bytes === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // A text with two dots that is no token.
    return undefined;
  }
}
