import { contextTag, TAG } from '../der/der-value.ts';
import { bits, der, integer, octets, oid, sequence, time } from '../der/write-der.ts';
import { OID } from './oids.ts';
import { toPem } from './pem.ts';

/** Everything that stands in a certificate. DER is taken over as it is; times in milliseconds since the epoch. */
export interface CertificateParts {
  readonly serialNumber: bigint;
  /** DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of each, in their order. */
  readonly extensions: readonly Uint8Array[];
}

/** Signs bytes with ECDSA and SHA-256: the DER of r and s. */
export type Signer = (bytes: Uint8Array) => Uint8Array;

/** A certificate (version 3) as PEM text. */
export function writeCertificate(parts: CertificateParts, sign: Signer): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const body = sequence(
    der(contextTag(0), integer(2n)),
    integer(parts.serialNumber),
    algorithm,
    parts.issuer,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    parts.subject,
    parts.publicKey,
    der(contextTag(3), sequence(...parts.extensions)),
  );
  return toPem('CERTIFICATE', sequence(body, algorithm, bits(sign(body))));
}

const CRITICAL = der(TAG.boolean, Uint8Array.of(0xff));

/** Extensions as certificates have them. */
export const extensions = {
  /** Bits of KeyUsage, of which there is at least one; the first (digitalSignature) is 0x80. */
  keyUsage: (usage: number): Uint8Array =>
    sequence(
      oid(OID.keyUsage),
      CRITICAL,
      octets(der(TAG.bitString, Uint8Array.of(31 - Math.clz32(usage & -usage), usage))),
    ),
  /** Object identifiers, of which there is at least one. */
  extKeyUsage: (usages: readonly string[]): Uint8Array =>
    sequence(oid(OID.extKeyUsage), octets(sequence(...usages.map(oid)))),
  basicConstraints: (isAuthority: boolean): Uint8Array =>
    sequence(
      oid(OID.basicConstraints),
      CRITICAL,
      octets(isAuthority ? sequence(der(TAG.boolean, Uint8Array.of(0xff))) : sequence()),
    ),
  subjectKeyIdentifier: (id: Uint8Array): Uint8Array =>
    sequence(oid(OID.subjectKeyIdentifier), octets(octets(id))),
  authorityKeyIdentifier: (id: Uint8Array): Uint8Array =>
    sequence(oid(OID.authorityKeyIdentifier), octets(sequence(der(0x80, id)))),
  /** `names`: DER of GeneralNames. */
  subjectAltName: (names: Uint8Array): Uint8Array => sequence(oid(OID.subjectAltName), octets(names)),
};

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** The DER of a name, from what is wider to what is narrower, e.g. `[[OID.organization, 'system:masters'], [OID.commonName, 'admin']]`. */
export function distinguishedName(...parts: readonly (readonly [id: string, value: string])[]): Uint8Array {
  return sequence(
    ...parts.map(([id, value]) => {
      const tag = PRINTABLE.test(value) ? TAG.printableString : TAG.utf8String;
      return der(TAG.set, sequence(oid(id), der(tag, new TextEncoder().encode(value))));
    }),
  );
}

/** The DER of GeneralNames; addresses as their bytes, four or sixteen. */
export function generalNames(dnsNames: readonly string[], ips: readonly Uint8Array[]): Uint8Array {
  return sequence(
    ...dnsNames.map((name) => der(0x82, new TextEncoder().encode(name))),
    ...ips.map((ip) => der(0x87, ip)),
  );
}
