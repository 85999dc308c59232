import type { Link } from '../namespace/link.ts';
import type { DropReason } from '../walk/interface.ts';
import type { Packet } from '../walk/packet.ts';

/** Where a machine's uplink is plugged in. */
export interface FabricPort {
  readonly fabric: Fabric;
  readonly link: Link;
  readonly machine: string;
  /** False: the cable is out, or the machine is off. */
  plugged: boolean;
}

/** Something that happened between machines, e.g. a rule of a security list that matched. JSON-safe. */
export interface FabricStep {
  readonly what: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

/** Where a frame comes out, or why it does not. */
export type Carried =
  | { readonly to: FabricPort; readonly steps?: readonly FabricStep[] }
  | { readonly dropped: DropReason; readonly steps?: readonly FabricStep[] };

/** What joins machines: a switch, or a cloud's network with its own routes and rules. */
export interface Fabric {
  readonly name: string;
  /** Grows with every change that may give a packet another way. */
  readonly generation: number;
  plug(link: Link): FabricPort;
  unplug(port: FabricPort): void;
  /** Who answers to ARP for an address, seen from a port; undefined when nobody does. */
  resolve(from: FabricPort, ip: number): string | undefined;
  /** Takes a frame from a port to another. */
  carry(from: FabricPort, mac: string, packet: Packet): Carried;
}
