import type { ConcurrencyMethod, ConcurrencyMethods } from './concurrency.ts';
import type { EtcdError, WatchRequest, WatchResponse } from './interface.ts';
import type { SnapshotResponse } from './maintenance.ts';
import type { EtcdMethod, EtcdMethods } from './methods.ts';

/** What goes with a call beside its request: gRPC's metadata. */
export interface CallMetadata {
  /** From `Authenticate`; gRPC's `token` or the gateway's `authorization`. */
  readonly token?: string;
  /** gRPC's `hasleader: true`: refuse with `etcdserver: no leader`, and end streams so, when there is none. */
  readonly requireLeader?: boolean;
}

/** `error` undefined: the server ended the stream without one. Nothing comes after. */
export interface StreamHandlers<T> {
  onResponse(response: T): void;
  onEnd(error: EtcdError | undefined): void;
}

/** A Watch stream: many watches, told apart by the ids in its messages. */
export interface WatchStream {
  send(request: WatchRequest): void;
  /** Ends it and all its watches; nothing is delivered any more, not even `onEnd`. */
  cancel(): void;
  /**
   * Says that so many more responses may come. Only for a stream that was opened with `manualAcks`: without,
   * every response counts as taken when `onResponse` returns.
   */
  ack(responses: number): void;
}

export interface WatchStreamOptions extends CallMetadata {
  /** The one who opened it says with `ack` what has been taken, e.g. because somebody outside reads slowly. */
  readonly manualAcks?: boolean;
}

/** One connection to a member, with every method of every service of the v3 API. */
export interface EtcdConnection {
  /** Rejects with EtcdError. */
  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    metadata?: CallMetadata,
  ): Promise<EtcdMethods[M]['response']>;
  openWatchStream(handlers: StreamHandlers<WatchResponse>, options?: WatchStreamOptions): WatchStream;
  /** Returns what cancels it. */
  snapshot(handlers: StreamHandlers<SnapshotResponse>, metadata?: CallMetadata): () => void;
  /** Lock and Election. Returns what cancels it: who stands in line leaves it. */
  concurrency<M extends ConcurrencyMethod>(
    method: M,
    request: ConcurrencyMethods[M]['request'],
    handlers: StreamHandlers<ConcurrencyMethods[M]['response']>,
    metadata?: CallMetadata,
  ): () => void;
}
