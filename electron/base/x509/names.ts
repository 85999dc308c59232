import { p256 } from '@noble/curves/nist.js';
import { contextTag } from '../der/der-value.ts';
import { bits, der, integer, octets, oid, sequence } from '../der/write-der.ts';
import { OID } from './oids.ts';
import { toPem } from './pem.ts';
import { distinguishedName, generalNames } from './write-certificate.ts';

/** A distinguished name, organizations first, as Go writes it. */
export function subjectName(commonName: string, organizations: readonly string[]): Uint8Array {
  return distinguishedName(
    ...organizations.map((organization) => [OID.organization, organization] as const),
    [OID.commonName, commonName],
  );
}

/** The content of a SubjectAltName extension. `ips`: of version 4. */
export function alternativeNames(dnsNames: readonly string[], ips: readonly string[]): Uint8Array {
  return generalNames(
    dnsNames,
    ips.map((ip) => Uint8Array.from(ip.split('.').map(Number))),
  );
}

/** A private key of P-256, in the forms in which it is used. */
export interface EcKey {
  readonly secret: Uint8Array;
  /** DER of SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** SEC 1, `EC PRIVATE KEY`. */
  readonly pem: string;
}

/** @param secret 32 bytes, from 1 up to the curve's order. @throws Error for others */
export function ecKeyOf(secret: Uint8Array): EcKey {
  const point = p256.getPublicKey(secret, false);
  const curve = oid(OID.prime256v1);
  return {
    secret,
    publicKey: sequence(sequence(oid(OID.ecPublicKey), curve), bits(point)),
    pem: toPem(
      'EC PRIVATE KEY',
      sequence(integer(1n), octets(secret), der(contextTag(0), curve), der(contextTag(1), bits(point))),
    ),
  };
}
