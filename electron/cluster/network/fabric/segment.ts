import type { Link } from '../namespace/link.ts';
import { isLocal } from '../namespace/is-local.ts';
import type { Packet } from '../walk/packet.ts';
import type { Carried, Fabric, FabricPort } from './interface.ts';

/** One Ethernet: every machine hears every other, unless somebody cut the way between two. */
export class Segment implements Fabric {
  readonly name: string;
  readonly #ports: FabricPort[] = [];
  readonly #mtu: number;
  readonly #isCut: (from: string, to: string) => boolean;
  #generation = 0;

  /** `mtu`: longer frames are lost without a word. `isCut`: whether frames of one machine do not reach another; whoever changes the answer calls `changed`. */
  constructor(
    name: string,
    options: { readonly mtu?: number; readonly isCut?: (from: string, to: string) => boolean } = {},
  ) {
    this.name = name;
    this.#mtu = options.mtu ?? 9000;
    this.#isCut = options.isCut ?? (() => false);
  }

  get generation(): number {
    return this.#generation;
  }

  changed(): void {
    this.#generation += 1;
  }

  plug(link: Link): FabricPort {
    if (link.device.kind !== 'uplink') throw new Error(`${link.name} is no uplink`);
    const port: FabricPort = { fabric: this, link, machine: link.namespace.machine, plugged: true };
    link.device.port = port;
    this.#ports.push(port);
    this.changed();
    link.namespace.changed();
    return port;
  }

  unplug(port: FabricPort): void {
    const index = this.#ports.indexOf(port);
    if (index < 0) return;
    this.#ports.splice(index, 1);
    port.plugged = false;
    if (port.link.device.kind === 'uplink') port.link.device.port = undefined;
    this.changed();
    port.link.namespace.changed();
  }

  /** Pulls the cable out, or plugs it in again. */
  setPlugged(port: FabricPort, plugged: boolean): void {
    port.plugged = plugged;
    this.changed();
    port.link.namespace.changed();
  }

  resolve(from: FabricPort, ip: number): string | undefined {
    for (const port of this.#ports) {
      if (port === from || !this.#reaches(from, port) || !this.#reaches(port, from)) continue;
      if (!port.link.running) continue;
      // arp_ignore 0: a machine answers for any of its addresses on any interface.
      if (isLocal(port.link.namespace, ip)) return port.link.mac;
      for (const upper of port.link.uppers)
        if (upper.device.kind === 'ipvlan' && upper.running && upper.addresses.some((own) => own.ip === ip))
          return port.link.mac;
    }
    return undefined;
  }

  carry(from: FabricPort, mac: string, packet: Packet): Carried {
    if (!from.plugged) return { dropped: 'unplugged' };
    if (packet.piece > this.#mtu) return { dropped: 'frame-too-big' };
    for (const port of this.#ports) {
      if (port === from || port.link.mac !== mac) continue;
      if (!this.#reaches(from, port)) return { dropped: 'cut' };
      return port.link.running ? { to: port } : { dropped: 'unplugged' };
    }
    return { dropped: 'unknown-mac' };
  }

  #reaches(from: FabricPort, to: FabricPort): boolean {
    return from.plugged && to.plugged && !this.#isCut(from.machine, to.machine);
  }
}
