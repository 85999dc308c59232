import { connect as connectTo } from 'node:net';
import type { Socket } from 'node:net';
import type { ConnectedTo, MachineConnection } from '../cluster/gateway/interface.ts';
import { CONSOLE } from '../cluster/cluster.ts';
import type { ClusterSession } from './cluster-session.ts';
import { InjectedGateway } from './injected-gateway.ts';
import type { EtcdEndpoints } from './listeners/etcd/etcd-endpoints.ts';
import type { HttpsListener } from './listeners/https-listener.ts';
import type { OpenTunnel, TunnelHandlers, TunnelRequest } from './listeners/machine-tunnels.ts';

/** What of the host serves connections that were made inside. */
export interface TunnelEnds {
  readonly session: ClusterSession | undefined;
  readonly listener: HttpsListener | undefined;
  readonly etcd: EtcdEndpoints | undefined;
}

/** Programs whose TLS ends at the served API's door; a load balancer lets it through to one of them. */
const API_SERVERS = ['kube-apiserver', 'haproxy'];

/**
 * Connections of the lab shell to addresses inside: dialled there first, so that a stopped server refuses and a cut
 * network is silent; the bytes then go to the listener that stands for whoever accepted.
 */
export function tunnels(ends: () => TunnelEnds): OpenTunnel {
  return (request, handlers) => {
    const { session, listener, etcd } = ends();
    if (session === undefined || listener === undefined) {
      handlers.onRefused({ code: 'ECONNREFUSED', elapsed: 0 });
      return () => undefined;
    }
    const tunnel = new Tunnel(session, listener, etcd, handlers);
    tunnel.open(request);
    return () => tunnel.close();
  };
}

class Tunnel {
  readonly #session: ClusterSession;
  readonly #listener: HttpsListener;
  readonly #etcd: EtcdEndpoints | undefined;
  readonly #handlers: TunnelHandlers;
  #connection: MachineConnection | undefined;
  #socket: Socket | undefined;
  #closed = false;

  constructor(
    session: ClusterSession,
    listener: HttpsListener,
    etcd: EtcdEndpoints | undefined,
    handlers: TunnelHandlers,
  ) {
    this.#session = session;
    this.#listener = listener;
    this.#etcd = etcd;
    this.#handlers = handlers;
  }

  open({ from = CONSOLE.name, program, host, port }: TunnelRequest): void {
    const { pacer, barrier, cluster } = this.#session;
    const hurry = pacer.hurry();
    const told = (tell: () => void): void => {
      hurry.dispose();
      barrier.afterCommit(() => {
        if (!this.#closed) tell();
      });
    };
    if (!cluster.machines.some(({ spec }) => spec.name === from)) {
      told(() => this.#handlers.onRefused({ code: 'EHOSTUNREACH', elapsed: 0 }));
      return;
    }
    this.#connection = pacer.inject(() =>
      cluster.connect(from, program, { host, port }, {
        onConnect: (to) => told(() => this.#join(to, port)),
        onRefused: (failure) => told(() => this.#handlers.onRefused(failure)),
        onClose: () => told(() => this.#socket?.resetAndDestroy()),
      }),
    ); // prettier-ignore
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const connection = this.#connection;
    if (connection !== undefined) this.#session.pacer.inject(() => connection.close());
  }

  #join(to: ConnectedTo, port: number): void {
    const { pacer, simulation } = this.#session;
    const gateway = this.#connection as MachineConnection;
    const program = to.actor.slice(to.actor.indexOf('/') + 1);
    const etcdPort = this.#etcd?.loopback(to.machine)[port];
    this.#handlers.onOpen(to.ip, (socket) => {
      this.#socket = socket;
      socket.on('close', () => this.close());
      if (etcdPort !== undefined) pipe(socket, etcdPort);
      else if (API_SERVERS.includes(program))
        this.#listener.adopt(
          socket,
          new InjectedGateway(() => ({ gateway, pacer, now: () => simulation.now })),
        );
      // Nobody outside speaks for this port: what it would say is not modelled as bytes.
      else socket.resetAndDestroy();
    });
  }
}

function pipe(socket: Socket, port: number): void {
  const inner = connectTo({ host: '127.0.0.1', port });
  socket.pipe(inner).pipe(socket);
  inner.on('error', () => socket.resetAndDestroy());
  inner.on('close', () => socket.destroy());
  socket.on('close', () => inner.destroy());
}
