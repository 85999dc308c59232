import type { FabricPort } from '../fabric/interface.ts';
import type { ForwardingDatabase } from './forwarding-database.ts';
import type { InterfaceAddress } from './interface.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import type { Packet } from '../walk/packet.ts';
import type { VtepDatabase } from './vtep-database.ts';

/** What makes an interface the kind it is. */
export type Device =
  | { readonly kind: 'loopback' }
  | { readonly kind: 'dummy' }
  | { readonly kind: 'veth'; peer: Link | undefined }
  | { readonly kind: 'bridge'; readonly ports: Set<Link>; readonly fdb: ForwardingDatabase }
  | {
      readonly kind: 'vxlan';
      readonly vni: number;
      readonly local: number;
      readonly port: number;
      readonly lower: Link | undefined;
      readonly learning: boolean;
      readonly vteps: VtepDatabase;
    }
  | { readonly kind: 'ipvlan'; readonly mode: 'l2'; readonly lower: Link }
  /** Where a machine is plugged into what joins machines. */
  | { readonly kind: 'uplink'; port: FabricPort | undefined };

export type DeviceKind = Device['kind'];

/** Bytes and packets of one direction. */
export interface LinkCounters {
  bytes: number;
  packets: number;
}

/** Told of every packet that passes, before the next hop changes it. */
export type LinkObserver = (direction: 'in' | 'out', packet: Packet) => void;

/** An interface of a network namespace. Change it through its namespace, which counts generations. */
export class Link {
  readonly device: Device;
  namespace: NetworkNamespace;
  index: number;
  name: string;
  mac: string;
  mtu: number;
  /** `ip link set up`. */
  up = false;
  /** It was switched on once: it has a queueing discipline. */
  everUp = false;
  /** The bridge it is a port of. */
  master: Link | undefined;
  /** Of a port: a frame may leave where it came from. */
  hairpin = false;
  /** Number of the port in its bridge, from 1. */
  portNumber = 0;
  /** Left out of `ip link` when 0, as what CNI plugins make. */
  queueLength: number;
  addresses: readonly InterfaceAddress[] = [];
  /** Links on top of this one. */
  readonly uppers = new Set<Link>();
  readonly received: LinkCounters = { bytes: 0, packets: 0 };
  readonly sent: LinkCounters = { bytes: 0, packets: 0 };
  /** Who looks at what passes (tcpdump). */
  readonly observers = new Set<LinkObserver>();

  constructor(
    namespace: NetworkNamespace,
    options: { name: string; index: number; mac: string; mtu: number; device: Device; queueLength: number },
  ) {
    this.namespace = namespace;
    this.name = options.name;
    this.index = options.index;
    this.mac = options.mac;
    this.mtu = options.mtu;
    this.device = options.device;
    this.queueLength = options.queueLength;
  }

  /** Whether something is at the other end (`LOWER_UP`). */
  get carrier(): boolean {
    const { device } = this;
    switch (device.kind) {
      case 'loopback':
      case 'dummy':
      case 'vxlan':
        return this.up;
      case 'veth':
        return this.up && device.peer?.up === true;
      case 'bridge':
        // A bridge that never had a port keeps the carrier it was made with.
        if (device.ports.size === 0) return this.up;
        for (const port of device.ports) if (port.carrier) return this.up;
        return false;
      case 'ipvlan':
        return this.up && device.lower.carrier;
      case 'uplink':
        return this.up && device.port?.plugged === true;
    }
  }

  /** Frames pass: switched on, with carrier. */
  get running(): boolean {
    return this.up && this.carrier;
  }
}
