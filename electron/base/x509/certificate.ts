import { sha256 } from '@noble/hashes/sha2.js';
import { contextTag, TAG } from '../der/der-value.ts';
import { children, readOid, readOne, readTime } from '../der/read-der.ts';
import { OID } from './oids.ts';

/** What one reads in a certificate. Times in milliseconds since the epoch. */
export interface CertificateFields {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the whole certificate, in hexadecimal. */
  readonly fingerprint: string;
  /** SHA-256 of its public key (SubjectPublicKeyInfo), in hexadecimal. */
  readonly publicKeyHash: string;
}

/** Reads the DER of a certificate. @throws DerError */
export function parseCertificate(bytes: Uint8Array): CertificateFields {
  const fields = children(children(readOne(bytes))[0]);
  const [, , , issuer, validity, subject, publicKey] =
    fields[0]?.tag === contextTag(0) ? fields : [undefined, ...fields];
  const [notBefore, notAfter] = children(validity);
  const values = (name: typeof subject, oid: string): string[] =>
    children(name)
      .flatMap((set) => children(set, TAG.set).map((each) => children(each)))
      .filter(([type]) => readOid(type) === oid)
      .map(([, value]) => new TextDecoder().decode(value?.content));
  return {
    commonName: values(subject, OID.commonName).at(-1) ?? '',
    organizations: values(subject, OID.organization),
    issuer: values(issuer, OID.commonName).at(-1) ?? '',
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    fingerprint: hex(sha256(bytes)),
    publicKeyHash: hex(sha256(publicKey?.bytes ?? new Uint8Array())),
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
