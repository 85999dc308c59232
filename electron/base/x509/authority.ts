import { contextTag, DerError, TAG } from '../der/der-value.ts';
import { children, readAll, readOid, readOne, readTime, toBigInt } from '../der/read-der.ts';
import { bits, der, integer, octets, oid, sequence, time } from '../der/write-der.ts';
import { sha256 } from '../digest/sha256.ts';
import { signDigest } from '../ecdsa/p256.ts';
import { OID } from './oids.ts';
import { firstPemBlock, toPem } from './pem.ts';

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

/** An authority that signs with ECDSA over P-256 and SHA-256: its name, its key, and how long it is good. */
export class SigningAuthority {
  readonly #key: bigint;
  readonly #name: Uint8Array;
  readonly #keyId: Uint8Array | undefined;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;

  /** @throws DerError when they are no certificate and no key of this curve */
  constructor(certificatePem: string, keyPem: string) {
    const certificate = firstPemBlock(certificatePem);
    if (certificate?.type !== 'CERTIFICATE') throw new DerError('no certificate in the PEM text');
    const fields = children(children(readOne(certificate.bytes))[0]);
    // [0] version, serial number, algorithm, issuer, validity, subject, key, …
    const [, , , , validity, subject] = fields;
    if (subject === undefined) throw new DerError('malformed certificate');
    this.#name = subject.bytes;
    this.notAfter = readTime(children(validity)[1]);
    this.#keyId = keyIdOf(fields.at(-1));
    this.#key = privateKeyOf(keyPem);
  }

  /** The certificate as PEM text. */
  sign(template: CertificateTemplate): string {
    const algorithm = sequence(oid(OID.ecdsaWithSha256));
    const body = sequence(
      der(contextTag(0), integer(2n)),
      integer(template.serialNumber),
      algorithm,
      this.#name,
      sequence(time(template.notBefore), time(template.notAfter)),
      template.subject,
      template.publicKey,
      der(contextTag(3), sequence(...this.#extensions(template))),
    );
    const { r, s } = signDigest(this.#key, sha256(body));
    const signature = bits(sequence(integer(r), integer(s)));
    return toPem('CERTIFICATE', sequence(body, algorithm, signature));
  }

  #extensions({ keyUsage, extKeyUsages, altNames }: CertificateTemplate): Uint8Array[] {
    const critical = der(TAG.boolean, Uint8Array.of(0xff));
    const unused = 31 - Math.clz32(keyUsage & -keyUsage);
    return [
      // Without a single bit there is no such extension: readers refuse an empty one.
      ...(keyUsage === 0
        ? []
        : [
            sequence(
              oid(OID.keyUsage),
              critical,
              octets(der(TAG.bitString, Uint8Array.of(unused, keyUsage))),
            ),
          ]),
      ...(extKeyUsages.length === 0
        ? []
        : [sequence(oid(OID.extKeyUsage), octets(sequence(...extKeyUsages.map(oid))))]),
      sequence(oid(OID.basicConstraints), critical, octets(sequence())),
      ...(this.#keyId === undefined
        ? []
        : [sequence(oid(OID.authorityKeyIdentifier), octets(sequence(der(0x80, this.#keyId))))]),
      ...(altNames === undefined ? [] : [sequence(oid(OID.subjectAltName), octets(altNames))]),
    ];
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
function privateKeyOf(pem: string): bigint {
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
  return toBigInt(secret.content);
}
