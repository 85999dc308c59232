import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Disposable } from '../../base/disposable.ts';
import type { Gateway, GatewayCall } from '../../cluster/gateway/interface.ts';
import type { HttpBody, HttpRequest, HttpResponse } from '../../cluster/network/http.ts';
import type { PeerCertificate } from '../../cluster/network/interface.ts';
import type { KeyPairPem } from './certificates.ts';
import { gzipped, wantsGzip } from './content-encoding.ts';
import type { Door } from './interface.ts';
import type { Barrier } from './interface.ts';
import { bodyBytes, itemBytes } from './json-bytes.ts';
import { listenNear } from './listen-near.ts';
import { forbiddenBecause } from './loopback-guard.ts';
import { peerCertificate } from './peer-certificate.ts';
import { serveUpgrade } from './upgrade-handler.ts';

/** Bytes of a request body, as upstream. One more is read, so that the server itself can refuse it. */
const BODY_LIMIT = 3 * 1024 * 1024;
const HEADER_LIMIT = 64 * 1024;
const HEADER_TIMEOUT = 32_000;
const REQUEST_TIMEOUT = 60_000;
const IDLE_TIMEOUT = 90_000;
/** A watcher that lets so much pile up unread is cut off. */
const UNREAD_LIMIT = 32 * 1024 * 1024;

export interface HttpsListenerOptions {
  readonly gateway: Gateway;
  readonly barrier: Barrier;
  readonly caPem: string;
  readonly server: KeyPairPem;
  /** First choice; the next free one is taken when it is busy. 0: any free port. */
  readonly port: number;
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
  /** Shows another certificate from now on. */
  show(server: KeyPairPem): void;
}

/** First byte of every TLS connection. */
const TLS_HANDSHAKE = 0x16;
/** What Go's server says to a client that speaks plain HTTP to it. */
const NOT_TLS = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';

/** Both ports of a connection; TLS keeps them. */
const portsOf = ({ localPort, remotePort }: Socket): string => `${localPort ?? 0}:${remotePort ?? 0}`;

function requestHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function warningHeader(text: string): string {
  // Header values are latin-1 and one line; what does not fit is shown as a question mark.
  const safe = text.replace(/[\\"]/g, (char) => `\\${char}`).replace(/[^\t\x20-\x7e]/g, '?');
  return `299 - "${safe}"`;
}

/** Carries one answer back to the client, never before what it tells is on disk. */
class Answer {
  readonly #response: ServerResponse;
  readonly #barrier: Barrier;
  readonly #closeAfter: boolean;
  /** The client's Accept-Encoding. */
  readonly #accepted: string | undefined;
  #call: GatewayCall | undefined;
  #streaming = false;
  #gone = false;

  constructor(response: ServerResponse, barrier: Barrier, closeAfter: boolean, accepted: string | undefined) {
    this.#accepted = accepted;
    this.#response = response;
    this.#barrier = barrier;
    this.#closeAfter = closeAfter;
    response.on('close', () => {
      this.#gone = true;
      if (!response.writableFinished) this.#call?.cancel();
    });
  }

  begin(gateway: Gateway, request: HttpRequest, certificate: PeerCertificate | undefined): void {
    this.#call = gateway.call(request, certificate, {
      onResponse: (head) => this.#barrier.afterCommit(() => this.#sendHead(head)),
      onItem: (body) => this.#barrier.afterCommit(() => this.#sendItem(body)),
      onEnd: (error) => this.#barrier.afterCommit(() => this.#end(error)),
    });
  }

  #sendHead(head: HttpResponse): void {
    if (this.#gone) return;
    const response = this.#response;
    response.sendDate = false;
    response.statusCode = head.status;
    for (const [name, value] of Object.entries(head.headers)) response.setHeader(name, value);
    if (head.warnings !== undefined && head.warnings.length > 0) {
      response.setHeader('Warning', head.warnings.map(warningHeader));
    }
    if (this.#closeAfter) response.setHeader('Connection', 'close');
    if (head.stream === true) {
      this.#streaming = true;
      response.flushHeaders();
      return;
    }
    const bytes = head.body === undefined ? new Uint8Array(0) : bodyBytes(head.body);
    if (head.body?.type === 'object' && wantsGzip(this.#accepted, bytes)) void this.#sendCompressed(bytes);
    else this.#sendBody(head.status, bytes);
  }

  /** Never rejects. */
  async #sendCompressed(bytes: Uint8Array): Promise<void> {
    const compressed = await gzipped(bytes);
    if (this.#gone) return;
    const response = this.#response;
    if (compressed !== undefined) {
      response.setHeader('Content-Encoding', 'gzip');
      response.appendHeader('Vary', 'Accept-Encoding');
    }
    this.#sendBody(response.statusCode, compressed ?? bytes);
  }

  #sendBody(status: number, bytes: Uint8Array): void {
    if (status !== 304) this.#response.setHeader('Content-Length', bytes.byteLength);
    this.#response.end(bytes);
  }

  #sendItem(body: HttpBody): void {
    if (this.#gone) return;
    this.#response.write(itemBytes(body));
    if (this.#response.writableLength > UNREAD_LIMIT) this.#response.destroy();
  }

  #end(error: Error | undefined): void {
    if (this.#gone) return;
    // No proper end for what broke: the client has to see that something is missing.
    if (error !== undefined) this.#response.destroy();
    else if (this.#streaming) this.#response.end();
  }
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.sendDate = false;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
  response.end(`${text}\n`);
}

function serve(
  { gateway, barrier, forbidden, certificate }: Door,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (forbidden !== undefined) {
    refuse(response, 403, forbidden);
    request.resume();
    return;
  }
  const chunks: Buffer[] = [];
  let size = 0;
  let started = false;
  const start = (): void => {
    if (started) return;
    started = true;
    const accepted = request.headers['accept-encoding'];
    const answer = new Answer(
      response,
      barrier,
      size > BODY_LIMIT,
      typeof accepted === 'string' ? accepted : undefined,
    );
    const body: HttpBody | undefined =
      size === 0 ? undefined : { type: 'bytes', bytes: Buffer.concat(chunks) };
    const head = {
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      headers: requestHeaders(request),
    };
    answer.begin(gateway, body === undefined ? head : { ...head, body }, certificate);
  };
  request.on('data', (chunk: Buffer) => {
    if (started) return;
    size += chunk.length;
    chunks.push(chunk);
    // What follows of an oversized body is let go unread; the connection closes after the answer.
    if (size > BODY_LIMIT) start();
  });
  request.on('end', start);
  request.on('error', () => response.destroy());
}

/** Opens the listener. @throws when no port near the wanted one is free. */
export async function openHttpsListener(options: HttpsListenerOptions): Promise<HttpsListener> {
  let port = 0;
  const authority = new X509Certificate(options.caPem);
  const adopted = new Map<string, Gateway>();
  const doorOf = ({ socket, headers }: IncomingMessage): Door => {
    const gateway = adopted.get(portsOf(socket));
    return {
      gateway: gateway ?? options.gateway,
      barrier: options.barrier,
      certificate: peerCertificate(socket as TLSSocket, authority),
      forbidden: gateway === undefined ? forbiddenBecause(headers, port) : undefined,
    };
  };
  const server = createServer(
    {
      key: options.server.key,
      cert: options.server.certificate,
      // Certificates of clients are judged by `peerCertificate`. Had OpenSSL the authority, it would send it along with the
      // server's own certificate, which kube-apiserver does not.
      ca: [],
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      maxHeaderSize: HEADER_LIMIT,
      headersTimeout: HEADER_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: IDLE_TIMEOUT,
      noDelay: true,
    },
    (request, response) => serve(doorOf(request), request, response),
  );
  server.on('upgrade', (request, socket, head) => serveUpgrade(doorOf(request), request, socket, head));
  // Broken handshakes and requests that are no HTTP end their own connection and nothing else.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('clientError', (_error, socket) => socket.destroy());
  port = await listenNear(server, options.port);
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
    dispose(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}
