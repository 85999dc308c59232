import type { Cidr } from '../ip/cidr.ts';
import { cidrText } from '../ip/cidr.ts';
import { ipv4Text } from '../ip/ipv4.ts';
import type { Condition, Match, PortRange, RuleSpec, TableName, Target } from '../netfilter/interface.ts';
import { IptablesError } from '../netfilter/interface.ts';
import { maskedText, natText, portsText } from '../netfilter/rule-text.ts';
import type { Ruleset } from '../netfilter/ruleset.ts';

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, sctp: 132 };
const hex = (value: number): string => `0x${value.toString(16)}`;

export interface ListOptions {
  readonly chain?: string;
  /** `-v` */
  readonly verbose?: boolean;
  /** `--line-numbers` */
  readonly lineNumbers?: boolean;
  /** `-x`: counters without K, M, G. */
  readonly exact?: boolean;
}

/** A counter in five columns, as iptables shortens it. */
function counter(value: number, exact: boolean): string {
  if (exact || value < 100_000) return String(value);
  let left = Math.round(value / 1000);
  for (const unit of ['K', 'M', 'G']) {
    if (left < 10_000) return `${left}${unit}`;
    left = Math.round(left / 1000);
  }
  return `${left}T`;
}

function address(condition: Condition<Cidr> | undefined): string {
  if (condition === undefined) return ' 0.0.0.0/0';
  const { value, not } = condition;
  return `${not ? '!' : ' '}${value.bits === 32 ? ipv4Text(value.base) : cidrText(value)}`;
}

function port(name: string, condition: Condition<PortRange> | undefined): string {
  if (condition === undefined) return '';
  const [low, high] = condition.value;
  return ` ${name}${low === high ? '' : 's'}:${condition.not ? '!' : ''}${portsText(condition.value)}`;
}

function matchText(match: Match): string {
  const bang = 'not' in match && match.not ? '! ' : '';
  switch (match.kind) {
    case 'comment':
      return ` /* ${match.text} */`;
    case 'mark':
      return ` mark match ${bang}${maskedText(match.value, match.mask)}`;
    case 'conntrack':
      return ` ${bang}ctstate ${match.states.join(',')}`;
    case 'state':
      return ` ${bang}state ${match.states.join(',')}`;
    case 'tcp':
    case 'udp': {
      const syn = match.syn === undefined ? '' : ` flags:${match.syn.not ? '!' : ''}0x17/0x02`;
      return ` ${match.kind}${port('spt', match.sport)}${port('dpt', match.dport)}${syn}`;
    }
    case 'icmp': {
      const code = match.code === undefined ? '' : ` code ${match.code}`;
      return ` ${match.not ? '!' : ''}icmptype ${match.type ?? 255}${code}`;
    }
    case 'multiport':
      return ` multiport ${match.side} ${bang}${match.ports.map((range) => portsText(range)).join(',')}`;
    case 'addrtype': {
      const side = (name: string, type: Condition<string> | undefined): string =>
        type === undefined ? '' : ` ${name}-type ${type.not ? '!' : ''}${type.value}`;
      return ` ADDRTYPE match${side('src', match.source)}${side('dst', match.destination)}`;
    }
    case 'statistic':
      return ` statistic mode random${match.not ? ' !' : ''} probability ${match.probability.toFixed(11)}`;
    case 'recent': {
      const seconds = match.seconds === undefined ? '' : ` seconds: ${match.seconds}`;
      const mode = match.mode === 'set' ? 'SET' : 'CHECK';
      return ` ${bang}recent: ${mode}${seconds}${match.reap ? ' reap' : ''} name: ${match.name} side: source mask: 255.255.255.255`;
    }
    case 'set':
      return ` ${bang}match-set ${match.set} ${match.sides.join(',')}`;
    case 'physdev':
      return ` PHYSDEV match${match.not ? ' !' : ''} --physdev-is-bridged`;
  }
}

function markText({ value, mask }: { value: number; mask: number }): string {
  if (value === 0) return ` MARK and ${hex(~mask >>> 0)}`;
  if (value === mask) return ` MARK or ${hex(value)}`;
  if (mask === 0) return ` MARK xor ${hex(value)}`;
  if (mask === 0xffffffff) return ` MARK set ${hex(value)}`;
  return ` MARK xset ${hex(value)}/${hex(mask)}`;
}

function targetText(target: Target | undefined): string {
  switch (target?.kind) {
    case 'REJECT':
      return ` reject-with ${target.with}`;
    case 'MARK':
      return markText(target);
    case 'DNAT':
    case 'SNAT':
      return ` to:${natText(target)}${target.randomFully ? ' random-fully' : ''}`;
    case 'MASQUERADE': {
      const ports = target.ports === undefined ? '' : ` masq ports: ${portsText(target.ports, '-')}`;
      return `${ports}${target.randomFully ? ' random-fully' : ''}`;
    }
    case 'REDIRECT':
      return target.ports === undefined ? '' : ` redir ports ${portsText(target.ports, '-')}`;
    case 'CT':
      return ' CT notrack';
    case 'NOTRACK':
      return ' NOTRACK';
    case 'LOG':
      return ` LOG flags 0 level 4${target.prefix === '' ? '' : ` prefix "${target.prefix}"`}`;
    default:
      return '';
  }
}

function targetName(target: Target | undefined): string {
  if (target === undefined) return '';
  if (target.kind === 'jump' || target.kind === 'goto') return target.chain;
  return target.kind === 'NOTRACK' ? 'CT' : target.kind;
}

function interfaceText(condition: Condition<string> | undefined): string {
  return condition === undefined ? '*' : `${condition.not ? '!' : ''}${condition.value}`;
}

function ruleLine(spec: RuleSpec, counts: string, verbose: boolean): string {
  const { protocol } = spec;
  const number = protocol === undefined ? 0 : (PROTOCOLS[protocol.value] ?? 0);
  const proto = `${protocol?.not === true ? '!' : ' '}${String(number).padEnd(4)}`;
  const links = verbose
    ? ` ${interfaceText(spec.inInterface).padEnd(6)} ${interfaceText(spec.outInterface).padEnd(6)}`
    : '';
  const ends = `${address(spec.source).padEnd(20)} ${address(spec.destination).padEnd(20)} `;
  const goto = spec.target?.kind === 'goto' ? '[goto] ' : '';
  const rest = `${spec.matches.map(matchText).join('')}${targetText(spec.target)}`;
  return `${counts}${targetName(spec.target).padEnd(9)} ${proto} -- ${links}${verbose ? ' ' : ''}${ends}${goto}${rest}`;
}

/**
 * `iptables -n -L` of one table. Models iptables v1.8.9 (nf_tables), with numbers for protocols as that prints them.
 * @throws IptablesError for a chain that is not there
 */
export function iptablesList(ruleset: Ruleset, name: TableName, options: ListOptions = {}): string {
  const table = ruleset.table(name);
  const { verbose = false, lineNumbers = false, exact = false } = options;
  const chains = table.list().filter((chain) => options.chain === undefined || chain.name === options.chain);
  if (chains.length === 0)
    throw new IptablesError(
      `iptables v1.8.9 (nf_tables): chain \`${options.chain}' in table \`${name}' is incompatible, use 'nft' tool.`,
    );
  const texts = chains.map((chain) => {
    const counts = verbose
      ? ` ${counter(chain.packets, exact)} packets, ${counter(chain.bytes, exact)} bytes`
      : '';
    const about =
      chain.policy === undefined
        ? `${table.references(chain.name)} references`
        : `policy ${chain.policy}${counts}`;
    const lines = [
      `Chain ${chain.name} (${about})`,
      `${lineNumbers ? 'num  ' : ''}${
        verbose
          ? ' pkts bytes target     prot opt in     out     source               destination         '
          : 'target     prot opt source               destination         '
      }`,
    ];
    for (const [at, { spec, packets, bytes }] of chain.rules.entries()) {
      const number = lineNumbers ? `${String(at + 1).padEnd(4)} ` : '';
      const shown = verbose
        ? `${counter(packets, exact).padStart(5)} ${counter(bytes, exact).padStart(5)} `
        : '';
      lines.push(ruleLine(spec, `${number}${shown}`, verbose));
    }
    return lines.map((line) => `${line}\n`).join('');
  });
  return texts.join('\n');
}
