import type { TableColumn, TableRow } from '../../../../electron/shared/contract/api.ts';
import { humanDuration } from '../api/duration.ts';

export interface Sorting {
  /** Index of a column; -1: namespace; undefined: as the server has it. */
  readonly column: number | undefined;
  readonly descending: boolean;
}

/** The text of a cell. Ages are worked out anew: those of the server stand still between its events. */
export function cellText(row: TableRow, column: TableColumn | undefined, at: number, now: number): string {
  if (column?.name === 'Age' && row.created !== '') return humanDuration(now - Date.parse(row.created));
  return row.cells[at] ?? '';
}

/** Rows that a search finds in any cell or in the namespace. */
export function searchRows(rows: readonly TableRow[], query: string): readonly TableRow[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter((row) =>
    [row.namespace, ...row.cells].some((cell) => cell.toLowerCase().includes(wanted)),
  );
}

const collator = new Intl.Collator('en', { numeric: true });

export function sortRows(
  rows: readonly TableRow[],
  columns: readonly TableColumn[],
  { column, descending }: Sorting,
): readonly TableRow[] {
  if (column === undefined) return rows;
  const sign = descending ? -1 : 1;
  // The youngest has the latest date and the smallest age.
  if (columns[column]?.name === 'Age')
    return [...rows].sort((a, b) => -sign * (a.created < b.created ? -1 : a.created > b.created ? 1 : 0));
  const text = (row: TableRow): string => (column === -1 ? row.namespace : (row.cells[column] ?? ''));
  return [...rows].sort((a, b) => sign * collator.compare(text(a), text(b)));
}
