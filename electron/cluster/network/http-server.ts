import type { Disposable } from '../../base/disposable.ts';
import { endSummary } from './http.ts';
import type { EndReason, HttpBody, HttpExchange, HttpFrame, HttpRequest, HttpResponse } from './http.ts';
import { httpStatusText } from './http-status.ts';
import type { Connection, NetworkAccess, Peer } from './interface.ts';

/** Serves one call. Runs in the turn of the request message; throwing is a bug and ends the process. */
export type HttpHandler = (exchange: HttpExchange, peer: Peer) => void;

class ServerExchange implements HttpExchange {
  readonly request: HttpRequest;
  readonly #connection: Connection;
  readonly #call: number;
  readonly #done: () => void;
  #state: 'waiting' | 'streaming' | 'done' = 'waiting';
  #cancelHandler: (() => void) | undefined;
  #uploadHandler: ((body: HttpBody) => void) | undefined;

  constructor(connection: Connection, call: number, request: HttpRequest, done: () => void) {
    this.#connection = connection;
    this.#call = call;
    this.request = request;
    this.#done = done;
  }

  respond(response: HttpResponse, detail?: Readonly<Record<string, unknown>>): void {
    if (this.#state === 'done') return;
    if (this.#state === 'streaming') throw new Error('HttpExchange.respond: the answer has already begun');
    const frame: HttpFrame = { type: 'response', call: this.#call, response };
    if (response.stream === true) this.#state = 'streaming';
    else this.#finish();
    this.#send(frame, 'response', `${response.status} ${httpStatusText(response.status)}`, detail);
  }

  sendItem(body: HttpBody, summary: string): void {
    if (this.#state !== 'streaming') return;
    this.#send({ type: 'item', call: this.#call, body }, 'item', summary);
  }

  end(reason?: EndReason): void {
    if (this.#state !== 'streaming') return;
    this.#finish();
    const frame: HttpFrame = { type: 'end', call: this.#call, ...(reason === undefined ? {} : { reason }) };
    this.#send(frame, 'end', endSummary(reason));
  }

  onUpload(handler: (body: HttpBody) => void): void {
    this.#uploadHandler = handler;
  }

  upload(body: HttpBody): void {
    if (this.#state !== 'done') this.#uploadHandler?.(body);
  }

  onCancel(handler: () => void): void {
    this.#cancelHandler = handler;
  }

  /** The client has gone: nothing is sent any more. */
  cancel(): void {
    if (this.#state === 'done') return;
    this.#finish();
    this.#cancelHandler?.();
  }

  #finish(): void {
    this.#state = 'done';
    this.#done();
  }

  #send(
    frame: HttpFrame,
    phase: 'response' | 'item' | 'end',
    summary: string,
    detail?: Readonly<Record<string, unknown>>,
  ): void {
    if (this.#connection.closed) return;
    this.#connection.send(frame, {
      phase,
      summary,
      call: this.#call,
      ...(detail === undefined ? {} : { detail }),
    });
  }
}

/** Serves the calls of one accepted connection until it closes. */
export function serveHttpConnection(connection: Connection, handle: HttpHandler): void {
  const exchanges = new Map<number, ServerExchange>();
  connection.onMessage((payload) => {
    const frame = payload as HttpFrame;
    if (frame.type === 'cancel') {
      exchanges.get(frame.call)?.cancel();
      return;
    }
    if (frame.type === 'upload') {
      exchanges.get(frame.call)?.upload(frame.body);
      return;
    }
    if (frame.type !== 'request') return;
    const exchange = new ServerExchange(connection, frame.call, frame.request, () =>
      exchanges.delete(frame.call),
    );
    exchanges.set(frame.call, exchange);
    handle(exchange, connection.remote);
  });
  connection.onClose(() => {
    for (const exchange of [...exchanges.values()]) exchange.cancel();
  });
}

/**
 * Listens on `port` and hands every call to `handle`. Disposing stops accepting and closes what is open.
 * @throws Error when the port is taken.
 */
export function listenHttp(net: NetworkAccess, port: number, handle: HttpHandler): Disposable {
  const open = new Set<Connection>();
  const listener = net.listen(port, 'https', (connection) => {
    open.add(connection);
    connection.onClose(() => open.delete(connection));
    serveHttpConnection(connection, handle);
  });
  return {
    dispose(): void {
      listener.dispose();
      for (const connection of [...open]) connection.close();
    },
  };
}
