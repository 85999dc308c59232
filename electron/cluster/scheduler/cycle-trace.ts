import type { PluginScores } from './framework/framework.ts';
import type { NodeInfo } from './framework/node-info.ts';
import type { Status } from './framework/status.ts';

/** With more nodes than this a record keeps counts and the best ones only. */
const maxNodes = 50;

interface Verdict {
  readonly plugin: string;
  readonly reasons: readonly string[];
}

/** What one scheduling cycle found, as it goes into the causal log; JSON-safe and bounded. */
export interface CycleDetail {
  readonly [key: string]: unknown;
  readonly attempt: number;
  readonly nodes: number;
  readonly feasible: number;
  /** First refusal by node. */
  readonly filters: Readonly<Record<string, Verdict>>;
  /** Refused nodes by plugin. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Normalised score by node and plugin, and the weighted total. */
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly weights: Readonly<Record<string, number>>;
  readonly tied?: readonly string[];
  readonly message?: string;
  readonly nominatedNode?: string;
}

/** The scoring part of a cycle. */
export interface ScoredNodes {
  readonly nodes: readonly NodeInfo[];
  readonly plugins: readonly PluginScores[];
  readonly totals: readonly number[];
  readonly tied: readonly string[];
}

export function cycleDetail(
  attempt: number,
  nodeCount: number,
  feasible: readonly NodeInfo[],
  refused: ReadonlyMap<string, Status>,
  scored: ScoredNodes | undefined,
  more: Partial<Pick<CycleDetail, 'message' | 'nominatedNode'>> = {},
): CycleDetail {
  const filters: Record<string, Verdict> = {};
  const rejected: Record<string, number> = {};
  let kept = 0;
  for (const [node, { plugin = '', reasons }] of refused) {
    rejected[plugin] = (rejected[plugin] ?? 0) + 1;
    if (kept++ < maxNodes) filters[node] = { plugin, reasons };
  }
  const scores: Record<string, Record<string, number>> = {};
  const weights: Record<string, number> = {};
  if (scored !== undefined) {
    for (const { plugin, weight } of scored.plugins) weights[plugin] = weight;
    for (const index of bestIndices(scored.totals)) {
      const row: Record<string, number> = { total: scored.totals[index] as number };
      for (const { plugin, normalized } of scored.plugins) row[plugin] = normalized[index] as number;
      scores[scored.nodes[index]?.name ?? ''] = row;
    }
  }
  return {
    attempt,
    nodes: nodeCount,
    feasible: feasible.length,
    filters,
    rejected,
    scores,
    weights,
    ...(scored !== undefined && scored.tied.length > 1 ? { tied: scored.tied.slice(0, maxNodes) } : {}),
    ...more,
  };
}

function bestIndices(totals: readonly number[]): readonly number[] {
  const indices = totals.map((_, index) => index);
  if (indices.length <= maxNodes) return indices;
  return indices.sort((a, b) => (totals[b] as number) - (totals[a] as number) || a - b).slice(0, maxNodes);
}
