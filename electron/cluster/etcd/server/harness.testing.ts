import type { Simulation } from '../../../base/simulation.ts';
import type { Backend } from '../backend/interface.ts';
import { MemoryBackend } from '../backend/memory.ts';
import type { EtcdMethod, EtcdMethods } from '../client/methods.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import { EtcdServer } from './etcd-server.ts';
import type { Caller, Outcome } from './interface.ts';
import type { EtcdServerOptions } from './options.ts';
import { singleMember } from './raft/single-member.testing.ts';

/** A member whose calls are answered at once (its disk takes no time), without a network. */
export class ServerHarness {
  readonly simulation: Simulation;
  readonly backend: Backend;
  server: EtcdServer;

  readonly #options: Partial<EtcdServerOptions>;

  constructor(
    backend: Backend = new MemoryBackend(),
    simulation: Simulation = newTestSimulation(),
    options: Partial<EtcdServerOptions> = {},
  ) {
    this.#options = options;
    this.simulation = simulation;
    this.backend = backend;
    this.server = this.#start();
  }

  /** As if the process had been killed and started again. */
  restart(): void {
    this.server.stop();
    this.server = this.#start();
  }

  /** The response; throws the EtcdError when refused. */
  call<M extends EtcdMethod>(
    method: M,
    request: EtcdMethods[M]['request'],
    caller: Caller = {},
  ): EtcdMethods[M]['response'] {
    let outcome: Outcome<EtcdMethods[M]['response']> | undefined;
    this.server.call(
      method,
      request,
      (got) => {
        outcome = got;
      },
      caller,
    );
    if (outcome === undefined) throw new Error(`${method} was not answered at once`);
    if ('error' in outcome) throw outcome.error;
    return outcome.response;
  }

  put(key: string, value: string): number {
    return this.call('Put', { key, value }).header.revision;
  }

  delete(key: string, rangeEnd?: string): number {
    return this.call('DeleteRange', { key, ...(rangeEnd === undefined ? {} : { rangeEnd }) }).deleted;
  }

  /** Runs the simulation for so many virtual milliseconds. */
  async advance(ms: number): Promise<void> {
    await this.simulation.runUntil(this.simulation.now + ms);
  }

  #start(): EtcdServer {
    const context = this.simulation.createContext('cp-1/etcd');
    const consensus = singleMember(context, this.backend);
    const server = new EtcdServer(context, this.backend, {
      version: '3.6.4',
      maxRequestBytes: 1.5 * 1024 * 1024,
      maxTxnOps: 128,
      minLeaseTtl: 2,
      bcryptCost: 4,
      consensus: () => consensus,
      cluster: consensus,
      ...this.#options,
    });
    server.start();
    return server;
  }
}
