import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
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

it('signatures over P-256 are good in both their forms: OpenSSL does not choose the smaller s', async () => {
  const requests = await Promise.all(Array.from({ length: 16 }, () => request(EC)));
  expect(requests.map((bytes) => parseCertificateRequest(bytes).signature)).toEqual(
    requests.map(() => 'good'),
  );
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
      fingerprint: read.fingerprint256.replaceAll(':', '').toLowerCase(),
      publicKeyHash: createHash('sha256')
        .update(read.publicKey.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
    }); // prettier-ignore
    expect(new X509Certificate(signing.sign({ ...template, keyUsage: 0 })).checkIssued(issuer)).toBe(true);
    expect(() => new SigningAuthority('', ca.key)).toThrow('no certificate in the PEM text');
  });
});
