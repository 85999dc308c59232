import type { Connection } from '../netfilter/connection.ts';
import type { ConnectionState } from '../netfilter/interface.ts';

export type PacketProtocol = 'tcp' | 'udp' | 'icmp';
/** Of TCP, as far as connections need it. */
export type TcpFlags = 'SYN' | 'SYN,ACK' | 'ACK' | 'RST,ACK' | 'FIN,ACK';

/** Addresses and ports of a packet. Of ICMP echo both ports are its identifier. */
export interface FlowTuple {
  readonly protocol: PacketProtocol;
  readonly src: number;
  readonly dst: number;
  readonly sport: number;
  readonly dport: number;
}

/** What ICMP says. `about`: the packet that an error is about, as it was where the error was made. */
export interface IcmpMessage {
  readonly type: number;
  readonly code: number;
  readonly mtu?: number;
  about?: FlowTuple;
}

/** What vxlan carries. */
export interface Encapsulated {
  readonly vni: number;
  readonly inner: Packet;
  readonly sourceMac: string;
  readonly destinationMac: string;
}

/** A packet on its way. It is changed as it travels: by NAT, by routers (`ttl`), by netfilter's marks. */
export interface Packet {
  readonly protocol: PacketProtocol;
  src: number;
  dst: number;
  sport: number;
  dport: number;
  ttl: number;
  /** Bytes with the IP header. */
  length: number;
  /** Must not be cut in pieces. */
  df: boolean;
  /** Its sender lets it be cut where it knows that the way is narrower (`IP_PMTUDISC_WANT`). */
  readonly wantsPathMtu: boolean;
  readonly flags?: TcpFlags;
  readonly icmp?: IcmpMessage;
  readonly encapsulated?: Encapsulated;
  /** How many pieces it is in, and the bytes of the biggest. */
  fragments: number;
  piece: number;
  /** As its sender knows it, before NAT. */
  origin: FlowTuple | undefined;
  /** Only of use within a namespace. */
  mark: number;
  connection: Connection | undefined;
  /** As conntrack sees it here: undefined before it looked. */
  state: ConnectionState | undefined;
  reply: boolean;
}

/** What a packet is made from; the rest has its usual value. */
export interface PacketSpec extends FlowTuple {
  readonly ttl?: number;
  readonly length?: number;
  readonly df?: boolean;
  readonly mark?: number;
  readonly flags?: TcpFlags;
  readonly icmp?: IcmpMessage;
  readonly encapsulated?: Encapsulated;
}

/** Bytes of a packet without content: TCP's first has options. */
function headersOf({ protocol, flags }: PacketSpec): number {
  if (protocol !== 'tcp') return 28;
  return flags === 'SYN' || flags === 'SYN,ACK' ? 60 : 40;
}

export function newPacket(spec: PacketSpec): Packet {
  const length = spec.length ?? headersOf(spec);
  const { flags, icmp, encapsulated } = spec;
  // What the kernel sends by itself (errors, echo replies, vxlan) may be cut.
  const own = encapsulated === undefined && (icmp === undefined || icmp.type === 8);
  return {
    protocol: spec.protocol,
    src: spec.src,
    dst: spec.dst,
    sport: spec.sport,
    dport: spec.dport,
    ttl: spec.ttl ?? 64,
    length,
    df: spec.df ?? own,
    wantsPathMtu: spec.df === undefined && own && spec.protocol !== 'tcp',
    ...(flags === undefined ? {} : { flags }),
    ...(icmp === undefined ? {} : { icmp }),
    ...(encapsulated === undefined ? {} : { encapsulated }),
    fragments: 1,
    piece: length,
    origin: undefined,
    mark: spec.mark ?? 0,
    connection: undefined,
    state: undefined,
    reply: false,
  };
}
