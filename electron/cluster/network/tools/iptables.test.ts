import { expect, test } from 'vitest';
import { IptablesError } from '../netfilter/interface.ts';
import { iptablesRestore } from '../netfilter/iptables-restore.ts';
import { parseRule, splitWords } from '../netfilter/parse-rule.ts';
import { Ruleset } from '../netfilter/ruleset.ts';
import { iptablesList } from './iptables-list.ts';
import { iptablesSave, iptablesSpec } from './iptables-save.ts';
import {
  EVERYTHING_IN_FILTER_LISTED,
  EVERYTHING_IN_NAT_LISTED,
  EVERYTHING_SAVED,
} from './iptables-everything.testing.ts';
import {
  FILTER_LISTED,
  NAT_LISTED,
  NAT_LISTED_BRIEFLY,
  NAT_SPECIFIED,
  SAVED,
  SAVED_WITH_COUNTERS,
} from './iptables.testing.ts';

const NOW = Date.UTC(2026, 10, 27, 22, 45, 12);

function restored(text: string): Ruleset {
  const ruleset = new Ruleset(() => {});
  iptablesRestore(ruleset, text);
  return ruleset;
}

function failure(work: () => void): string {
  try {
    work();
  } catch (error) {
    if (error instanceof IptablesError) return error.message;
    throw error;
  }
  return 'nothing failed';
}

test('rules that iptables-save wrote are read and written again as they were', () => {
  const ruleset = restored(SAVED);
  expect(iptablesSave(ruleset, NOW)).toBe(SAVED);
  expect(iptablesSpec(ruleset, 'nat')).toBe(NAT_SPECIFIED);
});

test('counters are kept, and listed as iptables lists them', () => {
  const ruleset = restored(SAVED_WITH_COUNTERS);
  expect(iptablesSave(ruleset, NOW, { counters: true })).toBe(SAVED_WITH_COUNTERS);
  expect(iptablesList(ruleset, 'filter', { verbose: true })).toBe(FILTER_LISTED);
  expect(iptablesList(ruleset, 'nat', { verbose: true, lineNumbers: true })).toBe(NAT_LISTED);
  expect(iptablesList(ruleset, 'nat')).toBe(NAT_LISTED_BRIEFLY);
});

test('every match and target has the words of iptables', () => {
  const ruleset = restored(EVERYTHING_SAVED);
  expect(iptablesSave(ruleset, Date.UTC(2026, 10, 27, 22, 50, 57))).toBe(EVERYTHING_SAVED);
  expect(iptablesList(ruleset, 'filter', { verbose: true })).toBe(EVERYTHING_IN_FILTER_LISTED);
  expect(iptablesList(ruleset, 'nat', { verbose: true })).toBe(EVERYTHING_IN_NAT_LISTED);
});

test('what a person types is written as iptables-save would', () => {
  const ruleset = new Ruleset(() => {});
  const table = ruleset.table('filter');
  for (const typed of [
    '-p tcp --dport 80 -j DROP',
    '-p udp ! --dport 1:20 --sport 5 -j DROP',
    '-p tcp --syn -j REJECT --reject-with tcp-reset',
    '-j REJECT',
    '-p icmp --icmp-type echo-request -j ACCEPT',
    '-s 10.0.0.7/24 ! -d 10.0.0.1 -j MARK --set-mark 7',
    '-m comment --comment "two words" -j MARK --or-mark 0x8',
  ])
    table.append('INPUT', parseRule(splitWords(typed)));
  expect(iptablesSpec(ruleset, 'filter')).toBe(`-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
-A INPUT -p tcp -m tcp --dport 80 -j DROP
-A INPUT -p udp -m udp --sport 5 ! --dport 1:20 -j DROP
-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
-A INPUT -j REJECT --reject-with icmp-port-unreachable
-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT
-A INPUT -s 10.0.0.0/24 ! -d 10.0.0.1/32 -j MARK --set-xmark 0x7/0xffffffff
-A INPUT -m comment --comment "two words" -j MARK --set-xmark 0x8/0x8
`);
});

test('what does not work is refused in the words of iptables', () => {
  const ruleset = new Ruleset(() => {});
  const filter = ruleset.table('filter');
  const nat = ruleset.table('nat');
  const rule = (text: string): ReturnType<typeof parseRule> => parseRule(splitWords(text));
  filter.create('A');
  filter.append('FORWARD', rule('-j A'));
  const help = "\nTry `iptables -h' or 'iptables --help' for more information.";
  expect(failure(() => filter.create('A'))).toBe('iptables: Chain already exists.');
  expect(failure(() => filter.delete('A'))).toBe(
    'iptables v1.8.9 (nf_tables):  CHAIN_DEL failed (Device or resource busy): chain A',
  );
  expect(failure(() => filter.append('NOPE', rule('-j ACCEPT')))).toBe(
    'iptables: No chain/target/match by that name.',
  );
  expect(failure(() => filter.append('INPUT', rule('-j NOPE')))).toBe(
    `iptables v1.8.9 (nf_tables): Chain 'NOPE' does not exist${help}`,
  );
  expect(failure(() => filter.append('A', rule('-j A')))).toBe(
    'iptables v1.8.9 (nf_tables):  RULE_APPEND failed (Too many links): rule in chain A',
  );
  expect(failure(() => filter.append('FORWARD', rule('-j DNAT --to-destination 1.1.1.1')))).toBe(
    'iptables v1.8.9 (nf_tables):  RULE_APPEND failed (Invalid argument): rule in chain FORWARD',
  );
  expect(failure(() => nat.append('INPUT', rule('-j MASQUERADE')))).toBe(
    'iptables v1.8.9 (nf_tables):  RULE_APPEND failed (Invalid argument): rule in chain INPUT',
  );
  expect(failure(() => filter.deleteAt('FORWARD', 99))).toBe('iptables: Index of deletion too big.');
  expect(failure(() => filter.setPolicy('A', 'DROP'))).toBe('iptables: Bad built-in chain name.');
  expect(failure(() => rule('-p tcp --dport x -j ACCEPT'))).toBe(
    `iptables v1.8.9 (nf_tables): invalid port/service \`x' specified${help}`,
  );
  expect(failure(() => rule('--dport 80 -j ACCEPT'))).toBe(
    `iptables v1.8.9 (nf_tables): unknown option "--dport"${help}`,
  );
  expect(failure(() => rule('-s bad -j ACCEPT'))).toBe(
    `iptables v1.8.9 (nf_tables): host/network \`bad' not found${help}`,
  );
  expect(failure(() => rule('-m nope'))).toBe(
    `iptables v1.8.9 (nf_tables): Couldn't load match \`nope':No such file or directory\n${help}`,
  );
  expect(failure(() => iptablesList(ruleset, 'nat', { chain: 'NOPE' }))).toBe(
    "iptables v1.8.9 (nf_tables): chain `NOPE' in table `nat' is incompatible, use 'nft' tool.",
  );
  expect(failure(() => rule('-j ACCEPT'))).toBe('nothing failed');
});
