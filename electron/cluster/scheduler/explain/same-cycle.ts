import type { Column, CycleDetail } from '../cycle-trace.ts';

/** Whether two cycles found the same: which nodes fit with which totals, and who refused the others for what. */
export function sameCycle(a: CycleDetail, b: CycleDetail): boolean {
  // The scheduler may have stopped at enough nodes; scores are compared among the nodes that were scored.
  if (lookedAt(a) !== lookedAt(b)) return a.nodes === b.nodes && agree(reasons(a), reasons(b));
  return (
    a.nodes === b.nodes &&
    a.feasible === b.feasible &&
    agree(totals(a), totals(b)) &&
    agree(reasons(a), reasons(b))
  );
}

/** How many nodes were asked about. */
function lookedAt({ feasible, rejected }: CycleDetail): number {
  return Object.values(rejected).reduce((sum, count) => sum + count, feasible);
}

/** Long lists are cut by each record in its own way: only what both tell of counts. */
function agree(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  for (const [node, value] of a) if (b.has(node) && b.get(node) !== value) return false;
  return true;
}

function totals({ fits, totals: column }: CycleDetail): ReadonlyMap<string, number> {
  return new Map(fits.map((node, index) => [node, valueAt(column, index)]));
}

function reasons({ refused, why, refusals }: CycleDetail): ReadonlyMap<string, string> {
  return new Map(
    refused.map((node, index) => {
      const refusal = refusals[valueAt(why, index)];
      return [node, `${refusal?.plugin ?? ''} ${refusal?.reasons.join('\n') ?? ''}`];
    }),
  );
}

function valueAt(column: Column, index: number): number {
  return typeof column === 'number' ? column : (column[index] as number);
}
