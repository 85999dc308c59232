import { inverted } from '../netfilter/conntrack.ts';
import type { AddressType, Hook, RejectWith, TableName } from '../netfilter/interface.ts';
import type { MatchContext } from '../netfilter/match-rule.ts';
import { ruleText } from '../netfilter/rule-text.ts';
import type { Decision } from '../netfilter/traverse.ts';
import { traverse } from '../netfilter/traverse.ts';
import { LOCAL_TABLE } from '../namespace/interface.ts';
import type { Link } from '../namespace/link.ts';
import type { NetworkNamespace } from '../namespace/network-namespace.ts';
import { ipv4Text } from '../ip/ipv4.ts';
import type { DropReason } from './interface.ts';
import type { Journey } from './journey.ts';
import type { NatPlace } from './nat.ts';
import { keepUnique, setUpNat, translate } from './nat.ts';
import type { Packet } from './packet.ts';
import { sourceFor } from './source-address.ts';
import type { World } from './world.ts';

/** Where a packet is when a hook is called. */
export interface HookPlace {
  readonly namespace: NetworkNamespace;
  readonly inLink: Link | undefined;
  readonly outLink: Link | undefined;
  /** Next address on `outLink`: MASQUERADE picks the source by it. */
  readonly nextHop?: number;
  readonly bridged: boolean;
}

/** What a hook says: on with it, drop it, or refuse it. */
export type HookResult = 'accept' | { readonly drop: DropReason } | { readonly reject: RejectWith };

/** Tables of each hook in the order of their priorities; conntrack and NAT stand between them. */
const BEFORE_NAT: Readonly<Record<Hook, readonly TableName[]>> = {
  PREROUTING: ['mangle'],
  INPUT: ['mangle', 'filter'],
  FORWARD: ['mangle', 'filter'],
  OUTPUT: ['mangle'],
  POSTROUTING: ['mangle'],
};

/** Calls netfilter: tables, conntrack, NAT. Models the hooks of net/netfilter with iptables' priorities. */
export class Hooks {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  run(journey: Journey, hook: Hook, packet: Packet, place: HookPlace): HookResult {
    const { netfilter } = place.namespace;
    // Without a table nothing is registered, and nothing is tracked.
    if (netfilter.used.size === 0) return 'accept';
    if (hook === 'PREROUTING' || hook === 'OUTPUT') {
      const raw = this.#table(journey, 'raw', hook, packet, place);
      if (raw !== 'accept') return raw;
      const tracked = this.#track(journey, packet, place);
      if (tracked !== 'accept') return tracked;
    }
    for (const table of BEFORE_NAT[hook]) {
      const result = this.#table(journey, table, hook, packet, place);
      if (result !== 'accept') return result;
    }
    if (hook !== 'FORWARD') {
      const result = this.#nat(journey, hook, packet, place);
      if (result !== 'accept') return result;
    }
    if (hook === 'OUTPUT') return this.#table(journey, 'filter', hook, packet, place);
    if (hook === 'INPUT' || hook === 'POSTROUTING') return this.#confirm(packet, place);
    return 'accept';
  }

  #table(journey: Journey, name: TableName, hook: Hook, packet: Packet, place: HookPlace): HookResult {
    const decision = this.#traverse(journey, name, hook, packet, place);
    switch (decision?.verdict.kind) {
      case 'DROP':
        return { drop: decision.number === 0 ? 'policy' : 'rule' };
      case 'REJECT':
        return { reject: decision.verdict.with };
      case 'CT':
      case 'NOTRACK':
        packet.state = 'UNTRACKED';
        return 'accept';
      default:
        return 'accept';
    }
  }

  #traverse(
    journey: Journey,
    name: TableName,
    hook: Hook,
    packet: Packet,
    place: HookPlace,
  ): Decision | undefined {
    const { namespace, inLink, outLink, bridged } = place;
    if (!namespace.netfilter.used.has(name)) return undefined;
    const context: MatchContext = {
      ruleset: namespace.netfilter,
      inInterface: inLink?.name,
      outInterface: outLink?.name,
      bridged,
      now: this.#world.now(),
      addressType: (ip) => addressType(namespace, ip),
      chance: () => {
        journey.chance = true;
        return this.#world.rand.float();
      },
    };
    const device = outLink ?? inLink;
    return traverse(
      namespace.netfilter.table(name),
      hook,
      packet,
      context,
      journey.recording
        ? (chain, number, { spec }) =>
            journey.record(namespace, device, packet, {
              did: 'matched',
              table: name,
              chain: chain.name,
              number,
              rule: ruleText(chain.name, spec),
            })
        : undefined,
    );
  }

  #track(journey: Journey, packet: Packet, { namespace, inLink, outLink }: HookPlace): HookResult {
    // Seen already: it came round by the loopback device, or is not to be tracked.
    if (packet.connection !== undefined || packet.state === 'UNTRACKED') return 'accept';
    const { conntrack } = namespace;
    const now = this.#world.now();
    packet.reply = false;
    const about = packet.icmp?.about;
    if (about !== undefined) {
      const found = conntrack.find(inverted(about), now);
      packet.state = found === undefined ? 'INVALID' : 'RELATED';
      packet.connection = found?.connection;
      packet.reply = found?.reply === true;
      return 'accept';
    }
    const found = conntrack.find(packet, now);
    if (found !== undefined) {
      packet.connection = found.connection;
      packet.reply = found.reply;
      packet.state = found.reply || found.connection.replied ? 'ESTABLISHED' : 'NEW';
    } else if (begins(packet)) {
      if (conntrack.count >= conntrack.max) return { drop: 'conntrack-full' };
      packet.connection = conntrack.begin(packet, now);
      packet.state = 'NEW';
    } else packet.state = 'INVALID';
    if (packet.connection !== undefined) conntrack.see(packet.connection, packet, now);
    journey.record(namespace, outLink ?? inLink, packet, { did: 'tracked', state: packet.state });
    return 'accept';
  }

  #nat(journey: Journey, hook: Hook, packet: Packet, place: HookPlace): HookResult {
    const { namespace, inLink, outLink } = place;
    const { connection } = packet;
    if (connection === undefined || !namespace.netfilter.used.has('nat')) return 'accept';
    const side = hook === 'PREROUTING' || hook === 'OUTPUT' ? 'destination' : 'source';
    const isNew = packet.state === 'NEW' && !packet.reply;
    if (isNew && !connection.confirmed && !connection.decided[side]) {
      connection.decided[side] = true;
      const target = this.#traverse(journey, 'nat', hook, packet, place)?.verdict;
      if (target?.kind === 'DROP') return { drop: 'policy' };
      const natPlace = this.#natPlace(hook, packet, place);
      const done =
        target === undefined || target.kind === 'ACCEPT'
          ? side === 'destination' || keepUnique(connection, natPlace)
          : setUpNat(connection, target as Parameters<typeof setUpNat>[1], natPlace);
      if (!done) return { drop: 'conntrack-clash' };
    }
    const end = (): string =>
      side === 'source' ? endText(packet.src, packet.sport) : endText(packet.dst, packet.dport);
    const before = journey.recording ? end() : '';
    if (!translate(packet, side) || !journey.recording) return 'accept';
    const after = end();
    journey.record(namespace, outLink ?? inLink, packet, { did: 'translated', side, before, after });
    return 'accept';
  }

  #natPlace(hook: Hook, packet: Packet, { namespace, inLink, outLink, nextHop }: HookPlace): NatPlace {
    const link = outLink ?? inLink;
    let ownAddress: number | undefined;
    if (hook === 'POSTROUTING' && link !== undefined) ownAddress = sourceFor(link, nextHop ?? packet.dst);
    else if (hook === 'OUTPUT') ownAddress = 0x7f000001;
    else ownAddress = link?.addresses[0]?.ip;
    return {
      conntrack: namespace.conntrack,
      now: this.#world.now(),
      ownAddress,
      int: (bound) => this.#world.rand.int(bound),
    };
  }

  #confirm(packet: Packet, { namespace }: HookPlace): HookResult {
    const { connection } = packet;
    if (connection === undefined || packet.icmp?.about !== undefined) return 'accept';
    return namespace.conntrack.confirm(connection, this.#world.now())
      ? 'accept'
      : { drop: 'conntrack-clash' };
  }
}

/** Whether a packet may begin a flow (`nf_conntrack_tcp_loose` lets a plain ACK). */
function begins({ protocol, flags, icmp }: Packet): boolean {
  if (protocol === 'tcp') return flags === 'SYN' || flags === 'ACK';
  return protocol === 'udp' || icmp?.type === 8;
}

function addressType(namespace: NetworkNamespace, ip: number): AddressType {
  if (ip >>> 28 === 0xe) return 'MULTICAST';
  const type = namespace.routes.lookup(LOCAL_TABLE, ip)?.type;
  if (type === 'local') return 'LOCAL';
  return type === 'broadcast' ? 'BROADCAST' : 'UNICAST';
}

function endText(ip: number, port: number): string {
  return `${ipv4Text(ip)}:${port}`;
}
