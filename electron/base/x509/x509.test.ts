import { createHash, createSign, generateKeyPairSync, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { toBigInt } from '../der/read-der.ts';
import { publicKeyOf, signDigest, verifyDigest } from '../ecdsa/p256.ts';
import { SigningAuthority } from './authority.ts';
import { parseCertificate } from './certificate.ts';
import { parseCertificateRequest } from './certificate-request.ts';
import { firstPemBlock, toPem } from './pem.ts';

type Provider = NonNullable<Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[1]>;
x509.cryptoProvider.set(webcrypto as unknown as Provider & string);

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const RSA = {
  name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]),
} as const; // prettier-ignore

async function keysOf(algorithm: typeof EC | typeof RSA) {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as Parameters<
    typeof x509.Pkcs10CertificateRequestGenerator.create
  >[0]['keys'];
}

async function request(algorithm: typeof EC | typeof RSA): Promise<Uint8Array> {
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ O: ['developers'] }, { CN: ['jane'] }],
    keys: await keysOf(algorithm),
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'jane.example.com' }])],
  });
  return new Uint8Array(made.rawData);
}

async function authority() {
  const keys = await keysOf(EC);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01', name: 'CN=kubernetes', keys, signingAlgorithm: EC,
    notBefore: new Date('2000-01-01'), notAfter: new Date('2120-01-01'),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  }); // prettier-ignore
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as unknown as webcrypto.CryptoKey);
  return { certificate: certificate.toString('pem'), key: toPem('PRIVATE KEY', new Uint8Array(key)) };
}

describe('P-256', () => {
  it('signs as RFC 6979 says', () => {
    // A.2.5, message "sample".
    const key = 0xc9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721n;
    const digest = createHash('sha256').update('sample').digest();
    expect(signDigest(key, digest)).toEqual({
      r: 0xefd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716n,
      s: 0xf7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8n,
    });
  });

  it('agrees with Node about signatures, and refuses others', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = privateKey.export({ format: 'jwk' });
    const secret = toBigInt(Buffer.from(jwk.d as string, 'base64url'));
    const digest = createHash('sha256').update('hello').digest();
    const made = createSign('sha256').update('hello').sign({ key: privateKey, dsaEncoding: 'ieee-p1363' });
    const signature = { r: toBigInt(made.subarray(0, 32)), s: toBigInt(made.subarray(32)) };
    expect(verifyDigest(publicKeyOf(secret), digest, signature)).toBe(true);
    expect(verifyDigest(publicKeyOf(secret), digest, { ...signature, s: signature.s + 1n })).toBe(false);
    const { r, s } = signDigest(secret, digest);
    const bytes = Buffer.from(r.toString(16).padStart(64, '0') + s.toString(16).padStart(64, '0'), 'hex');
    expect(verify('sha256', Buffer.from('hello'), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(
      true,
    );
  });
});

describe('a certificate request', () => {
  it.each([EC, RSA])('is read and its signature checked ($name)', async (algorithm) => {
    const bytes = await request(algorithm);
    expect(parseCertificateRequest(bytes)).toMatchObject({
      commonName: 'jane',
      organizations: ['developers'],
      dnsNames: ['jane.example.com'],
      signature: 'good',
    });
    const forged = bytes.slice();
    const at = Buffer.from(forged).indexOf('jane');
    forged[at] = 'k'.charCodeAt(0);
    expect(parseCertificateRequest(forged)).toMatchObject({ commonName: 'kane', signature: 'bad' });
    expect(() => parseCertificateRequest(bytes.subarray(0, 40))).toThrow(
      'asn1: syntax error: data truncated',
    );
  });
});

describe('a signing authority', () => {
  it('signs what OpenSSL accepts, the same every time', async () => {
    const ca = await authority();
    const asked = parseCertificateRequest(await request(RSA));
    const signing = new SigningAuthority(ca.certificate, ca.key);
    const template = {
      serialNumber: 77n, subject: asked.subject, publicKey: asked.publicKey, altNames: asked.altNames,
      notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2051, 0, 1),
      keyUsage: 0xa0, extKeyUsages: ['1.3.6.1.5.5.7.3.2'],
    }; // prettier-ignore
    const pem = signing.sign(template);
    expect(signing.sign(template)).toBe(pem);
    const read = new X509Certificate(pem);
    const issuer = new X509Certificate(ca.certificate);
    expect(read.verify(issuer.publicKey)).toBe(true);
    expect(read.checkIssued(issuer)).toBe(true);
    expect(read.subject).toBe('O=developers\nCN=jane');
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(read.subjectAltName).toBe('DNS:jane.example.com');
    expect([read.ca, read.validTo]).toEqual([false, 'Jan  1 00:00:00 2051 GMT']);
    expect(parseCertificate(firstPemBlock(pem)?.bytes ?? new Uint8Array())).toEqual({
      commonName: 'jane', organizations: ['developers'], issuer: 'kubernetes',
      notBefore: Date.UTC(2026, 0, 1), notAfter: Date.UTC(2051, 0, 1),
    }); // prettier-ignore
    expect(new X509Certificate(signing.sign({ ...template, keyUsage: 0 })).checkIssued(issuer)).toBe(true);
    expect(() => new SigningAuthority('', ca.key)).toThrow('no certificate in the PEM text');
  });
});
