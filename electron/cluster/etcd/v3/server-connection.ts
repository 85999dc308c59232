import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import type { Connection } from '../../network/interface.ts';
import type { CallMetadata } from '../client/connection.ts';
import type { ConcurrencyMethod, ConcurrencyMethods } from '../client/concurrency.ts';
import { etcdError } from '../client/errors.ts';
import { EtcdError } from '../client/interface.ts';
import type { WatchRequest } from '../client/interface.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';
import type { EtcdServer } from '../server/etcd-server.ts';
import { answerConcurrency } from '../server/concurrency/concurrency-call.ts';
import type { Caller, Outcome } from '../server/interface.ts';
import type { EtcdClientFrame, EtcdServerFrame } from './messages.ts';
import { summarizeWatchResponse } from './summary.ts';
import { WatchStreamServer } from './watch-stream.ts';

/** Upstream's room for gRPC's own on top of the largest request, in bytes. */
const GRPC_OVERHEAD = 512 * 1024;

export interface ServeOptions {
  /** Virtual milliseconds between progress notifications of an idle watch. */
  readonly progressNotifyInterval: number;
}

/** Serves one client's connection: its calls, and its streams until it goes. */
export class EtcdServerConnection {
  readonly #connection: Connection;
  readonly #server: EtcdServer;
  readonly #clock: Clock;
  readonly #options: ServeOptions;
  readonly #watchStreams = new Map<number, WatchStreamServer>();
  /** What ends calls of Lock and Election. */
  readonly #concurrency = new Map<number, () => void>();
  /** What ends with a stream beside its watches. */
  readonly #monitors = new Map<number, Disposable>();

  constructor(connection: Connection, server: EtcdServer, clock: Clock, options: ServeOptions) {
    this.#connection = connection;
    this.#server = server;
    this.#clock = clock;
    this.#options = options;
    connection.onMessage((payload) => this.#receive(payload as EtcdClientFrame));
    connection.onClose(() => this.#release());
  }

  #receive(frame: EtcdClientFrame): void {
    const { call } = frame;
    switch (frame.type) {
      case 'call':
        this.#call(frame.method, call, frame.request, frame.metadata);
        break;
      case 'watch':
        this.#watch(call, frame.request, frame.metadata);
        break;
      case 'watch-ack':
        this.#watchStreams.get(call)?.ack(frame.responses);
        break;
      case 'snapshot':
        this.#snapshot(call, frame.metadata);
        break;
      case 'concurrency':
        this.#answerConcurrency(call, frame.method, frame.request, frame.metadata);
        break;
      case 'cancel':
        this.#end(call);
        break;
    }
  }

  #call(
    method: EtcdMethod,
    call: number,
    request: EtcdMethods[EtcdMethod]['request'],
    metadata: CallMetadata | undefined,
  ): void {
    const { calls } = this.#server;
    calls.started(method);
    this.#server.call(
      method,
      request,
      (outcome) => {
        calls.handled(method, 'error' in outcome ? outcome.error.code : 'OK');
        this.#answer(call, outcome);
      },
      this.#caller(metadata),
    );
  }

  #caller(metadata: CallMetadata | undefined): Caller {
    const { certificate } = this.#connection.remote;
    if (certificate === undefined) return metadata ?? {};
    return { ...metadata, commonName: certificate.commonName };
  }

  #answer(call: number, outcome: Outcome<unknown>): void {
    if ('error' in outcome) this.#fail(call, outcome.error);
    else this.#send({ type: 'response', call, response: outcome.response }, 'response', 'OK');
  }

  #fail(call: number, { code, message }: EtcdError): void {
    this.#send({ type: 'error', call, code, message }, 'response', `${code}: ${message}`);
  }

  #watch(call: number, request: WatchRequest, metadata: CallMetadata | undefined): void {
    const stream = this.#watchStreams.get(call) ?? this.#openWatchStream(call, this.#caller(metadata));
    stream?.receive(request);
  }

  #openWatchStream(call: number, caller: Caller): WatchStreamServer | undefined {
    this.#server.calls.started('Watch');
    if (!this.#admitStream(call, caller)) return undefined;
    const stream = new WatchStreamServer(this.#server, this.#clock, {
      progressNotifyInterval: this.#options.progressNotifyInterval,
      maxResponseBytes: this.#server.maxRequestBytes + GRPC_OVERHEAD,
      checkPermission: (request) => this.#server.checkWatch(request, caller),
      send: (response) =>
        this.#send({ type: 'watch', call, response }, 'item', summarizeWatchResponse(response)),
    });
    this.#watchStreams.set(call, stream);
    return stream;
  }

  #snapshot(call: number, metadata: CallMetadata | undefined): void {
    const caller = this.#caller(metadata);
    this.#server.calls.started('Snapshot');
    if (!this.#admitStream(call, caller)) return;
    try {
      for (const response of this.#server.snapshot(caller)) {
        const summary = `snapshot: ${response.remainingBytes} bytes remaining`;
        this.#send({ type: 'snapshot', call, response }, 'item', summary);
      }
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.#fail(call, error);
      return;
    } finally {
      this.#end(call);
    }
    this.#send({ type: 'end', call }, 'end', 'end of snapshot');
  }

  #answerConcurrency(
    call: number,
    method: ConcurrencyMethod,
    request: ConcurrencyMethods[ConcurrencyMethod]['request'],
    metadata: CallMetadata | undefined,
  ): void {
    const { calls } = this.#server;
    calls.started(method);
    const stop = answerConcurrency(this.#server, this.#caller(metadata), method, request, {
      onResponse: (response) => this.#send({ type: 'concurrency', call, response }, 'item', method),
      onEnd: (error) => {
        this.#concurrency.delete(call);
        calls.handled(method, error?.code ?? 'OK');
        if (error !== undefined) this.#fail(call, error);
        else this.#send({ type: 'end', call }, 'end', `end of ${method}`);
      },
    });
    this.#concurrency.set(call, stop);
  }

  /** Refuses a stream where upstream's interceptor does, and sees to it that one which needs a leader ends without. */
  #admitStream(call: number, caller: Caller): boolean {
    try {
      this.#server.checkStream(caller);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      this.#fail(call, error);
      return false;
    }
    if (caller.requireLeader === true) {
      const monitor = this.#server.onLeaderLost(() => {
        this.#end(call);
        this.#fail(call, etcdError('noLeader'));
      });
      this.#monitors.set(call, monitor);
    }
    return true;
  }

  #end(call: number): void {
    this.#concurrency.get(call)?.();
    this.#concurrency.delete(call);
    this.#watchStreams.get(call)?.dispose();
    this.#watchStreams.delete(call);
    this.#monitors.get(call)?.dispose();
    this.#monitors.delete(call);
  }

  #send(frame: EtcdServerFrame, phase: 'response' | 'item' | 'end', summary: string): void {
    if (!this.#connection.closed) this.#connection.send(frame, { phase, summary, call: frame.call });
  }

  #release(): void {
    for (const call of this.#streams) this.#end(call);
  }

  get #streams(): readonly number[] {
    return [...this.#watchStreams.keys(), ...this.#concurrency.keys()];
  }

  /** The server is going: ends the streams, then closes. */
  stop(): void {
    for (const call of this.#streams) {
      this.#end(call);
      this.#fail(call, etcdError('stopped'));
    }
    this.#release();
    this.#connection.close();
  }
}
