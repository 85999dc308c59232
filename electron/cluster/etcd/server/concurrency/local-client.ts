import { etcdError } from '../../client/errors.ts';
import type { EtcdEvent, ResponseHeader, WatchCreateRequest } from '../../client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../../client/methods.ts';
import type { Watcher, WatcherSink } from '../../mvcc/watcher.ts';
import type { Caller, Reply } from '../interface.ts';

/** What of a member its own client uses. */
export interface LocalServer {
  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    reply: Reply<EtcdMethods[M]['response']>,
    caller: Caller,
  ): void;
  watch(request: WatchCreateRequest, sink: WatcherSink): Watcher;
  cancelWatch(watcher: Watcher): void;
  checkWatch(request: WatchCreateRequest, caller: Caller): void;
  header(revision?: number): ResponseHeader;
}

/** A batch of events of a watch. */
export interface Watched {
  readonly header: ResponseHeader;
  readonly events: readonly EtcdEvent[];
}

/** A client inside the member, on behalf of one caller. Models server/etcdserver/api/v3client. */
export class LocalClient {
  readonly #server: LocalServer;
  readonly #caller: Caller;
  readonly signal: AbortSignal;

  /** @param signal aborted when the caller wants nothing any more */
  constructor(server: LocalServer, caller: Caller, signal: AbortSignal) {
    this.#server = server;
    this.#caller = caller;
    this.signal = signal;
  }

  /** Rejects with EtcdError. */
  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
  ): Promise<EtcdMethods[M]['response']> {
    return new Promise((resolve, reject) => {
      const reply: Reply<EtcdMethods[M]['response']> = (outcome) => {
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.response);
      };
      this.#server.call(method, request, reply, this.#caller);
    });
  }

  /**
   * Shows `take` every batch of events until it returns true. Rejects when the events are compacted, may not be seen, or
   * the caller has gone.
   */
  watch(request: WatchCreateRequest, take: (watched: Watched) => boolean): Promise<void> {
    const server = this.#server;
    const { signal } = this;
    return new Promise((resolve, reject) => {
      if (signal.aborted) throw etcdError('canceled');
      server.checkWatch(request, this.#caller);
      const gone = (): void => {
        server.cancelWatch(watcher);
        reject(etcdError('canceled'));
      };
      const watcher = server.watch(request, ({ events, compactRevision, revision }) => {
        if (compactRevision !== undefined) {
          signal.removeEventListener('abort', gone);
          reject(etcdError('compacted'));
        } else if (events.length > 0 && take({ header: server.header(revision), events })) {
          signal.removeEventListener('abort', gone);
          server.cancelWatch(watcher);
          resolve();
        }
        return true;
      });
      signal.addEventListener('abort', gone);
    });
  }
}
