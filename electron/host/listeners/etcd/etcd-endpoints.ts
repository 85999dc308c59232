import type { EtcdGateway, EtcdTarget } from '../../../cluster/gateway/etcd-interface.ts';
import type { Barrier } from '../interface.ts';
import { AddressTranslation } from './address-translation.ts';
import type { EtcdTls } from './member-listener.ts';
import { MemberListener } from './member-listener.ts';

export interface EtcdEndpointsOptions {
  readonly gateway: EtcdGateway;
  readonly barrier: Barrier;
  /** Undefined: plain text. */
  readonly tls: EtcdTls | undefined;
  /** Of the first member; the others follow. Each takes the next free one. 0: any. */
  readonly port: number;
  readonly log: (line: string) => void;
}

/** A port outside for each member inside. */
export class EtcdEndpoints {
  readonly #listeners: MemberListener[] = [];
  readonly #following: { dispose(): void };

  readonly #gateway: EtcdGateway;

  private constructor(gateway: EtcdGateway) {
    this.#gateway = gateway;
    this.#following = gateway.onDidChangeServing(() => {
      for (const listener of this.#listeners) listener.follow();
    });
  }

  /** @throws when no port near the wanted one is free */
  static async open(options: EtcdEndpointsOptions): Promise<EtcdEndpoints> {
    const { gateway, port } = options;
    const endpoints = new EtcdEndpoints(gateway);
    const listeners = endpoints.#listeners;
    const addresses = new Map<EtcdTarget, string>();
    const translation = new AddressTranslation(() =>
      gateway.targets.map((target) => ({ ...target, url: addresses.get(target) ?? '' })),
    );
    for (const target of gateway.targets) {
      const next = listeners.at(-1)?.port;
      const listener = await MemberListener.open(
        { ...options, machine: target.machine, translation },
        port === 0 || next === undefined ? port : next + 1,
      );
      addresses.set(target, listener.url);
      listeners.push(listener);
    }
    return endpoints;
  }

  /** e.g. `https://127.0.0.1:2379`, in the order of the members' machines. */
  get urls(): readonly string[] {
    return this.#listeners.map(({ url }) => url);
  }

  /** @throws Error when there is no such member */
  url(machine: string): string {
    const listener = this.#listeners.find((candidate) => candidate.machine === machine);
    if (listener === undefined) throw new Error(`there is no member of etcd on ${machine}`);
    return listener.url;
  }

  /** The ports of a machine's member inside, with the ports outside that stand for them; none: no member there. */
  loopback(machine: string): Readonly<Record<string, number>> {
    const target = this.#gateway.targets.find((candidate) => candidate.machine === machine);
    const listener = this.#listeners.find((candidate) => candidate.machine === machine);
    return target === undefined || listener === undefined ? {} : { [target.port]: listener.port };
  }

  /** Resolves when every port is open or closed as its member is. */
  async settled(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.settled()));
  }

  async close(): Promise<void> {
    this.#following.dispose();
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }
}
