import { contextTag } from '../der/der-value.ts';
import { bits, der, fromBigInt, integer, octets, oid, sequence } from '../der/write-der.ts';
import { publicKeyOf } from '../ecdsa/p256.ts';
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
  readonly secret: bigint;
  /** DER of SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** SEC 1, `EC PRIVATE KEY`. */
  readonly pem: string;
}

/** @param secret 1 up to the curve's order */
export function ecKeyOf(secret: bigint): EcKey {
  const point = publicKeyOf(secret);
  const curve = oid(OID.prime256v1);
  return {
    secret,
    publicKey: sequence(sequence(oid(OID.ecPublicKey), curve), bits(point)),
    pem: toPem(
      'EC PRIVATE KEY',
      sequence(
        integer(1n),
        octets(fromBigInt(secret, 32)),
        der(contextTag(0), curve),
        der(contextTag(1), bits(point)),
      ),
    ),
  };
}
