import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../../cluster/network/interface.ts';
import { AUTHORITY_NAME } from './certificates.ts';

const seen = new WeakMap<TLSSocket, PeerCertificate>();

function values(field: string | string[] | undefined): string[] {
  if (field === undefined) return [];
  return Array.isArray(field) ? field : [field];
}

/**
 * Whether the authority signed it. Times are not looked at: whether a certificate is good now is for the API server to say,
 * by its own clock.
 */
function isSigned(raw: Buffer, authority: X509Certificate): boolean {
  try {
    const certificate = new X509Certificate(raw);
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    // A key of a kind that this authority does not have.
    return false;
  }
}

/**
 * What the client presented in the handshake, in the simulation's terms. The same object for one connection.
 * `authority` is the one whose signature the server asks for, and `name` what the simulation calls it.
 */
export function peerCertificate(
  socket: TLSSocket,
  authority: X509Certificate,
  name: string = AUTHORITY_NAME,
): PeerCertificate | undefined {
  const known = seen.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getPeerCertificate();
  // Node gives an empty object when there was none.
  if (certificate === null || Object.keys(certificate).length === 0) return undefined;
  const subject = certificate.subject as unknown as Record<string, string | string[] | undefined>;
  const issuerNames = certificate.issuer as unknown as Record<string, string | string[] | undefined>;
  const peer: PeerCertificate = {
    commonName: values(subject['CN'])[0] ?? '',
    organizations: values(subject['O']),
    notBefore: Date.parse(certificate.valid_from),
    notAfter: Date.parse(certificate.valid_to),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    // A certificate may claim any issuer: only one whose signature held counts as signed by our authority.
    issuer: isSigned(certificate.raw, authority)
      ? name
      : `unverified (${values(issuerNames['CN'])[0] ?? 'unnamed'})`,
  };
  seen.set(socket, peer);
  return peer;
}
