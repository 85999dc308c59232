import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import type { RecordId } from '../../../base/causal-record.ts';
import type { Connection } from '../../network/interface.ts';
import type { WatchCreateRequest, WatchResponse } from '../client/interface.ts';
import { etcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { Watcher, WatcherResponse } from '../mvcc/watcher.ts';
import type { Outcome } from '../server/interface.ts';
import type { EtcdServer } from '../server/etcd-server.ts';
import type { EtcdClientFrame, EtcdServerFrame } from './messages.ts';
import { summarizeWatchResponse } from './summary.ts';

interface OpenWatch {
  readonly watcher: Watcher;
  readonly progressNotify: boolean;
  /** Something was sent since the last round of progress notifications. */
  active: boolean;
}

export interface ServeOptions {
  /** Virtual milliseconds between progress notifications of an idle watch. */
  readonly progressNotifyInterval: number;
}

/** Serves one client's connection: its calls, and its watches until it goes. */
export class EtcdServerConnection {
  readonly #connection: Connection;
  readonly #server: EtcdServer;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #watches = new Map<number, OpenWatch>();
  #timer: Disposable | undefined;

  constructor(connection: Connection, server: EtcdServer, clock: Clock, options: ServeOptions) {
    this.#connection = connection;
    this.#server = server;
    this.#clock = clock;
    this.#interval = options.progressNotifyInterval;
    connection.onMessage((payload, _record: RecordId) => this.#receive(payload as EtcdClientFrame));
    connection.onClose(() => this.#release());
  }

  #receive(frame: EtcdClientFrame): void {
    const { call } = frame;
    switch (frame.type) {
      case 'call':
        this.#server.call(frame.method, frame.request, (outcome) => this.#answer(call, outcome));
        break;
      case 'watch':
        this.#watch(call, frame.request);
        break;
      case 'watch-progress': {
        const open = this.#watches.get(call);
        if (open !== undefined) this.#server.requestProgress(open.watcher);
        break;
      }
      case 'watch-cancel':
        this.#cancel(call);
        break;
    }
  }

  #answer(call: number, outcome: Outcome<unknown>): void {
    if ('error' in outcome) {
      const { code, message } = outcome.error;
      this.#send({ type: 'error', call, code, message }, 'response', `${code}: ${message}`);
    } else {
      this.#send({ type: 'response', call, response: outcome.response }, 'response', 'OK');
    }
  }

  #watch(call: number, request: WatchCreateRequest): void {
    let watcher: Watcher;
    try {
      watcher = this.#server.watch(request, (response) => this.#deliver(call, response));
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.#sendWatch(call, {
        ...this.#empty(call),
        created: true,
        canceled: true,
        cancelReason: error.message,
      });
      return;
    }
    const progressNotify = request.progressNotify === true;
    this.#watches.set(call, { watcher, progressNotify, active: false });
    this.#sendWatch(call, { ...this.#empty(call), created: true });
    if (progressNotify) this.#timer ??= this.#clock.setInterval(() => this.#notifyProgress(), this.#interval);
  }

  #deliver(call: number, { revision, events, compactRevision }: WatcherResponse): boolean {
    const open = this.#watches.get(call);
    if (open === undefined) return true;
    open.active = true;
    const head = { header: this.#server.header(revision), watchId: call, created: false };
    if (compactRevision === undefined) {
      this.#sendWatch(call, { ...head, canceled: false, events });
    } else {
      this.#watches.delete(call);
      this.#sendWatch(call, { ...head, canceled: true, compactRevision, events });
    }
    return true;
  }

  #cancel(call: number): void {
    const open = this.#watches.get(call);
    if (open === undefined) return;
    this.#watches.delete(call);
    this.#server.cancelWatch(open.watcher);
  }

  #notifyProgress(): void {
    for (const open of this.#watches.values()) {
      if (!open.progressNotify) continue;
      if (!open.active) this.#server.requestProgress(open.watcher);
      open.active = false;
    }
  }

  #empty(call: number): WatchResponse {
    return { header: this.#server.header(), watchId: call, created: false, canceled: false, events: [] };
  }

  #sendWatch(call: number, response: WatchResponse): void {
    this.#send({ type: 'watch', call, response }, 'item', summarizeWatchResponse(response));
  }

  #send(frame: EtcdServerFrame, phase: 'response' | 'item', summary: string): void {
    if (!this.#connection.closed) this.#connection.send(frame, { phase, summary, call: frame.call });
  }

  #release(): void {
    this.#timer?.dispose();
    for (const open of this.#watches.values()) this.#server.cancelWatch(open.watcher);
    this.#watches.clear();
  }

  /** The server is going: tells the watches, then closes. */
  stop(): void {
    for (const call of this.#watches.keys()) {
      const { message } = etcdError('stopped');
      this.#sendWatch(call, { ...this.#empty(call), canceled: true, cancelReason: message });
    }
    this.#release();
    this.#connection.close();
  }
}
