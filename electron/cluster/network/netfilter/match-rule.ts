import { contains } from '../ip/cidr.ts';
import { ipv4Text } from '../ip/ipv4.ts';
import type { Packet } from '../walk/packet.ts';
import type { AddressType, Condition, Match, PortRange, RuleSpec } from './interface.ts';
import type { Ruleset } from './ruleset.ts';

/** What a rule may ask about beside the packet. */
export interface MatchContext {
  readonly ruleset: Ruleset;
  /** Names of the interfaces; undefined at hooks that have none. */
  readonly inInterface: string | undefined;
  readonly outInterface: string | undefined;
  /** The packet passes a bridge and is not routed. */
  readonly bridged: boolean;
  readonly now: number;
  addressType(ip: number): AddressType;
  /** Uniform in [0, 1). */
  chance(): number;
}

function isInterface({ value, not }: Condition<string>, name: string | undefined): boolean {
  const fits = value.endsWith('+') ? (name ?? '').startsWith(value.slice(0, -1)) : name === value;
  return fits !== not;
}

function isPort({ value: [low, high], not }: Condition<PortRange>, port: number): boolean {
  return (port >= low && port <= high) !== not;
}

function hasPorts({ protocol }: Packet): boolean {
  return protocol !== 'icmp';
}

/** Whether a packet fits a rule. Models iptables' matches of the same names. */
export function matchesRule(spec: RuleSpec, packet: Packet, context: MatchContext): boolean {
  const { source, destination, protocol } = spec;
  if (destination !== undefined && contains(destination.value, packet.dst) === destination.not) return false;
  if (source !== undefined && contains(source.value, packet.src) === source.not) return false;
  if (protocol !== undefined && (packet.protocol === protocol.value) === protocol.not) return false;
  if (spec.inInterface !== undefined && !isInterface(spec.inInterface, context.inInterface)) return false;
  if (spec.outInterface !== undefined && !isInterface(spec.outInterface, context.outInterface)) return false;
  for (const match of spec.matches) if (!fits(match, packet, context)) return false;
  return true;
}

function fits(match: Match, packet: Packet, context: MatchContext): boolean {
  switch (match.kind) {
    case 'comment':
      return true;
    case 'mark':
      return ((packet.mark & match.mask) >>> 0 === match.value) !== match.not;
    case 'conntrack':
    case 'state': {
      const { state, connection } = packet;
      const known = match.states.some((wanted) => {
        if (wanted === 'SNAT') return connection?.snat === true;
        if (wanted === 'DNAT') return connection?.dnat === true;
        return wanted === state;
      });
      return known !== match.not;
    }
    case 'tcp':
    case 'udp':
      if (packet.protocol !== match.kind) return false;
      if (match.sport !== undefined && !isPort(match.sport, packet.sport)) return false;
      if (match.dport !== undefined && !isPort(match.dport, packet.dport)) return false;
      return match.syn === undefined || (packet.flags === 'SYN') !== match.syn.not;
    case 'icmp': {
      const { icmp } = packet;
      if (icmp === undefined) return false;
      const same =
        match.type === undefined ||
        (icmp.type === match.type && (match.code === undefined || icmp.code === match.code));
      return same !== match.not;
    }
    case 'multiport': {
      if (!hasPorts(packet)) return false;
      const { sport, dport } = packet;
      const ofSide = (port: number): boolean =>
        match.ports.some(([low, high]) => port >= low && port <= high);
      const found = (match.side !== 'dports' && ofSide(sport)) || (match.side !== 'sports' && ofSide(dport));
      return found !== match.not;
    }
    case 'addrtype': {
      const { source, destination } = match;
      if (source !== undefined && (context.addressType(packet.src) === source.value) === source.not)
        return false;
      return (
        destination === undefined ||
        (context.addressType(packet.dst) === destination.value) !== destination.not
      );
    }
    case 'statistic':
      return context.chance() < match.probability !== match.not;
    case 'recent':
      return isRecent(match, packet, context) !== match.not;
    case 'set': {
      const members = context.ruleset.sets.get(match.set);
      return (members?.has(memberOf(match.sides, packet)) === true) !== match.not;
    }
    case 'physdev':
      return context.bridged !== match.not;
  }
}

function isRecent(
  match: Match & { kind: 'recent' },
  packet: Packet,
  { ruleset, now }: MatchContext,
): boolean {
  let list = ruleset.recent.get(match.name);
  if (match.mode === 'set') {
    if (list === undefined) ruleset.recent.set(match.name, (list = new Map()));
    list.set(packet.src, now);
    return true;
  }
  const seen = list?.get(packet.src);
  if (seen === undefined) return false;
  const young = match.seconds === undefined || now - seen <= match.seconds * 1000;
  if (!young && match.reap) list?.delete(packet.src);
  return young;
}

/** As members of a set are written: `10.0.0.1`, or `10.0.0.1,tcp:80,10.0.0.2`. The second of several is a port. */
function memberOf(sides: readonly ('src' | 'dst')[], packet: Packet): string {
  return sides
    .map((side, at) => {
      if (at === 1) return `${packet.protocol}:${side === 'src' ? packet.sport : packet.dport}`;
      return ipv4Text(side === 'src' ? packet.src : packet.dst);
    })
    .join(',');
}
