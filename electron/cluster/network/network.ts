import type { RecordId } from '../../base/causal-record.ts';
import type { Context } from '../../base/context.ts';
import type { Disposable } from '../../base/disposable.ts';
import { DisposableStore, toDisposable } from '../../base/disposable.ts';
import type { Event } from '../../base/event.ts';
import { Emitter } from '../../base/event.ts';
import type { Simulation } from '../../base/simulation.ts';
import { ConnectionPair } from './connection.ts';
import type {
  Address,
  Connection,
  DialOptions,
  LinkDirection,
  NetworkAccess,
  NetworkControl,
  Peer,
  Protocol,
} from './interface.ts';
import { DialError } from './interface.ts';

/** After this long without getting through, both ends give a connection up (HTTP/2 read idle 30 s + ping 15 s). */
export const KEEP_ALIVE_TIMEOUT = 45_000;
const DIAL_TIMEOUT = 30_000;

interface Host {
  readonly machine: string;
  readonly ip: string;
  powered: boolean;
}

interface Listener {
  readonly owner: Endpoint;
  /** What the listening process has open. */
  readonly owned: DisposableStore;
  readonly protocol: Protocol;
  readonly accept: (connection: Connection) => void;
}

/** A process as the network knows it. */
export interface Endpoint {
  readonly actor: string;
  readonly machine: string;
  readonly ip: string;
  readonly context: Context;
}

/** A port (or the path of a socket) that a process of a machine listens on. */
export interface MachineListener {
  readonly ip: string;
  readonly port: string;
  readonly protocol: Protocol;
  /** `<machine>/<process>` */
  readonly actor: string;
}

/**
 * Joins machines: names and addresses, listeners, connections with latency, cuts and delays. Delivery is an
 * event of the receiver; a dead receiver gets nothing.
 */
export class SimulatedNetwork implements NetworkControl {
  readonly #simulation: Simulation;
  readonly #hosts = new Map<string, Host>();
  readonly #machineOfIp = new Map<string, string>();
  readonly #listeners = new Map<string, Listener>();
  readonly #connections = new Set<ConnectionPair>();
  readonly #cuts: LinkDirection[] = [];
  readonly #delays = new Map<string, number>();
  readonly #listenersChanged = new Emitter<void>();
  /** Processes that share an address which is no machine's own. */
  readonly #usersOfIp = new Map<string, number>();
  #nextConnection = 1;

  /** Somebody began or ended to listen. */
  readonly onDidChangeListeners: Event<void> = this.#listenersChanged.event;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  get cuts(): readonly LinkDirection[] {
    return this.#cuts;
  }

  get delays(): readonly (LinkDirection & { readonly ms: number })[] {
    return [...this.#delays].map(([key, ms]) => {
      const [from = '', to = ''] = key.split('>');
      return { from, to, ms };
    });
  }

  addMachine(machine: string, ip: string): void {
    this.#hosts.set(machine, { machine, ip, powered: true });
    this.#machineOfIp.set(ip, machine);
  }

  setPowered(machine: string, powered: boolean): void {
    const host = this.#hosts.get(machine);
    if (host === undefined) throw new Error(`no machine ${machine} on the network`);
    host.powered = powered;
    if (powered) return;
    for (const pair of this.#connections) if (pair.touches(machine)) this.#expire(pair);
  }

  /** The network as one process sees it. Dispose it when the process ends: peers then see a reset. */
  access(endpoint: Endpoint): NetworkAccess & Disposable {
    const owned = new DisposableStore();
    // The address of a Pod exists as long as a process has it.
    const users = this.#usersOfIp.get(endpoint.ip);
    if (users !== undefined || !this.#machineOfIp.has(endpoint.ip)) {
      this.#machineOfIp.set(endpoint.ip, endpoint.machine);
      this.#usersOfIp.set(endpoint.ip, (users ?? 0) + 1);
      owned.add(toDisposable(() => this.#releaseIp(endpoint.ip)));
    }
    return {
      listen: (port, protocol, accept) => owned.add(this.#listen(endpoint, owned, port, protocol, accept)),
      dial: (address, options) => this.#dial(endpoint, address, options, owned),
      dispose: () => owned.dispose(),
    };
  }

  #releaseIp(ip: string): void {
    const left = (this.#usersOfIp.get(ip) ?? 1) - 1;
    if (left > 0) this.#usersOfIp.set(ip, left);
    else {
      this.#usersOfIp.delete(ip);
      this.#machineOfIp.delete(ip);
    }
  }

  cut(link: LinkDirection): void {
    if (this.#cuts.some((other) => other.from === link.from && other.to === link.to)) return;
    this.#cuts.push(link);
    this.#recordLink(link, 'open', 'cut');
    for (const pair of this.#connections) {
      const [a, b] = pair.machines;
      if (this.isCut(a, b) || this.isCut(b, a)) this.#expire(pair);
    }
  }

  heal(link: LinkDirection): void {
    const index = this.#cuts.findIndex((other) => other.from === link.from && other.to === link.to);
    if (index < 0) return;
    this.#cuts.splice(index, 1);
    this.#recordLink(link, 'cut', 'open');
    for (const pair of this.#connections) pair.flush();
  }

  delay(link: LinkDirection, ms: number): void {
    const key = `${link.from}>${link.to}`;
    if (ms > 0) this.#delays.set(key, ms);
    else this.#delays.delete(key);
  }

  isCut(from: string, to: string): boolean {
    if (from === to || this.#cuts.length === 0) return false;
    return this.#cuts.some(
      (link) => (link.from === '*' || link.from === from) && (link.to === '*' || link.to === to),
    );
  }

  isPowered(machine: string): boolean {
    return this.#hosts.get(machine)?.powered === true;
  }

  /** Whether a dial to this address of a powered machine would be accepted. Sends nothing. */
  isListening(ip: string, port: number): boolean {
    return this.#listeners.has(`${ip}:${port}`);
  }

  hasSocket(machine: string, path: string): boolean {
    return this.#listeners.has(`${machine}:${path}`);
  }

  /** Virtual milliseconds that one message takes; draws jitter. */
  latency(from: string, to: string): number {
    if (from === to) return 0.05;
    const extra = this.#delays.get(`${from}>${to}`) ?? this.#delays.get(`*>${to}`) ?? 0;
    return 0.25 + this.#simulation.rand.float() * 0.1 + extra;
  }

  /** Who listens on a machine, in the order in which they began. */
  listenersOn(machine: string): readonly MachineListener[] {
    const found: MachineListener[] = [];
    for (const [key, { owner, protocol }] of this.#listeners) {
      if (owner.machine !== machine) continue;
      found.push({ ip: owner.ip, port: key.slice(key.lastIndexOf(':') + 1), protocol, actor: owner.actor });
    }
    return found;
  }

  #listen(
    owner: Endpoint,
    owned: DisposableStore,
    port: number | string,
    protocol: Protocol,
    accept: (connection: Connection) => void,
  ): Disposable {
    const key = this.#listenKey(owner.machine, owner.ip, port);
    if (this.#listeners.has(key)) {
      const where = typeof port === 'number' ? `tcp :${port}` : `unix ${port}`;
      throw new Error(`listen ${where}: bind: address already in use`);
    }
    const listener: Listener = { owner, owned, protocol, accept };
    this.#listeners.set(key, listener);
    this.#listenersChanged.fire();
    return toDisposable(() => {
      if (this.#listeners.get(key) !== listener) return;
      this.#listeners.delete(key);
      this.#listenersChanged.fire();
    });
  }

  async #dial(
    from: Endpoint,
    address: Address,
    options: DialOptions,
    owned: DisposableStore,
  ): Promise<Connection> {
    const isSocket = typeof address.port === 'string';
    const text = isSocket ? `dial unix ${address.port}` : `dial tcp ${address.host}:${address.port}`;
    const target = this.#resolve(from, address);
    if (target === undefined) {
      throw new DialError('ENOTFOUND', `dial tcp: lookup ${address.host}: no such host`);
    }
    const reachable =
      this.isPowered(target.machine) &&
      !this.isCut(from.machine, target.machine) &&
      !this.isCut(target.machine, from.machine);
    if (!reachable) {
      this.#recordRefusal(
        from,
        target.machine,
        options.protocol,
        text,
        this.isPowered(target.machine) ? 'link-cut' : 'machine-off',
      );
      await from.context.clock.sleep(options.timeout ?? DIAL_TIMEOUT);
      throw new DialError('ETIMEDOUT', `${text}: i/o timeout`);
    }
    await from.context.clock.sleep(
      this.latency(from.machine, target.machine) + this.latency(target.machine, from.machine),
    );
    const listener = this.#listeners.get(this.#listenKey(target.machine, target.ip, address.port));
    if (listener === undefined) {
      this.#recordRefusal(from, target.machine, options.protocol, text, 'no-listener');
      if (isSocket) throw new DialError('ECONNREFUSED', `${text}: connect: no such file or directory`);
      throw new DialError('ECONNREFUSED', `${text}: connect: connection refused`);
    }
    return this.#establish(from, listener, options, owned);
  }

  #establish(from: Endpoint, listener: Listener, options: DialOptions, owned: DisposableStore): Connection {
    const client: Peer = {
      actor: from.actor,
      machine: from.machine,
      ip: from.ip,
      ...(options.certificate === undefined ? {} : { certificate: options.certificate }),
    };
    const server: Peer = {
      actor: listener.owner.actor,
      machine: listener.owner.machine,
      ip: listener.owner.ip,
    };
    const pair = new ConnectionPair(this.#nextConnection++, options.protocol, this, {
      client: { peer: client, context: from.context },
      server: { peer: server, context: listener.owner.context },
    });
    this.#connections.add(pair);
    // Either process ending takes the connection with it.
    const ofClient = owned.add(toDisposable(() => pair.processEnded('client')));
    const ofServer = listener.owned.add(toDisposable(() => pair.processEnded('server')));
    pair.onHalfDead = (): void => this.#expire(pair);
    pair.onEnded = (): void => {
      this.#connections.delete(pair);
      owned.remove(ofClient);
      listener.owned.remove(ofServer);
    };
    listener.owner.context.clock.setTimeout(() => listener.accept(pair.server), 0);
    return pair.client;
  }

  #expire(pair: ConnectionPair): void {
    this.#simulation.schedule(this.#simulation.now + KEEP_ALIVE_TIMEOUT, () => {
      const [a, b] = pair.machines;
      const through =
        this.isPowered(a) && this.isPowered(b) && !this.isCut(a, b) && !this.isCut(b, a) && !pair.halfDead;
      if (!through) pair.timeOut();
    });
  }

  #resolve(from: Endpoint, address: Address): { machine: string; ip: string } | undefined {
    if (typeof address.port === 'string') return { machine: from.machine, ip: from.ip };
    if (address.host === 'localhost' || address.host === '127.0.0.1') {
      const host = this.#hosts.get(from.machine);
      return host === undefined ? undefined : { machine: host.machine, ip: host.ip };
    }
    const named = this.#hosts.get(address.host);
    if (named !== undefined) return { machine: named.machine, ip: named.ip };
    const machine = this.#machineOfIp.get(address.host);
    return machine === undefined ? undefined : { machine, ip: address.host };
  }

  #listenKey(machine: string, ip: string, port: number | string): string {
    return typeof port === 'number' ? `${ip}:${port}` : `${machine}:${port}`;
  }

  #recordRefusal(
    from: Endpoint,
    to: string,
    protocol: Protocol,
    summary: string,
    dropped: 'link-cut' | 'machine-off' | 'no-listener',
  ): void {
    const { tracer } = from.context;
    const cause: RecordId = tracer.cause;
    tracer.record({
      kind: 'message',
      to,
      protocol,
      phase: 'request',
      summary,
      connection: 0,
      call: 0,
      dropped,
      latency: 0,
    });
    tracer.resume(cause);
  }

  #recordLink(link: LinkDirection, from: string, state: string): void {
    this.#simulation.log.append(
      { kind: 'state', subject: `link ${link.from}>${link.to}`, from, state },
      this.#simulation.now,
      this.#simulation.cause,
      'network',
    );
  }
}
