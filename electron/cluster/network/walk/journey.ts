import type { Fabric } from '../fabric/interface.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import type { Link } from '../namespace/link.ts';
import type { Action, DropReason, Hop, Leg, Place } from './interface.ts';
import { layersOf } from './layers.ts';
import type { Packet } from './packet.ts';

/** How one packet ended. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly namespace: NetworkNamespace; readonly packet: Packet }
  | { readonly kind: 'dropped'; readonly at: Place; readonly reason: DropReason; readonly leg: Leg }
  /** It never left: what the system call says. */
  | {
      readonly kind: 'unsent';
      readonly error: 'ENETUNREACH' | 'EHOSTUNREACH' | 'EACCES' | 'EINVAL' | 'EPERM';
    }
  /** Longer than what the way takes, and not to be cut: `EMSGSIZE`. */
  | { readonly kind: 'too-long'; readonly mtu: number }
  /** Nobody on the sender's own link has the next address. */
  | { readonly kind: 'no-neighbour'; readonly namespace: NetworkNamespace; readonly source: number }
  /** Somebody on the way sent an error or a reset instead, and how that fared. */
  | {
      readonly kind: 'refused';
      readonly by: NetworkNamespace;
      readonly answer: Packet;
      readonly outcome: Outcome;
    };

/** Steps after which a packet counts as going in circles. */
const MAX_STEPS = 2_000;

/** One packet and all that comes of it: its answer, errors about it. Bounded, and remembers what it touched. */
export class Journey {
  readonly hops: Hop[] = [];
  readonly #recording: boolean;
  /** Namespaces and fabrics that had a say. */
  readonly touched = new Set<NetworkNamespace | Fabric>();
  leg: Leg = 'request';
  /** A rule drew by lot. */
  chance = false;
  #steps = 0;

  constructor(recording: boolean) {
    this.#recording = recording;
  }

  get recording(): boolean {
    return this.#recording;
  }

  /** Counts a step. False: too many, the packet is to be dropped. */
  step(): boolean {
    this.#steps += 1;
    return this.#steps < MAX_STEPS;
  }

  record(
    namespace: NetworkNamespace,
    device: Link | undefined,
    packet: Packet,
    action: Action,
    macs?: readonly [string, string],
  ): void {
    if (!this.#recording) return;
    this.hops.push({
      machine: namespace.machine,
      namespace: namespace.name,
      ...(device === undefined ? {} : { device: device.name }),
      leg: this.leg,
      action,
      layers: layersOf(packet, macs),
    });
  }

  drop(namespace: NetworkNamespace, device: Link | undefined, packet: Packet, reason: DropReason): Outcome {
    this.record(namespace, device, packet, { did: 'dropped', reason });
    const { machine, name } = namespace;
    return { kind: 'dropped', at: { machine, namespace: name }, reason, leg: this.leg };
  }
}
