/** A transfer that failed: curl's exit code, and its text without `curl: (N) `. */
export class CurlError extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/** What curl adds when it does not trust a server. */
export const UNTRUSTED = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`;

/** What OpenSSL's verdicts are called, by Node's names of them. */
const VERDICTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to get local issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_SIGNATURE_FAILURE: 'certificate signature failure',
};

/** e.g. `40C7…:error:0A00045C:SSL routines:ssl3_read_bytes:tlsv13 alert certificate required:../ssl/…` */
const SSL_ERROR = /error:([0-9A-F]{8}):SSL routines:[^:]*:([^:]+):/;

/** What a failed handshake or a broken connection is to curl. `host` as typed; `secured`: after the handshake. */
export function asCurlError(error: Error, peer: { readonly host: string; readonly secured: boolean }): Error {
  if (error instanceof CurlError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const verdict = VERDICTS[code];
  if (verdict !== undefined) return new CurlError(60, `SSL certificate problem: ${verdict}`);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new CurlError(
      60,
      `SSL: no alternative certificate subject name matches target host name '${peer.host}'`,
    );
  if (code === 'ECONNRESET')
    return error.message.includes('hang up')
      ? new CurlError(52, 'Empty reply from server')
      : new CurlError(56, 'Recv failure: Connection reset by peer');
  const alert = SSL_ERROR.exec(error.message);
  if (alert !== null) {
    const text = `error:${alert[1] ?? ''}:SSL routines::${(alert[2] ?? '').replace('tlsv1.3', 'tlsv13')}`;
    // A server of TLS 1.3 judges the client only after the client's handshake is complete.
    return peer.secured ? new CurlError(56, `OpenSSL SSL_read: ${text}, errno 0`) : new CurlError(35, text);
  }
  if (code.startsWith('HPE_')) return new CurlError(1, 'Received HTTP/0.9 when not allowed');
  return new CurlError(7, error.message);
}
