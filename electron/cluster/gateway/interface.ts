import type { HttpBody, HttpRequest, HttpResponse } from '../network/http.ts';
import type { DialError, PeerCertificate } from '../network/interface.ts';

/** What comes back of a call that was let in from outside. Each runs in a turn of the simulation. */
export interface GatewayHandlers {
  onResponse(response: HttpResponse): void;
  /** Only after a response with `stream` set. */
  onItem(body: HttpBody): void;
  /** The call is over. `error` is set when no answer came or the stream broke; without it a stream ended properly. */
  onEnd(error?: Error): void;
}

export interface GatewayCall {
  /** The client has gone. No handler is called afterwards. */
  cancel(): void;
}

export interface HttpGatewayCall extends GatewayCall {
  /** After an upgrade (a 101 answer with `stream`): what the client sends. */
  send(body: HttpBody, summary: string): void;
}

/**
 * Lets HTTP calls from outside into the simulation: a process on an outside machine which dials the API
 * server over the simulated network with the caller's identity. After a plain response `onEnd()` follows.
 */
export interface Gateway {
  call(
    request: HttpRequest,
    certificate: PeerCertificate | undefined,
    handlers: GatewayHandlers,
  ): HttpGatewayCall;
}

/** Why no connection came about, and how long that took in virtual milliseconds. */
export interface ConnectFailure {
  readonly code: DialError['code'];
  readonly elapsed: number;
}

/** Who accepted a connection. */
export interface ConnectedTo {
  readonly machine: string;
  readonly ip: string;
  /** `<machine>/<process>` */
  readonly actor: string;
}

/** What becomes of a connection. Each runs in a turn of the simulation; `onConnect` or `onRefused` once. */
export interface ConnectHandlers {
  onConnect(to: ConnectedTo): void;
  onRefused(failure: ConnectFailure): void;
  /** The other side ended it. */
  onClose(): void;
}

/** A connection that a client outside holds in the name of a process on a machine. */
export interface MachineConnection extends Gateway {
  /** The client has gone. Nothing is told afterwards. */
  close(): void;
}
