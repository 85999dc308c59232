import type { LeaseKeepAliveRequest } from '../../../../cluster/etcd/client/interface.ts';
import { decodeMessage } from '../codec/decode.ts';
import type { CallHandler, CallOptions } from './interface.ts';

/** Requests of one stream that may wait for their answers. */
const MAX_PENDING = 1000;

/** LeaseKeepAlive: each message of the stream renews one lease; answers come in the order of the questions. */
export class KeepAliveCall implements CallHandler {
  readonly #options: CallOptions;
  #pending = 0;
  #ended = false;
  onIdle: (() => void) | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  onMessage(message: Buffer): void {
    const { exchange, connection, barrier, metadata } = this.#options;
    const request = decodeMessage(exchange.method.request, message) as unknown as LeaseKeepAliveRequest;
    this.#pending += 1;
    connection.call('LeaseKeepAlive', request, metadata, (outcome) =>
      barrier.afterCommit(() => {
        this.#pending -= 1;
        if ('error' in outcome) exchange.fail(outcome.error);
        else exchange.send(outcome.response);
        if (this.#pending === MAX_PENDING) this.onIdle?.();
        this.#finish();
      }),
    );
  }

  onEnd(): void {
    this.#ended = true;
    this.#finish();
  }

  onReset(): void {
    this.#ended = true;
  }

  isBusy(): boolean {
    return this.#pending > MAX_PENDING;
  }

  #finish(): void {
    if (this.#ended && this.#pending === 0) this.#options.exchange.finish();
  }
}
