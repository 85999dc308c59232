import type { IncomingHttpHeaders } from 'node:http2';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Why a request must not be served: a name that is not loopback (DNS rebinding), or a browser page of another
 * origin. Undefined when it may pass.
 */
export function forbiddenBecause(headers: IncomingHttpHeaders, port: number): string | undefined {
  const hosts = LOOPBACK_NAMES.map((name) => `${name}:${port}`);
  const host = (headers[':authority'] ?? headers.host)?.toLowerCase();
  if (host === undefined || !hosts.includes(host)) return `forbidden: unexpected Host, use 127.0.0.1:${port}`;
  const { origin } = headers;
  if (origin !== undefined && !hosts.some((name) => origin.toLowerCase() === `https://${name}`)) {
    return 'forbidden: cross-origin requests are not served';
  }
  return undefined;
}
