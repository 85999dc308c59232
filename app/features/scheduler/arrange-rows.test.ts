import { describe, expect, it } from 'vitest';
import type { MatrixRow } from '../../../electron/shared/scheduling/matrix.ts';
import { arrange, reasonsOf } from './arrange-rows.ts';
import { breakable } from './breakable.ts';

function row(node: string, total: number | null, reason = ''): MatrixRow {
  return {
    node,
    fits: reason === '',
    refusedBy: reason === '' ? null : 'Fit',
    reasons: reason === '' ? [] : [reason],
    unresolvable: false,
    total,
    rank: null,
    filters: new Map(),
    scores: new Map(total === null ? [] : [['Fit', { raw: total, normalized: total, weight: 1 }]]),
  };
}

const rows = [
  row('n10', 5),
  row('n9', 7),
  row('m', null, 'cpu'),
  row('k', null, 'memory'),
  row('j', null, 'cpu'),
];
const names = (options: Partial<Parameters<typeof arrange>[1]>): string[] =>
  arrange(rows, { reason: undefined, query: '', sorting: undefined, ...options }).map(({ node }) => node);

describe('arrange', () => {
  it('counts refusals, the most frequent first', () => {
    expect(reasonsOf(rows).map(({ text, count }) => [text, count])).toEqual([
      ['cpu', 2],
      ['memory', 1],
    ]);
  });

  it('sorts by name as people count, and by value with what has none at the end', () => {
    expect(names({ sorting: { column: 'node', descending: false } })).toEqual(['j', 'k', 'm', 'n9', 'n10']);
    expect(names({ sorting: { column: 'verdict', descending: true } })).toEqual(['n9', 'n10', 'j', 'k', 'm']);
    expect(names({ sorting: { column: 'Fit', descending: false } })).toEqual(['n10', 'n9', 'j', 'k', 'm']);
  });

  it('keeps those of one refusal, or of a name', () => {
    expect(names({ reason: { plugin: 'Fit', text: 'cpu', count: 2 } })).toEqual(['m', 'j']);
    expect(names({ query: ' N1 ' })).toEqual(['n10']);
    expect(names({ query: 'zzz' })).toEqual([]);
  });

  it('lets long names break where words meet', () => {
    expect(breakable('NodeResourcesFit').split('\u200B')).toEqual(['Node', 'Resources', 'Fit']);
  });
});
