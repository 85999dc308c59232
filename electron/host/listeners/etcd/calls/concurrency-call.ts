import type { ConcurrencyMethod, ConcurrencyMethods } from '../../../../cluster/etcd/client/concurrency.ts';
import type { GatewayCall } from '../../../../cluster/gateway/interface.ts';
import { decodeMessage } from '../codec/decode.ts';
import type { MethodType } from '../codec/schema.ts';
import type { CallHandler, CallOptions } from './interface.ts';

/** Whether the method is one of Lock's or Election's. */
export function isConcurrency({ path }: MethodType): boolean {
  return path.startsWith('/v3lockpb.') || path.startsWith('/v3electionpb.');
}

/** Lock and Election: one request; answers may be long in coming, and a client that goes leaves the line. */
export class ConcurrencyCall implements CallHandler {
  readonly #options: CallOptions;
  #call: GatewayCall | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  onMessage(message: Buffer): void {
    if (this.#call !== undefined) return;
    const { exchange, connection, barrier, metadata } = this.#options;
    const { method } = exchange;
    const request = decodeMessage(method.request, message);
    this.#call = connection.concurrency(
      method.name as ConcurrencyMethod,
      request as unknown as ConcurrencyMethods[ConcurrencyMethod]['request'],
      metadata,
      {
        onResponse: (response) => barrier.afterCommit(() => exchange.send(response)),
        onEnd: (error) =>
          barrier.afterCommit(() => {
            if (error === undefined) exchange.finish();
            else exchange.fail(error);
          }),
      },
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
