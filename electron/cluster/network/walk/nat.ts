import type { Connection } from '../netfilter/connection.ts';
import type { Conntrack } from '../netfilter/conntrack.ts';
import type { PortRange, Target } from '../netfilter/interface.ts';
import type { FlowTuple, Packet } from './packet.ts';

export type NatSide = 'source' | 'destination';

/** What of NAT depends on where it happens. */
export interface NatPlace {
  readonly conntrack: Conntrack;
  readonly now: number;
  /** Address that MASQUERADE gives, or REDIRECT sends to; undefined: there is none. */
  readonly ownAddress: number | undefined;
  int(bound: number): number;
}

const TRIES = 128;

/** Ports that stay in the class of the one they replace, as the kernel keeps them. */
function classOf(port: number): PortRange {
  if (port < 512) return [1, 511];
  return port < 1024 ? [600, 1023] : [1024, 65_535];
}

/**
 * Decides what becomes of a flow: its reply tuple is changed. False: no address or port is left. Models nf_nat_setup_info and
 * get_unique_tuple of net/netfilter/nf_nat_core.c.
 */
export function setUpNat(connection: Connection, target: Target, place: NatPlace): boolean {
  switch (target.kind) {
    case 'DNAT':
    case 'REDIRECT': {
      const ip = target.kind === 'DNAT' ? (target.ip ?? connection.reply.src) : place.ownAddress;
      if (ip === undefined) return false;
      const { ports } = target;
      const sport =
        ports === undefined ? connection.reply.sport : ports[0] + place.int(ports[1] - ports[0] + 1);
      connection.reply = { ...connection.reply, src: ip, sport };
      connection.dnat = true;
      return true;
    }
    case 'SNAT':
    case 'MASQUERADE': {
      const ip = target.kind === 'SNAT' ? (target.ip ?? connection.reply.dst) : place.ownAddress;
      if (ip === undefined) return false;
      const randomly = target.randomFully;
      const reply = freeSource({ ...connection.reply, dst: ip }, target.ports, randomly, place);
      if (reply === undefined) return false;
      connection.reply = reply;
      connection.snat = true;
      return true;
    }
    default:
      return true;
  }
}

/** A flow without a rule keeps its source, unless another flow's answers look the same. */
export function keepUnique(connection: Connection, place: NatPlace): boolean {
  if (!place.conntrack.isTaken(connection.reply, place.now)) return true;
  const reply = freeSource(connection.reply, undefined, false, place);
  if (reply === undefined) return false;
  connection.reply = reply;
  connection.snat = true;
  return true;
}

function freeSource(
  reply: FlowTuple,
  ports: PortRange | undefined,
  randomly: boolean,
  { conntrack, now, int }: NatPlace,
): FlowTuple | undefined {
  const [low, high] = ports ?? (reply.protocol === 'icmp' ? [0, 65_535] : classOf(reply.dport));
  const inRange = reply.dport >= low && reply.dport <= high;
  if (inRange && !randomly && !conntrack.isTaken(reply, now)) return reply;
  const size = high - low + 1;
  const first = randomly || !inRange ? int(size) : reply.dport - low;
  for (let tried = 0; tried < Math.min(size, TRIES); tried += 1) {
    const dport = low + ((first + tried) % size);
    // Both "ports" of an echo are its identifier.
    const candidate = { ...reply, dport, ...(reply.protocol === 'icmp' ? { sport: dport } : {}) };
    if (!conntrack.isTaken(candidate, now)) return candidate;
  }
  return undefined;
}

/** Applies a flow's NAT to a packet of it, of one side. Returns whether something changed. */
export function translate(packet: Packet, side: NatSide): boolean {
  const { connection } = packet;
  if (connection === undefined || (!connection.snat && !connection.dnat)) return false;
  const { original, reply } = connection;
  if (packet.icmp?.about !== undefined) return translateError(packet, connection, side);
  const [src, sport, dst, dport] = packet.reply
    ? [original.dst, original.dport, original.src, original.sport]
    : [reply.dst, reply.dport, reply.src, reply.sport];
  if (side === 'destination') {
    if (packet.reply ? !connection.snat : !connection.dnat) return false;
    packet.dst = dst;
    packet.dport = dport;
  } else {
    if (packet.reply ? !connection.dnat : !connection.snat) return false;
    packet.src = src;
    packet.sport = sport;
  }
  if (packet.protocol === 'icmp')
    packet.sport = packet.dport = side === 'source' ? packet.sport : packet.dport;
  return true;
}

/** An error about a flow: what it is about becomes what its receiver knows, and so do its own addresses. */
function translateError(packet: Packet, connection: Connection, side: NatSide): boolean {
  const { icmp } = packet;
  if (icmp?.about === undefined) return false;
  const { original, reply } = connection;
  if (side === 'destination') {
    if (packet.reply ? !connection.snat : !connection.dnat) return false;
    packet.dst = packet.reply ? original.src : reply.src;
  } else {
    if (packet.reply ? !connection.dnat : !connection.snat) return false;
    packet.src = packet.reply ? original.dst : reply.dst;
  }
  const { protocol, src, dst, sport, dport } = packet.reply ? original : reply;
  icmp.about = packet.reply
    ? { protocol, src, dst, sport, dport }
    : { protocol, src: dst, dst: src, sport: dport, dport: sport };
  return true;
}
