import type { ConcurrencyMethod, ConcurrencyMethods } from '../etcd/client/concurrency.ts';
import type { CallMetadata, EtcdConnection, StreamHandlers, WatchStream } from '../etcd/client/connection.ts';
import type { WatchRequest, WatchResponse } from '../etcd/client/interface.ts';
import { EtcdError } from '../etcd/client/interface.ts';
import type { SnapshotResponse } from '../etcd/client/maintenance.ts';
import type { EtcdMethod, EtcdMethods } from '../etcd/client/methods.ts';
import { NetworkEtcdClient } from '../etcd/v3/client/network-client.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { HttpRequest } from '../network/http.ts';
import { HttpClientConnection } from '../network/http-client.ts';
import type { Address, CloseReason, Connection, PeerCertificate } from '../network/interface.ts';
import type { EtcdGatewayConnection, EtcdOutcome } from './etcd-interface.ts';
import type { GatewayCall, GatewayHandlers } from './interface.ts';

export interface LetInEtcdOptions {
  readonly address: Address;
  readonly certificate: PeerCertificate | undefined;
  /** The gateway's own process; undefined before it runs. */
  readonly process: () => ProcessContext | undefined;
  /** Makes something from outside an event of the simulation. */
  readonly input: (action: string, detail: Readonly<Record<string, unknown>>, run: () => void) => void;
  readonly onClose: (reason: CloseReason) => void;
}

type Established = { readonly connection: EtcdConnection } | { readonly error: EtcdError };

function unavailable(error: unknown): EtcdError {
  const text = error instanceof Error ? error.message : String(error);
  return new EtcdError('Unavailable', `connection error: desc = "transport: Error while dialing ${text}"`);
}

/** A client's connection that was let in. Each method is called from outside; each handler runs inside, in a turn. */
export class LetInEtcdConnection implements EtcdGatewayConnection {
  readonly #options: LetInEtcdOptions;
  #established: Established | undefined;
  #waiting: ((established: Established) => void)[] = [];
  #dialled: Connection | undefined;
  #http: Promise<HttpClientConnection> | undefined;
  #dialling = false;
  #closed = false;

  constructor(options: LetInEtcdOptions) {
    this.#options = options;
  }

  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    metadata: CallMetadata,
    done: (outcome: EtcdOutcome<M>) => void,
  ): GatewayCall {
    let over = false;
    const end = (outcome: EtcdOutcome<M>): void => {
      if (over || this.#closed) return;
      over = true;
      done(outcome);
    };
    this.#options.input('request', { method }, () => {
      if (over) return;
      this.#whenEstablished((established) => {
        if ('error' in established) end(established);
        else
          established.connection.call(method, request, metadata).then(
            (response) => end({ response }),
            (error: unknown) => end({ error: asEtcdError(error) }),
          );
      });
    });
    // A member goes on with what it was asked, as upstream; only nobody is told.
    return { cancel: () => void (over = true) };
  }

  watch(metadata: CallMetadata, handlers: StreamHandlers<WatchResponse>): WatchStream {
    let stream: WatchStream | undefined;
    let over = false;
    const early: WatchRequest[] = [];
    const end = (error: EtcdError | undefined): void => {
      if (over || this.#closed) return;
      over = true;
      handlers.onEnd(error);
    };
    this.#options.input('request', { method: 'Watch' }, () => {
      this.#whenEstablished((established) => {
        if (over) return;
        if ('error' in established) {
          end(established.error);
          return;
        }
        stream = established.connection.openWatchStream(
          {
            onResponse: (response) => {
              if (!over && !this.#closed) handlers.onResponse(response);
            },
            onEnd: end,
          },
          { ...metadata, manualAcks: true },
        );
        for (const request of early) stream.send(request);
      });
    });
    return {
      send: (request) =>
        this.#options.input('watch', describe(request), () => {
          if (over) return;
          if (stream === undefined) early.push(request);
          else stream.send(request);
        }),
      cancel: () => {
        if (over) return;
        over = true;
        this.#options.input('cancel', { method: 'Watch' }, () => stream?.cancel());
      },
      ack: (responses) =>
        this.#options.input('read', { method: 'Watch', responses }, () => stream?.ack(responses)),
    };
  }

  snapshot(metadata: CallMetadata, handlers: StreamHandlers<SnapshotResponse>): GatewayCall {
    return this.#stream('Snapshot', handlers, (connection, inner) => connection.snapshot(inner, metadata));
  }

  concurrency<M extends ConcurrencyMethod>(
    method: M,
    request: ConcurrencyMethods[M]['request'],
    metadata: CallMetadata,
    handlers: StreamHandlers<ConcurrencyMethods[M]['response']>,
  ): GatewayCall {
    return this.#stream(method, handlers, (connection, inner) =>
      connection.concurrency(method, request, inner, metadata),
    );
  }

  /** A call that only answers; `open` returns what cancels it. */
  #stream<T>(
    method: string,
    handlers: StreamHandlers<T>,
    open: (connection: EtcdConnection, handlers: StreamHandlers<T>) => () => void,
  ): GatewayCall {
    let cancel: (() => void) | undefined;
    let over = false;
    const end = (error: EtcdError | undefined): void => {
      if (over || this.#closed) return;
      over = true;
      handlers.onEnd(error);
    };
    this.#options.input('request', { method }, () => {
      this.#whenEstablished((established) => {
        if (over) return;
        if ('error' in established) end(established.error);
        else
          cancel = open(established.connection, {
            onResponse: (response) => {
              if (!over && !this.#closed) handlers.onResponse(response);
            },
            onEnd: end,
          });
      });
    });
    return {
      cancel: () => {
        if (over) return;
        over = true;
        this.#options.input('cancel', { method }, () => cancel?.());
      },
    };
  }

  http(request: HttpRequest, handlers: GatewayHandlers): GatewayCall {
    let over = false;
    const end = (error?: Error): void => {
      if (over || this.#closed) return;
      over = true;
      handlers.onEnd(error);
    };
    this.#options.input('request', { method: request.method, target: request.target }, () => {
      const process = this.#options.process();
      if (over) return;
      if (process === undefined || process.signal.aborted) {
        end(new Error('the gateway is not running'));
        return;
      }
      process.go(async () => {
        try {
          this.#http ??= this.#dialHttp(process);
          const stream = await (
            await this.#http
          ).stream(request, {
            onItem: (body) => {
              if (!over) handlers.onItem(body);
            },
            onEnd: end,
          });
          if (over) {
            stream.cancel();
            return;
          }
          handlers.onResponse(stream.response);
          if (stream.response.stream !== true) end();
        } catch (error) {
          this.#http = undefined;
          end(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    return { cancel: () => void (over = true) };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#dialling || this.#http !== undefined) {
      this.#options.input('disconnect', {}, () => {
        this.#dialled?.close();
        void this.#http?.then(
          (http) => http.connection.close(),
          () => undefined,
        );
      });
    }
  }

  /** Within a turn: runs `use` at once when the connection stands or failed, else as soon as that is known. */
  #whenEstablished(use: (established: Established) => void): void {
    if (this.#established !== undefined) {
      use(this.#established);
      return;
    }
    this.#waiting.push(use);
    if (this.#dialling) return;
    this.#dialling = true;
    const process = this.#options.process();
    if (process === undefined || process.signal.aborted) {
      this.#settle({ error: unavailable('the gateway is not running') });
      return;
    }
    process.go(() => this.#dial(process));
  }

  async #dial(process: ProcessContext): Promise<void> {
    const { address, certificate, onClose } = this.#options;
    try {
      const connection = await process.net.dial(address, {
        protocol: 'grpc',
        ...(certificate === undefined ? {} : { certificate }),
      });
      if (this.#closed) {
        connection.close();
        return;
      }
      this.#dialled = connection;
      this.#settle({ connection: new NetworkEtcdClient(connection) });
      connection.onClose((reason) => {
        if (!this.#closed) onClose(reason);
      });
    } catch (error) {
      this.#settle({ error: unavailable(error) });
      if (!this.#closed) onClose('reset');
    }
  }

  async #dialHttp(process: ProcessContext): Promise<HttpClientConnection> {
    const { address, certificate } = this.#options;
    const connection = await process.net.dial(address, {
      protocol: 'https',
      ...(certificate === undefined ? {} : { certificate }),
    });
    return new HttpClientConnection(connection, process.clock);
  }

  #settle(established: Established): void {
    this.#established = established;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const use of waiting) use(established);
  }
}

function asEtcdError(error: unknown): EtcdError {
  return error instanceof EtcdError
    ? error
    : new EtcdError('Internal', error instanceof Error ? error.message : String(error));
}

function describe(request: WatchRequest): Readonly<Record<string, unknown>> {
  if ('createRequest' in request) return { method: 'Watch', request: 'create' };
  if ('cancelRequest' in request)
    return { method: 'Watch', request: 'cancel', watchId: request.cancelRequest.watchId };
  return { method: 'Watch', request: 'progress' };
}
