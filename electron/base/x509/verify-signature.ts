import { p256 } from '@noble/curves/nist.js';
import type { CertificateDetails } from './certificate-details.ts';
import { OID } from './oids.ts';

/** Whether `authority` signed `certificate`: its name and its key of P-256. Other algorithms are not checked, and never good. */
export function isSignedBy(certificate: CertificateDetails, authority: CertificateDetails): boolean {
  const { point } = authority;
  if (point === undefined || certificate.algorithm !== OID.ecdsaWithSha256) return false;
  if (!sameBytes(certificate.issuerBytes, authority.subjectBytes)) return false;
  if (!p256.utils.isValidPublicKey(point, false)) return false;
  return p256.verify(certificate.signature, certificate.signed, point, { format: 'der', lowS: false });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
