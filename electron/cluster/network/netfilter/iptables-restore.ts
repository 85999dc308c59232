import type { TableName } from './interface.ts';
import { IptablesError } from './interface.ts';
import { parseRule, splitWords } from './parse-rule.ts';
import type { Ruleset } from './ruleset.ts';
import type { Table } from './table.ts';

const TABLES: readonly string[] = ['raw', 'mangle', 'nat', 'filter'];

/**
 * Reads what iptables-save wrote, or what kube-proxy writes. With `noflush` only the chains it names are emptied.
 * @throws IptablesError naming the line that failed
 */
export function iptablesRestore(
  ruleset: Ruleset,
  text: string,
  options: { readonly noflush?: boolean } = {},
): void {
  let table: Table | undefined;
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    try {
      if (line.startsWith('*')) table = begin(ruleset, line.slice(1), options.noflush === true);
      else if (line === 'COMMIT') table = undefined;
      else if (table === undefined) throw new IptablesError('no table');
      else apply(table, line);
    } catch (error) {
      if (!(error instanceof IptablesError)) throw error;
      throw new IptablesError(`${error.message}\niptables-restore: line ${at + 1} failed`, error.code);
    }
  }
}

function begin(ruleset: Ruleset, name: string, noflush: boolean): Table {
  if (!TABLES.includes(name))
    throw new IptablesError(`iptables-restore v1.8.9 (nf_tables): unknown table '${name}'`);
  const table = ruleset.table(name as TableName);
  if (!noflush) {
    for (const chain of table.list()) table.flush(chain.name);
    for (const chain of table.list()) if (chain.policy === undefined) table.delete(chain.name);
  }
  ruleset.used.add(table.name);
  return table;
}

function apply(table: Table, line: string): void {
  const counted = /^\[(\d+):(\d+)\] /.exec(line);
  const words = splitWords(counted === null ? line : line.slice(counted[0].length));
  const [verb = '', chain = '', ...rest] = words;
  if (verb.startsWith(':')) {
    const name = verb.slice(1);
    table.declare(name);
    if (chain !== '-') table.setPolicy(name, chain as 'ACCEPT' | 'DROP');
    return;
  }
  switch (verb) {
    case '-A':
      table.append(chain, parseRule(rest), Number(counted?.[1] ?? 0), Number(counted?.[2] ?? 0));
      return;
    case '-I': {
      const numbered = /^\d+$/.test(rest[0] ?? '');
      table.insert(chain, numbered ? Number(rest[0]) : 1, parseRule(numbered ? rest.slice(1) : rest));
      return;
    }
    case '-N':
      table.create(chain);
      return;
    case '-F':
      table.flush(chain);
      return;
    case '-X':
      table.delete(chain);
      return;
    case '-P':
      table.setPolicy(chain, rest[0] as 'ACCEPT' | 'DROP');
      return;
    default:
      throw new IptablesError(`iptables-restore v1.8.9 (nf_tables): unknown option "${verb}"`, 2);
  }
}
