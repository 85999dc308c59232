import type { Packet } from '../walk/packet.ts';
import type { Chain, Rule } from './chain.ts';
import type { Hook, Target } from './interface.ts';
import type { MatchContext } from './match-rule.ts';
import { matchesRule } from './match-rule.ts';
import type { Table } from './table.ts';

/** What a table decided, and by which rule; `number` counts from 1, and 0 is the policy. */
export interface Decision {
  readonly verdict: Target | { readonly kind: 'ACCEPT' | 'DROP' };
  readonly chain: string;
  readonly number: number;
}

/** Told of every rule that a packet fitted. */
export type RuleObserver = (chain: Chain, number: number, rule: Rule) => void;

interface Frame {
  readonly chain: Chain;
  readonly candidates: readonly number[] | undefined;
  at: number;
}

/** Deeper than any chain that iptables accepts (16 jumps in the kernel). */
const MAX_DEPTH = 32;

function frameOf(chain: Chain, packet: Packet): Frame {
  return { chain, candidates: chain.candidates(packet.dst, packet.dport), at: 0 };
}

/**
 * Sends a packet through one table's chain of a hook. Marks and logs are done here, everything that ends the traversal is returned.
 * Undefined where the table has no such chain.
 */
export function traverse(
  table: Table,
  hook: Hook,
  packet: Packet,
  context: MatchContext,
  observe?: RuleObserver,
): Decision | undefined {
  const base = table.builtIn.get(hook);
  if (base === undefined) return undefined;
  const stack: Frame[] = [frameOf(base, packet)];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const { chain, candidates } = frame;
    const number = candidates === undefined ? frame.at : (candidates[frame.at] ?? chain.rules.length);
    frame.at += 1;
    const rule = chain.rules[number];
    if (rule === undefined) {
      stack.pop();
      continue;
    }
    if (!matchesRule(rule.spec, packet, context)) continue;
    rule.packets += 1;
    rule.bytes += packet.length;
    observe?.(chain, number + 1, rule);
    const { target } = rule.spec;
    if (target === undefined) continue;
    switch (target.kind) {
      case 'LOG':
        break;
      case 'MARK':
        packet.mark = ((packet.mark & ~target.mask) ^ target.value) >>> 0;
        break;
      case 'RETURN':
        stack.pop();
        break;
      case 'goto':
      case 'jump': {
        const next = table.find(target.chain);
        if (next === undefined || stack.length >= MAX_DEPTH)
          throw new Error(`chain ${target.chain} of table ${table.name} cannot be entered`);
        if (target.kind === 'goto') stack.pop();
        stack.push(frameOf(next, packet));
        break;
      }
      default:
        return { verdict: target, chain: chain.name, number: number + 1 };
    }
  }
  base.packets += 1;
  base.bytes += packet.length;
  return { verdict: { kind: base.policy ?? 'ACCEPT' }, chain: base.name, number: 0 };
}
