import type { WatchStream } from '../../../../cluster/etcd/client/connection.ts';
import type { WatchRequest } from '../../../../cluster/etcd/client/interface.ts';
import { decodeMessage } from '../codec/decode.ts';
import type { CallHandler, CallOptions } from './interface.ts';

/** So many responses are sent before the member is told that they were read: each word to it is an event in there. */
const ACK_EVERY = 128;

/** A Watch stream. What its client does not read stays with the member, which treats it as a slow watcher. */
export class WatchCall implements CallHandler {
  readonly #options: CallOptions;
  readonly #stream: WatchStream;
  /** Responses sent, but not acknowledged to the member. */
  #unacknowledged = 0;

  constructor(options: CallOptions) {
    this.#options = options;
    const { exchange, connection, barrier, metadata } = options;
    exchange.stream.onDrain = (): void => this.#acknowledge();
    this.#stream = connection.watch(metadata, {
      onResponse: (response) =>
        barrier.afterCommit(() => {
          exchange.send(response);
          this.#unacknowledged += 1;
          if (exchange.stream.unsent === 0) this.#acknowledge();
        }),
      onEnd: (error) =>
        barrier.afterCommit(() => {
          if (error === undefined) exchange.finish();
          else exchange.fail(error);
        }),
    });
  }

  onMessage(message: Buffer): void {
    const request = decodeMessage(this.#options.exchange.method.request, message);
    // A message without any of the three asks for nothing, as upstream.
    if (Object.keys(request).length > 0) this.#stream.send(request as unknown as WatchRequest);
  }

  onEnd(): void {
    // The watches of a client that has nothing more to ask go on.
  }

  onReset(): void {
    this.#stream.cancel();
  }

  #acknowledge(): void {
    if (this.#unacknowledged < ACK_EVERY || this.#options.exchange.ended) return;
    const count = this.#unacknowledged;
    this.#unacknowledged = 0;
    this.#stream.ack(count);
  }
}
