import { cidrOf, parsePrefix } from '../ip/cidr.ts';
import { parseIpv4 } from '../ip/ipv4.ts';
import type {
  AddressType,
  Condition,
  ConnectionState,
  Match,
  PortRange,
  RejectWith,
  RuleSpec,
  Target,
} from './interface.ts';
import { IptablesError } from './interface.ts';

const VERSION = 'iptables v1.8.9 (nf_tables)';
const HELP = "Try `iptables -h' or 'iptables --help' for more information.";
const PORT_NAMES: Readonly<Record<string, number>> = {
  ssh: 22,
  domain: 53,
  http: 80,
  https: 443,
  mdns: 5353,
};
const VERDICTS: readonly string[] = ['ACCEPT', 'DROP', 'RETURN'];
const ICMP_NAMES: Readonly<Record<string, readonly [number, number?]>> = {
  'echo-reply': [0],
  'destination-unreachable': [3],
  'port-unreachable': [3, 3],
  'fragmentation-needed': [3, 4],
  'echo-request': [8],
  'time-exceeded': [11],
};

function misused(message: string): IptablesError {
  return new IptablesError(`${VERSION}: ${message}\n${HELP}`, 2);
}

/** Words of a line as iptables-restore splits it: quotes hold together, a backslash takes the next character as it is. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g))
    words.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll(/\\(.)/g, '$1'));
  return words;
}

function port(text: string): number {
  const value = PORT_NAMES[text] ?? (/^\d+$/.test(text) ? Number(text) : Number.NaN);
  if (Number.isNaN(value) || value > 65_535) throw misused(`invalid port/service \`${text}' specified`);
  return value;
}

function portRange(text: string, separator = ':'): PortRange {
  const [low = '', high] = text.split(separator);
  const first = low === '' ? 0 : port(low);
  if (high === undefined) return [first, first];
  return [first, high === '' ? 65_535 : port(high)];
}

function marked(text: string): { value: number; mask: number } {
  const [value = '', mask] = text.split('/');
  return { value: Number(value) >>> 0, mask: mask === undefined ? 0xffffffff : Number(mask) >>> 0 };
}

/** Words of one rule, read from the front. */
class RuleReader {
  readonly #words: readonly string[];
  #at = 0;
  #not = false;
  readonly #matches: Match[] = [];
  #spec: { -readonly [Key in keyof RuleSpec]: RuleSpec[Key] } = { matches: this.#matches };
  #chain: { kind: 'jump' | 'goto'; name: string } | undefined;
  readonly #options = new Map<string, string>();

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  read(): RuleSpec {
    while (this.#at < this.#words.length) this.#option(this.#words[this.#at++] ?? '');
    const target = this.#target();
    return target === undefined ? this.#spec : { ...this.#spec, target };
  }

  #value(option: string): string {
    const value = this.#words[this.#at++];
    if (value === undefined) throw misused(`option "${option}" requires an argument`);
    return value;
  }

  #condition<T>(value: T): Condition<T> {
    const not = this.#not;
    this.#not = false;
    return { value, not };
  }

  #range(option: string): Condition<ReturnType<typeof cidrOf>> {
    const text = this.#value(option);
    const prefix = parsePrefix(text);
    if (prefix === undefined) throw misused(`host/network \`${text}' not found`);
    return this.#condition(cidrOf(prefix.ip, prefix.bits));
  }

  #option(word: string): void {
    switch (word) {
      case '!':
        this.#not = true;
        return;
      case '-s':
      case '--source':
        this.#spec.source = this.#range(word);
        return;
      case '-d':
      case '--destination':
        this.#spec.destination = this.#range(word);
        return;
      case '-i':
      case '--in-interface':
        this.#spec.inInterface = this.#condition(this.#value(word));
        return;
      case '-o':
      case '--out-interface':
        this.#spec.outInterface = this.#condition(this.#value(word));
        return;
      case '-p':
      case '--protocol':
        this.#spec.protocol = this.#condition(this.#value(word));
        return;
      case '-m':
      case '--match':
        this.#match(this.#value(word));
        return;
      case '-j':
      case '--jump':
      case '-g':
      case '--goto':
        this.#chain = { kind: word === '-j' || word === '--jump' ? 'jump' : 'goto', name: this.#value(word) };
        return;
      case '--notrack':
      case '--random-fully':
        this.#options.set(word, '');
        return;
      case '--reject-with':
      case '--set-xmark':
      case '--set-mark':
      case '--or-mark':
      case '--and-mark':
      case '--to-destination':
      case '--to-source':
      case '--to-ports':
      case '--log-prefix':
      case '--log-level':
        this.#options.set(word, this.#value(word));
        return;
      default:
        // Options of a protocol's match need no `-m` when the protocol is given.
        if (this.#spec.protocol?.not === false && this.#implicit(this.#spec.protocol.value, word)) return;
        throw misused(`unknown option "${word}"`);
    }
  }

  #implicit(protocol: string, word: string): boolean {
    if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmp') return false;
    const known = this.#matches.findIndex(({ kind }) => kind === protocol);
    const at = known < 0 ? this.#matches.length : known;
    const before = this.#at;
    this.#at -= 1;
    const match = protocol === 'icmp' ? this.#icmp() : this.#transport(protocol);
    if (this.#at < before) {
      this.#at = before;
      return false;
    }
    this.#matches[at] = { ...this.#matches[at], ...match } as Match;
    return word.startsWith('--');
  }

  #match(kind: string): void {
    switch (kind) {
      case 'comment':
        this.#expect('--comment');
        this.#matches.push({ kind, text: this.#value('--comment') });
        return;
      case 'mark': {
        const not = this.#expect('--mark');
        this.#matches.push({ kind, ...marked(this.#value('--mark')), not });
        return;
      }
      case 'conntrack':
      case 'state': {
        const not = this.#expect(kind === 'state' ? '--state' : '--ctstate');
        this.#matches.push({ kind, states: this.#value('--ctstate').split(',') as ConnectionState[], not });
        return;
      }
      case 'tcp':
      case 'udp':
        this.#matches.push(this.#transport(kind));
        return;
      case 'icmp':
        this.#matches.push(this.#icmp());
        return;
      case 'multiport': {
        const not = this.#expect('--dports', '--sports', '--ports');
        const side = (this.#words[this.#at - 1] ?? '').slice(2) as 'sports' | 'dports' | 'ports';
        const ports = this.#value(`--${side}`)
          .split(',')
          .map((text) => portRange(text));
        this.#matches.push({ kind, side, ports, not });
        return;
      }
      case 'addrtype': {
        const found: { source?: Condition<AddressType>; destination?: Condition<AddressType> } = {};
        for (let side = this.#peek('--src-type', '--dst-type'); side !== undefined;) {
          const not = this.#expect(side);
          const type = { value: this.#value(side) as AddressType, not };
          if (side === '--src-type') found.source = type;
          else found.destination = type;
          side = this.#peek('--src-type', '--dst-type');
        }
        this.#matches.push({ kind, ...found });
        return;
      }
      case 'statistic': {
        this.#expect('--mode');
        const mode = this.#value('--mode');
        if (mode !== 'random') throw new IptablesError(`statistic: --mode ${mode} is not modelled`);
        const not = this.#expect('--probability');
        const probability = Math.round(Number(this.#value('--probability')) * 0x80000000) / 0x80000000;
        this.#matches.push({ kind, probability, not });
        return;
      }
      case 'recent':
        this.#matches.push(this.#recent());
        return;
      case 'set': {
        const not = this.#expect('--match-set');
        const set = this.#value('--match-set');
        const sides = this.#value('--match-set').split(',') as ('src' | 'dst')[];
        this.#matches.push({ kind, set, sides, not });
        return;
      }
      case 'physdev':
        this.#matches.push({ kind, not: this.#expect('--physdev-is-bridged') });
        return;
      default:
        throw new IptablesError(
          `${VERSION}: Couldn't load match \`${kind}':No such file or directory\n\n${HELP}`,
          2,
        );
    }
  }

  /** The next option if it is one of these, `!` before it skipped but not taken. */
  #peek(...options: readonly string[]): string | undefined {
    const word = this.#words[this.#at] === '!' ? this.#words[this.#at + 1] : this.#words[this.#at];
    return word !== undefined && options.includes(word) ? word : undefined;
  }

  /** Takes one of these options; returns whether it was turned round. */
  #expect(...options: readonly string[]): boolean {
    const not = this.#words[this.#at] === '!';
    const word = this.#words[not ? this.#at + 1 : this.#at];
    if (word === undefined || !options.includes(word)) throw misused(`unknown option "${word ?? ''}"`);
    this.#at += not ? 2 : 1;
    return not;
  }

  #transport(kind: 'tcp' | 'udp'): Match {
    const found: { sport?: Condition<PortRange>; dport?: Condition<PortRange>; syn?: Condition<true> } = {};
    const options = ['--sport', '--source-port', '--dport', '--destination-port', '--syn', '--tcp-flags'];
    // A `!` that the caller has read already belongs to the first option.
    let pending = this.#not;
    this.#not = false;
    for (let option = this.#peek(...options); option !== undefined; option = this.#peek(...options)) {
      const not = this.#expect(option) || pending;
      pending = false;
      if (option === '--syn') found.syn = { value: true, not };
      else if (option === '--tcp-flags') {
        const flags = `${this.#value(option)} ${this.#value(option)}`;
        if (flags !== 'FIN,SYN,RST,ACK SYN')
          throw new IptablesError(`tcp: --tcp-flags ${flags} is not modelled`);
        found.syn = { value: true, not };
      } else {
        const range = { value: portRange(this.#value(option)), not };
        if (option === '--sport' || option === '--source-port') found.sport = range;
        else found.dport = range;
      }
    }
    return { kind, ...found };
  }

  #icmp(): Match {
    const pending = this.#not;
    this.#not = false;
    if (this.#peek('--icmp-type') === undefined) return { kind: 'icmp', type: undefined, not: false };
    const not = this.#expect('--icmp-type') || pending;
    const text = this.#value('--icmp-type');
    if (text === 'any' || text === '255') return { kind: 'icmp', type: undefined, not };
    const [type, code] = ICMP_NAMES[text] ?? text.split('/').map(Number);
    if (type === undefined || Number.isNaN(type)) throw misused(`Unknown icmp type \`${text}'`);
    return { kind: 'icmp', type, ...(code === undefined ? {} : { code }), not };
  }

  #recent(): Match {
    const found = { mode: 'rcheck' as 'set' | 'rcheck', name: 'DEFAULT', reap: false, not: false };
    let seconds: number | undefined;
    const options = ['--set', '--rcheck', '--seconds', '--reap', '--name', '--mask', '--rsource'];
    for (let option = this.#peek(...options); option !== undefined; option = this.#peek(...options)) {
      const not = this.#expect(option);
      if (option === '--set' || option === '--rcheck') {
        found.mode = option === '--set' ? 'set' : 'rcheck';
        found.not = not;
      } else if (option === '--seconds') seconds = Number(this.#value(option));
      else if (option === '--name') found.name = this.#value(option);
      else if (option === '--mask') this.#value(option);
      else if (option === '--reap') found.reap = true;
    }
    return { kind: 'recent', ...found, ...(seconds === undefined ? {} : { seconds }) };
  }

  #target(): Target | undefined {
    if (this.#chain === undefined) return undefined;
    const { kind, name } = this.#chain;
    if (kind === 'goto') return { kind, chain: name };
    const option = (key: string): string | undefined => this.#options.get(key);
    const randomFully = this.#options.has('--random-fully');
    const ports = option('--to-ports');
    const range = ports === undefined ? {} : { ports: portRange(ports, '-') };
    switch (name) {
      case 'REJECT':
        return { kind: name, with: (option('--reject-with') ?? 'icmp-port-unreachable') as RejectWith };
      case 'MARK':
        return { kind: name, ...this.#mark() };
      case 'DNAT':
        return { kind: name, ...this.#nat(option('--to-destination')), randomFully };
      case 'SNAT':
        return { kind: name, ...this.#nat(option('--to-source')), randomFully };
      case 'MASQUERADE':
        return { kind: name, ...range, randomFully };
      case 'REDIRECT':
        return { kind: name, ...range };
      case 'CT':
      case 'NOTRACK':
        return { kind: name };
      case 'LOG':
        return { kind: name, prefix: option('--log-prefix') ?? '' };
      default:
        return VERDICTS.includes(name)
          ? { kind: name as 'ACCEPT' | 'DROP' | 'RETURN' }
          : { kind: 'jump', chain: name };
    }
  }

  #mark(): { value: number; mask: number } {
    const set = this.#options.get('--set-xmark');
    if (set !== undefined) return marked(set);
    const or = this.#options.get('--or-mark');
    if (or !== undefined) return { value: Number(or), mask: Number(or) };
    const and = this.#options.get('--and-mark');
    if (and !== undefined) return { value: 0, mask: ~Number(and) >>> 0 };
    const { value, mask } = marked(this.#options.get('--set-mark') ?? '0');
    return { value, mask: (mask | value) >>> 0 };
  }

  #nat(text: string | undefined): { ip: number | undefined; ports?: PortRange } {
    const [address = '', ports] = (text ?? '').split(':');
    const range = ports === undefined ? {} : { ports: portRange(ports, '-') };
    if (address === '') return { ip: undefined, ...range };
    const ip = parseIpv4(address);
    if (ip === undefined) throw misused(`Bad IP address "${address}"`);
    return { ip, ...range };
  }
}

/**
 * Reads a rule from the words that iptables takes after the chain's name.
 * @throws IptablesError with iptables' text; what iptables knows and this model does not says that it is not modelled
 */
export function parseRule(words: readonly string[]): RuleSpec {
  return new RuleReader(words).read();
}
