import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64Url } from './base64url.ts';

/**
 * A JSON Web Signature (RFC 7515, HS256) without its content: `head..signature`. Models cluster-bootstrap/token/jws
 * ComputeDetachedSignature (v1.34).
 */
export function detachedSignature(content: string, keyId: string, key: string): string {
  const utf8 = new TextEncoder();
  const head = encodeBase64Url(JSON.stringify({ alg: 'HS256', kid: keyId }));
  const signed = utf8.encode(`${head}.${encodeBase64Url(content)}`);
  return `${head}..${encodeBase64Url(hmac(sha256, utf8.encode(key), signed))}`;
}
