import { p256 } from '@noble/curves/nist.js';
import { contextTag, DerError, TAG } from '../der/der-value.ts';
import { children, readAll, readOid, readOne, readTime } from '../der/read-der.ts';
import { OID } from './oids.ts';
import { firstPemBlock } from './pem.ts';
import { extensions, writeCertificate } from './write-certificate.ts';
import type { Signer } from './write-certificate.ts';

/** What stands in a certificate beside what the authority puts there. Times in milliseconds since the epoch. */
export interface CertificateTemplate {
  readonly serialNumber: bigint;
  /** DER, taken over as they are. */
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly altNames: Uint8Array | undefined;
  readonly notBefore: number;
  readonly notAfter: number;
  /** Bits of KeyUsage, the first (digitalSignature) is 0x80. */
  readonly keyUsage: number;
  /** Object identifiers. */
  readonly extKeyUsages: readonly string[];
}

/** What an authority's certificate says of it as the issuer of others. */
export interface Issuer {
  /** DER. */
  readonly name: Uint8Array;
  readonly keyId: Uint8Array | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** @throws DerError when the text is no certificate */
export function readIssuer(certificatePem: string): Issuer {
  const certificate = firstPemBlock(certificatePem);
  if (certificate?.type !== 'CERTIFICATE') throw new DerError('no certificate in the PEM text');
  const fields = children(children(readOne(certificate.bytes))[0]);
  // [0] version, serial number, algorithm, issuer, validity, subject, key, …
  const [, , , , validity, subject] = fields;
  if (subject === undefined) throw new DerError('malformed certificate');
  return {
    name: subject.bytes,
    keyId: keyIdOf(fields.at(-1)),
    notAfter: readTime(children(validity)[1]),
  };
}

/** The certificate of an authority that vouches for itself, as PEM text. `keyId`: any name of its key. */
export function selfSignedAuthority(
  template: CertificateTemplate,
  key: Uint8Array,
  keyId: Uint8Array,
): string {
  const { altNames } = template;
  const parts = [
    extensions.keyUsage(template.keyUsage),
    extensions.basicConstraints(true),
    extensions.subjectKeyIdentifier(keyId),
    ...(altNames === undefined ? [] : [extensions.subjectAltName(altNames)]),
  ];
  return writeCertificate({ ...template, issuer: template.subject, extensions: parts }, signerOf(key));
}

/** Signs with a key of P-256. */
function signerOf(key: Uint8Array): Signer {
  return (bytes) => p256.sign(bytes, key, { format: 'der', lowS: false });
}

/** An authority that signs with ECDSA over P-256 and SHA-256: its name, its key, and how long it is good. */
export class SigningAuthority {
  readonly #key: Uint8Array;
  readonly #issuer: Issuer;

  /** @throws DerError when they are no certificate and no key of this curve */
  constructor(certificatePem: string, keyPem: string) {
    this.#issuer = readIssuer(certificatePem);
    this.#key = privateKeyOf(keyPem);
  }

  /** Milliseconds since the epoch. */
  get notAfter(): number {
    return this.#issuer.notAfter;
  }

  /** The certificate as PEM text. */
  sign({ keyUsage, extKeyUsages, altNames, ...template }: CertificateTemplate): string {
    const { name: issuer, keyId } = this.#issuer;
    const parts = [
      // Without a single bit there is no such extension: readers refuse an empty one.
      ...(keyUsage === 0 ? [] : [extensions.keyUsage(keyUsage)]),
      ...(extKeyUsages.length === 0 ? [] : [extensions.extKeyUsage(extKeyUsages)]),
      extensions.basicConstraints(false),
      ...(keyId === undefined ? [] : [extensions.authorityKeyIdentifier(keyId)]),
      ...(altNames === undefined ? [] : [extensions.subjectAltName(altNames)]),
    ];
    return writeCertificate({ ...template, issuer, extensions: parts }, signerOf(this.#key));
  }
}

/** The subject key identifier among a certificate's extensions. */
function keyIdOf(extensions: { readonly tag: number; readonly content: Uint8Array } | undefined) {
  if (extensions?.tag !== contextTag(3)) return undefined;
  for (const extension of children(readOne(extensions.content))) {
    const [id, ...rest] = children(extension);
    const value = rest.at(-1);
    if (readOid(id) === OID.subjectKeyIdentifier && value !== undefined)
      return readOne(value.content).content;
  }
  return undefined;
}

/** A private key in PKCS #8 or SEC 1 form. */
function privateKeyOf(pem: string): Uint8Array {
  const block = firstPemBlock(pem);
  if (block === undefined) throw new DerError('no key in the PEM text');
  let key = children(readOne(block.bytes));
  if (block.type === 'PRIVATE KEY') {
    const [, algorithm, wrapped] = key;
    if (readOid(children(algorithm)[0]) !== OID.ecPublicKey) throw new DerError('not an EC key');
    key = children(readAll(wrapped?.content ?? new Uint8Array())[0]);
  }
  const secret = key[1];
  if (secret?.tag !== TAG.octetString) throw new DerError('not an EC key');
  return secret.content;
}
