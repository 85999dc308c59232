import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { createSecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Disposable } from '../../base/disposable.ts';
import type { Gateway } from '../../cluster/gateway/interface.ts';
import type { KeyPairPem } from './certificates.ts';
import type { Barrier, Door } from './interface.ts';
import { forbiddenBecause } from './loopback-guard.ts';
import { peerCertificate } from './peer-certificate.ts';
import { FollowedPort } from './followed-port.ts';
import { endWhenUnused, IDLE_TIMEOUT, REQUEST_TIMEOUT } from './http2-limits.ts';
import { serveRequest } from './serve-request.ts';
import { serveUpgrade } from './upgrade-handler.ts';

const HEADER_LIMIT = 64 * 1024;
const HEADER_TIMEOUT = 32_000;
/** Requests at once over one connection of HTTP/2, as upstream. */
const MAX_STREAMS = 100;

export interface HttpsListenerOptions {
  readonly gateway: Gateway;
  readonly barrier: Barrier;
  readonly caPem: string;
  readonly server: KeyPairPem;
  /** First choice; the next free one is taken when it is busy. 0: any free port. */
  readonly port: number;
  readonly log: (line: string) => void;
}

/** The served Kubernetes API: HTTPS on the loopback interface, in front of the simulated API server. */
export interface HttpsListener extends Disposable {
  readonly port: number;
  /** e.g. `https://127.0.0.1:6443` */
  readonly url: string;
  /**
   * Serves a connection that came another way, from a client already known to be the learner's: whatever Host it names. Its
   * requests go to `gateway`.
   */
  adopt(socket: Socket, gateway: Gateway): void;
  /** Opens or closes the port, as that of the API servers is; closed, connections are refused and those that are open end. */
  follow(isOpen: boolean): void;
  /** Shows another certificate from now on. */
  show(server: KeyPairPem): void;
}

/** First byte of every TLS connection. */
const TLS_HANDSHAKE = 0x16;
/** What Go's server says to a client that speaks plain HTTP to it. */
const NOT_TLS = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

/** Both ports of a connection; TLS keeps them. */
const portsOf = ({ localPort, remotePort }: Socket): string => `${localPort ?? 0}:${remotePort ?? 0}`;

/** Opens the listener. @throws when no port near the wanted one is free. */
export async function openHttpsListener(options: HttpsListenerOptions): Promise<HttpsListener> {
  let port = 0;
  const authority = new X509Certificate(options.caPem);
  const adopted = new Map<string, Gateway>();
  const connections = new Map<string, TLSSocket>();
  const doorOf = (request: IncomingMessage | Http2ServerRequest): Door => {
    const ports = portsOf(request.socket);
    const gateway = adopted.get(ports);
    const connection = connections.get(ports);
    return {
      gateway: gateway ?? options.gateway,
      barrier: options.barrier,
      certificate: connection === undefined ? undefined : peerCertificate(connection, authority),
      // Not by the session of HTTP/2, which would say goodbye.
      hangUp: () => connection?.destroy(),
      forbidden: gateway === undefined ? forbiddenBecause(request.headers, port) : undefined,
    };
  };
  const server = createSecureServer(
    {
      allowHTTP1: true,
      key: options.server.key,
      cert: options.server.certificate,
      // Certificates of clients are judged by `peerCertificate`. Had OpenSSL the authority, it would send it along with the
      // server's own certificate, which kube-apiserver does not.
      ca: [],
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: HEADER_LIMIT },
    },
    (request, response) => serveRequest(doorOf(request), request, response),
  );
  Object.assign(server, {
    maxHeaderSize: HEADER_LIMIT,
    headersTimeout: HEADER_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: IDLE_TIMEOUT,
  });
  server.on('upgrade', (request, socket, head) => serveUpgrade(doorOf(request), request, socket, head));
  server.on('secureConnection', (socket) => {
    socket.setNoDelay(true);
    const ports = portsOf(socket);
    connections.set(ports, socket);
    socket.on('close', () => connections.delete(ports));
  });
  server.on('session', endWhenUnused);
  // Broken handshakes and requests that are no HTTP end their own connection and nothing else.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  const followed = await FollowedPort.open(
    {
      create: () => server,
      drop: () => {
        for (const socket of connections.values()) socket.destroy();
      },
      onFailure: ({ message }) => options.log(`the API server's port: ${message}`),
    },
    options.port,
  );
  port = followed.port;
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    adopt(socket, gateway): void {
      const ports = portsOf(socket);
      adopted.set(ports, gateway);
      socket.on('close', () => adopted.delete(ports));
      socket.once('readable', () => {
        const first = socket.read() as Buffer | null;
        if (first === null) return;
        socket.unshift(first);
        if (first[0] === TLS_HANDSHAKE) server.emit('connection', socket);
        else socket.end(NOT_TLS);
      });
    },
    show({ key, certificate }): void {
      server.setSecureContext({ key, cert: certificate, ca: [], minVersion: 'TLSv1.2' });
    },
    follow: (isOpen) => followed.follow(isOpen),
    dispose: () => void followed.close(),
  };
}
