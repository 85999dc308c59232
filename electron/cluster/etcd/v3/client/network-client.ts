import type { CloseReason, Connection } from '../../../network/interface.ts';
import type { ConcurrencyMethod, ConcurrencyMethods } from '../../client/concurrency.ts';
import type {
  CompactionRequest,
  CompactionResponse,
  DeleteRangeRequest,
  DeleteRangeResponse,
  EtcdClient,
  LeaseGrantRequest,
  LeaseGrantResponse,
  LeaseKeepAliveRequest,
  LeaseKeepAliveResponse,
  LeaseLeasesResponse,
  LeaseRevokeRequest,
  LeaseRevokeResponse,
  LeaseTimeToLiveRequest,
  LeaseTimeToLiveResponse,
  PutRequest,
  PutResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  WatchCreateRequest,
  WatchHandle,
  WatchHandlers,
  WatchResponse,
} from '../../client/interface.ts';
import type {
  CallMetadata,
  EtcdConnection,
  StreamHandlers,
  WatchStream,
  WatchStreamOptions,
} from '../../client/connection.ts';
import { EtcdError } from '../../client/interface.ts';
import type { SnapshotResponse, StatusResponse } from '../../client/maintenance.ts';
import type { EtcdMethod, EtcdMethods } from '../../client/methods.ts';
import { WATCH_WINDOW } from '../messages.ts';
import type { EtcdClientFrame, EtcdServerFrame } from '../messages.ts';
import { summarizeCall, summarizeWatchRequest } from '../summary.ts';

interface PendingCall {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: EtcdError) => void;
}

interface OpenStream {
  readonly handlers: StreamHandlers<never>;
  readonly manualAcks: boolean;
  /** Responses taken that the server has not been told of. */
  taken: number;
}

/** Why every call fails once the connection is gone; texts as gRPC's Go client has them. */
function lost(reason: CloseReason): EtcdError {
  switch (reason) {
    case 'reset':
      return new EtcdError('Unavailable', 'error reading from server: read: connection reset by peer');
    case 'timeout':
      return new EtcdError('Unavailable', 'keepalive ping failed to receive ACK within timeout');
    case 'closed':
    case 'process-ended':
      return new EtcdError('Unavailable', 'error reading from server: EOF');
  }
}

/**
 * The v3 API over one established connection of protocol `grpc`. When the connection ends, everything under
 * way fails with Unavailable, and so does everything after; dialling again is the caller's business.
 */
export class NetworkEtcdClient implements EtcdClient, EtcdConnection {
  readonly connection: Connection;
  readonly #calls = new Map<number, PendingCall>();
  readonly #streams = new Map<number, OpenStream>();
  #nextCall = 1;
  #lost: EtcdError | undefined;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.onMessage((payload) => this.#receive(payload as EtcdServerFrame));
    connection.onClose((reason) => this.#fail(lost(reason)));
    if (connection.closed) this.#fail(lost('closed'));
  }

  range(request: RangeRequest): Promise<RangeResponse> {
    return this.call('Range', request);
  }

  put(request: PutRequest): Promise<PutResponse> {
    return this.call('Put', request);
  }

  deleteRange(request: DeleteRangeRequest): Promise<DeleteRangeResponse> {
    return this.call('DeleteRange', request);
  }

  txn(request: TxnRequest): Promise<TxnResponse> {
    return this.call('Txn', request);
  }

  compact(request: CompactionRequest): Promise<CompactionResponse> {
    return this.call('Compact', request);
  }

  watch(request: WatchCreateRequest, handlers: WatchHandlers): WatchHandle {
    let ended = false;
    const stream = this.openWatchStream(
      {
        onResponse: (response) => {
          ended ||= response.canceled;
          handlers.onResponse(response);
          if (response.canceled) stream.cancel();
        },
        onEnd: (error) => {
          if (!ended) handlers.onError(error ?? new EtcdError('Unavailable', 'watch stream ended'));
        },
      },
      { requireLeader: true },
    );
    stream.send({ createRequest: request });
    return {
      cancel: () => {
        ended = true;
        stream.cancel();
      },
      requestProgress: () => stream.send({ progressRequest: {} }),
    };
  }

  openWatchStream(handlers: StreamHandlers<WatchResponse>, options: WatchStreamOptions = {}): WatchStream {
    const call = this.#nextCall++;
    const stream: OpenStream = { handlers, taken: 0, manualAcks: options.manualAcks === true };
    this.#open(call, stream);
    const { token, requireLeader } = options;
    let metadata: CallMetadata | undefined = {
      ...(token === undefined ? {} : { token }),
      ...(requireLeader === undefined ? {} : { requireLeader }),
    };
    return {
      send: (request) => {
        if (!this.#streams.has(call)) return;
        this.#send({ type: 'watch', call, request, metadata }, 'request', summarizeWatchRequest(request));
        metadata = undefined;
      },
      cancel: () => {
        if (!this.#streams.delete(call)) return;
        this.#send({ type: 'cancel', call }, 'end', 'cancel watch');
      },
      ack: (responses) => this.#take(call, stream, responses),
    };
  }

  concurrency<M extends ConcurrencyMethod>(
    method: M,
    request: ConcurrencyMethods[M]['request'],
    handlers: StreamHandlers<ConcurrencyMethods[M]['response']>,
    metadata?: CallMetadata,
  ): () => void {
    const call = this.#nextCall++;
    this.#open(call, { handlers, taken: 0, manualAcks: true });
    this.#send({ type: 'concurrency', call, method, request, metadata }, 'request', method);
    return () => {
      if (this.#streams.delete(call)) this.#send({ type: 'cancel', call }, 'end', `cancel ${method}`);
    };
  }

  snapshot(handlers: StreamHandlers<SnapshotResponse>, metadata?: CallMetadata): () => void {
    const call = this.#nextCall++;
    this.#open(call, { handlers, taken: 0, manualAcks: true });
    this.#send({ type: 'snapshot', call, metadata }, 'request', 'Snapshot');
    return () => {
      if (this.#streams.delete(call)) this.#send({ type: 'cancel', call }, 'end', 'cancel snapshot');
    };
  }

  leaseGrant(request: LeaseGrantRequest): Promise<LeaseGrantResponse> {
    return this.call('LeaseGrant', request);
  }

  leaseRevoke(request: LeaseRevokeRequest): Promise<LeaseRevokeResponse> {
    return this.call('LeaseRevoke', request);
  }

  leaseKeepAlive(request: LeaseKeepAliveRequest): Promise<LeaseKeepAliveResponse> {
    return this.call('LeaseKeepAlive', request);
  }

  leaseTimeToLive(request: LeaseTimeToLiveRequest): Promise<LeaseTimeToLiveResponse> {
    return this.call('LeaseTimeToLive', request);
  }

  leaseLeases(): Promise<LeaseLeasesResponse> {
    return this.call('LeaseLeases', {});
  }

  status(): Promise<StatusResponse> {
    return this.call('Status', {});
  }

  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    metadata?: CallMetadata,
  ): Promise<EtcdMethods[M]['response']> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const call = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve: resolve as (response: unknown) => void, reject });
      const frame = { type: 'call', call, method, request, metadata } as EtcdClientFrame;
      this.#send(frame, 'request', summarizeCall(method, request));
    });
  }

  #open(call: number, stream: OpenStream): void {
    this.#streams.set(call, stream);
    if (this.#lost === undefined) return;
    // Tells the handlers, but not before whoever opens it has returned.
    const error = this.#lost;
    void Promise.resolve().then(() => {
      if (this.#streams.delete(call)) stream.handlers.onEnd(error);
    });
  }

  #receive(frame: EtcdServerFrame): void {
    const { call } = frame;
    switch (frame.type) {
      case 'watch':
      case 'snapshot':
      case 'concurrency':
        this.#receiveItem(call, frame.response);
        break;
      case 'end':
        this.#endStream(call, undefined);
        break;
      case 'error': {
        const error = new EtcdError(frame.code, frame.message);
        this.#endStream(call, error);
        this.#takeCall(call)?.reject(error);
        break;
      }
      case 'response':
        this.#takeCall(call)?.resolve(frame.response);
        break;
    }
  }

  #takeCall(call: number): PendingCall | undefined {
    const pending = this.#calls.get(call);
    this.#calls.delete(call);
    return pending;
  }

  #receiveItem(call: number, response: unknown): void {
    const stream = this.#streams.get(call);
    if (stream === undefined) return;
    (stream.handlers as StreamHandlers<unknown>).onResponse(response);
    if (!stream.manualAcks) this.#take(call, stream, 1);
  }

  /** Tells the server in bulk: what matters is that its window never runs empty. */
  #take(call: number, stream: OpenStream, responses: number): void {
    stream.taken += responses;
    if (stream.taken < WATCH_WINDOW / 2 || !this.#streams.has(call)) return;
    const frame = { type: 'watch-ack', call, responses: stream.taken } as const;
    stream.taken = 0;
    this.#send(frame, 'request', `${frame.responses} watch responses taken`);
  }

  #endStream(call: number, error: EtcdError | undefined): void {
    const stream = this.#streams.get(call);
    if (this.#streams.delete(call)) stream?.handlers.onEnd(error);
  }

  #fail(error: EtcdError): void {
    this.#lost = error;
    const calls = [...this.#calls.values()];
    const streams = [...this.#streams.values()];
    this.#calls.clear();
    this.#streams.clear();
    for (const pending of calls) pending.reject(error);
    for (const stream of streams) stream.handlers.onEnd(error);
  }

  #send(frame: EtcdClientFrame, phase: 'request' | 'end', summary: string): void {
    if (!this.connection.closed) this.connection.send(frame, { phase, summary, call: frame.call });
  }
}
