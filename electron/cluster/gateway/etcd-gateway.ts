import type { Event } from '../../base/event.ts';
import { Emitter } from '../../base/event.ts';
import type { Simulation } from '../../base/simulation.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import type { CloseReason, PeerCertificate } from '../network/interface.ts';
import type { EtcdGateway, EtcdGatewayConnection, EtcdTarget } from './etcd-interface.ts';
import { LetInEtcdConnection } from './let-in-etcd-connection.ts';

/** What the gateway asks of the network. */
export interface ListenerView {
  isListening(ip: string, port: number): boolean;
  /** Fires when somebody begins or ends to listen anywhere. */
  readonly onDidChangeListeners: Event<void>;
}

export interface OutsideEtcdGatewayOptions {
  readonly simulation: Simulation;
  readonly network: ListenerView;
  readonly targets: readonly EtcdTarget[];
}

/**
 * The gateway as a process of an outside machine: spawn `program` there, then hand the object to the listener. Every
 * client outside has a connection of its own in here, as it would have to a real member.
 */
export class OutsideEtcdGateway implements EtcdGateway {
  readonly targets: readonly EtcdTarget[];
  readonly #options: OutsideEtcdGatewayOptions;
  readonly #changed = new Emitter<void>();
  #process: ProcessContext | undefined;

  readonly onDidChangeServing: Event<void> = this.#changed.event;

  constructor(options: OutsideEtcdGatewayOptions) {
    this.#options = options;
    this.targets = options.targets;
    options.network.onDidChangeListeners(() => this.#changed.fire());
  }

  readonly program: Program = (process) => {
    this.#process = process;
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };

  isServing(machine: string): boolean {
    const { ip, port } = this.#target(machine);
    return this.#options.network.isListening(ip, port);
  }

  connect(
    machine: string,
    certificate: PeerCertificate | undefined,
    onClose: (reason: CloseReason) => void,
  ): EtcdGatewayConnection {
    const target = this.#target(machine);
    return new LetInEtcdConnection({
      address: { host: target.ip, port: target.port },
      certificate,
      process: () => this.#process,
      input: (action, detail, run) => {
        const actor = this.#process?.tracer.actor ?? 'host';
        this.#options.simulation.input(actor, action, { member: machine, ...detail }, run);
      },
      onClose,
    });
  }

  #target(machine: string): EtcdTarget {
    const target = this.targets.find((candidate) => candidate.machine === machine);
    if (target === undefined) throw new Error(`there is no member of etcd on ${machine}`);
    return target;
  }
}
