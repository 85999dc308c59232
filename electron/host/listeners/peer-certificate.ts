import type { TLSSocket } from 'node:tls';
import type { PeerCertificate } from '../../cluster/network/interface.ts';
import { AUTHORITY_NAME } from './certificates.ts';

const seen = new WeakMap<TLSSocket, PeerCertificate>();

function values(field: string | string[] | undefined): string[] {
  if (field === undefined) return [];
  return Array.isArray(field) ? field : [field];
}

/**
 * Whether the chain's signatures held. Times are looked at last, and by this computer's clock: whether a certificate is good
 * now is for the API server to say, by its own.
 */
function isSigned(socket: TLSSocket): boolean {
  const { authorized, authorizationError } = socket;
  const code = authorizationError as Error | string | undefined;
  return authorized || code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID';
}

/**
 * What the client presented in the handshake, in the simulation's terms. The same object for one connection.
 * `authority` is the name of the one whose signature the server asked for.
 */
export function peerCertificate(
  socket: TLSSocket,
  authority: string = AUTHORITY_NAME,
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
    // A certificate may claim any issuer: only one whose signature held counts as signed by our authority.
    issuer: isSigned(socket) ? authority : `unverified (${values(issuerNames['CN'])[0] ?? 'unnamed'})`,
  };
  seen.set(socket, peer);
  return peer;
}
