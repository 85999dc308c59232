import type { ConcurrencyMethod, ConcurrencyMethods } from '../client/concurrency.ts';
import type { CallMetadata } from '../client/connection.ts';
import type { GrpcCode, WatchRequest, WatchResponse } from '../client/interface.ts';
import type { SnapshotResponse } from '../client/maintenance.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';

/** What a client sends over a connection of protocol `grpc`. `call` numbers calls and streams alike. */
export type EtcdClientFrame =
  | {
      readonly [M in EtcdMethod]: {
        readonly type: 'call';
        readonly call: number;
        readonly method: M;
        readonly request: EtcdMethods[M]['request'];
        readonly metadata?: CallMetadata;
      };
    }[EtcdMethod]
  /** The first one of a call opens the stream; metadata of later ones is not looked at. */
  | {
      readonly type: 'watch';
      readonly call: number;
      readonly request: WatchRequest;
      readonly metadata?: CallMetadata;
    }
  /** So many responses of the stream have been taken. */
  | { readonly type: 'watch-ack'; readonly call: number; readonly responses: number }
  | { readonly type: 'snapshot'; readonly call: number; readonly metadata?: CallMetadata }
  /** A method of Lock or Election: a stream of one response or many, which may be long in coming. */
  | {
      readonly type: 'concurrency';
      readonly call: number;
      readonly method: ConcurrencyMethod;
      readonly request: ConcurrencyMethods[ConcurrencyMethod]['request'];
      readonly metadata?: CallMetadata;
    }
  /** Ends a stream. */
  | { readonly type: 'cancel'; readonly call: number };

/** What the server sends. An error ends a call or a stream. */
export type EtcdServerFrame =
  | { readonly type: 'response'; readonly call: number; readonly response: unknown }
  | { readonly type: 'error'; readonly call: number; readonly code: GrpcCode; readonly message: string }
  | { readonly type: 'watch'; readonly call: number; readonly response: WatchResponse }
  | { readonly type: 'snapshot'; readonly call: number; readonly response: SnapshotResponse }
  | {
      readonly type: 'concurrency';
      readonly call: number;
      readonly response: ConcurrencyMethods[ConcurrencyMethod]['response'];
    }
  /** A stream has ended without an error. */
  | { readonly type: 'end'; readonly call: number };

/** Watch responses that a client may have outstanding; it acknowledges each half of it. */
export const WATCH_WINDOW = 1024;
