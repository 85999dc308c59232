import type { CallMetadata } from '../client/connection.ts';
import type { GrpcCode, WatchCreateRequest, WatchResponse } from '../client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';

/** What a client sends over a connection of protocol `grpc`. `call` numbers calls and watches alike. */
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
  | { readonly type: 'watch'; readonly call: number; readonly request: WatchCreateRequest }
  | { readonly type: 'watch-cancel'; readonly call: number }
  | { readonly type: 'watch-progress'; readonly call: number };

/** What the server sends. Watch ids are the numbers of their calls. */
export type EtcdServerFrame =
  | { readonly type: 'response'; readonly call: number; readonly response: unknown }
  | { readonly type: 'error'; readonly call: number; readonly code: GrpcCode; readonly message: string }
  | { readonly type: 'watch'; readonly call: number; readonly response: WatchResponse };
