import { DerError } from '../../../../../base/der/der-value.ts';
import type { CertificateRequest } from '../../../../../base/x509/certificate-request.ts';
import { parseCertificateRequest } from '../../../../../base/x509/certificate-request.ts';
import { firstPemBlock } from '../../../../../base/x509/pem.ts';
import { decodeBase64 } from '../../../../apimachinery/base64.ts';

/** What `spec.request` holds, or why it holds nothing. Models certificates.ParseCSR and CheckSignature (v1.34). */
export function parseRequest(encoded: string): CertificateRequest | string {
  const block = firstPemBlock(new TextDecoder().decode(decodeBase64(encoded)));
  if (block?.type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  try {
    const request = parseCertificateRequest(block.bytes);
    return request.signature === 'bad' ? 'x509: ECDSA verification failure' : request;
  } catch (error) {
    if (error instanceof DerError) return error.message;
    throw error;
  }
}
