import { createPublicKey, verify } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { JsonWebKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NodeRsaSignatures } from '../../host/rsa-signatures.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { isSignedBy, readClaims, signToken } from './json-web-token.ts';
import { PrivateKey } from './private-key.ts';
import { PublicKey } from './public-key.ts';
import { RSA_KEYS } from './rsa-keys.testing.ts';

const rsa = new NodeRsaSignatures();

function privateKey(pem: string): PrivateKey {
  const key = PrivateKey.read(rsa, pem);
  if (key === undefined) throw new Error('no private key');
  return key;
}

const FIRST = privateKey(RSA_KEYS.first.privateKey);
const SECOND = privateKey(RSA_KEYS.second.privateKey);
const message = new TextEncoder().encode('a message');

describe('keys', () => {
  it('sign as everybody else checks, always the same', () => {
    const signature = FIRST.sign(message);
    const { jwk, id } = FIRST.publicKey;
    expect(
      verify('sha256', message, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), signature),
    ).toBe(true);
    expect(jwk).toMatchObject({ use: 'sig', kty: 'RSA', alg: 'RS256', kid: id, e: 'AQAB' });
    expect(id).toHaveLength(43);
    expect(FIRST.sign(message)).toEqual(signature);
    expect(FIRST.publicKey.verifies(message, signature)).toBe(true);
    expect(FIRST.publicKey.verifies(new TextEncoder().encode('another'), signature)).toBe(false);
    expect(SECOND.publicKey.verifies(message, signature)).toBe(false);
    expect(FIRST.publicKey.verifies(message, signature.subarray(1))).toBe(false);
  });

  it('are read from files of several, a private one as its public half', () => {
    const both = `# two\n${RSA_KEYS.second.publicKey}${RSA_KEYS.first.privateKey}`;
    expect(PublicKey.read(rsa, both).map(({ id }) => id)).toEqual([SECOND.publicKey.id, FIRST.publicKey.id]);
    expect(PrivateKey.read(rsa, both)?.publicKey.id).toBe(FIRST.publicKey.id);
  });

  it('are not read from what holds none', () => {
    expect(PrivateKey.read(rsa, RSA_KEYS.first.publicKey)).toBeUndefined();
    expect(PrivateKey.read(rsa, 'deadbeef')).toBeUndefined();
    const broken = RSA_KEYS.first.publicKey.replace('MIIB', 'AAAA');
    expect(PublicKey.read(rsa, broken)).toEqual([]);
  });
});

describe('tokens', () => {
  const claims = { iss: 'leme', sub: 'someone', exp: 4_102_444_800 };

  it('are what another library reads', async () => {
    const token = signToken(FIRST, claims);
    const { payload, protectedHeader } = await jwtVerify(token, createPublicKey(RSA_KEYS.first.publicKey));
    expect(payload).toEqual(claims);
    expect(protectedHeader).toEqual({ alg: 'RS256', kid: FIRST.publicKey.id });
    expect(readClaims(token)).toEqual(claims);
  });

  it('are believed when one of the keys signed them', () => {
    const token = signToken(FIRST, claims);
    expect(isSignedBy([SECOND.publicKey, FIRST.publicKey], token)).toBe(true);
    expect(isSignedBy([SECOND.publicKey], token)).toBe(false);
    expect(isSignedBy([], token)).toBe(false);
    const [head = '', , signature = ''] = token.split('.');
    const forged = encodeBase64Url(JSON.stringify({ ...claims, sub: 'another' }));
    expect(isSignedBy([FIRST.publicKey], `${head}.${forged}.${signature}`)).toBe(false);
    const none = encodeBase64Url(JSON.stringify({ alg: 'none' }));
    expect(isSignedBy([FIRST.publicKey], `${none}.${forged}.`)).toBe(false);
  });

  it.each(['', 'a.b', 'a.b.c.d', 'a.!.c', `a.${encodeBase64Url('[')}.c`, `a.${encodeBase64Url('1')}.c`])(
    'are not what %j is',
    (text) => {
      expect(readClaims(text)).toBeUndefined();
      expect(isSignedBy([FIRST.publicKey], text)).toBe(false);
    },
  );
});

describe('base64url', () => {
  it('has no padding and other letters', () => {
    expect(encodeBase64Url(Uint8Array.of(251, 255, 254, 1))).toBe('-__-AQ');
    expect(decodeBase64Url('-__-AQ')).toEqual(Uint8Array.of(251, 255, 254, 1));
    expect(decodeBase64Url('+/8=')).toBeUndefined();
    expect(decodeBase64Url('abcde')).toBeUndefined();
  });
});
