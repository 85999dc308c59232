import type { Cidr } from '../ip/cidr.ts';
import type { Link } from './link.ts';

export type Scope = 'host' | 'link' | 'global';

/** An address of an interface. */
export interface InterfaceAddress {
  readonly ip: number;
  readonly bits: number;
  readonly broadcast?: number;
  readonly scope: Scope;
  /** Not the first of its range: shown as `secondary`, never chosen as source. */
  readonly secondary: boolean;
}

/** What a route does with a packet. `blackhole` drops it silently, the next two answer with ICMP. */
export type RouteType = 'unicast' | 'local' | 'broadcast' | 'blackhole' | 'unreachable' | 'prohibit';

export interface Route {
  readonly type: RouteType;
  readonly destination: Cidr;
  /** `main` 254, `local` 255, `default` 253. */
  readonly table: number;
  /** Undefined for the types that drop. */
  readonly link: Link | undefined;
  readonly via?: number;
  /** Source for packets that begin here. */
  readonly src?: number;
  readonly scope: Scope;
  /** As iproute2 names them; `boot` is shown as nothing. */
  readonly protocol: 'kernel' | 'boot' | 'static' | 'bird' | 'dhcp';
  readonly metric?: number;
  readonly onlink: boolean;
  readonly mtu?: number;
}

/** One line of `ip rule`. */
export interface PolicyRule {
  readonly priority: number;
  readonly from?: Cidr;
  readonly to?: Cidr;
  readonly fwmark?: { readonly value: number; readonly mask: number };
  readonly iif?: string;
  readonly oif?: string;
  readonly table: number;
}

export const LOCAL_TABLE = 255;
export const MAIN_TABLE = 254;
export const DEFAULT_TABLE = 253;

/** A failure of the kernel's rtnetlink, with iproute2's text, e.g. `RTNETLINK answers: File exists`. */
export class NetlinkError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NetlinkError';
  }
}

export type NeighbourState = 'PERMANENT' | 'REACHABLE' | 'STALE' | 'FAILED';

export interface Neighbour {
  readonly link: Link;
  readonly ip: number;
  /** Undefined while `FAILED`. */
  readonly mac: string | undefined;
  readonly state: NeighbourState;
}

export type TransportProtocol = 'tcp' | 'udp';

/** Somebody listens. */
export interface ListeningSocket {
  readonly protocol: TransportProtocol;
  /** 0: every address. */
  readonly ip: number;
  readonly port: number;
  /** Whose it is, for `ss -p`. */
  readonly process?: { readonly name: string; readonly pid: number };
  /** Accepts nothing more: a SYN is dropped, as with a full backlog. */
  readonly backlogFull?: boolean;
  /** `ss` shows it as Send-Q; Go's default is `net.core.somaxconn`. */
  readonly backlog: number;
}
