import type { CloseReason, Connection } from '../../../network/interface.ts';
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
import type { CallMetadata } from '../../client/connection.ts';
import { EtcdError } from '../../client/interface.ts';
import type { StatusResponse } from '../../client/maintenance.ts';
import type { EtcdMethod, EtcdMethods } from '../../client/methods.ts';
import type { EtcdClientFrame, EtcdServerFrame } from '../messages.ts';
import { summarizeCall, summarizeWatch } from '../summary.ts';

interface PendingCall {
  readonly resolve: (response: unknown) => void;
  readonly reject: (error: EtcdError) => void;
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
export class NetworkEtcdClient implements EtcdClient {
  readonly connection: Connection;
  readonly #calls = new Map<number, PendingCall>();
  readonly #watches = new Map<number, WatchHandlers>();
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
    const call = this.#nextCall++;
    if (this.#lost !== undefined) return this.#lostWatch(this.#lost, handlers);
    this.#watches.set(call, handlers);
    this.#send({ type: 'watch', call, request }, 'request', summarizeWatch(request));
    return {
      cancel: () => {
        if (!this.#watches.delete(call)) return;
        this.#send({ type: 'watch-cancel', call }, 'end', 'cancel watch');
      },
      requestProgress: () => {
        if (!this.#watches.has(call)) return;
        this.#send({ type: 'watch-progress', call }, 'request', 'request progress');
      },
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

  /** Tells the handlers, but not before `watch` has returned. */
  #lostWatch(error: EtcdError, handlers: WatchHandlers): WatchHandle {
    let cancelled = false;
    void Promise.resolve().then(() => {
      if (!cancelled) handlers.onError(error);
    });
    return { cancel: () => void (cancelled = true), requestProgress: () => undefined };
  }

  #receive(frame: EtcdServerFrame): void {
    if (frame.type === 'watch') {
      this.#receiveWatch(frame.call, frame.response);
      return;
    }
    const pending = this.#calls.get(frame.call);
    if (pending === undefined) return;
    this.#calls.delete(frame.call);
    if (frame.type === 'error') pending.reject(new EtcdError(frame.code, frame.message));
    else pending.resolve(frame.response);
  }

  #receiveWatch(call: number, response: WatchResponse): void {
    const handlers = this.#watches.get(call);
    if (handlers === undefined) return;
    if (response.canceled) this.#watches.delete(call);
    handlers.onResponse(response);
  }

  #fail(error: EtcdError): void {
    this.#lost = error;
    const calls = [...this.#calls.values()];
    const watches = [...this.#watches.values()];
    this.#calls.clear();
    this.#watches.clear();
    for (const pending of calls) pending.reject(error);
    for (const handlers of watches) handlers.onError(error);
  }

  #send(frame: EtcdClientFrame, phase: 'request' | 'end', summary: string): void {
    if (!this.connection.closed) this.connection.send(frame, { phase, summary, call: frame.call });
  }
}
