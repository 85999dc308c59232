import type { GatewayCall } from '../../../../cluster/gateway/interface.ts';
import type { CallHandler, CallOptions } from './interface.ts';

/** Snapshot: the member's backend as a file, in parts. */
export class SnapshotCall implements CallHandler {
  readonly #options: CallOptions;
  #call: GatewayCall | undefined;

  constructor(options: CallOptions) {
    this.#options = options;
  }

  onMessage(): void {
    if (this.#call !== undefined) return;
    const { exchange, connection, barrier, metadata } = this.#options;
    this.#call = connection.snapshot(metadata, {
      onResponse: (response) => barrier.afterCommit(() => exchange.send(response)),
      onEnd: (error) =>
        barrier.afterCommit(() => {
          if (error === undefined) exchange.finish();
          else exchange.fail(error);
        }),
    });
  }

  onEnd(): void {
    if (this.#call === undefined)
      this.#options.exchange.fail({ code: 'Internal', message: 'grpc: the request has no message' });
  }

  onReset(): void {
    this.#call?.cancel();
  }
}
