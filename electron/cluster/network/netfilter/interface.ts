import type { Cidr } from '../ip/cidr.ts';

export type TableName = 'raw' | 'mangle' | 'nat' | 'filter';
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';
export type ConnectionState = 'INVALID' | 'NEW' | 'ESTABLISHED' | 'RELATED' | 'UNTRACKED' | 'SNAT' | 'DNAT';

/** Lowest and highest port, both included. */
export type PortRange = readonly [number, number];

/** A condition that may be turned round (`!`). */
export interface Condition<T> {
  readonly value: T;
  readonly not: boolean;
}

/** One `-m` of a rule, in iptables' words. */
export type Match =
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number; readonly not: boolean }
  | {
      /** `state`: the older name. */
      readonly kind: 'conntrack' | 'state';
      readonly states: readonly ConnectionState[];
      readonly not: boolean;
    }
  | {
      readonly kind: 'tcp' | 'udp';
      readonly sport?: Condition<PortRange>;
      readonly dport?: Condition<PortRange>;
      /** `--syn`: the first packet of a connection. */
      readonly syn?: Condition<true>;
    }
  /** `type` undefined: any. */
  | {
      readonly kind: 'icmp';
      readonly type: number | undefined;
      readonly code?: number;
      readonly not: boolean;
    }
  | {
      readonly kind: 'multiport';
      readonly side: 'sports' | 'dports' | 'ports';
      readonly ports: readonly PortRange[];
      readonly not: boolean;
    }
  | {
      readonly kind: 'addrtype';
      readonly source?: Condition<AddressType>;
      readonly destination?: Condition<AddressType>;
    }
  /** `probability` as a fraction of 2^31. */
  | { readonly kind: 'statistic'; readonly probability: number; readonly not: boolean }
  | {
      readonly kind: 'recent';
      readonly mode: 'set' | 'rcheck';
      readonly name: string;
      readonly seconds?: number;
      readonly reap: boolean;
      readonly not: boolean;
    }
  | {
      readonly kind: 'set';
      readonly set: string;
      readonly sides: readonly ('src' | 'dst')[];
      readonly not: boolean;
    }
  | { readonly kind: 'physdev'; readonly not: boolean };

export type AddressType = 'LOCAL' | 'UNICAST' | 'BROADCAST' | 'MULTICAST';

export type RejectWith =
  | 'icmp-net-unreachable'
  | 'icmp-host-unreachable'
  | 'icmp-proto-unreachable'
  | 'icmp-port-unreachable'
  | 'icmp-net-prohibited'
  | 'icmp-host-prohibited'
  | 'icmp-admin-prohibited'
  | 'tcp-reset';

/** What a rule does with a packet that fits. */
export type Target =
  | { readonly kind: 'ACCEPT' | 'DROP' | 'RETURN' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'REJECT'; readonly with: RejectWith }
  /** The mark becomes `(mark & ~mask) ^ value`. */
  | { readonly kind: 'MARK'; readonly value: number; readonly mask: number }
  | {
      readonly kind: 'DNAT' | 'SNAT';
      readonly ip: number | undefined;
      readonly ports?: PortRange;
      readonly randomFully: boolean;
    }
  | { readonly kind: 'MASQUERADE'; readonly ports?: PortRange; readonly randomFully: boolean }
  | { readonly kind: 'REDIRECT'; readonly ports?: PortRange }
  | { readonly kind: 'CT' | 'NOTRACK' }
  | { readonly kind: 'LOG'; readonly prefix: string };

/** A rule without its counters. */
export interface RuleSpec {
  readonly source?: Condition<Cidr>;
  readonly destination?: Condition<Cidr>;
  /** A trailing `+` stands for any rest. */
  readonly inInterface?: Condition<string>;
  readonly outInterface?: Condition<string>;
  readonly protocol?: Condition<string>;
  readonly matches: readonly Match[];
  /** Undefined: counts only. */
  readonly target?: Target;
}

/** A failure, with iptables' text (v1.8.9, nf_tables). */
export class IptablesError extends Error {
  readonly code: number;

  constructor(message: string, code = 1) {
    super(message);
    this.name = 'IptablesError';
    this.code = code;
  }
}
