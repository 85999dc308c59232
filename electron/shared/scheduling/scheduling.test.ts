import { describe, expect, it } from 'vitest';
import type { CycleDetail } from '../contract/scheduling.ts';
import { changeText } from './change-text.ts';
import { matrixOf } from './matrix.ts';

const detail: CycleDetail = {
  scheduler: 'default-scheduler',
  attempt: 1,
  nodes: 6,
  feasible: 3,
  filters: ['NodeName', 'TaintToleration', 'NodeResourcesFit'],
  fits: ['a', 'b', 'c'],
  refused: ['d', 'e'],
  why: [0, 1],
  refusals: [
    { plugin: 'TaintToleration', code: 'UnschedulableAndUnresolvable', reasons: ['tainted'] },
    { plugin: '', code: 'Unschedulable', reasons: ['left out'] },
  ],
  rejected: { TaintToleration: 1 },
  scores: [{ plugin: 'Fit', weight: 2, raw: [1, 5, 5], normalized: 50 }],
  totals: [80, 100, 100],
};

describe('matrixOf', () => {
  it('has the best node first, ranks equals alike, and says where a filter stopped', () => {
    const { rows, omitted } = matrixOf(detail);
    expect(rows.map(({ node, rank, total }) => [node, rank, total])).toEqual([
      ['b', 1, 100],
      ['c', 1, 100],
      ['a', 3, 80],
      ['d', null, null],
      ['e', null, null],
    ]);
    expect(omitted).toBe(1);
    expect([...(rows[3]?.filters ?? [])]).toEqual([
      ['NodeName', 'pass'],
      ['TaintToleration', 'refuse'],
      ['NodeResourcesFit', 'not-asked'],
    ]);
    expect(rows[3]).toMatchObject({ refusedBy: 'TaintToleration', unresolvable: true });
    // Whoever narrowed the choice down is no column: no filter was asked.
    expect([...(rows[4]?.filters.values() ?? [])]).toEqual(['not-asked', 'not-asked', 'not-asked']);
    expect(rows[2]?.scores.get('Fit')).toEqual({ weight: 2, raw: 1, normalized: 50 });
  });
});

describe('changeText', () => {
  it('says a change in both languages, and an unknown one by its name', () => {
    const params = { resource: 'cpu', by: '200m', from: '900m', to: '700m' };
    expect(changeText({ id: 'ask-less', params })).toEqual({
      'pt-BR': 'o Pod pede 200m a menos de cpu (700m em vez de 900m)',
      en: 'the Pod asks for 200m less cpu (700m instead of 900m)',
    });
    expect(changeText({ id: 'zzz', params: {} })).toEqual({ 'pt-BR': 'zzz', en: 'zzz' });
  });
});
