import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { readIssuer } from '../../base/x509/authority.ts';
import { OID } from '../../base/x509/oids.ts';
import { firstPemBlock } from '../../base/x509/pem.ts';
import {
  distinguishedName,
  extensions,
  generalNames,
  writeCertificate,
} from '../../base/x509/write-certificate.ts';
import type { CertificateStore } from './interface.ts';

/** Wide on purpose: real clients judge by the wall clock, the cluster by virtual time, and the two need not agree. */
const NOT_BEFORE = Date.UTC(2000, 0, 1);
const NOT_AFTER = Date.UTC(2120, 0, 1);

/** Bits of KeyUsage: digitalSignature and keyEncipherment, as kubeadm asks for; an authority signs certificates too. */
const KEY_USAGE = 0xa0;
const AUTHORITY_KEY_USAGE = 0xa4;

/** Name of the cluster's authority, as kubeadm gives it; also `PeerCertificate.issuer` of what it signed. */
export const AUTHORITY_NAME = 'kubernetes';
/** The one that signs for etcd. */
export const ETCD_AUTHORITY_NAME = 'etcd-ca';

export interface KeyPairPem {
  readonly certificate: string;
  readonly key: string;
}

interface Authority {
  readonly pem: string;
  readonly key: KeyObject;
  readonly keyPem: string;
  /** DER. */
  readonly name: Uint8Array;
  readonly keyId: Uint8Array | undefined;
}

interface Keys {
  readonly privateKey: KeyObject;
  readonly pem: string;
  /** DER of SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
}

function generateKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey,
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

function serialNumber(): bigint {
  // Positive and not zero-led, as RFC 5280 wants it.
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** The first method of RFC 5280: SHA-1 of the point, which is the last 65 bytes of a key of this curve. */
function keyIdOf(publicKey: Uint8Array): Uint8Array {
  return createHash('sha1').update(publicKey.subarray(-65)).digest();
}

function ipBytes(ip: string): Uint8Array {
  if (isIPv4(ip)) return Uint8Array.from(ip.split('.').map(Number));
  const [head = '', tail] = ip.split('::');
  const words = (text = ''): number[] =>
    text === '' ? [] : text.split(':').map((word) => Number.parseInt(word, 16));
  const [before, after] = [words(head), words(tail)];
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 0xff]));
}

/**
 * The authority of one workspace and what it signs (ECDSA P-256). Everything is made once and then read from
 * the store, so that a kubeconfig stays valid over restarts.
 */
export class CertificateAuthority {
  readonly #store: CertificateStore;
  readonly #authority: Authority;
  readonly pem: string;
  readonly keyPem: string;

  private constructor(store: CertificateStore, authority: Authority) {
    this.#store = store;
    this.#authority = authority;
    this.pem = authority.pem;
    this.keyPem = authority.keyPem;
  }

  /** @throws DerError when what is stored is no certificate */
  static open(store: CertificateStore, name: string = AUTHORITY_NAME): CertificateAuthority {
    const kept = { pem: store.load('ca.crt'), key: store.load('ca.key') };
    if (kept.pem !== undefined && kept.key !== undefined) {
      const key = createPrivateKey(kept.key);
      return new CertificateAuthority(store, {
        ...readIssuer(kept.pem),
        pem: kept.pem,
        key,
        keyPem: kept.key,
      });
    }
    const keys = generateKeys();
    const subject = distinguishedName([OID.commonName, name]);
    const keyId = keyIdOf(keys.publicKey);
    const pem = writeCertificate(
      {
        serialNumber: serialNumber(),
        issuer: subject,
        subject,
        publicKey: keys.publicKey,
        notBefore: NOT_BEFORE,
        notAfter: NOT_AFTER,
        extensions: [
          extensions.keyUsage(AUTHORITY_KEY_USAGE),
          extensions.basicConstraints(true),
          extensions.subjectKeyIdentifier(keyId),
        ],
      },
      (bytes) => sign('sha256', bytes, keys.privateKey),
    );
    store.save('ca.crt', pem);
    store.save('ca.key', keys.pem);
    return new CertificateAuthority(store, {
      pem,
      key: keys.privateKey,
      keyPem: keys.pem,
      name: subject,
      keyId,
    });
  }

  /**
   * The certificate that API servers show: for loopback, the names a Pod would use, and the machines through which they are
   * reached. Made anew for other machines.
   */
  server(machines: readonly { readonly name: string; readonly ip: string }[] = []): KeyPairPem {
    const dnsNames = [
      ...machines.map(({ name }) => name),
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      'kubernetes.default.svc.cluster.local',
      'localhost',
    ];
    const ips = ['10.96.0.1', ...machines.map(({ ip }) => ip), '127.0.0.1', '::1'];
    return this.#forNames('apiserver', 'kube-apiserver', dnsNames, ips, [OID.serverAuth]);
  }

  /** A client certificate: `commonName` is the user, `organizations` the groups. */
  client(name: string, commonName: string, organizations: readonly string[]): KeyPairPem {
    const kept = this.#kept(name);
    if (kept !== undefined) return kept;
    const groups = organizations.map((organization) => [OID.organization, organization] as const);
    return this.#issue(
      name,
      distinguishedName(...groups, [OID.commonName, commonName]),
      [OID.clientAuth],
      [],
    );
  }

  /** A certificate for members of etcd, who are servers to clients and clients to one another; anew for other names. */
  member(name: string, commonName: string, dnsNames: readonly string[], ips: readonly string[]): KeyPairPem {
    return this.#forNames(name, commonName, dnsNames, ips, [OID.serverAuth, OID.clientAuth]);
  }

  /** The stored pair while it has these names, else a new one. */
  #forNames(
    name: string,
    commonName: string,
    dnsNames: readonly string[],
    ips: readonly string[],
    usages: readonly string[],
  ): KeyPairPem {
    const names = extensions.subjectAltName(generalNames(dnsNames, ips.map(ipBytes)));
    const kept = this.#kept(name);
    const bytes = kept && firstPemBlock(kept.certificate)?.bytes;
    if (kept !== undefined && bytes !== undefined && Buffer.from(bytes).includes(Buffer.from(names)))
      return kept;
    return this.#issue(name, distinguishedName([OID.commonName, commonName]), usages, [names]);
  }

  #kept(name: string): KeyPairPem | undefined {
    const [certificate, key] = [this.#store.load(`${name}.crt`), this.#store.load(`${name}.key`)];
    return certificate === undefined || key === undefined ? undefined : { certificate, key };
  }

  #issue(
    name: string,
    subject: Uint8Array,
    usages: readonly string[],
    more: readonly Uint8Array[],
  ): KeyPairPem {
    const { name: issuer, keyId, key } = this.#authority;
    const keys = generateKeys();
    const certificate = writeCertificate(
      {
        serialNumber: serialNumber(),
        issuer,
        subject,
        publicKey: keys.publicKey,
        notBefore: NOT_BEFORE,
        notAfter: NOT_AFTER,
        extensions: [
          extensions.keyUsage(KEY_USAGE),
          extensions.extKeyUsage(usages),
          extensions.basicConstraints(false),
          ...(keyId === undefined ? [] : [extensions.authorityKeyIdentifier(keyId)]),
          ...more,
        ],
      },
      (bytes) => sign('sha256', bytes, key),
    );
    this.#store.save(`${name}.crt`, certificate);
    this.#store.save(`${name}.key`, keys.pem);
    return { certificate, key: keys.pem };
  }
}
