import { Chain } from './chain.ts';
import type { Hook, RuleSpec, TableName, Target } from './interface.ts';
import { IptablesError } from './interface.ts';

const BUILT_IN: Readonly<Record<TableName, readonly Hook[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

const VERSION = 'iptables v1.8.9 (nf_tables)';

/** One table of a namespace: built-in chains and those of one's own, by name. */
export class Table {
  readonly name: TableName;
  /** By hook; a hook that the table has no chain for is absent. */
  readonly builtIn: ReadonlyMap<string, Chain>;
  readonly #chains = new Map<string, Chain>();
  readonly #references = new Map<string, number>();
  readonly #changed: () => void;

  constructor(name: TableName, changed: () => void) {
    this.name = name;
    this.#changed = changed;
    this.builtIn = new Map(BUILT_IN[name].map((hook) => [hook, new Chain(hook, 'ACCEPT')]));
    for (const chain of this.builtIn.values()) this.#chains.set(chain.name, chain);
  }

  find(name: string): Chain | undefined {
    return this.#chains.get(name);
  }

  /** Built-in ones first, then by name, as iptables-save lists them. */
  list(): readonly Chain[] {
    const own = [...this.#chains.values()].filter(({ policy }) => policy === undefined);
    return [...this.builtIn.values(), ...own.sort((a, b) => (a.name < b.name ? -1 : 1))];
  }

  /** How many rules lead to a chain. */
  references(name: string): number {
    return this.#references.get(name) ?? 0;
  }

  /** `-N`. @throws IptablesError `iptables: Chain already exists.` */
  create(name: string): Chain {
    if (this.#chains.has(name)) throw new IptablesError('iptables: Chain already exists.');
    const chain = new Chain(name);
    this.#chains.set(name, chain);
    this.#changed();
    return chain;
  }

  /** The chain that iptables-restore declares: made, or emptied. */
  declare(name: string): Chain {
    const known = this.#chains.get(name);
    if (known === undefined) return this.create(name);
    if (known.policy === undefined) this.flush(name);
    return known;
  }

  /** `-X`. @throws IptablesError when rules lead to it, or it has some */
  delete(name: string): void {
    const chain = this.#existing(name);
    if (chain.policy !== undefined || chain.rules.length > 0 || this.references(name) > 0)
      throw new IptablesError(`${VERSION}:  CHAIN_DEL failed (Device or resource busy): chain ${name}`, 4);
    this.#chains.delete(name);
    this.#changed();
  }

  /** `-A`. @throws IptablesError */
  append(name: string, spec: RuleSpec, packets = 0, bytes = 0): void {
    const chain = this.#existing(name);
    this.insert(name, chain.rules.length + 1, spec, packets, bytes);
  }

  /** `-I`, numbered from 1. @throws IptablesError */
  insert(name: string, number: number, spec: RuleSpec, packets = 0, bytes = 0): void {
    const chain = this.#existing(name);
    if (number < 1 || number > chain.rules.length + 1)
      throw new IptablesError('iptables: Index of insertion too big.');
    const { target } = spec;
    if (target?.kind === 'jump' || target?.kind === 'goto') {
      if (!this.#chains.has(target.chain))
        throw new IptablesError(
          `${VERSION}: Chain '${target.chain}' does not exist\nTry \`iptables -h' or 'iptables --help' for more information.`,
          2,
        );
      if (this.#loops(target.chain, name))
        throw new IptablesError(`${VERSION}:  RULE_APPEND failed (Too many links): rule in chain ${name}`, 4);
    } else if (target !== undefined && !this.#allows(target.kind, chain)) {
      throw new IptablesError(`${VERSION}:  RULE_APPEND failed (Invalid argument): rule in chain ${name}`, 4);
    }
    chain.insert(number - 1, spec, packets, bytes);
    this.#count(target, 1);
    this.#changed();
  }

  /** `-D chain number`. @throws IptablesError `iptables: Index of deletion too big.` */
  deleteAt(name: string, number: number): void {
    const chain = this.#existing(name);
    if (number < 1 || number > chain.rules.length)
      throw new IptablesError('iptables: Index of deletion too big.');
    this.#count(chain.rules[number - 1]?.spec.target, -1);
    chain.remove(number - 1);
    this.#changed();
  }

  /** `-F`. */
  flush(name: string): void {
    const chain = this.#existing(name);
    for (const target of chain.targets()) this.#count(target, -1);
    chain.flush();
    this.#changed();
  }

  /** `-P`. @throws IptablesError `iptables: Bad built-in chain name.` */
  setPolicy(name: string, policy: 'ACCEPT' | 'DROP'): void {
    const chain = this.#existing(name);
    if (chain.policy === undefined) throw new IptablesError('iptables: Bad built-in chain name.');
    chain.policy = policy;
    this.#changed();
  }

  #existing(name: string): Chain {
    const chain = this.#chains.get(name);
    if (chain === undefined) throw new IptablesError('iptables: No chain/target/match by that name.');
    return chain;
  }

  #count(target: Target | undefined, by: number): void {
    if (target?.kind !== 'jump' && target?.kind !== 'goto') return;
    this.#references.set(target.chain, this.references(target.chain) + by);
  }

  /** NAT and what is raw's own stay in their tables, REJECT in filter, and NAT of either side where it can be done. */
  #allows(kind: Target['kind'], { name, policy }: Chain): boolean {
    const own = policy === undefined;
    switch (kind) {
      case 'DNAT':
      case 'REDIRECT':
        return this.name === 'nat' && (own || name === 'PREROUTING' || name === 'OUTPUT');
      case 'SNAT':
        return this.name === 'nat' && (own || name === 'POSTROUTING' || name === 'INPUT');
      case 'MASQUERADE':
        return this.name === 'nat' && (own || name === 'POSTROUTING');
      case 'REJECT':
        return this.name === 'filter';
      case 'CT':
      case 'NOTRACK':
        return this.name === 'raw';
      default:
        return true;
    }
  }

  /**
   * Whether the chain leads back to `to`. The kernel refuses a loop once it can be reached from a hook; here always, so that no packet
   * ever runs into one.
   */
  #loops(from: string, to: string): boolean {
    const seen = new Set<string>();
    const open = [from];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (name === to) return true;
      if (seen.has(name)) continue;
      seen.add(name);
      for (const target of this.#chains.get(name)?.targets() ?? [])
        if (target.kind === 'jump' || target.kind === 'goto') open.push(target.chain);
    }
    return false;
  }
}
