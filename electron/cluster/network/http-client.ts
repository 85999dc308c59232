import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import type {
  HttpBody,
  HttpFrame,
  HttpRequest,
  HttpResponse,
  HttpStream,
  HttpStreamHandlers,
} from './http.ts';
import type { CloseReason, Connection } from './interface.ts';

/** A call that got no answer: the connection broke, or time ran out. Texts are those of Go's net/http. */
export class HttpCallError extends Error {
  readonly code: 'closed' | 'reset' | 'timeout' | 'cancelled';

  constructor(code: HttpCallError['code'], message: string) {
    super(message);
    this.name = 'HttpCallError';
    this.code = code;
  }
}

export interface HttpCallOptions {
  /** Virtual milliseconds until the answer's head must have come; default: no limit. Needs a clock. */
  readonly timeout?: number;
}

interface PendingCall {
  readonly resolve: (response: HttpResponse) => void;
  readonly reject: (error: Error) => void;
  readonly handlers: HttpStreamHandlers | undefined;
  timer: Disposable | undefined;
  answered: boolean;
}

function closeError(reason: CloseReason, connection: Connection): HttpCallError {
  const ends = `${connection.local.ip}->${connection.remote.ip}`;
  switch (reason) {
    case 'reset':
      return new HttpCallError('reset', `read tcp ${ends}: read: connection reset by peer`);
    case 'timeout':
      return new HttpCallError('timeout', 'http2: client connection lost');
    case 'closed':
    case 'process-ended':
      return new HttpCallError('closed', 'unexpected EOF');
  }
}

/** The client's side of HTTP over one established connection; many calls may be under way at once. */
export class HttpClientConnection {
  readonly connection: Connection;
  readonly #clock: Clock | undefined;
  readonly #calls = new Map<number, PendingCall>();
  #nextCall = 1;

  constructor(connection: Connection, clock?: Clock) {
    this.connection = connection;
    this.#clock = clock;
    connection.onMessage((payload) => this.#receive(payload as HttpFrame));
    connection.onClose((reason) => this.#fail(reason));
  }

  get closed(): boolean {
    return this.connection.closed;
  }

  /** Sends a request and resolves with its whole answer. @throws HttpCallError */
  async call(request: HttpRequest, options: HttpCallOptions = {}): Promise<HttpResponse> {
    return (await this.#start(request, undefined, options)).response;
  }

  /**
   * Sends a request whose answer may stream. Resolves with the head; when `response.stream` is not set (an
   * error, say) the body is complete and no handler is ever called. After `cancel` no handler is called.
   * @throws HttpCallError
   */
  async stream(
    request: HttpRequest,
    handlers: HttpStreamHandlers,
    options: HttpCallOptions = {},
  ): Promise<HttpStream> {
    return this.#start(request, handlers, options);
  }

  close(): void {
    this.connection.close();
  }

  async #start(
    request: HttpRequest,
    handlers: HttpStreamHandlers | undefined,
    options: HttpCallOptions,
  ): Promise<HttpStream> {
    if (this.connection.closed) throw new HttpCallError('closed', 'http: client connection is closed');
    const call = this.#nextCall++;
    const response = await new Promise<HttpResponse>((resolve, reject) => {
      const pending: PendingCall = { resolve, reject, handlers, timer: undefined, answered: false };
      this.#calls.set(call, pending);
      if (options.timeout !== undefined && this.#clock !== undefined) {
        pending.timer = this.#clock.setTimeout(() => {
          this.#cancel(call);
          reject(
            new HttpCallError(
              'timeout',
              'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
            ),
          );
        }, options.timeout);
      }
      const frame: HttpFrame = { type: 'request', call, request };
      this.connection.send(frame, { phase: 'request', summary: `${request.method} ${request.target}`, call });
    });
    return {
      response,
      send: (body, summary) => this.#upload(call, body, summary),
      cancel: () => this.#cancel(call),
    };
  }

  #upload(call: number, body: HttpBody, summary: string): void {
    if (this.connection.closed || !this.#calls.has(call)) return;
    const frame: HttpFrame = { type: 'upload', call, body };
    this.connection.send(frame, { phase: 'item', summary, call });
  }

  #receive(frame: HttpFrame): void {
    const pending = this.#calls.get(frame.call);
    if (pending === undefined) return;
    if (frame.type === 'response') {
      pending.timer?.dispose();
      pending.answered = true;
      if (frame.response.stream !== true || pending.handlers === undefined) this.#calls.delete(frame.call);
      // A plain call that met a stream has no use for what follows.
      if (frame.response.stream === true && pending.handlers === undefined) this.#sendCancel(frame.call);
      pending.resolve(frame.response);
    } else if (frame.type === 'item') {
      pending.handlers?.onItem(frame.body);
    } else if (frame.type === 'end') {
      this.#calls.delete(frame.call);
      pending.handlers?.onEnd();
    }
  }

  #cancel(call: number): void {
    const pending = this.#calls.get(call);
    if (pending === undefined) return;
    pending.timer?.dispose();
    this.#calls.delete(call);
    this.#sendCancel(call);
  }

  #sendCancel(call: number): void {
    if (this.connection.closed) return;
    const frame: HttpFrame = { type: 'cancel', call };
    this.connection.send(frame, { phase: 'end', summary: 'cancel', call });
  }

  #fail(reason: CloseReason): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const pending of calls) {
      pending.timer?.dispose();
      const error = closeError(reason, this.connection);
      if (pending.answered) pending.handlers?.onEnd(error);
      else pending.reject(error);
    }
  }
}
