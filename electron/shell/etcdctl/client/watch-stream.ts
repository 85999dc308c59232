import type * as grpc from '@grpc/grpc-js';
import { statusText } from './status-text.ts';
import { isServiceError, type EtcdClient } from './etcd-client.ts';
import type { WatchResponse } from './messages.ts';
import type { Message } from './schema.ts';

const AGAIN_MS = 100;

export interface WatchOptions {
  readonly key: Buffer;
  readonly end: Buffer;
  readonly revision: number;
  readonly prevKv: boolean;
  readonly progressNotify?: boolean;
}

/**
 * One watch as clientv3 gives it: responses with events, progress, and the last one when it is cancelled. A stream that
 * breaks is opened again where it left off, at another endpoint, until the signal fires.
 */
export class WatchStream {
  readonly #client: EtcdClient;
  readonly #options: WatchOptions;
  readonly #signal: AbortSignal;
  #stream: grpc.ClientDuplexStream<Message, Message> | undefined;
  #next: number;

  constructor(client: EtcdClient, options: WatchOptions, signal: AbortSignal) {
    this.#client = client;
    this.#options = options;
    this.#signal = signal;
    this.#next = options.revision;
  }

  /** Asks for a response that says how far the watch is. */
  requestProgress(): void {
    this.#stream?.write({ progress_request: {} });
  }

  async *responses(): AsyncGenerator<WatchResponse> {
    while (!this.#signal.aborted) {
      const stream = await this.#client.bidi(
        '/etcdserverpb.Watch/Watch',
        'etcdserverpb.WatchRequest',
        'etcdserverpb.WatchResponse',
      );
      this.#stream = stream;
      const stop = (): void => stream.cancel();
      this.#signal.addEventListener('abort', stop);
      stream.write({ create_request: this.#request() });
      try {
        for await (const message of stream) {
          const response = message as unknown as WatchResponse;
          if (response.created && !response.canceled) {
            // From here on nothing may be missed, even if nothing has happened yet.
            if (this.#next === 0) this.#next = Number(response.header.revision) + 1;
            continue;
          }
          const last = response.events.at(-1);
          if (last !== undefined) this.#next = Number(last.kv.mod_revision) + 1;
          else if (!response.canceled && response.header.revision !== '0') {
            this.#next = Math.max(this.#next, Number(response.header.revision) + 1);
          }
          yield response;
          if (response.canceled) return;
        }
      } catch (error) {
        if (this.#signal.aborted) return;
        if (!isServiceError(error)) throw error;
        this.#client.rotate();
      } finally {
        this.#signal.removeEventListener('abort', stop);
        stream.cancel();
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  #request(): Message {
    const { key, end, prevKv, progressNotify } = this.#options;
    return {
      key,
      range_end: end,
      start_revision: this.#next,
      prev_kv: prevKv,
      progress_notify: progressNotify === true,
    };
  }
}

/** Why a watch was cancelled, as clientv3's WatchResponse.Err() says it. */
export function watchError(response: WatchResponse): string {
  if (response.compact_revision !== '0') return 'etcdserver: mvcc: required revision has been compacted';
  if (response.cancel_reason === '') return 'etcdserver: mvcc: required revision is a future revision';
  return response.cancel_reason.startsWith('etcdserver: ')
    ? response.cancel_reason
    : statusText(9, response.cancel_reason);
}
