import { ipv4Text } from '../ip/ipv4.ts';
import { isLocal } from '../namespace/is-local.ts';
import type { Link } from '../namespace/link.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import type { Hooks } from './hooks.ts';
import type { Journey, Outcome } from './journey.ts';
import type { Packet } from './packet.ts';
import { newPacket } from './packet.ts';
import type { World } from './world.ts';

/** What frames are handed to, and what sends packets of its own (vxlan's). */
export interface IpReceiver {
  receive(journey: Journey, link: Link, packet: Packet): Outcome;
  /** A bridged packet that NAT sent elsewhere. */
  route(journey: Journey, link: Link, packet: Packet): Outcome;
  sendEncapsulated(journey: Journey, namespace: NetworkNamespace, packet: Packet): Outcome;
}

/** Bytes that vxlan puts around a frame: outer IP, UDP, its own header, and the inner Ethernet header. */
const VXLAN_OVERHEAD = 50;
/** A question may pass so many bridges. */
const MAX_BRIDGES = 16;

/** Ethernet: interfaces, bridges, vxlan, ARP. Models net/bridge, drivers/net/veth, vxlan and ipvlan (l2). */
export class LinkLayer {
  readonly #world: World;
  readonly #hooks: Hooks;
  readonly #ip: IpReceiver;

  constructor(world: World, hooks: Hooks, ip: IpReceiver) {
    this.#world = world;
    this.#hooks = hooks;
    this.#ip = ip;
  }

  /** Sends a packet to a neighbour. `undefined`: nobody answers to ARP. */
  transmit(journey: Journey, link: Link, nextHop: number, packet: Packet): Outcome | undefined {
    const { namespace } = link;
    if (!link.up) return journey.drop(namespace, link, packet, 'link-down');
    if (!link.carrier) return journey.drop(namespace, link, packet, 'no-carrier');
    if (link.device.kind === 'dummy') return journey.drop(namespace, link, packet, 'blackhole');
    if (link.device.kind === 'loopback') {
      this.#passes(journey, link, 'out', packet);
      this.#passes(journey, link, 'in', packet);
      return this.#ip.receive(journey, link, packet);
    }
    const mac = this.#resolve(journey, link, nextHop, packet);
    return mac === undefined ? undefined : this.#send(journey, link, link.mac, mac, packet);
  }

  /** A frame comes in. */
  receive(journey: Journey, link: Link, from: string, to: string, packet: Packet): Outcome {
    const { namespace } = link;
    journey.touched.add(namespace);
    if (!journey.step()) return journey.drop(namespace, link, packet, 'loop');
    if (!link.up) return journey.drop(namespace, link, packet, 'link-down');
    this.#passes(journey, link, 'in', packet, [from, to]);
    for (const upper of link.uppers)
      if (upper.device.kind === 'ipvlan' && upper.running && holds(upper, packet.dst)) {
        journey.touched.add(upper.namespace);
        this.#passes(journey, upper, 'in', packet, [from, to]);
        return this.#ip.receive(journey, upper, scrubbed(packet, namespace, upper.namespace));
      }
    if (link.master !== undefined) return this.#bridge(journey, link.master, link, from, to, packet);
    if (to !== link.mac) return journey.drop(namespace, link, packet, 'not-for-us');
    return this.#ip.receive(journey, link, packet);
  }

  #send(journey: Journey, link: Link, from: string, to: string, packet: Packet): Outcome {
    const { device, namespace } = link;
    if (!journey.step()) return journey.drop(namespace, link, packet, 'loop');
    this.#passes(journey, link, 'out', packet, [from, to]);
    switch (device.kind) {
      case 'veth': {
        const { peer } = device;
        if (peer?.up !== true) return journey.drop(namespace, link, packet, 'no-carrier');
        return this.receive(journey, peer, from, to, scrubbed(packet, namespace, peer.namespace));
      }
      case 'bridge':
        return this.#bridge(journey, link, undefined, from, to, packet);
      case 'vxlan':
        return this.#encapsulate(journey, link, from, to, packet);
      case 'ipvlan': {
        for (const sibling of device.lower.uppers)
          if (sibling !== link && sibling.running && holds(sibling, packet.dst)) {
            journey.touched.add(sibling.namespace);
            this.#passes(journey, sibling, 'in', packet, [from, to]);
            return this.#ip.receive(journey, sibling, scrubbed(packet, namespace, sibling.namespace));
          }
        journey.touched.add(device.lower.namespace);
        if (!device.lower.running) return journey.drop(namespace, link, packet, 'no-carrier');
        return this.#send(
          journey,
          device.lower,
          device.lower.mac,
          to,
          scrubbed(packet, namespace, device.lower.namespace),
        );
      }
      case 'uplink':
        return this.#carry(journey, link, from, to, packet);
      case 'loopback':
      case 'dummy':
        return journey.drop(namespace, link, packet, 'blackhole');
    }
  }

  #carry(journey: Journey, link: Link, from: string, to: string, packet: Packet): Outcome {
    const port = link.device.kind === 'uplink' ? link.device.port : undefined;
    if (port === undefined) return journey.drop(link.namespace, link, packet, 'unplugged');
    journey.touched.add(port.fabric);
    const carried = port.fabric.carry(port, to, packet);
    const { steps = [] } = carried;
    if ('dropped' in carried) {
      if (steps.length > 0)
        journey.record(link.namespace, link, packet, { did: 'carried', fabric: port.fabric.name, steps });
      return journey.drop(link.namespace, link, packet, carried.dropped);
    }
    journey.record(link.namespace, link, packet, { did: 'carried', fabric: port.fabric.name, steps });
    const there = carried.to.link;
    return this.receive(journey, there, from, there.mac, scrubbed(packet, link.namespace, there.namespace));
  }

  /** A frame passes a bridge; `ingress` undefined: the bridge itself sends it. */
  #bridge(
    journey: Journey,
    bridge: Link,
    ingress: Link | undefined,
    from: string,
    to: string,
    packet: Packet,
  ): Outcome {
    const { device, namespace } = bridge;
    if (device.kind !== 'bridge') throw new Error(`${bridge.name} is no bridge`);
    if (!bridge.up) return journey.drop(namespace, bridge, packet, 'link-down');
    const now = this.#world.now();
    if (ingress !== undefined) device.fdb.learn(from, ingress, now);
    if (ingress !== undefined && to === bridge.mac) {
      this.#passes(journey, bridge, 'in', packet);
      return this.#ip.receive(journey, bridge, packet);
    }
    const filtered = ingress !== undefined && namespace.sysctls.isOn('net.bridge.bridge-nf-call-iptables');
    const place = { namespace, inLink: bridge, outLink: undefined, bridged: true };
    if (filtered) {
      const destination = packet.dst;
      const result = this.#hooks.run(journey, 'PREROUTING', packet, place);
      // A bridge is no host: what would be refused is dropped.
      if (result !== 'accept')
        return journey.drop(namespace, bridge, packet, 'drop' in result ? result.drop : 'rule');
      if (packet.dst !== destination) return this.#ip.route(journey, bridge, packet);
    }
    const known = device.fdb.find(to, now);
    const egress =
      known ?? [...device.ports].find((port) => port !== ingress && port.running && leadsTo(port, to));
    if (egress === bridge) return this.#ip.receive(journey, bridge, packet);
    if (egress === undefined) return journey.drop(namespace, bridge, packet, 'unknown-mac');
    if (egress === ingress && !egress.hairpin) return journey.drop(namespace, egress, packet, 'same-port');
    const by = known === undefined ? 'flood' : 'fdb';
    journey.record(namespace, bridge, packet, { did: 'bridged', port: egress.name, by }, [from, to]);
    if (filtered)
      for (const hook of ['FORWARD', 'POSTROUTING'] as const) {
        const result = this.#hooks.run(journey, hook, packet, {
          ...place,
          inLink: hook === 'FORWARD' ? bridge : undefined,
          outLink: bridge,
        });
        if (result !== 'accept')
          return journey.drop(namespace, bridge, packet, 'drop' in result ? result.drop : 'rule');
      }
    if (!egress.running) return journey.drop(namespace, egress, packet, 'no-carrier');
    if (packet.piece > egress.mtu) return journey.drop(namespace, egress, packet, 'frame-too-big');
    return this.#send(journey, egress, from, to, packet);
  }

  #encapsulate(journey: Journey, link: Link, from: string, to: string, packet: Packet): Outcome {
    const { device, namespace } = link;
    if (device.kind !== 'vxlan') throw new Error(`${link.name} is no vxlan device`);
    const [entry] = device.vteps.find(to);
    if (entry === undefined) return journey.drop(namespace, link, packet, 'no-vtep');
    const { vni, local, port } = device;
    journey.record(namespace, link, packet, { did: 'encapsulated', vni, remote: ipv4Text(entry.remote) }, [
      from,
      to,
    ]);
    // The kernel takes the outer source port from a hash of the inner flow.
    const hash = (packet.src ^ Math.imul(packet.dst, 31) ^ (packet.sport << 8) ^ packet.dport) >>> 0;
    const outer = newPacket({
      protocol: 'udp',
      src: local,
      dst: entry.remote,
      sport: 32_768 + (hash % 28_232),
      dport: port,
      length: packet.piece + VXLAN_OVERHEAD,
      mark: packet.mark,
      encapsulated: { vni, inner: packet, sourceMac: from, destinationMac: to },
    });
    packet.connection = undefined;
    packet.state = undefined;
    return this.#ip.sendEncapsulated(journey, namespace, outer);
  }

  /** Asks who has an address. */
  #resolve(journey: Journey, link: Link, ip: number, packet: Packet): string | undefined {
    const { namespace } = link;
    const now = this.#world.now();
    const known = namespace.neighbours.find(link, ip, now);
    const address = ipv4Text(ip);
    if (known !== undefined && known.state !== 'STALE') {
      const from = known.state === 'PERMANENT' ? 'permanent' : 'cache';
      journey.record(namespace, link, packet, { did: 'resolved', address, mac: known.mac, from });
      return known.mac;
    }
    const mac = this.#ask(journey, link, ip, link.mac, 0);
    namespace.neighbours.learn(link, ip, mac, now);
    journey.record(namespace, link, packet, { did: 'resolved', address, mac, from: 'asked' });
    return mac;
  }

  /** Sends a question out of a link. Bridges on the way learn who asks and who answers. */
  #ask(journey: Journey, link: Link, ip: number, asker: string, depth: number): string | undefined {
    if (!link.running || depth > MAX_BRIDGES) return undefined;
    const { device } = link;
    switch (device.kind) {
      case 'veth':
        return device.peer === undefined ? undefined : this.#hear(journey, device.peer, ip, asker, depth);
      case 'bridge':
        return this.#askPorts(journey, link, undefined, ip, asker, depth);
      case 'ipvlan': {
        for (const sibling of device.lower.uppers)
          if (sibling !== link && sibling.running && holds(sibling, ip)) {
            journey.touched.add(sibling.namespace);
            return sibling.mac;
          }
        return this.#ask(journey, device.lower, ip, device.lower.mac, depth);
      }
      case 'uplink': {
        const { port } = device;
        if (port === undefined) return undefined;
        journey.touched.add(port.fabric);
        return port.fabric.resolve(port, ip);
      }
      // Broadcast over vxlan is not modelled: those who use it name neighbours by hand, as flanneld does.
      case 'vxlan':
      case 'loopback':
      case 'dummy':
        return undefined;
    }
  }

  #hear(journey: Journey, link: Link, ip: number, asker: string, depth: number): string | undefined {
    if (!link.up) return undefined;
    journey.touched.add(link.namespace);
    for (const upper of link.uppers)
      if (upper.device.kind === 'ipvlan' && upper.running && holds(upper, ip)) return link.mac;
    const { master } = link;
    if (master === undefined) return isLocal(link.namespace, ip) ? link.mac : undefined;
    if (master.device.kind !== 'bridge' || !master.up) return undefined;
    master.device.fdb.learn(asker, link, this.#world.now());
    if (isLocal(master.namespace, ip)) return master.mac;
    return this.#askPorts(journey, master, link, ip, asker, depth + 1);
  }

  #askPorts(
    journey: Journey,
    bridge: Link,
    ingress: Link | undefined,
    ip: number,
    asker: string,
    depth: number,
  ): string | undefined {
    if (bridge.device.kind !== 'bridge') return undefined;
    for (const port of bridge.device.ports) {
      if (port === ingress) continue;
      const mac = this.#ask(journey, port, ip, asker, depth);
      if (mac === undefined) continue;
      bridge.device.fdb.learn(mac, port, this.#world.now());
      return mac;
    }
    return undefined;
  }

  #passes(
    journey: Journey,
    link: Link,
    direction: 'in' | 'out',
    packet: Packet,
    macs?: readonly [string, string],
  ): void {
    const counters = direction === 'in' ? link.received : link.sent;
    counters.packets += packet.fragments;
    counters.bytes += packet.length + 14 * packet.fragments;
    journey.record(link.namespace, link, packet, { did: direction === 'in' ? 'received' : 'sent' }, macs);
    for (const observer of link.observers) observer(direction, packet);
  }
}

function holds(link: Link, ip: number): boolean {
  return link.addresses.some((address) => address.ip === ip);
}

/** In another namespace nobody knows a packet's mark or connection. */
function scrubbed(packet: Packet, from: NetworkNamespace, to: NetworkNamespace): Packet {
  if (from === to) return packet;
  packet.mark = 0;
  packet.connection = undefined;
  packet.state = undefined;
  packet.reply = false;
  return packet;
}

/** Whether a flooded frame would find its receiver behind a port. */
function leadsTo(port: Link, mac: string): boolean {
  const { device } = port;
  if (device.kind === 'veth') {
    const { peer } = device;
    if (peer === undefined) return false;
    return peer.mac === mac || peer.master !== undefined;
  }
  if (device.kind === 'vxlan') return device.vteps.find(mac).length > 0;
  return device.kind === 'uplink';
}
