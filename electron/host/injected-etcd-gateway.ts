import type { Event } from '../base/event.ts';
import type { CallMetadata, StreamHandlers, WatchStream } from '../cluster/etcd/client/connection.ts';
import type { WatchResponse } from '../cluster/etcd/client/interface.ts';
import type { SnapshotResponse } from '../cluster/etcd/client/maintenance.ts';
import type { ConcurrencyMethod, ConcurrencyMethods } from '../cluster/etcd/client/concurrency.ts';
import type { EtcdMethod, EtcdMethods } from '../cluster/etcd/client/methods.ts';
import type {
  EtcdGateway,
  EtcdGatewayConnection,
  EtcdOutcome,
  EtcdTarget,
} from '../cluster/gateway/etcd-interface.ts';
import type { GatewayCall, GatewayHandlers } from '../cluster/gateway/interface.ts';
import type { HttpRequest } from '../cluster/network/http.ts';
import type { CloseReason, PeerCertificate } from '../cluster/network/interface.ts';
import type { Pacer } from './pacer.ts';

/** What a call from outside asks of the pacing. */
export type CallPacing = Pick<Pacer, 'inject' | 'hurry'>;

/**
 * A cluster's gateway for clients of etcd, as seen from real time: what comes in is let in by the pacer, which hurries while
 * somebody waits for a call's answer.
 */
export class InjectedEtcdGateway implements EtcdGateway {
  readonly #gateway: EtcdGateway;
  readonly #pacer: CallPacing;

  readonly onDidChangeServing: Event<void>;

  constructor(gateway: EtcdGateway, pacer: CallPacing) {
    this.#gateway = gateway;
    this.#pacer = pacer;
    this.onDidChangeServing = gateway.onDidChangeServing;
  }

  get targets(): readonly EtcdTarget[] {
    return this.#gateway.targets;
  }

  isServing(machine: string): boolean {
    return this.#gateway.isServing(machine);
  }

  connect(
    machine: string,
    certificate: PeerCertificate | undefined,
    onClose: (reason: CloseReason) => void,
  ): EtcdGatewayConnection {
    return new InjectedConnection(this.#gateway.connect(machine, certificate, onClose), this.#pacer);
  }
}

class InjectedConnection implements EtcdGatewayConnection {
  readonly #connection: EtcdGatewayConnection;
  readonly #pacer: CallPacing;

  constructor(connection: EtcdGatewayConnection, pacer: CallPacing) {
    this.#connection = connection;
    this.#pacer = pacer;
  }

  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    metadata: CallMetadata,
    done: (outcome: EtcdOutcome<M>) => void,
  ): GatewayCall {
    const pacer = this.#pacer;
    const hurry = pacer.hurry();
    const call = pacer.inject(() =>
      this.#connection.call(method, request, metadata, (outcome) => {
        hurry.dispose();
        done(outcome);
      }),
    );
    return {
      cancel: () => {
        hurry.dispose();
        call.cancel();
      },
    };
  }

  watch(metadata: CallMetadata, handlers: StreamHandlers<WatchResponse>): WatchStream {
    const pacer = this.#pacer;
    const stream = pacer.inject(() => this.#connection.watch(metadata, handlers));
    return {
      send: (request) => pacer.inject(() => stream.send(request)),
      cancel: () => pacer.inject(() => stream.cancel()),
      ack: (responses) => pacer.inject(() => stream.ack(responses)),
    };
  }

  snapshot(metadata: CallMetadata, handlers: StreamHandlers<SnapshotResponse>): GatewayCall {
    const pacer = this.#pacer;
    const call = pacer.inject(() => this.#connection.snapshot(metadata, handlers));
    return { cancel: () => pacer.inject(() => call.cancel()) };
  }

  concurrency<M extends ConcurrencyMethod>(
    method: M,
    request: ConcurrencyMethods[M]['request'],
    metadata: CallMetadata,
    handlers: StreamHandlers<ConcurrencyMethods[M]['response']>,
  ): GatewayCall {
    const pacer = this.#pacer;
    const call = pacer.inject(() => this.#connection.concurrency(method, request, metadata, handlers));
    return { cancel: () => pacer.inject(() => call.cancel()) };
  }

  http(request: HttpRequest, handlers: GatewayHandlers): GatewayCall {
    const pacer = this.#pacer;
    const call = pacer.inject(() => this.#connection.http(request, handlers));
    return { cancel: () => pacer.inject(() => call.cancel()) };
  }

  close(): void {
    this.#pacer.inject(() => this.#connection.close());
  }
}
