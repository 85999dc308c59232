import { cidrText } from '../ip/cidr.ts';
import { ipv4Text } from '../ip/ipv4.ts';
import type { Condition, Match, PortRange, RuleSpec, Target } from './interface.ts';

const bang = (not: boolean): string => (not ? '! ' : '');
const hex = (value: number): string => `0x${value.toString(16)}`;
const ALL_BITS = 0xffffffff;

export function portsText([low, high]: PortRange, separator = ':'): string {
  return low === high ? String(low) : `${low}${separator}${high}`;
}

/** A mark with its mask; the mask that covers all is left out. */
export function maskedText(value: number, mask: number): string {
  return mask === ALL_BITS ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

/** `1.2.3.4:80-90` of a NAT target. */
export function natText({ ip, ports }: { ip?: number | undefined; ports?: PortRange }): string {
  const address = ip === undefined ? '' : ipv4Text(ip);
  return ports === undefined ? address : `${address}:${portsText(ports, '-')}`;
}

/** Of comments and prefixes: in quotes where a shell would need them. */
export function quoted(text: string): string {
  if (/^[\w-]+$/.test(text)) return text;
  return `"${text.replaceAll(/(["\\])/g, '\\$1')}"`;
}

function portOption(name: string, condition: Condition<PortRange> | undefined): string {
  return condition === undefined ? '' : ` ${bang(condition.not)}--${name} ${portsText(condition.value)}`;
}

function matchText(match: Match): string {
  switch (match.kind) {
    case 'comment':
      return ` -m comment --comment ${quoted(match.text)}`;
    case 'mark':
      return ` -m mark ${bang(match.not)}--mark ${maskedText(match.value, match.mask)}`;
    case 'conntrack':
      return ` -m conntrack ${bang(match.not)}--ctstate ${match.states.join(',')}`;
    case 'state':
      return ` -m state ${bang(match.not)}--state ${match.states.join(',')}`;
    case 'tcp':
    case 'udp': {
      const syn = match.syn === undefined ? '' : ` ${bang(match.syn.not)}--tcp-flags FIN,SYN,RST,ACK SYN`;
      return ` -m ${match.kind}${portOption('sport', match.sport)}${portOption('dport', match.dport)}${syn}`;
    }
    case 'icmp': {
      const code = match.code === undefined ? '' : `/${match.code}`;
      return ` -m icmp ${bang(match.not)}--icmp-type ${match.type === undefined ? 'any' : `${match.type}${code}`}`;
    }
    case 'multiport':
      return ` -m multiport ${bang(match.not)}--${match.side} ${match.ports.map((range) => portsText(range)).join(',')}`;
    case 'addrtype': {
      const side = (name: string, type: Condition<string> | undefined): string =>
        type === undefined ? '' : ` ${bang(type.not)}--${name}-type ${type.value}`;
      return ` -m addrtype${side('src', match.source)}${side('dst', match.destination)}`;
    }
    case 'statistic':
      return ` -m statistic --mode random ${bang(match.not)}--probability ${match.probability.toFixed(11)}`;
    case 'recent': {
      const seconds = match.seconds === undefined ? '' : ` --seconds ${match.seconds}`;
      return ` -m recent ${bang(match.not)}--${match.mode}${seconds}${match.reap ? ' --reap' : ''} --name ${match.name} --mask 255.255.255.255 --rsource`;
    }
    case 'set':
      return ` -m set ${bang(match.not)}--match-set ${match.set} ${match.sides.join(',')}`;
    case 'physdev':
      return ` -m physdev ${bang(match.not)}--physdev-is-bridged`;
  }
}

function targetText(target: Target): string {
  switch (target.kind) {
    case 'jump':
      return ` -j ${target.chain}`;
    case 'goto':
      return ` -g ${target.chain}`;
    case 'REJECT':
      return ` -j REJECT --reject-with ${target.with}`;
    case 'MARK':
      return ` -j MARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    case 'DNAT':
      return ` -j DNAT --to-destination ${natText(target)}${target.randomFully ? ' --random-fully' : ''}`;
    case 'SNAT':
      return ` -j SNAT --to-source ${natText(target)}${target.randomFully ? ' --random-fully' : ''}`;
    case 'MASQUERADE': {
      const ports = target.ports === undefined ? '' : ` --to-ports ${portsText(target.ports, '-')}`;
      return ` -j MASQUERADE${ports}${target.randomFully ? ' --random-fully' : ''}`;
    }
    case 'REDIRECT':
      return ` -j REDIRECT${target.ports === undefined ? '' : ` --to-ports ${portsText(target.ports, '-')}`}`;
    case 'CT':
      return ' -j CT --notrack';
    case 'LOG':
      return ` -j LOG${target.prefix === '' ? '' : ` --log-prefix "${target.prefix}"`}`;
    case 'ACCEPT':
    case 'DROP':
    case 'RETURN':
    case 'NOTRACK':
      return ` -j ${target.kind}`;
  }
}

/** A rule as iptables-save writes it: `-A FORWARD -s 10.0.0.0/8 -j ACCEPT`. */
export function ruleText(chain: string, spec: RuleSpec): string {
  const option = (name: string, condition: Condition<string> | undefined): string =>
    condition === undefined ? '' : ` ${bang(condition.not)}-${name} ${condition.value}`;
  const range = (name: string, condition: RuleSpec['source']): string =>
    condition === undefined ? '' : ` ${bang(condition.not)}-${name} ${cidrText(condition.value)}`;
  return `-A ${chain}${range('s', spec.source)}${range('d', spec.destination)}${option('i', spec.inInterface)}${option(
    'o',
    spec.outInterface,
  )}${option('p', spec.protocol)}${spec.matches.map(matchText).join('')}${
    spec.target === undefined ? '' : targetText(spec.target)
  }`;
}
