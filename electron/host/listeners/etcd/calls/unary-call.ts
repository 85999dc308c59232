import type { EtcdMethod, EtcdMethods } from '../../../../cluster/etcd/client/methods.ts';
import type { GatewayCall } from '../../../../cluster/gateway/interface.ts';
import { decodeMessage } from '../codec/decode.ts';
import type { CallHandler, CallOptions } from './interface.ts';

/** A call with one request and one response. */
export class UnaryCall implements CallHandler {
  readonly #options: CallOptions;
  #call: GatewayCall | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  onMessage(message: Buffer): void {
    if (this.#call !== undefined) return;
    const { exchange, connection, barrier, metadata, outward } = this.#options;
    const { method } = exchange;
    const request = decodeMessage(method.request, message);
    this.#call = connection.call(
      method.name as EtcdMethod,
      request as unknown as EtcdMethods[EtcdMethod]['request'],
      metadata,
      (outcome) =>
        barrier.afterCommit(() => {
          if ('error' in outcome) {
            exchange.fail(outcome.error);
            return;
          }
          exchange.send(outward(outcome.response));
          exchange.finish();
        }),
    );
  }

  onEnd(): void {
    if (this.#call === undefined)
      this.#options.exchange.fail({ code: 'Internal', message: 'grpc: the request has no message' });
  }

  onReset(): void {
    this.#call?.cancel();
  }
}
