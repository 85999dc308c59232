import type { Event } from '../../base/event.ts';
import type { CallMetadata, StreamHandlers, WatchStream } from '../etcd/client/connection.ts';
import type { ConcurrencyMethod, ConcurrencyMethods } from '../etcd/client/concurrency.ts';
import type { EtcdError, WatchResponse } from '../etcd/client/interface.ts';
import type { SnapshotResponse } from '../etcd/client/maintenance.ts';
import type { EtcdMethod, EtcdMethods } from '../etcd/client/methods.ts';
import type { HttpRequest } from '../network/http.ts';
import type { CloseReason, PeerCertificate } from '../network/interface.ts';
import type { GatewayCall, GatewayHandlers } from './interface.ts';

/** A member of etcd as somebody outside reaches it. */
export interface EtcdTarget {
  /** Its machine. */
  readonly machine: string;
  /** Address and port of its client URL inside the simulation. */
  readonly ip: string;
  readonly port: number;
}

/** How a call ended. Told in a turn of the simulation. */
export type EtcdOutcome<M extends EtcdMethod> =
  { readonly response: EtcdMethods[M]['response'] } | { readonly error: EtcdError };

/**
 * One client's connection, dialled from the console machine to one member over the simulated network. Everything on it
 * shares its certificate. What is asked before it stands waits for it; when it cannot be made or breaks, all under
 * way ends with Unavailable.
 */
export interface EtcdGatewayConnection {
  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    metadata: CallMetadata,
    done: (outcome: EtcdOutcome<M>) => void,
  ): GatewayCall;
  /** Responses are to be acknowledged. */
  watch(metadata: CallMetadata, handlers: StreamHandlers<WatchResponse>): WatchStream;
  snapshot(metadata: CallMetadata, handlers: StreamHandlers<SnapshotResponse>): GatewayCall;
  concurrency<M extends ConcurrencyMethod>(
    method: M,
    request: ConcurrencyMethods[M]['request'],
    metadata: CallMetadata,
    handlers: StreamHandlers<ConcurrencyMethods[M]['response']>,
  ): GatewayCall;
  /** `/metrics`, `/health`, `/version` of the same port. */
  http(request: HttpRequest, handlers: GatewayHandlers): GatewayCall;
  /** The client has gone: nothing is told any more. */
  close(): void;
}

/** Lets clients of etcd's v3 API into the simulation. */
export interface EtcdGateway {
  readonly targets: readonly EtcdTarget[];
  /** Whether somebody listens at the member's client port: a port outside is open exactly then. */
  isServing(machine: string): boolean;
  readonly onDidChangeServing: Event<void>;
  /** `onClose`: the member's side ended the connection. @throws Error when there is no such member */
  connect(
    machine: string,
    certificate: PeerCertificate | undefined,
    onClose: (reason: CloseReason) => void,
  ): EtcdGatewayConnection;
}
