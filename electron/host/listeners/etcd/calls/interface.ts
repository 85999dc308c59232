import type { EtcdGatewayConnection } from '../../../../cluster/gateway/etcd-interface.ts';
import type { CallMetadata } from '../../../../cluster/etcd/client/connection.ts';
import type { Barrier } from '../../interface.ts';
import type { GrpcExchange } from '../grpc-exchange.ts';

/** One gRPC call, as its messages come in. */
export interface CallHandler {
  /** @throws ProtoError */
  onMessage(message: Buffer): void;
  /** The client has sent its last message. */
  onEnd(): void;
  /** The client has gone, or the call has failed. */
  onReset(): void;
  /** So much is under way that the client is to send no more for now. */
  isBusy?(): boolean;
  /** Set by the service: told when it is busy no longer. */
  onIdle?: (() => void) | undefined;
}

export interface CallOptions {
  readonly exchange: GrpcExchange;
  readonly connection: EtcdGatewayConnection;
  readonly barrier: Barrier;
  readonly metadata: CallMetadata;
  /** The response as this client is to see it. */
  readonly outward: <T extends object>(response: T) => T;
}
