import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { CertificateStore } from './interface.ts';

// The library's types are those of browsers; Node's own are the same things under other names.
type CryptoKeyPair = Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]['keys'];
type CryptoKey = CryptoKeyPair['privateKey'];
type Provider = NonNullable<Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[1]>;

x509.cryptoProvider.set(webcrypto as unknown as Provider & string);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Wide on purpose: real clients judge by the wall clock, the cluster by virtual time, and the two need not agree. */
const NOT_BEFORE = new Date('2000-01-01T00:00:00Z');
const NOT_AFTER = new Date('2120-01-01T00:00:00Z');

/** Name of the cluster's authority, as kubeadm gives it; also `PeerCertificate.issuer` of what it signed. */
export const AUTHORITY_NAME = 'kubernetes';
/** The one that signs for etcd. */
export const ETCD_AUTHORITY_NAME = 'etcd-ca';

export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: CryptoKey;
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, [
    'sign',
    'verify',
  ])) as unknown as CryptoKeyPair;
}

async function keyToPem(key: CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key as unknown as webcrypto.CryptoKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}

async function keyFromPem(pem: string): Promise<CryptoKey> {
  const der = x509.PemConverter.decodeFirst(pem);
  return (await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign'])) as unknown as CryptoKey;
}

const altNames = {
  dns: (...values: string[]) => values.map((value) => ({ type: 'dns' as const, value })),
  ip: (...values: string[]) => values.map((value) => ({ type: 'ip' as const, value })),
};

function serialNumber(): string {
  // Positive and not zero-led, as RFC 5280 wants it.
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/**
 * The authority of one workspace and what it signs (ECDSA P-256). Everything is made once and then read from
 * the store, so that a kubeconfig stays valid over restarts.
 */
export class CertificateAuthority {
  readonly #store: CertificateStore;
  readonly #authority: Authority;
  readonly pem: string;

  private constructor(store: CertificateStore, authority: Authority) {
    this.#store = store;
    this.#authority = authority;
    this.pem = authority.certificate.toString('pem');
  }

  static async open(store: CertificateStore, name: string = AUTHORITY_NAME): Promise<CertificateAuthority> {
    const certificatePem = store.load('ca.crt');
    const keyPem = store.load('ca.key');
    if (certificatePem !== undefined && keyPem !== undefined) {
      const certificate = new x509.X509Certificate(certificatePem);
      return new CertificateAuthority(store, { certificate, key: await keyFromPem(keyPem) });
    }
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      serialNumber: serialNumber(),
      name: `CN=${name}`,
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature |
            x509.KeyUsageFlags.keyEncipherment |
            x509.KeyUsageFlags.keyCertSign,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    store.save('ca.crt', certificate.toString('pem'));
    store.save('ca.key', await keyToPem(keys.privateKey));
    return new CertificateAuthority(store, { certificate, key: keys.privateKey });
  }

  /**
   * The certificate that API servers show: for loopback, the names a Pod would use, and the machines through which they are
   * reached. Made anew for other machines.
   */
  async server(
    machines: readonly { readonly name: string; readonly ip: string }[] = [],
  ): Promise<KeyPairPem> {
    const { dns, ip } = altNames;
    const names = new x509.SubjectAlternativeNameExtension([
      ...dns(
        ...machines.map(({ name }) => name),
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
        'localhost',
      ),
      ...ip('10.96.0.1', ...machines.map((machine) => machine.ip), '127.0.0.1', '::1'),
    ]);
    return this.#forNames('apiserver', 'kube-apiserver', names, [x509.ExtendedKeyUsage.serverAuth]);
  }

  /** A client certificate: `commonName` is the user, `organizations` the groups. */
  async client(name: string, commonName: string, organizations: readonly string[]): Promise<KeyPairPem> {
    const subject = [...organizations.map((organization) => ({ O: [organization] })), { CN: [commonName] }];
    return this.#issue(name, subject, [x509.ExtendedKeyUsage.clientAuth], []);
  }

  /** A certificate for members of etcd, who are servers to clients and clients to one another; anew for other names. */
  async member(
    name: string,
    commonName: string,
    dnsNames: readonly string[],
    ips: readonly string[],
  ): Promise<KeyPairPem> {
    const names = new x509.SubjectAlternativeNameExtension([
      ...altNames.dns(...dnsNames),
      ...altNames.ip(...ips),
    ]);
    return this.#forNames(name, commonName, names, [
      x509.ExtendedKeyUsage.serverAuth,
      x509.ExtendedKeyUsage.clientAuth,
    ]);
  }

  /** The stored pair while it has these names, else a new one. */
  async #forNames(
    name: string,
    commonName: string,
    names: x509.SubjectAlternativeNameExtension,
    usages: readonly x509.ExtendedKeyUsage[],
  ): Promise<KeyPairPem> {
    const kept = this.#store.load(`${name}.crt`);
    if (kept !== undefined) {
      const before = new x509.X509Certificate(kept).getExtension(x509.SubjectAlternativeNameExtension);
      const text = (extension: x509.SubjectAlternativeNameExtension | null): string =>
        JSON.stringify(extension?.names.toJSON() ?? []);
      if (text(before) === text(names)) return this.#issue(name, `CN=${commonName}`, [], []);
    }
    return this.#issueNew(name, `CN=${commonName}`, usages, [names]);
  }

  async #issue(
    name: string,
    subject: x509.X509CertificateCreateParamsName,
    usages: readonly x509.ExtendedKeyUsage[],
    extensions: readonly x509.Extension[],
  ): Promise<KeyPairPem> {
    const kept = { certificate: this.#store.load(`${name}.crt`), key: this.#store.load(`${name}.key`) };
    if (kept.certificate !== undefined && kept.key !== undefined) {
      return { certificate: kept.certificate, key: kept.key };
    }
    return this.#issueNew(name, subject, usages, extensions);
  }

  async #issueNew(
    name: string,
    subject: x509.X509CertificateCreateParamsName,
    usages: readonly x509.ExtendedKeyUsage[],
    extensions: readonly x509.Extension[],
  ): Promise<KeyPairPem> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      subject,
      issuer: this.#authority.certificate.subject,
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.#authority.key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
          true,
        ),
        new x509.ExtendedKeyUsageExtension([...usages]),
        await x509.AuthorityKeyIdentifierExtension.create(this.#authority.certificate),
        ...extensions,
      ],
    });
    const pair = { certificate: certificate.toString('pem'), key: await keyToPem(keys.privateKey) };
    this.#store.save(`${name}.crt`, pair.certificate);
    this.#store.save(`${name}.key`, pair.key);
    return pair;
  }
}
