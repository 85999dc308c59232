import type { Simulation } from '../../base/simulation.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import type { HttpRequest } from '../network/http.ts';
import { HttpClientConnection } from '../network/http-client.ts';
import type { Address, PeerCertificate } from '../network/interface.ts';
import type { Gateway, GatewayCall, GatewayHandlers } from './interface.ts';

export interface OutsideGatewayOptions {
  readonly simulation: Simulation;
  /** API servers, in the order in which they are tried. */
  readonly servers: readonly Address[];
}

/** One call that was let in. */
class LetInCall implements GatewayCall {
  readonly handlers: GatewayHandlers;
  over = false;
  cancelUpstream: (() => void) | undefined;
  readonly #input: (run: () => void) => void;

  constructor(handlers: GatewayHandlers, input: (run: () => void) => void) {
    this.handlers = handlers;
    this.#input = input;
  }

  cancel(): void {
    if (this.over) return;
    this.over = true;
    const { cancelUpstream } = this;
    // Going away is an event of the world outside, like coming.
    if (cancelUpstream !== undefined) this.#input(cancelUpstream);
  }

  end(error?: Error): void {
    if (this.over) return;
    this.over = true;
    this.handlers.onEnd(error);
  }
}

/**
 * The gateway as a process of an outside machine: spawn `program` there, then hand the object to the
 * listener. Each identity has a connection of its own to an API server, dialled again when it broke.
 */
export class OutsideGateway implements Gateway {
  readonly #options: OutsideGatewayOptions;
  readonly #connections = new Map<string, HttpClientConnection>();
  readonly #dialling = new Map<string, Promise<HttpClientConnection>>();
  #process: ProcessContext | undefined;

  constructor(options: OutsideGatewayOptions) {
    this.#options = options;
  }

  readonly program: Program = (process) => {
    this.#process = process;
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };

  call(
    request: HttpRequest,
    certificate: PeerCertificate | undefined,
    handlers: GatewayHandlers,
  ): GatewayCall {
    const user = certificate?.commonName ?? '';
    const input = (action: string, run: () => void): void => {
      const actor = this.#process?.tracer.actor ?? 'host';
      const detail = { method: request.method, target: request.target, ...(user === '' ? {} : { user }) };
      this.#options.simulation.input(actor, action, detail, run);
    };
    const call = new LetInCall(handlers, (run) => input('cancel', run));
    input('request', () => {
      const process = this.#process;
      if (call.over) return;
      if (process === undefined || process.signal.aborted) call.end(new Error('the gateway is not running'));
      else process.go(() => this.#serve(process, request, certificate, call));
    });
    return call;
  }

  async #serve(
    process: ProcessContext,
    request: HttpRequest,
    certificate: PeerCertificate | undefined,
    call: LetInCall,
  ): Promise<void> {
    try {
      const connection = await this.#connection(process, certificate);
      if (call.over) return;
      const stream = await connection.stream(request, {
        onItem: (body) => {
          if (!call.over) call.handlers.onItem(body);
        },
        onEnd: (error) => call.end(error),
      });
      if (call.over) {
        stream.cancel();
        return;
      }
      call.cancelUpstream = () => stream.cancel();
      call.handlers.onResponse(stream.response);
      if (stream.response.stream !== true) call.end();
    } catch (error) {
      call.end(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #connection(
    process: ProcessContext,
    certificate: PeerCertificate | undefined,
  ): Promise<HttpClientConnection> {
    const identity = JSON.stringify(certificate ?? null);
    const known = this.#connections.get(identity);
    if (known !== undefined && !known.closed) return known;
    let dialling = this.#dialling.get(identity);
    if (dialling === undefined) {
      dialling = this.#dial(process, certificate).finally(() => this.#dialling.delete(identity));
      this.#dialling.set(identity, dialling);
    }
    const connection = await dialling;
    this.#connections.set(identity, connection);
    return connection;
  }

  async #dial(
    process: ProcessContext,
    certificate: PeerCertificate | undefined,
  ): Promise<HttpClientConnection> {
    let failure: unknown = new Error('no API server');
    for (const server of this.#options.servers) {
      try {
        const options = { protocol: 'https' as const, ...(certificate === undefined ? {} : { certificate }) };
        return new HttpClientConnection(await process.net.dial(server, options), process.clock);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}
