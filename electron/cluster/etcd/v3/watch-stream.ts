import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { EtcdError, INVALID_WATCH_ID } from '../client/interface.ts';
import type { ResponseHeader, WatchCreateRequest, WatchRequest, WatchResponse } from '../client/interface.ts';
import { etcdError } from '../client/errors.ts';
import { FROM_KEY_END } from '../client/prefix.ts';
import type { Watcher, WatcherResponse, WatcherSink } from '../mvcc/watcher.ts';
import { fragments } from './fragments.ts';
import { WATCH_WINDOW } from './messages.ts';

/** What a stream needs of its server. */
export interface WatchHost {
  header(revision?: number): ResponseHeader;
  /** The sink is never called before this returns. */
  watch(request: WatchCreateRequest, sink: WatcherSink): Watcher;
  cancelWatch(watcher: Watcher): void;
  requestProgress(watcher: Watcher): void;
  /** How far all of them are; undefined when one is behind. */
  progressOf(watchers: readonly Watcher[]): WatcherResponse | undefined;
}

export interface WatchStreamOptions {
  /** Virtual milliseconds between progress notifications of an idle watch. */
  readonly progressNotifyInterval: number;
  /** Bytes above which a response is sent in fragments to those who take them. */
  readonly maxResponseBytes: number;
  /** @throws EtcdError when the caller may not watch that. */
  readonly checkPermission: (request: WatchCreateRequest) => void;
  readonly send: (response: WatchResponse) => void;
}

interface OpenWatch {
  readonly id: number;
  readonly watcher: Watcher;
  readonly progressNotify: boolean;
  readonly fragment: boolean;
  /** Events were sent since the last round of progress notifications. */
  active: boolean;
}

/**
 * The server's side of one Watch stream: its watches by their ids. Models server/etcdserver/api/v3rpc/watch.go. A
 * client that does not take what was sent makes its watches victims, see `WatchableStore`.
 */
export class WatchStreamServer implements Disposable {
  readonly #host: WatchHost;
  readonly #clock: Clock;
  readonly #options: WatchStreamOptions;
  readonly #watches = new Map<number, OpenWatch>();
  #nextId = 0;
  #outstanding = 0;
  #timer: Disposable | undefined;

  constructor(host: WatchHost, clock: Clock, options: WatchStreamOptions) {
    this.#host = host;
    this.#clock = clock;
    this.#options = options;
  }

  receive(request: WatchRequest): void {
    if ('createRequest' in request) this.#create(request.createRequest);
    else if ('cancelRequest' in request) this.#cancel(request.cancelRequest.watchId);
    else this.#progressAll();
  }

  /** The client has taken so many responses. */
  ack(responses: number): void {
    this.#outstanding = Math.max(0, this.#outstanding - responses);
  }

  dispose(): void {
    this.#timer?.dispose();
    for (const { watcher } of this.#watches.values()) this.#host.cancelWatch(watcher);
    this.#watches.clear();
  }

  #create(request: WatchCreateRequest): void {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      this.#send({ ...this.#head(INVALID_WATCH_ID), created: true, canceled: true, cancelReason: refusal });
      return;
    }
    const id = this.#idFor(request);
    const watcher = this.#host.watch(request, (response) => this.#deliver(id, response));
    const progressNotify = request.progressNotify === true;
    const fragment = request.fragment === true;
    this.#watches.set(id, { id, watcher, progressNotify, fragment, active: false });
    this.#send({ ...this.#head(id), created: true });
    if (progressNotify) {
      const { progressNotifyInterval } = this.#options;
      this.#timer ??= this.#clock.setInterval(() => this.#notifyProgress(), progressNotifyInterval);
    }
  }

  /** Why upstream would not begin this watch, in its words. */
  #refusal(request: WatchCreateRequest): string | undefined {
    const { key, rangeEnd = '', startRevision = 0, watchId = 0 } = request;
    if (startRevision < 0) return etcdError('compacted').message;
    try {
      this.#options.checkPermission(request);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      // As Go writes an error of gRPC.
      return `rpc error: code = ${error.code} desc = ${error.message}`;
    }
    if (rangeEnd !== '' && rangeEnd !== FROM_KEY_END && key >= rangeEnd)
      return 'mvcc: watcher range is empty';
    if (watchId !== 0 && this.#watches.has(watchId)) {
      return 'mvcc: duplicate watch ID provided on the WatchStream';
    }
    return undefined;
  }

  #idFor({ watchId = 0 }: WatchCreateRequest): number {
    if (watchId !== 0) return watchId;
    while (this.#watches.has(this.#nextId)) this.#nextId += 1;
    return this.#nextId++;
  }

  #deliver(id: number, { revision, events, compactRevision }: WatcherResponse): boolean {
    const open = this.#watches.get(id);
    if (open === undefined) return true;
    if (this.#outstanding >= WATCH_WINDOW) return false;
    const head = { header: this.#host.header(revision), watchId: id, created: false };
    if (compactRevision !== undefined) {
      this.#watches.delete(id);
      this.#send({ ...head, canceled: true, compactRevision, events });
      return true;
    }
    if (events.length > 0) open.active = true;
    const response = { ...head, canceled: false, events };
    if (!open.fragment) this.#send(response);
    else for (const part of fragments(response, this.#options.maxResponseBytes)) this.#send(part);
    return true;
  }

  #cancel(id: number): void {
    const open = this.#watches.get(id);
    if (open === undefined) return;
    this.#watches.delete(id);
    this.#host.cancelWatch(open.watcher);
    this.#send({ ...this.#head(id), canceled: true });
  }

  #progressAll(): void {
    const watchers = [...this.#watches.values()].map(({ watcher }) => watcher);
    const progress = this.#host.progressOf(watchers);
    if (progress === undefined) return;
    this.#send({ ...this.#head(INVALID_WATCH_ID), header: this.#host.header(progress.revision) });
  }

  #notifyProgress(): void {
    for (const open of this.#watches.values()) {
      if (!open.progressNotify) continue;
      if (!open.active) this.#host.requestProgress(open.watcher);
      open.active = false;
    }
  }

  #head(watchId: number): WatchResponse {
    return { header: this.#host.header(), watchId, created: false, canceled: false, events: [] };
  }

  #send(response: WatchResponse): void {
    this.#outstanding += 1;
    this.#options.send(response);
  }
}
