import type { FabricStep } from '../fabric/interface.ts';

/** Which packet of a walk a hop is about. */
export type Leg = 'request' | 'reply' | 'error';

/** One header, outermost first. Addresses as text. */
export type Layer =
  | { readonly layer: 'ethernet'; readonly source: string; readonly destination: string }
  | {
      readonly layer: 'ipv4';
      readonly source: string;
      readonly destination: string;
      readonly ttl: number;
      readonly protocol: string;
      /** Bytes, this header among them. */
      readonly length: number;
      readonly df: boolean;
      readonly fragments: number;
    }
  | {
      readonly layer: 'tcp';
      readonly sourcePort: number;
      readonly destinationPort: number;
      readonly flags: string;
    }
  | { readonly layer: 'udp'; readonly sourcePort: number; readonly destinationPort: number }
  | {
      readonly layer: 'icmp';
      readonly type: number;
      readonly code: number;
      /** Of echo. */
      readonly id?: number;
      /** Of `fragmentation needed`. */
      readonly mtu?: number;
    }
  | { readonly layer: 'vxlan'; readonly vni: number };

/** Why a packet went no further. */
export type DropReason =
  /** A rule, a policy, or a security rule of a cloud. */
  | 'rule'
  | 'policy'
  | 'no-route'
  | 'blackhole'
  | 'forwarding-off'
  | 'reverse-path'
  | 'martian'
  | 'link-down'
  | 'no-carrier'
  | 'unplugged'
  | 'cut'
  | 'unknown-mac'
  | 'not-for-us'
  /** A frame would leave a bridge where it came from. */
  | 'same-port'
  | 'frame-too-big'
  /** A vxlan device has no entry for the MAC address, or no device takes the packet. */
  | 'no-vtep'
  | 'no-such-vni'
  | 'conntrack-full'
  | 'conntrack-clash'
  | 'backlog-full'
  | 'ignored'
  | 'loop'
  /** It arrived where nobody waits for it: an answer from another address than was asked. */
  | 'unexpected';

/** What was done with a packet at a hop. JSON-safe; people's sentences are made from it elsewhere. */
export type Action =
  | { readonly did: 'created' }
  /** `route` as `ip route` prints it; `priority` of the rule that named the table. */
  | { readonly did: 'routed'; readonly route: string; readonly table: number; readonly priority: number }
  | { readonly did: 'tracked'; readonly state: string }
  /** A rule that fitted; `number` from 1. */
  | {
      readonly did: 'matched';
      readonly table: string;
      readonly chain: string;
      readonly number: number;
      readonly rule: string;
    }
  | {
      readonly did: 'translated';
      readonly side: 'source' | 'destination';
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly did: 'resolved';
      readonly address: string;
      readonly mac: string | undefined;
      /** `asked`: by ARP just now. */
      readonly from: 'permanent' | 'cache' | 'asked';
    }
  | { readonly did: 'sent' }
  | { readonly did: 'received' }
  | { readonly did: 'bridged'; readonly port: string; readonly by: 'fdb' | 'flood' }
  | { readonly did: 'encapsulated'; readonly vni: number; readonly remote: string }
  | { readonly did: 'decapsulated'; readonly vni: number }
  | { readonly did: 'carried'; readonly fabric: string; readonly steps: readonly FabricStep[] }
  | { readonly did: 'fragmented'; readonly pieces: number; readonly mtu: number }
  | { readonly did: 'forwarded' }
  | { readonly did: 'delivered' }
  /** An ICMP error or a TCP reset is sent because of it. */
  | { readonly did: 'refused'; readonly with: string }
  | { readonly did: 'dropped'; readonly reason: DropReason };

export interface Hop {
  readonly machine: string;
  /** Empty: the machine's own. */
  readonly namespace: string;
  readonly device?: string;
  readonly leg: Leg;
  readonly action: Action;
  readonly layers: readonly Layer[];
}

export interface Place {
  readonly machine: string;
  readonly namespace: string;
}

/** What whoever sent the first packet learns. */
export type Verdict =
  | { readonly kind: 'answered'; readonly by: Place; readonly ttl: number }
  /** `Connection refused`: a reset, or ICMP port unreachable. */
  | { readonly kind: 'refused'; readonly by: Place; readonly with: 'reset' | 'icmp' }
  /** ICMP said so; `local`: nobody answered to ARP on the sender's own link. */
  | {
      readonly kind: 'unreachable';
      readonly by: Place;
      readonly address: string;
      readonly code: number;
      readonly local: boolean;
    }
  | { readonly kind: 'ttl-exceeded'; readonly by: Place; readonly address: string }
  /** `Message too long`, or ICMP fragmentation needed. */
  | { readonly kind: 'too-big'; readonly by: Place; readonly mtu: number }
  /** `Network is unreachable` and its like: nothing was sent. */
  | { readonly kind: 'no-route'; readonly error: 'ENETUNREACH' | 'EHOSTUNREACH' | 'EACCES' | 'EINVAL' }
  /** Nothing came back: where the packet, or its answer, ended. */
  | { readonly kind: 'timed-out'; readonly at: Place; readonly reason: DropReason; readonly leg: Leg }
  /** UDP without an answer arrived. */
  | { readonly kind: 'delivered'; readonly to: Place };

export interface WalkResult {
  readonly verdict: Verdict;
  /** Empty where nobody asked for them. */
  readonly hops: readonly Hop[];
  /** Whether chance chose the way (statistic, random ports of it do not count): the next packet may go another. */
  readonly chance: boolean;
}
