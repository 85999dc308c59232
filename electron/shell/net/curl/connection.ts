import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { connect as connectSecure } from 'node:tls';
import type { CommandIo } from '../../interface.ts';
import { isOwnLoopback, LabDialError, openInLab } from '../lab-connection.ts';
import { MachinesClient } from '../machines-client.ts';
import type { TlsCredentials } from './credentials.ts';
import { asCurlError, CurlError } from './curl-error.ts';

/** Where a transfer connects to. */
export interface Endpoint {
  /** As typed in the URL. */
  readonly host: string;
  readonly port: number;
  /** Address that `--resolve` gave for it. */
  readonly resolved: string | undefined;
}

export interface OpenedSocket {
  readonly socket: Socket;
  readonly address: string;
}

/**
 * A TCP connection. The console reaches this computer's loopback (a port of a machine may stand behind it); everything else is
 * dialled inside the cluster's network, from the machine `LEME_MACHINE` or from the console. `elapsed`: real milliseconds
 * since the transfer began. @throws CurlError 6, 7, 28
 */
export async function openSocket(
  io: CommandIo,
  endpoint: Endpoint,
  elapsed: () => number,
  signal: AbortSignal,
): Promise<OpenedSocket> {
  const { host, port, resolved } = endpoint;
  const target = resolved ?? host;
  try {
    if (isOwnLoopback(target) && io.env['LEME_MACHINE'] === undefined) {
      const mapped = await MachinesClient.from(io.env)
        ?.loopback(target, port, undefined, signal)
        // The host itself is gone: then nothing stands behind the port.
        .catch(() => undefined);
      return await here(target, mapped?.port ?? port, signal);
    }
    const opened = await openInLab(io.env, 'curl', { host: target, port }, signal);
    if (opened !== undefined) return opened;
    throw new LabDialError(isIP(target) === 0 ? 'ENOTFOUND' : 'EHOSTUNREACH', 0, target);
  } catch (error) {
    if (signal.aborted || error instanceof CurlError) throw error;
    const spent = error instanceof LabDialError ? error.elapsed : elapsed();
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOTFOUND' && isIP(target) === 0)
      throw new CurlError(6, `Could not resolve host: ${target}`);
    throw new CurlError(
      code === 'ETIMEDOUT' ? 28 : 7,
      `Failed to connect to ${host} port ${String(port)} after ${String(spent)} ms: Couldn't connect to server`,
    );
  }
}

function here(host: string, port: number, signal: AbortSignal): Promise<OpenedSocket> {
  const address = host === 'localhost' ? '127.0.0.1' : host;
  return new Promise((resolve, reject) => {
    const socket = connectPlain({ host: address, port, signal });
    socket.once('connect', () => {
      socket.removeListener('error', reject);
      resolve({ socket, address });
    });
    socket.once('error', reject);
  });
}

/** What was learned of the server in the handshake. */
export interface Secured {
  readonly socket: TLSSocket;
  readonly certificate: PeerCertificate;
  readonly protocol: string;
  readonly cipher: string;
  /** Why it would not have been trusted; '' when it is. Always '' without `insecure`. */
  readonly distrust: string;
}

/** TLS over an open connection. @throws CurlError 35, 60 */
export function secure(
  socket: Socket,
  endpoint: Endpoint,
  credentials: TlsCredentials,
  protocols: readonly string[],
  insecure: boolean,
  signal: AbortSignal,
): Promise<Secured> {
  const { host } = endpoint;
  return new Promise((resolve, reject) => {
    const tls = connectSecure({
      socket,
      ...credentials,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      host,
      rejectUnauthorized: !insecure,
      ALPNProtocols: [...protocols],
    });
    const stop = (): void => void tls.destroy();
    signal.addEventListener('abort', stop, { once: true });
    tls.once('secureConnect', () => {
      tls.removeListener('error', fail);
      signal.removeEventListener('abort', stop);
      resolve({
        socket: tls,
        certificate: tls.getPeerCertificate(),
        protocol: tls.getProtocol() ?? '',
        cipher: tls.getCipher().name,
        distrust: tls.authorized ? '' : String(tls.authorizationError),
      });
    });
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(signal.reason as Error);
      else if ('code' in error && error.code === 'ECONNRESET')
        reject(
          new CurlError(
            35,
            `OpenSSL SSL_connect: Connection reset by peer in connection to ${host}:${String(endpoint.port)} `,
          ),
        );
      else reject(asCurlError(error, { host, secured: false }));
    };
    tls.once('error', fail);
    tls.once('close', () => {
      if (signal.aborted) reject(signal.reason as Error);
    });
  });
}
