import type { Simulation } from '../../base/simulation.ts';
import type { Machine, Process } from '../machine/interface.ts';
import type { HttpRequest } from '../network/http.ts';
import type { Address, PeerCertificate } from '../network/interface.ts';
import { DialError } from '../network/interface.ts';
import type { ConnectHandlers, GatewayHandlers, HttpGatewayCall, MachineConnection } from './interface.ts';
import { OutsideGateway } from './outside-gateway.ts';

/** How long Linux goes on asking for a connection that nobody answers (six repeats of the SYN), in virtual milliseconds. */
const SYN_PATIENCE = 131_000;

export interface MachineConnectionOptions {
  readonly simulation: Simulation;
  /** The machine on which the client runs. */
  readonly machine: Machine;
  /** The client's name, e.g. `curl`. */
  readonly program: string;
  readonly to: Address;
}

/**
 * A client outside that stands for a process of a machine: its connection is dialled from there over the simulated network,
 * and what it asks on it comes from that process. A client's certificate is known only after TLS, so each call is made
 * on a connection that shows it; the one dialled first tells when the server goes away.
 */
export class LetInMachineConnection implements MachineConnection {
  readonly #gateway: OutsideGateway;
  readonly #input: (action: string, run: () => void) => void;
  #process: Process | undefined;
  #closed = false;

  constructor(options: MachineConnectionOptions, handlers: ConnectHandlers) {
    const { simulation, machine, program, to } = options;
    this.#gateway = new OutsideGateway({ simulation, servers: [to] });
    this.#input = (action, run) =>
      simulation.input(`${machine.spec.name}/${program}`, action, { to: `${to.host}:${to.port}` }, run);
    this.#input('connect', () => {
      if (this.#closed) return;
      if (machine.powered) this.#process = this.#spawn(options, handlers);
      else handlers.onRefused({ code: 'EHOSTUNREACH', elapsed: 0 });
    });
  }

  #spawn({ machine, program, to }: MachineConnectionOptions, handlers: ConnectHandlers): Process {
    return machine.spawn({
      name: program,
      argv: [program],
      program: async (process) => {
        const started = process.clock.now();
        try {
          const connection = await process.net.dial(to, { protocol: 'https', timeout: SYN_PATIENCE });
          connection.onClose(() => {
            if (!this.#closed) handlers.onClose();
          });
          const { machine: name, ip, actor } = connection.remote;
          if (!this.#closed) handlers.onConnect({ machine: name, ip, actor });
        } catch (error) {
          if (!(error instanceof DialError)) throw error;
          if (!this.#closed)
            handlers.onRefused({ code: error.code, elapsed: Math.floor(process.clock.now() - started) });
          return 1;
        }
        return this.#gateway.program(process);
      },
    });
  }

  call(
    request: HttpRequest,
    certificate: PeerCertificate | undefined,
    handlers: GatewayHandlers,
  ): HttpGatewayCall {
    return this.#gateway.call(request, certificate, handlers);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#input('close', () => {
      if (this.#process?.exit === undefined) this.#process?.kill('SIGTERM');
    });
  }
}
