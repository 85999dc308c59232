import { ipv4Text } from '../ip/ipv4.ts';
import { tupleOf } from '../netfilter/conntrack.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import type { EstablishedSocket } from '../namespace/socket-table.ts';
import type { Leg, Place, Verdict, WalkResult } from './interface.ts';
import { IpLayer } from './ip-layer.ts';
import type { Outcome } from './journey.ts';
import { Journey } from './journey.ts';
import type { FlowTuple, Packet } from './packet.ts';
import { newPacket } from './packet.ts';
import { VerdictCache } from './verdict-cache.ts';
import type { World } from './world.ts';

/** Whom to ask. */
export interface Target {
  readonly ip: number;
  /** Of TCP and UDP. */
  readonly port: number;
}

export interface WalkOptions {
  /** Own address; default: what the route says. */
  readonly source?: number;
  readonly sourcePort?: number;
  readonly ttl?: number;
  /** Bytes of content (ping's `-s`). */
  readonly size?: number;
  /** Must not be cut (ping's `-M do`). */
  readonly df?: boolean;
  /** Keep the hops. */
  readonly record?: boolean;
}

/** A TCP connection that was made. */
export interface OpenConnection {
  readonly from: NetworkNamespace;
  readonly to: NetworkNamespace;
  /** As either end knows it: their own address first. */
  readonly client: FlowTuple;
  readonly server: FlowTuple;
  readonly sockets: readonly [EstablishedSocket, EstablishedSocket];
}

export interface ConnectResult extends WalkResult {
  /** Present when the verdict is `answered`. */
  readonly connection?: OpenConnection;
}

function placeOf({ machine, name }: NetworkNamespace): Place {
  return { machine, namespace: name };
}

/** Whether a packet is the answer to another, as its sender sees both. */
function answers(reply: Packet, asked: FlowTuple): boolean {
  return (
    reply.protocol === asked.protocol &&
    reply.src === asked.dst &&
    reply.dst === asked.src &&
    (asked.protocol === 'icmp' || (reply.sport === asked.dport && reply.dport === asked.sport))
  );
}

/**
 * The way packets go. Every call is a packet that is really sent: it leaves neighbours, learned MAC addresses, connections and counters
 * behind. No time passes in it; callers add latency.
 */
export class DataPlane {
  readonly #world: World;
  readonly #ip: IpLayer;
  readonly cache: VerdictCache;
  #nextEchoId = 1;

  constructor(world: World) {
    this.#world = world;
    this.#ip = new IpLayer(world);
    this.cache = new VerdictCache(() => world.now());
  }

  /** An echo and its answer (`ping`). */
  ping(from: NetworkNamespace, ip: number, options: WalkOptions = {}): WalkResult {
    const id = (this.#nextEchoId = (this.#nextEchoId % 65_535) + 1);
    const length = 28 + (options.size ?? 56);
    const packet = newPacket({
      protocol: 'icmp',
      src: options.source ?? 0,
      dst: ip,
      sport: id,
      dport: id,
      length,
      ...(options.df === undefined ? {} : { df: options.df }),
      ttl: options.ttl ?? 64,
      icmp: { type: 8, code: 0 },
    });
    const journey = new Journey(options.record === true);
    return this.#result(
      journey,
      this.#ask(journey, from, packet, (namespace, received) => {
        if (namespace.sysctls.isOn('net.ipv4.icmp_echo_ignore_all')) return undefined;
        return newPacket({
          protocol: 'icmp',
          src: received.dst,
          dst: received.src,
          sport: received.sport,
          dport: received.dport,
          length,
          icmp: { type: 0, code: 0 },
        });
      }),
    );
  }

  /** A TCP handshake. Whoever gets `answered` holds an open connection, and closes it. */
  connect(from: NetworkNamespace, target: Target, options: WalkOptions = {}): ConnectResult {
    const journey = new Journey(options.record === true);
    const packet = this.#first('tcp', from, target, options);
    let server: FlowTuple | undefined;
    let to: NetworkNamespace | undefined;
    const verdict = this.#ask(journey, from, packet, (namespace, received) => {
      const socket = namespace.sockets.find('tcp', received.dst, received.dport);
      if (socket === undefined) return 'refuse';
      if (socket.backlogFull === true) return undefined;
      const { src, dst, sport, dport } = received;
      server = { protocol: 'tcp', src: dst, dst: src, sport: dport, dport: sport };
      to = namespace;
      return newPacket({ ...server, flags: 'SYN,ACK' });
    });
    const result = this.#result(journey, verdict);
    if (verdict.kind !== 'answered' || server === undefined || to === undefined) return result;
    const client = asSent(packet);
    this.#ip.output(new Journey(false), from, newPacket({ ...client, flags: 'ACK' }));
    const sockets = [socketOf(client), socketOf(server)] as const;
    from.sockets.open(sockets[0]);
    to.sockets.open(sockets[1]);
    return { ...result, connection: { from, to, client, server, sockets } };
  }

  /** A segment as long as the way is believed to take, from one end to the other: what shows a path MTU that nobody told of. */
  sendSegment(
    connection: OpenConnection,
    end: 'client' | 'server',
    size: number,
    record = false,
  ): WalkResult {
    const journey = new Journey(record);
    const from = end === 'client' ? connection.from : connection.to;
    const to = end === 'client' ? connection.to : connection.from;
    const tuple = end === 'client' ? connection.client : connection.server;
    // Once more after a router or the own interface named its MTU.
    for (let tried = 0; ; tried += 1) {
      const limit = Math.min(
        this.#segmentMtu(connection),
        from.pathMtu(tuple.dst, this.#world.now()) ?? Infinity,
      );
      const packet = newPacket({ ...tuple, flags: 'ACK', length: Math.min(size + 40, limit) });
      const outcome = this.#ip.output(journey, from, packet);
      const mtu = this.#learnMtu(from, tuple.dst, outcome);
      if (mtu !== undefined && tried < 4) continue;
      if (outcome.kind === 'delivered' && outcome.namespace === to)
        return this.#result(journey, { kind: 'delivered', to: placeOf(to) });
      return this.#result(journey, this.#verdict(from, asSent(packet), outcome));
    }
  }

  /** Ends a connection from one end. */
  close(connection: OpenConnection, end: 'client' | 'server' = 'client'): void {
    const { from, to, client, server, sockets } = connection;
    const [first, second] = end === 'client' ? ([client, server] as const) : ([server, client] as const);
    const [one, other] = end === 'client' ? ([from, to] as const) : ([to, from] as const);
    const journey = new Journey(false);
    this.#ip.output(journey, one, newPacket({ ...first, flags: 'FIN,ACK' }));
    this.#ip.output(journey, other, newPacket({ ...second, flags: 'FIN,ACK' }));
    this.#ip.output(journey, one, newPacket({ ...first, flags: 'ACK' }));
    from.sockets.end(sockets[0]);
    to.sockets.end(sockets[1]);
  }

  /** A datagram; `answered` when somebody listens and answers. */
  datagram(
    from: NetworkNamespace,
    target: Target,
    options: WalkOptions & { readonly answer?: boolean } = {},
  ): WalkResult {
    const journey = new Journey(options.record === true);
    const packet = this.#first('udp', from, target, options);
    const verdict = this.#ask(journey, from, packet, (namespace, received) => {
      if (namespace.sockets.find('udp', received.dst, received.dport) === undefined) return 'refuse';
      if (options.answer === false) return 'enough';
      const { src, dst, sport, dport, length } = received;
      return newPacket({ protocol: 'udp', src: dst, dst: src, sport: dport, dport: sport, length });
    });
    return this.#result(journey, verdict);
  }

  /**
   * Whether a connection would be made, from what an equal one found before as long as nothing on its way has changed. Those that came
   * from the cache leave nothing behind. For who asks again and again (probes).
   */
  canConnect(from: NetworkNamespace, target: Target): Verdict {
    const key = `${ipv4Text(target.ip)}:${target.port}`;
    const known = this.cache.find(from, key);
    if (known !== undefined) return known;
    const journey = new Journey(false);
    const packet = this.#first('tcp', from, target, {});
    const verdict = this.#ask(journey, from, packet, (namespace, received) => {
      const socket = namespace.sockets.find('tcp', received.dst, received.dport);
      if (socket === undefined) return 'refuse';
      if (socket.backlogFull === true) return undefined;
      const { src, dst, sport, dport } = received;
      return newPacket({ protocol: 'tcp', src: dst, dst: src, sport: dport, dport: sport, flags: 'SYN,ACK' });
    });
    if (!journey.chance) this.cache.keep(from, key, verdict, journey.touched);
    // Nobody keeps this connection.
    if (verdict.kind === 'answered')
      this.#ip.output(new Journey(false), from, newPacket({ ...asSent(packet), flags: 'RST,ACK' }));
    return verdict;
  }

  #first(protocol: 'tcp' | 'udp', from: NetworkNamespace, target: Target, options: WalkOptions): Packet {
    const { size = 0 } = options;
    return newPacket({
      protocol,
      src: options.source ?? 0,
      dst: target.ip,
      sport: options.sourcePort ?? from.sockets.ephemeralPort(),
      dport: target.port,
      ttl: options.ttl ?? 64,
      ...(options.df === undefined ? {} : { df: options.df }),
      ...(protocol === 'tcp' ? { flags: 'SYN' as const } : { length: 28 + size }),
    });
  }

  /** Sends a packet, lets whoever receives it answer, and says what the sender learns. */
  #ask(
    journey: Journey,
    from: NetworkNamespace,
    packet: Packet,
    answer: (namespace: NetworkNamespace, received: Packet) => Packet | 'refuse' | 'enough' | undefined,
  ): Verdict {
    const outcome = this.#ip.output(journey, from, packet);
    const sent = asSent(packet);
    if (outcome.kind !== 'delivered') return this.#verdict(from, sent, outcome);
    const { namespace, packet: received } = outcome;
    const reply = answer(namespace, received);
    if (reply === undefined)
      return { kind: 'timed-out', at: placeOf(namespace), reason: 'ignored', leg: 'request' };
    if (reply === 'enough') return { kind: 'delivered', to: placeOf(namespace) };
    if (reply === 'refuse') {
      const how = received.protocol === 'tcp' ? 'reset' : 'port-unreachable';
      return this.#verdict(from, sent, this.#ip.refuse(journey, namespace, received, how));
    }
    journey.leg = 'reply';
    // A flow's answers over the loopback device belong to its connection.
    const back = this.#ip.output(journey, namespace, reply);
    if (back.kind === 'delivered') {
      if (back.namespace === from && answers(back.packet, sent))
        return { kind: 'answered', by: placeOf(namespace), ttl: back.packet.ttl };
      return { kind: 'timed-out', at: placeOf(back.namespace), reason: 'unexpected', leg: 'reply' };
    }
    return lost(back, namespace, 'reply');
  }

  /** What the sender of a packet learns of how it ended. */
  #verdict(from: NetworkNamespace, sent: FlowTuple, outcome: Outcome): Verdict {
    switch (outcome.kind) {
      case 'delivered':
        return { kind: 'timed-out', at: placeOf(outcome.namespace), reason: 'unexpected', leg: 'request' };
      case 'dropped':
        return { kind: 'timed-out', at: outcome.at, reason: outcome.reason, leg: outcome.leg };
      case 'unsent':
        return outcome.error === 'EPERM'
          ? { kind: 'timed-out', at: placeOf(from), reason: 'rule', leg: 'request' }
          : { kind: 'no-route', error: outcome.error };
      case 'too-long':
        return { kind: 'too-big', by: placeOf(from), mtu: outcome.mtu };
      case 'no-neighbour':
        return {
          kind: 'unreachable',
          by: placeOf(outcome.namespace),
          address: ipv4Text(outcome.source),
          code: 1,
          local: true,
        };
      case 'refused':
        return this.#refused(from, sent, outcome);
    }
  }

  #refused(from: NetworkNamespace, sent: FlowTuple, refusal: Outcome & { kind: 'refused' }): Verdict {
    const { by, outcome } = refusal;
    if (outcome.kind !== 'delivered')
      return lost(outcome, by, refusal.answer.icmp === undefined ? 'reply' : 'error');
    const { packet, namespace } = outcome;
    const { icmp } = packet;
    const unexpected: Verdict = {
      kind: 'timed-out',
      at: placeOf(namespace),
      reason: 'unexpected',
      leg: 'error',
    };
    if (namespace !== from) return unexpected;
    if (icmp === undefined)
      return answers(packet, sent) ? { kind: 'refused', by: placeOf(by), with: 'reset' } : unexpected;
    const { about, type, code, mtu } = icmp;
    if (about === undefined || about.dst !== sent.dst || about.dport !== sent.dport) return unexpected;
    const address = ipv4Text(packet.src);
    if (type === 11) return { kind: 'ttl-exceeded', by: placeOf(by), address };
    if (type === 3 && code === 4) {
      from.learnPathMtu(sent.dst, mtu ?? 0, this.#world.now());
      return { kind: 'too-big', by: placeOf(by), mtu: mtu ?? 0 };
    }
    if (type === 3 && code === 3 && sent.protocol !== 'icmp')
      return { kind: 'refused', by: placeOf(by), with: 'icmp' };
    return { kind: 'unreachable', by: placeOf(by), address, code, local: false };
  }

  /** The bigger segments that both ends announced when they shook hands. */
  #segmentMtu({ from, to, client, server }: OpenConnection): number {
    return Math.min(mtuTowards(from, client.dst), mtuTowards(to, server.dst));
  }

  #learnMtu(from: NetworkNamespace, destination: number, outcome: Outcome): number | undefined {
    if (outcome.kind === 'too-long') {
      from.learnPathMtu(destination, outcome.mtu, this.#world.now());
      return outcome.mtu;
    }
    if (outcome.kind !== 'refused' || outcome.outcome.kind !== 'delivered') return undefined;
    const { packet, namespace } = outcome.outcome;
    if (namespace !== from || packet.icmp?.mtu === undefined) return undefined;
    from.learnPathMtu(destination, packet.icmp.mtu, this.#world.now());
    return packet.icmp.mtu;
  }

  #result(journey: Journey, verdict: Verdict): WalkResult {
    return { verdict, hops: journey.hops, chance: journey.chance };
  }
}

/** A flow as its sender knows it, whatever NAT did to the packet since. */
function asSent(packet: Packet): FlowTuple {
  return packet.origin ?? tupleOf(packet);
}

/** An answer that did not come back. */
function lost(outcome: Outcome, namespace: NetworkNamespace, leg: Leg): Verdict {
  if (outcome.kind === 'dropped')
    return { kind: 'timed-out', at: outcome.at, reason: outcome.reason, leg: outcome.leg };
  const at = placeOf(namespace);
  if (outcome.kind !== 'unsent') return { kind: 'timed-out', at, reason: 'unknown-mac', leg };
  return { kind: 'timed-out', at, reason: outcome.error === 'EPERM' ? 'rule' : 'no-route', leg };
}

function socketOf({ src, dst, sport, dport }: FlowTuple): EstablishedSocket {
  return { localIp: src, localPort: sport, remoteIp: dst, remotePort: dport, state: 'ESTAB' };
}

function mtuTowards(namespace: NetworkNamespace, destination: number): number {
  const question = { destination, source: 0, mark: 0, iif: undefined };
  const route = namespace.routes.choose(question)?.route;
  return Math.min(route?.mtu ?? Infinity, route?.link?.mtu ?? 1500);
}
