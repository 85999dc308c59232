import { p256 } from '@noble/curves/nist.js';
import { contextTag } from '../der/der-value.ts';
import { bits, der, integer, oid, sequence } from '../der/write-der.ts';
import type { EcKey } from './names.ts';
import { OID } from './oids.ts';
import { toPem } from './pem.ts';

/** A request for a certificate (PKCS #10) as PEM text, signed with its key. `subject`: DER of a name. Models client-go util/cert/csr.go. */
export function writeCertificateRequest(subject: Uint8Array, key: EcKey): string {
  const info = sequence(integer(0n), subject, key.publicKey, der(contextTag(0)));
  const signature = p256.sign(info, key.secret, { format: 'der', lowS: false });
  return toPem('CERTIFICATE REQUEST', sequence(info, sequence(oid(OID.ecdsaWithSha256)), bits(signature)));
}
