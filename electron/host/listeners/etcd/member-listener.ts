import { X509Certificate } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { EtcdGateway, EtcdGatewayConnection } from '../../../cluster/gateway/etcd-interface.ts';
import { PREFACE } from '../http2/frames.ts';
import { ServerSession } from '../http2/server-session.ts';
import type { Barrier } from '../interface.ts';
import { FollowedPort } from '../followed-port.ts';
import { peerCertificate } from '../peer-certificate.ts';
import type { AddressTranslation } from './address-translation.ts';
import { ETCD_AUTHORITY_NAME } from '../certificates.ts';
import { GrpcService } from './grpc-service.ts';
import { serveMemberHttp } from './member-http.ts';

/** What a TLS port shows and whom it lets in. */
export interface EtcdTls {
  readonly key: string;
  readonly certificate: string;
  /** Clients must have a certificate of this authority, as kubeadm sets etcd up. */
  readonly clientCa: string;
}

export interface MemberListenerOptions {
  readonly gateway: EtcdGateway;
  readonly machine: string;
  readonly barrier: Barrier;
  readonly translation: AddressTranslation;
  /** Undefined: plain text. */
  readonly tls: EtcdTls | undefined;
  readonly log: (line: string) => void;
}

const MAX_CONNECTIONS = 4096;
const FIRST_BYTES_TIMEOUT = 10_000;
const IDLE_TIMEOUT = 90_000;

/**
 * A member's client port on the loopback interface. It is open exactly while the member listens inside: a stopped
 * member refuses connections out here, too. gRPC and HTTP/1.1 come to the same port and are told apart by their first bytes.
 */
export class MemberListener {
  readonly machine: string;
  readonly #options: MemberListenerOptions;
  readonly #sockets = new Map<Socket, EtcdGatewayConnection>();
  readonly #http: HttpServer;
  readonly #authority: X509Certificate | undefined;
  #followed: FollowedPort | undefined;

  private constructor(options: MemberListenerOptions) {
    this.machine = options.machine;
    this.#options = options;
    this.#authority = options.tls === undefined ? undefined : new X509Certificate(options.tls.clientCa);
    this.#http = createHttpServer(
      { maxHeaderSize: 64 * 1024, keepAliveTimeout: IDLE_TIMEOUT, headersTimeout: 32_000 },
      (request, response) => {
        const connection = this.#sockets.get(request.socket);
        if (connection === undefined) response.destroy();
        else serveMemberHttp({ ...options, connection }, request, response);
      },
    );
    this.#http.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Finds a port near the wanted one (0: any) and keeps it for as long as the listener lives. */
  static async open(options: MemberListenerOptions, port: number): Promise<MemberListener> {
    const listener = new MemberListener(options);
    listener.#followed = await FollowedPort.open(
      {
        create: () => listener.#createServer(),
        drop: () => {
          for (const socket of [...listener.#sockets.keys()]) drop(socket);
        },
        onFailure: ({ message }) => options.log(`etcd on ${options.machine}: ${message}`),
      },
      port,
    );
    listener.follow();
    await listener.settled();
    return listener;
  }

  get port(): number {
    return this.#followed?.port ?? 0;
  }

  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
  }

  /** Opens or closes the port, as the member does inside. */
  follow(): void {
    const { gateway, machine } = this.#options;
    this.#followed?.follow(gateway.isServing(machine));
  }

  /** Resolves when the port is as the member wants it. */
  async settled(): Promise<void> {
    await this.#followed?.settled();
  }

  async close(): Promise<void> {
    await this.#followed?.close();
  }

  #createServer(): Server {
    const { tls } = this.#options;
    const server =
      tls === undefined
        ? createServer({ noDelay: true }, (socket) => this.#accept(socket))
        : createTlsServer(
            {
              key: tls.key,
              cert: tls.certificate,
              ca: tls.clientCa,
              requestCert: true,
              rejectUnauthorized: true,
              minVersion: 'TLSv1.2',
              ALPNProtocols: ['h2', 'http/1.1'],
            },
            (socket) => this.#accept(socket),
          );
    server.maxConnections = MAX_CONNECTIONS;
    server.on('tlsClientError', (_error, socket: Socket) => socket.destroy());
    return server;
  }

  #accept(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const { gateway } = this.#options;
    const certificate =
      socket instanceof TLSSocket && this.#authority !== undefined
        ? peerCertificate(socket, this.#authority, ETCD_AUTHORITY_NAME)
        : undefined;
    const connection = gateway.connect(this.machine, certificate, () =>
      this.#options.barrier.afterCommit(() => drop(socket)),
    );
    this.#sockets.set(socket, connection);
    socket.on('close', () => {
      this.#sockets.delete(socket);
      connection.close();
    });
    this.#sniff(socket, connection);
  }

  #sniff(socket: Socket, connection: EtcdGatewayConnection): void {
    const timer = setTimeout(() => socket.destroy(), FIRST_BYTES_TIMEOUT);
    let first: Buffer = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
      const compared = Math.min(first.length, PREFACE.length);
      const isPreface = first.compare(PREFACE, 0, compared, 0, compared) === 0;
      if (isPreface && compared < PREFACE.length) return;
      clearTimeout(timer);
      socket.removeListener('data', onData);
      if (isPreface) this.#serveHttp2(socket, connection, first);
      else {
        socket.pause();
        socket.unshift(first);
        this.#http.emit('connection', socket);
        socket.resume();
      }
    };
    socket.on('data', onData);
    socket.on('close', () => clearTimeout(timer));
  }

  #serveHttp2(socket: Socket, connection: EtcdGatewayConnection, first: Buffer): void {
    const service = new GrpcService({ ...this.#options, connection });
    const session = new ServerSession(socket, {
      onStream: (stream) => service.open(stream),
      maxStreams: 10_000,
      maxHeaderBytes: 64 * 1024,
      streamWindow: 256 * 1024,
      connectionWindow: 4 * 1024 * 1024,
    });
    socket.on('data', (chunk: Buffer) => session.receive(chunk));
    session.receive(first);
  }
}

/** Ends a connection as a process that dies does. */
function drop(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
