import type { CycleDetail } from '../cycle-trace.ts';

/** What is known before, and what chance has a part in: which of many nodes preemption tries. */
const apart = new Set(['scheduler', 'attempt', 'seen', 'nominatedNode', 'candidates']);

/**
 * Whether two cycles found the same, as far as each tells it: which nodes fit and in which order they were found, every score,
 * and who refused the others for what; of preemption, whom the nodes would lose that both tried.
 */
export function sameCycle(a: CycleDetail, b: CycleDetail): boolean {
  return found(a) === found(b) && sameVictims(a, b);
}

function found(cycle: CycleDetail): string {
  return JSON.stringify(
    Object.entries(cycle)
      .filter(([key]) => !apart.has(key))
      .sort(([x], [y]) => (x < y ? -1 : 1)),
  );
}

function sameVictims({ candidates: a = [] }: CycleDetail, { candidates: b = [] }: CycleDetail): boolean {
  const victims = new Map(b.map((one) => [one.node, JSON.stringify(one.victims)]));
  return a.every((one) => !victims.has(one.node) || victims.get(one.node) === JSON.stringify(one.victims));
}
