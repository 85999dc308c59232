import type { TableName } from './interface.ts';
import { Table } from './table.ts';

/** All that netfilter has in one namespace but the connections. Models nf_tables as iptables-nft uses it. */
export class Ruleset {
  readonly #tables = new Map<TableName, Table>();
  /** Of `-m set`. */
  readonly sets = new Map<string, Set<string>>();
  /** Of `-m recent`: by list, when an address was last seen (virtual milliseconds). */
  readonly recent = new Map<string, Map<number, number>>();
  /** Tables that somebody put something in: iptables-save lists those. */
  readonly used = new Set<TableName>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  table(name: TableName): Table {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new Table(name, () => {
        this.used.add(name);
        this.#changed();
      });
      this.#tables.set(name, table);
    }
    return table;
  }

  /** Puts an address (with what belongs to it) in a set, which is made. */
  addToSet(set: string, member: string): void {
    const members = this.sets.get(set) ?? new Set();
    members.add(member);
    this.sets.set(set, members);
    this.#changed();
  }

  removeFromSet(set: string, member: string): void {
    if (this.sets.get(set)?.delete(member) === true) this.#changed();
  }
}
