import type { MatrixRow } from '../../../electron/shared/scheduling/matrix.ts';

/** `node`, `verdict`, or the name of a score plugin. */
export interface Sorting {
  readonly column: string;
  readonly descending: boolean;
}

/** Refusals with how many nodes share them, the most frequent first. */
export interface Reason {
  readonly plugin: string;
  readonly text: string;
  readonly count: number;
}

export function reasonsOf(rows: readonly MatrixRow[]): readonly Reason[] {
  const found = new Map<string, Reason>();
  for (const row of rows) {
    if (row.fits) continue;
    const text = row.reasons.join(', ');
    const key = `${row.refusedBy ?? ''} ${text}`;
    found.set(key, { plugin: row.refusedBy ?? '', text, count: (found.get(key)?.count ?? 0) + 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.text.localeCompare(b.text));
}

/** Rows of one refusal only, or whose node's name holds `query`, in the order asked for; without one: as they are. */
export function arrange(
  rows: readonly MatrixRow[],
  { reason, query, sorting }: { reason: Reason | undefined; query: string; sorting: Sorting | undefined },
): readonly MatrixRow[] {
  const wanted = query.trim().toLowerCase();
  const found = rows.filter(
    (row) =>
      (wanted === '' || row.node.toLowerCase().includes(wanted)) &&
      (reason === undefined ||
        (!row.fits && row.refusedBy === reason.plugin && row.reasons.join(', ') === reason.text)),
  );
  if (sorting === undefined) return found;
  const { column, descending } = sorting;
  const sign = descending ? -1 : 1;
  // By name in the end, so that equals keep their places; `b10` after `b9`.
  const byName = (a: MatrixRow, b: MatrixRow): number =>
    a.node.localeCompare(b.node, 'en', { numeric: true });
  if (column === 'node') return found.sort((a, b) => sign * byName(a, b));
  return found.sort((a, b) => {
    const [left, right] = [valueOf(a, column), valueOf(b, column)];
    // Nodes without the value come last in either direction.
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined) || byName(a, b);
    return sign * (left - right) || byName(a, b);
  });
}

function valueOf(row: MatrixRow, column: string): number | undefined {
  if (column === 'verdict') return row.total ?? (row.fits ? 0 : undefined);
  return row.scores.get(column)?.normalized;
}
