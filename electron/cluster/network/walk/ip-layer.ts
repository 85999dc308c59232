import { routeText } from '../tools/ip-route.ts';
import type { RejectWith } from '../netfilter/interface.ts';
import { isLocal } from '../namespace/is-local.ts';
import type { Link } from '../namespace/link.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import type { RouteAnswer } from '../namespace/routing-tables.ts';
import type { HookPlace } from './hooks.ts';
import { Hooks } from './hooks.ts';
import type { Journey, Outcome } from './journey.ts';
import type { IpReceiver } from './link-layer.ts';
import { LinkLayer } from './link-layer.ts';
import type { IcmpMessage, Packet } from './packet.ts';
import { newPacket } from './packet.ts';
import { sourceFor } from './source-address.ts';
import type { World } from './world.ts';

const REJECT_CODES: Readonly<Record<Exclude<RejectWith, 'tcp-reset'>, number>> = {
  'icmp-net-unreachable': 0,
  'icmp-host-unreachable': 1,
  'icmp-proto-unreachable': 2,
  'icmp-port-unreachable': 3,
  'icmp-net-prohibited': 9,
  'icmp-host-prohibited': 10,
  'icmp-admin-prohibited': 13,
};

const LOOPBACK_NET = 127;

/** IP: output, input, forwarding, and ICMP's errors. Models net/ipv4 (ip_output.c, ip_input.c, ip_forward.c, icmp.c). */
export class IpLayer implements IpReceiver {
  readonly #world: World;
  readonly #hooks: Hooks;
  readonly #links: LinkLayer;

  constructor(world: World) {
    this.#world = world;
    this.#hooks = new Hooks(world);
    this.#links = new LinkLayer(world, this.#hooks, this);
  }

  /** A packet begins here. A source of 0 is filled in by the route. */
  output(journey: Journey, namespace: NetworkNamespace, packet: Packet): Outcome {
    journey.touched.add(namespace);
    if (!journey.step()) return journey.drop(namespace, undefined, packet, 'loop');
    let answer = this.#routed(namespace, packet, undefined);
    const link = answer?.route.link;
    if (answer === undefined) return { kind: 'unsent', error: 'ENETUNREACH' };
    if (link === undefined) return { kind: 'unsent', error: unsentError(answer) };
    if (packet.src === 0) {
      const { src, via } = answer.route;
      const source = src ?? sourceFor(link, via ?? packet.dst);
      if (source === undefined) return { kind: 'unsent', error: 'ENETUNREACH' };
      packet.src = source;
    }
    const { protocol, sport, dport } = packet;
    packet.origin = { protocol, src: packet.src, dst: packet.dst, sport, dport };
    journey.record(namespace, undefined, packet, { did: 'created' });
    this.#recordRoute(journey, namespace, packet, answer);
    const limit = this.#mtu(namespace, packet, answer);
    if (packet.length > limit && packet.wantsPathMtu) packet.df = false;
    if (packet.df && packet.length > limit) return { kind: 'too-long', mtu: limit };
    const { dst, mark, src } = packet;
    const result = this.#hooks.run(journey, 'OUTPUT', packet, {
      namespace,
      inLink: undefined,
      outLink: outputLink(namespace, answer),
      bridged: false,
    });
    if (result !== 'accept') {
      if ('reject' in result) return this.#reject(journey, namespace, undefined, packet, result.reject);
      const dropped = journey.drop(namespace, link, packet, result.drop);
      // The sender of a datagram is told.
      return packet.protocol === 'tcp' ? dropped : { kind: 'unsent', error: 'EPERM' };
    }
    if (packet.dst !== dst || packet.mark !== mark || packet.src !== src) {
      answer = this.#routed(namespace, packet, undefined);
      if (answer?.route.link === undefined) return journey.drop(namespace, undefined, packet, 'no-route');
      this.#recordRoute(journey, namespace, packet, answer);
    }
    return this.#finish(journey, namespace, undefined, packet, answer);
  }

  sendEncapsulated(journey: Journey, namespace: NetworkNamespace, packet: Packet): Outcome {
    const outcome = this.output(journey, namespace, packet);
    // What the inner packet's sender never hears of.
    if (outcome.kind === 'unsent') return journey.drop(namespace, undefined, packet, 'no-route');
    if (outcome.kind === 'no-neighbour') return journey.drop(namespace, undefined, packet, 'unknown-mac');
    if (outcome.kind === 'refused' && outcome.answer.icmp?.about?.dport === packet.dport)
      return journey.drop(outcome.by, undefined, packet, 'ignored');
    return outcome;
  }

  receive(journey: Journey, link: Link, packet: Packet): Outcome {
    const { namespace } = link;
    journey.touched.add(namespace);
    if (!journey.step()) return journey.drop(namespace, link, packet, 'loop');
    if (link.device.kind !== 'loopback' && packet.src >>> 24 === LOOPBACK_NET)
      return journey.drop(namespace, link, packet, 'martian');
    // Connection tracking needs whole packets.
    if (namespace.netfilter.used.size > 0) whole(packet);
    const result = this.#hooks.run(journey, 'PREROUTING', packet, {
      namespace,
      inLink: link,
      outLink: undefined,
      bridged: false,
    });
    if (result !== 'accept')
      return journey.drop(namespace, link, packet, 'drop' in result ? result.drop : 'rule');
    return this.route(journey, link, packet);
  }

  route(journey: Journey, link: Link, packet: Packet): Outcome {
    const { namespace } = link;
    const { sysctls } = namespace;
    const isLoopback = link.device.kind === 'loopback';
    if (
      !isLoopback &&
      packet.dst >>> 24 === LOOPBACK_NET &&
      sysctls.ofInterface(link.name, 'route_localnet') === 0
    )
      return journey.drop(namespace, link, packet, 'martian');
    const answer = this.#routed(namespace, packet, link);
    if (answer !== undefined) this.#recordRoute(journey, namespace, packet, answer);
    if (!isLoopback) {
      if (isLocal(namespace, packet.src)) return journey.drop(namespace, link, packet, 'martian');
      if (!this.#comesFromThere(namespace, link, packet))
        return journey.drop(namespace, link, packet, 'reverse-path');
    }
    const forwards = sysctls.isOn('net.ipv4.ip_forward');
    switch (answer?.route.type) {
      case 'local':
      case 'broadcast':
        return this.#input(journey, link, packet);
      case 'unicast':
        return forwards
          ? this.#forward(journey, link, packet, answer)
          : journey.drop(namespace, link, packet, 'forwarding-off');
      case 'blackhole':
        return journey.drop(namespace, link, packet, 'blackhole');
      case 'unreachable':
        return this.#icmpError(journey, namespace, link, packet, { type: 3, code: 1 });
      case 'prohibit':
        return this.#icmpError(journey, namespace, link, packet, { type: 3, code: 13 });
      case undefined:
        return forwards
          ? this.#icmpError(journey, namespace, link, packet, { type: 3, code: 0 })
          : journey.drop(namespace, link, packet, 'no-route');
    }
  }

  /** An answer that says no: of the host that `packet` came to. */
  refuse(
    journey: Journey,
    namespace: NetworkNamespace,
    packet: Packet,
    how: 'reset' | 'port-unreachable',
  ): Outcome {
    if (how === 'port-unreachable')
      return this.#icmpError(journey, namespace, undefined, packet, { type: 3, code: 3 });
    return this.#reject(journey, namespace, undefined, packet, 'tcp-reset');
  }

  #input(journey: Journey, link: Link, packet: Packet): Outcome {
    const { namespace } = link;
    whole(packet);
    const result = this.#hooks.run(journey, 'INPUT', packet, {
      namespace,
      inLink: link,
      outLink: undefined,
      bridged: false,
    });
    if (result !== 'accept')
      return 'reject' in result
        ? this.#reject(journey, namespace, link, packet, result.reject)
        : journey.drop(namespace, link, packet, result.drop);
    if (packet.encapsulated !== undefined) return this.#decapsulate(journey, namespace, link, packet);
    journey.record(namespace, link, packet, { did: 'delivered' });
    return { kind: 'delivered', namespace, packet };
  }

  #decapsulate(journey: Journey, namespace: NetworkNamespace, link: Link, packet: Packet): Outcome {
    const { encapsulated } = packet;
    if (encapsulated === undefined) throw new Error('nothing is encapsulated');
    const devices = namespace.links.filter(
      ({ device, up }) =>
        device.kind === 'vxlan' && up && device.port === packet.dport && device.local === packet.dst,
    );
    const device = devices.find(
      (other) => other.device.kind === 'vxlan' && other.device.vni === encapsulated.vni,
    );
    if (device === undefined) {
      return devices.length > 0
        ? journey.drop(namespace, link, packet, 'no-such-vni')
        : this.#icmpError(journey, namespace, link, packet, { type: 3, code: 3 });
    }
    const { inner, sourceMac, destinationMac, vni } = encapsulated;
    inner.mark = 0;
    inner.reply = false;
    journey.record(namespace, device, inner, { did: 'decapsulated', vni }, [sourceMac, destinationMac]);
    return this.#links.receive(journey, device, sourceMac, destinationMac, inner);
  }

  #forward(journey: Journey, link: Link, packet: Packet, answer: RouteAnswer): Outcome {
    const { namespace } = link;
    const outLink = answer.route.link;
    if (outLink === undefined) throw new Error('a unicast route without an interface');
    if (packet.ttl <= 1) return this.#icmpError(journey, namespace, link, packet, { type: 11, code: 0 });
    const mtu = this.#mtu(namespace, packet, answer);
    if (packet.df && packet.length > mtu)
      return this.#icmpError(journey, namespace, link, packet, { type: 3, code: 4, mtu });
    packet.ttl -= 1;
    const result = this.#hooks.run(journey, 'FORWARD', packet, {
      namespace,
      inLink: link,
      outLink,
      bridged: false,
    });
    if (result !== 'accept')
      return 'reject' in result
        ? this.#reject(journey, namespace, link, packet, result.reject)
        : journey.drop(namespace, outLink, packet, result.drop);
    journey.record(namespace, outLink, packet, { did: 'forwarded' });
    return this.#finish(journey, namespace, link, packet, answer);
  }

  /** POSTROUTING, pieces, and out; `inLink` undefined: the packet begins here. */
  #finish(
    journey: Journey,
    namespace: NetworkNamespace,
    inLink: Link | undefined,
    packet: Packet,
    answer: RouteAnswer,
  ): Outcome {
    const outLink = outputLink(namespace, answer);
    const nextHop = answer.route.via ?? packet.dst;
    const place: HookPlace = { namespace, inLink: undefined, outLink, nextHop, bridged: false };
    const result = this.#hooks.run(journey, 'POSTROUTING', packet, place);
    if (result !== 'accept')
      return journey.drop(namespace, outLink, packet, 'drop' in result ? result.drop : 'rule');
    const mtu = this.#mtu(namespace, packet, answer);
    if (packet.piece > mtu) {
      const room = Math.floor((mtu - 20) / 8) * 8;
      packet.fragments = Math.ceil((packet.length - 20) / room);
      packet.piece = room + 20;
      journey.record(namespace, outLink, packet, { did: 'fragmented', pieces: packet.fragments, mtu });
    }
    const outcome = this.#links.transmit(journey, outLink, nextHop, packet);
    if (outcome !== undefined) return outcome;
    if (inLink === undefined) return { kind: 'no-neighbour', namespace, source: packet.src };
    return this.#icmpError(journey, namespace, inLink, packet, { type: 3, code: 1 });
  }

  #routed(namespace: NetworkNamespace, packet: Packet, iif: Link | undefined): RouteAnswer | undefined {
    return namespace.routes.choose({ destination: packet.dst, source: packet.src, mark: packet.mark, iif });
  }

  #recordRoute(
    journey: Journey,
    namespace: NetworkNamespace,
    packet: Packet,
    { route, rule }: RouteAnswer,
  ): void {
    if (!journey.recording) return;
    journey.record(namespace, route.link, packet, {
      did: 'routed',
      route: routeText(route).trimEnd(),
      table: route.table,
      priority: rule.priority,
    });
  }

  #mtu(namespace: NetworkNamespace, packet: Packet, { route }: RouteAnswer): number {
    const link = route.type === 'local' ? namespace.find('lo') : route.link;
    const learned = route.type === 'local' ? undefined : namespace.pathMtu(packet.dst, this.#world.now());
    return Math.min(route.mtu ?? Infinity, learned ?? Infinity, link?.mtu ?? Infinity);
  }

  /** Reverse path filter: 1 by the same interface, 2 by any. */
  #comesFromThere(namespace: NetworkNamespace, link: Link, packet: Packet): boolean {
    const mode = namespace.sysctls.ofInterface(link.name, 'rp_filter');
    if (mode === 0) return true;
    const back = namespace.routes.choose({
      destination: packet.src,
      source: packet.dst,
      mark: 0,
      iif: undefined,
    })?.route;
    if (back?.link === undefined || back.type !== 'unicast') return false;
    return mode === 2 || back.link === link;
  }

  #reject(
    journey: Journey,
    namespace: NetworkNamespace,
    link: Link | undefined,
    packet: Packet,
    how: RejectWith,
  ): Outcome {
    if (how !== 'tcp-reset')
      return this.#icmpError(
        journey,
        namespace,
        link,
        packet,
        { type: 3, code: REJECT_CODES[how] },
        packet.dst,
      );
    if (packet.protocol !== 'tcp') return journey.drop(namespace, link, packet, 'rule');
    journey.record(namespace, link, packet, { did: 'refused', with: 'tcp-reset' });
    const { src, dst, sport, dport } = packet;
    const answer = newPacket({
      protocol: 'tcp',
      src: dst,
      dst: src,
      sport: dport,
      dport: sport,
      flags: 'RST,ACK',
    });
    journey.leg = 'reply';
    return {
      kind: 'refused',
      by: namespace,
      answer,
      outcome: this.#answer(journey, namespace, packet, answer),
    };
  }

  #icmpError(
    journey: Journey,
    namespace: NetworkNamespace,
    link: Link | undefined,
    packet: Packet,
    message: IcmpMessage,
    source = 0,
  ): Outcome {
    // Errors about errors would never end.
    if (packet.icmp?.about !== undefined) return journey.drop(namespace, link, packet, 'ignored');
    journey.record(namespace, link, packet, { did: 'refused', with: `icmp ${message.type}/${message.code}` });
    const { protocol, src, dst, sport, dport } = packet;
    const own = source === 0 && isLocal(namespace, dst) ? dst : source;
    const answer = newPacket({
      protocol: 'icmp',
      src: own,
      dst: src,
      sport: 0,
      dport: 0,
      length: 56,
      icmp: { ...message, about: { protocol, src, dst, sport, dport } },
    });
    journey.leg = 'error';
    return {
      kind: 'refused',
      by: namespace,
      answer,
      outcome: this.#answer(journey, namespace, packet, answer),
    };
  }

  /** Errors and resets belong to the connection of what they answer, as the kernel attaches them. */
  #answer(journey: Journey, namespace: NetworkNamespace, packet: Packet, answer: Packet): Outcome {
    const { connection } = packet;
    if (connection !== undefined && namespace.netfilter.used.size > 0) {
      answer.connection = connection;
      answer.reply = !packet.reply;
      answer.state = answer.icmp === undefined ? 'ESTABLISHED' : 'RELATED';
    }
    return this.output(journey, namespace, answer);
  }
}

function outputLink(namespace: NetworkNamespace, { route }: RouteAnswer): Link {
  const link = route.type === 'local' ? namespace.find('lo') : route.link;
  if (link === undefined) throw new Error('a route without an interface');
  return link;
}

function unsentError({ route }: RouteAnswer): 'EHOSTUNREACH' | 'EACCES' | 'EINVAL' {
  if (route.type === 'unreachable') return 'EHOSTUNREACH';
  return route.type === 'prohibit' ? 'EACCES' : 'EINVAL';
}

/** Pieces are put together. */
function whole(packet: Packet): void {
  packet.fragments = 1;
  packet.piece = packet.length;
}
