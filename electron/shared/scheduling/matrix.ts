import type { CycleDetail } from '../contract/scheduling.ts';

/** What a score plugin gave one node. */
export interface ScoreCell {
  readonly raw: number;
  /** 0 to 100 */
  readonly normalized: number;
  readonly weight: number;
}

/**
 * What one filter plugin did with one node: it let the Pod pass, refused it, was not asked because one before it had
 * refused, or said nothing of this Pod.
 */
export type FilterCell = 'pass' | 'refuse' | 'not-asked';

/** One node with what every plugin said of it. */
export interface MatrixRow {
  readonly node: string;
  readonly fits: boolean;
  /** Who refused it; empty: whoever narrowed the choice down before the filters ran. */
  readonly refusedBy: string | null;
  readonly reasons: readonly string[];
  /** True when no Pod taken away would help. */
  readonly unresolvable: boolean;
  /** Weighted sum; null where nothing was scored. */
  readonly total: number | null;
  /** 1 for the best total; equal totals share a rank. */
  readonly rank: number | null;
  readonly filters: ReadonlyMap<string, FilterCell>;
  readonly scores: ReadonlyMap<string, ScoreCell>;
}

/** Nodes by plugins. */
export interface Matrix {
  readonly filters: readonly string[];
  readonly scores: readonly { readonly plugin: string; readonly weight: number }[];
  readonly rows: readonly MatrixRow[];
  /** Nodes of which no row is kept: not looked at, or left out of a long record. */
  readonly omitted: number;
}

/** Rows of a cycle: first those that fit, the best first, then the refused ones. */
export function matrixOf(detail: CycleDetail): Matrix {
  const { filters, fits, refused, why, refusals, scores, totals, nodes } = detail;
  const scored = scores.length > 0;
  const order = fits.map((_, index) => index);
  if (scored) order.sort((a, b) => at(totals, b) - at(totals, a) || a - b);
  const rows: MatrixRow[] = [];
  let rank = 0;
  order.forEach((index, place) => {
    const before = order[place - 1];
    if (before === undefined || at(totals, before) !== at(totals, index)) rank = place + 1;
    rows.push({
      node: fits[index] as string,
      fits: true,
      refusedBy: null,
      reasons: [],
      unresolvable: false,
      total: scored ? at(totals, index) : null,
      rank: scored ? rank : null,
      filters: new Map(filters.map((plugin) => [plugin, 'pass'])),
      scores: new Map(
        scores.map(({ plugin, weight, raw, normalized }) => [
          plugin,
          { weight, raw: at(raw, index), normalized: at(normalized, index) },
        ]),
      ),
    });
  });
  refused.forEach((node, index) => {
    const { plugin = '', code = '', reasons = [] } = refusals[at(why, index)] ?? {};
    const stopped = filters.indexOf(plugin);
    rows.push({
      node,
      fits: false,
      refusedBy: plugin,
      reasons,
      unresolvable: code === 'UnschedulableAndUnresolvable',
      total: null,
      rank: null,
      filters: new Map(
        filters.map((name, place) => [
          name,
          stopped < 0 || place > stopped ? 'not-asked' : place === stopped ? 'refuse' : 'pass',
        ]),
      ),
      scores: new Map(),
    });
  });
  return {
    filters,
    scores: scores.map(({ plugin, weight }) => ({ plugin, weight })),
    rows,
    omitted: Math.max(0, nodes - rows.length),
  };
}

function at(column: number | readonly number[], index: number): number {
  return typeof column === 'number' ? column : (column[index] as number);
}
