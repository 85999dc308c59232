import type { Simulation } from '../../base/simulation.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import type { HttpBody, HttpRequest, HttpStream } from '../network/http.ts';
import type { Address, PeerCertificate } from '../network/interface.ts';
import { CallerConnections } from './caller-connections.ts';
import type { Gateway, GatewayHandlers, HttpGatewayCall } from './interface.ts';

export interface OutsideGatewayOptions {
  readonly simulation: Simulation;
  /** API servers, in the order in which they are tried. */
  readonly servers: readonly Address[];
}

/** One call that was let in. */
class LetInCall implements HttpGatewayCall {
  readonly handlers: GatewayHandlers;
  over = false;
  upstream: HttpStream | undefined;
  readonly #input: (action: string, run: () => void) => void;

  constructor(handlers: GatewayHandlers, input: (action: string, run: () => void) => void) {
    this.handlers = handlers;
    this.#input = input;
  }

  send(body: HttpBody, summary: string): void {
    const { upstream } = this;
    if (!this.over && upstream !== undefined) this.#input('send', () => upstream.send(body, summary));
  }

  cancel(): void {
    if (this.over) return;
    this.over = true;
    const { upstream } = this;
    // Going away is an event of the world outside, like coming.
    if (upstream !== undefined) this.#input('cancel', () => upstream.cancel());
  }

  end(error?: Error): void {
    if (this.over) return;
    this.over = true;
    this.handlers.onEnd(error);
  }
}

/**
 * The gateway as a process of an outside machine: spawn `program` there, then hand the object to the
 * listener. Calls under way at the same time have connections of their own, as those of separate clients do.
 */
export class OutsideGateway implements Gateway {
  readonly #options: OutsideGatewayOptions;
  readonly #connections: CallerConnections;
  #process: ProcessContext | undefined;

  constructor(options: OutsideGatewayOptions) {
    this.#options = options;
    this.#connections = new CallerConnections(options.servers);
  }

  readonly program: Program = (process) => {
    this.#process = process;
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };

  call(
    request: HttpRequest,
    certificate: PeerCertificate | undefined,
    handlers: GatewayHandlers,
  ): HttpGatewayCall {
    const user = certificate?.commonName ?? '';
    const input = (action: string, run: () => void): void => {
      const actor = this.#process?.tracer.actor ?? 'host';
      const detail = { method: request.method, target: request.target, ...(user === '' ? {} : { user }) };
      this.#options.simulation.input(actor, action, detail, run);
    };
    const call = new LetInCall(handlers, input);
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
      const connection = await this.#connections.acquire(process, certificate);
      let held = true;
      const release = (): void => {
        // A stream may end while its cancelling is on the way.
        if (held) this.#connections.release(process, certificate, connection);
        held = false;
      };
      if (call.over) {
        release();
        return;
      }
      const stream = await connection.stream(request, {
        onItem: (body) => {
          if (!call.over) call.handlers.onItem(body);
        },
        onEnd: (error) => {
          release();
          call.end(error);
        },
      });
      const cancel = (): void => {
        stream.cancel();
        release();
      };
      const streams = stream.response.stream === true;
      if (!streams) release();
      if (call.over) {
        if (streams) cancel();
        return;
      }
      call.upstream = { response: stream.response, send: stream.send, cancel };
      call.handlers.onResponse(stream.response);
      if (!streams) call.end();
    } catch (error) {
      call.end(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
