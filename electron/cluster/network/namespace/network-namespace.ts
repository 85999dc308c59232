import { Conntrack } from '../netfilter/conntrack.ts';
import { Ruleset } from '../netfilter/ruleset.ts';
import { cidrOf, lastOf } from '../ip/cidr.ts';
import type { InterfaceAddress, PolicyRule, Route, Scope } from './interface.ts';
import { LOCAL_TABLE, MAIN_TABLE, NetlinkError } from './interface.ts';
import type { Device } from './link.ts';
import { Link } from './link.ts';
import { NeighbourTable } from './neighbour-table.ts';
import { RoutingTables } from './routing-tables.ts';
import { SocketTable } from './socket-table.ts';
import { Sysctls } from './sysctls.ts';
import type { VtepDatabase } from './vtep-database.ts';

/** `net.ipv4.route.mtu_expires` in milliseconds. */
const PATH_MTU_EXPIRES = 600_000;
/** Bytes that vxlan puts around a frame. */
const VXLAN_OVERHEAD = 50;
const ZERO_MAC = '00:00:00:00:00:00';

export interface LinkOptions {
  readonly name: string;
  readonly mac: string;
  readonly mtu?: number;
  readonly device: Device;
  readonly queueLength?: number;
}

export interface RouteOptions {
  readonly destination: Route['destination'];
  readonly dev?: string;
  readonly via?: number;
  readonly src?: number;
  readonly table?: number;
  readonly metric?: number;
  readonly onlink?: boolean;
  readonly type?: Route['type'];
  readonly protocol?: Route['protocol'];
  readonly mtu?: number;
}

/**
 * A network namespace: the machine's own or a Pod's. Everything that may give a packet another way is changed through it and counts in
 * `generation`; what packets themselves leave behind (neighbours, learned MAC addresses, connections, counters) does not.
 */
export class NetworkNamespace {
  readonly machine: string;
  /** As `ip netns` names it; the machine's own is empty. */
  readonly name: string;
  readonly routes = new RoutingTables();
  readonly neighbours = new NeighbourTable();
  readonly conntrack = new Conntrack();
  readonly sysctls: Sysctls;
  readonly netfilter: Ruleset;
  readonly sockets: SocketTable;
  readonly #pathMtus = new Map<number, { readonly mtu: number; readonly until: number }>();
  readonly #links = new Map<string, Link>();
  #sorted: readonly Link[] | undefined;
  #nextIndex = 1;
  #generation = 0;

  constructor(machine: string, name: string) {
    this.machine = machine;
    this.name = name;
    const changed = (): void => this.changed();
    this.sysctls = new Sysctls(changed);
    this.netfilter = new Ruleset(changed);
    this.sockets = new SocketTable(changed);
    this.addLink({ name: 'lo', mac: ZERO_MAC, mtu: 65_536, device: { kind: 'loopback' } });
  }

  get generation(): number {
    return this.#generation;
  }

  /** Something that decides about packets is other than before. */
  changed(): void {
    this.#sorted = undefined;
    this.#generation += 1;
  }

  /** By index. */
  get links(): readonly Link[] {
    return (this.#sorted ??= [...this.#links.values()].sort((a, b) => a.index - b.index));
  }

  find(name: string): Link | undefined {
    return this.#links.get(name);
  }

  /** @throws NetlinkError `Cannot find device "x"` */
  link(name: string): Link {
    const link = this.#links.get(name);
    if (link === undefined) throw new NetlinkError(`Cannot find device "${name}"`);
    return link;
  }

  /** @throws NetlinkError `RTNETLINK answers: File exists` */
  addLink(options: LinkOptions): Link {
    this.#requireFree(options.name);
    // A vxlan device takes what its carrier leaves it, whatever was asked for.
    const { device } = options;
    const room =
      device.kind === 'vxlan' && device.lower !== undefined ? device.lower.mtu - VXLAN_OVERHEAD : Infinity;
    const mtu = Math.min(options.mtu ?? 1500, room);
    checkMtu(device, mtu);
    const link = new Link(this, {
      name: options.name,
      mac: options.mac,
      mtu,
      device,
      index: this.#nextIndex++,
      queueLength: options.queueLength ?? 1000,
    });
    this.#links.set(link.name, link);
    if (device.kind === 'ipvlan') device.lower.uppers.add(link);
    if (device.kind === 'vxlan') device.lower?.uppers.add(link);
    if (device.kind === 'bridge') device.fdb.setPermanent(link.mac, link);
    this.changed();
    return link;
  }

  /** Takes an interface away; the other end of a veth pair goes with it. */
  deleteLink(name: string): void {
    const link = this.link(name);
    const peer = link.device.kind === 'veth' ? link.device.peer : undefined;
    if (peer !== undefined && peer.device.kind === 'veth') peer.device.peer = undefined;
    this.#drop(link);
    if (peer !== undefined) peer.namespace.deleteLink(peer.name);
  }

  /** `ip link set NAME netns OTHER`: addresses and routes are lost. @throws NetlinkError */
  moveLink(name: string, to: NetworkNamespace, newName: string = name): Link {
    const link = this.link(name);
    to.#requireFree(newName);
    if (link.master !== undefined) this.setMaster(name, undefined);
    this.setUp(name, false);
    this.#forget(link);
    this.#links.delete(name);
    link.addresses = [];
    link.namespace = to;
    link.name = newName;
    link.index = to.#nextIndex++;
    to.#links.set(newName, link);
    this.changed();
    to.changed();
    return link;
  }

  /** @throws NetlinkError */
  rename(name: string, newName: string): void {
    const link = this.link(name);
    this.#requireFree(newName);
    this.#links.delete(name);
    link.name = newName;
    this.#links.set(newName, link);
    this.changed();
  }

  setUp(name: string, up: boolean): void {
    const link = this.link(name);
    if (link.up === up) return;
    link.up = up;
    if (up) {
      link.everUp = true;
      if (link.device.kind === 'loopback' && link.addresses.length === 0)
        this.addAddress('lo', { ip: 0x7f000001, bits: 8, scope: 'host' });
      else for (const address of link.addresses) this.#addConnected(link, address);
    } else this.#forget(link);
    this.#touchAround(link);
  }

  /** @throws NetlinkError where the device cannot have it */
  setMtu(name: string, mtu: number): void {
    const link = this.link(name);
    checkMtu(link.device, mtu);
    link.mtu = mtu;
    this.changed();
  }

  /** A router said how much the way to a destination takes. */
  learnPathMtu(destination: number, mtu: number, now: number): void {
    this.#pathMtus.set(destination, { mtu, until: now + PATH_MTU_EXPIRES });
  }

  /** What is believed of the way to a destination; undefined for nothing particular. */
  pathMtu(destination: number, now: number): number | undefined {
    const known = this.#pathMtus.get(destination);
    return known !== undefined && known.until > now ? known.mtu : undefined;
  }

  setMac(name: string, mac: string): void {
    const link = this.link(name);
    const { device } = link;
    if (device.kind === 'bridge') {
      device.fdb.delete(link.mac);
      device.fdb.setPermanent(mac, link);
    }
    link.mac = mac;
    // What neighbours knew of it was of the old address, those named by hand among them.
    this.neighbours.forget(link);
    this.changed();
  }

  /** Makes an interface a port of a bridge, or none any more. */
  setMaster(name: string, bridge: string | undefined): void {
    const link = this.link(name);
    const before = link.master?.device;
    if (before?.kind === 'bridge') {
      before.ports.delete(link);
      before.fdb.forget(link);
    }
    link.master = undefined;
    if (bridge !== undefined) {
      const master = this.link(bridge);
      if (master.device.kind !== 'bridge')
        throw new NetlinkError('RTNETLINK answers: Operation not supported');
      const taken = new Set([...master.device.ports].map(({ portNumber }) => portNumber));
      link.portNumber = 1;
      while (taken.has(link.portNumber)) link.portNumber += 1;
      link.master = master;
      master.device.ports.add(link);
      master.device.fdb.setPermanent(link.mac, link);
    }
    this.changed();
  }

  setHairpin(name: string, hairpin: boolean): void {
    this.link(name).hairpin = hairpin;
    this.changed();
  }

  /** @throws NetlinkError `Error: ipv4: Address already assigned.` */
  addAddress(
    name: string,
    address: {
      readonly ip: number;
      readonly bits: number;
      readonly broadcast?: number;
      readonly scope?: Scope;
    },
  ): void {
    const link = this.link(name);
    const { ip, bits, broadcast } = address;
    if (link.addresses.some((other) => other.ip === ip && other.bits === bits))
      throw new NetlinkError('Error: ipv4: Address already assigned.');
    const { base } = cidrOf(ip, bits);
    const secondary = link.addresses.some(
      (other) => other.bits === bits && cidrOf(other.ip, bits).base === base,
    );
    const added: InterfaceAddress = {
      ip,
      bits,
      scope: address.scope ?? 'global',
      secondary,
      ...(broadcast === undefined ? {} : { broadcast }),
    };
    link.addresses = [...link.addresses, added];
    if (link.up) this.#addConnected(link, added);
    this.changed();
  }

  /** @throws NetlinkError `RTNETLINK answers: Cannot assign requested address` */
  deleteAddress(name: string, ip: number, bits: number): void {
    const link = this.link(name);
    const left = link.addresses.filter((other) => other.ip !== ip || other.bits !== bits);
    if (left.length === link.addresses.length)
      throw new NetlinkError('RTNETLINK answers: Cannot assign requested address');
    link.addresses = left;
    this.routes.flush((route) => route.link === link && route.src === ip);
    this.changed();
  }

  /** `ip route add`. @throws NetlinkError with the kernel's text */
  addRoute(options: RouteOptions): void {
    this.routes.add(this.#route(options));
    this.changed();
  }

  /** `ip route replace`. @throws NetlinkError with the kernel's text */
  replaceRoute(options: RouteOptions): void {
    this.routes.replace(this.#route(options));
    this.changed();
  }

  /** `ip route del`. @throws NetlinkError `RTNETLINK answers: No such process` */
  deleteRoute(destination: Route['destination'], table = MAIN_TABLE, via?: number): void {
    this.routes.delete(
      table,
      (route) =>
        route.destination.base === destination.base &&
        route.destination.bits === destination.bits &&
        (via === undefined || route.via === via),
    );
    this.changed();
  }

  addRule(rule: PolicyRule): void {
    this.routes.addRule(rule);
    this.changed();
  }

  /** @throws NetlinkError `RTNETLINK answers: No such file or directory` */
  deleteRule(fits: (rule: PolicyRule) => boolean): void {
    this.routes.deleteRule(fits);
    this.changed();
  }

  /** Names a neighbour by hand. */
  setNeighbour(name: string, ip: number, mac: string): void {
    this.neighbours.setPermanent(this.link(name), ip, mac);
    this.changed();
  }

  deleteNeighbour(name: string, ip: number): void {
    this.neighbours.delete(this.link(name), ip);
    this.changed();
  }

  /** `bridge fdb append MAC dev NAME dst REMOTE self permanent`, of a vxlan device. */
  appendVtep(name: string, mac: string, remote: number): void {
    this.#vteps(name).append(mac, remote);
    this.changed();
  }

  /** `bridge fdb del`. @throws NetlinkError `RTNETLINK answers: No such file or directory` */
  deleteVtep(name: string, mac: string, remote?: number): void {
    if (!this.#vteps(name).delete(mac, remote))
      throw new NetlinkError('RTNETLINK answers: No such file or directory');
    this.changed();
  }

  /** The namespace and all its interfaces go. */
  destroy(): void {
    for (const { name } of this.links) if (this.#links.has(name)) this.deleteLink(name);
  }

  #vteps(name: string): VtepDatabase {
    const { device } = this.link(name);
    if (device.kind !== 'vxlan') throw new NetlinkError('RTNETLINK answers: Operation not supported');
    return device.vteps;
  }

  #route(options: RouteOptions): Route {
    const { destination, via, type = 'unicast', onlink = false } = options;
    const table = options.table ?? MAIN_TABLE;
    const rest = {
      type,
      destination,
      table,
      protocol: options.protocol ?? 'boot',
      onlink,
      ...(via === undefined ? {} : { via }),
      ...(options.src === undefined ? {} : { src: options.src }),
      ...(options.metric === undefined ? {} : { metric: options.metric }),
      ...(options.mtu === undefined ? {} : { mtu: options.mtu }),
    };
    if (type === 'blackhole' || type === 'unreachable' || type === 'prohibit')
      return { ...rest, link: undefined, scope: 'global' };
    const gateway = via === undefined || onlink ? undefined : this.routes.choose(question(via))?.route;
    if (via !== undefined && !onlink && (gateway?.via !== undefined || gateway?.type !== 'unicast'))
      throw new NetlinkError('Error: Nexthop has invalid gateway.');
    const link = options.dev === undefined ? gateway?.link : this.link(options.dev);
    if (link === undefined) throw new NetlinkError('RTNETLINK answers: No such device');
    if (!link.up) throw new NetlinkError('Error: Device for nexthop is not up.');
    return { ...rest, link, scope: via === undefined ? 'link' : 'global' };
  }

  /** What the kernel adds by itself for an address. */
  #addConnected(link: Link, { ip, bits, scope, broadcast, secondary }: InterfaceAddress): void {
    const kernel = { link, protocol: 'kernel', onlink: false, src: ip } as const;
    const host = { ...kernel, table: LOCAL_TABLE, scope: 'host' } as const;
    const range = cidrOf(ip, bits);
    this.routes.replace({ ...host, type: 'local', destination: cidrOf(ip, 32) });
    if (scope === 'host' && bits < 32) this.routes.replace({ ...host, type: 'local', destination: range });
    if (bits >= 32) return;
    if (bits < 31) {
      const last = cidrOf(broadcast ?? lastOf(range), 32);
      const around = { ...kernel, table: LOCAL_TABLE, scope: 'link', type: 'broadcast' } as const;
      this.routes.replace({ ...around, destination: last });
    }
    if (scope === 'host' || secondary) return;
    const known = this.routes
      .list(MAIN_TABLE)
      .some(
        (route) =>
          route.link === link && route.destination.base === range.base && route.destination.bits === bits,
      );
    if (!known)
      this.routes.replace({
        ...kernel,
        table: MAIN_TABLE,
        scope: 'link',
        type: 'unicast',
        destination: range,
      });
  }

  #requireFree(name: string): void {
    if (this.#links.has(name)) throw new NetlinkError('RTNETLINK answers: File exists');
  }

  /** What goes when an interface is switched off. */
  #forget(link: Link): void {
    this.routes.flush((route) => route.link === link);
    this.neighbours.forget(link);
    const { master } = link;
    if (master?.device.kind !== 'bridge') return;
    master.device.fdb.forget(link);
    master.device.fdb.setPermanent(link.mac, link);
  }

  #drop(link: Link): void {
    link.up = false;
    if (link.master !== undefined) this.setMaster(link.name, undefined);
    if (link.device.kind === 'bridge')
      for (const port of [...link.device.ports]) this.setMaster(port.name, undefined);
    if (link.device.kind === 'uplink' && link.device.port !== undefined)
      link.device.port.fabric.unplug(link.device.port);
    for (const upper of [...link.uppers]) upper.namespace.deleteLink(upper.name);
    const { device } = link;
    if (device.kind === 'ipvlan' || device.kind === 'vxlan') device.lower?.uppers.delete(link);
    this.#forget(link);
    this.#links.delete(link.name);
    this.#touchAround(link);
  }

  /** A link's state is felt at its other end and on top of it. */
  #touchAround(link: Link): void {
    this.changed();
    if (link.device.kind === 'veth') link.device.peer?.namespace.changed();
    for (const upper of link.uppers) upper.namespace.changed();
  }
}

function question(destination: number): Parameters<RoutingTables['choose']>[0] {
  return { destination, source: 0, mark: 0, iif: undefined };
}

function checkMtu(device: Device, mtu: number): void {
  if (device.kind === 'loopback') return;
  if (mtu < 68) throw new NetlinkError('Error: mtu less than device minimum.');
  if (mtu > 65_535) throw new NetlinkError('Error: mtu greater than device maximum.');
  if (device.kind === 'vxlan' && device.lower !== undefined && mtu > device.lower.mtu - VXLAN_OVERHEAD)
    throw new NetlinkError('RTNETLINK answers: Invalid argument');
}
