import { describe, expect, it } from 'vitest';
import type { ScoredNodes } from './cycle-trace.ts';
import { cycleDetail } from './cycle-trace.ts';
import { CycleState } from './framework/cycle-state.ts';
import type { Framework } from './framework/framework.ts';
import { NodeInfo } from './framework/node-info.ts';
import type { Status } from './framework/status.ts';
import { unschedulable } from './framework/status.ts';

const framework = {
  profile: { schedulerName: 'default-scheduler', plugins: [] },
  filterNames: ['NodeName', 'NodePorts', 'NodeResourcesFit'],
} as unknown as Framework;

function scored(totals: readonly number[]): ScoredNodes {
  const nodes = totals.map((_, index) => new NodeInfo(`n${index}`));
  return {
    nodes,
    plugins: [
      { plugin: 'Fit', weight: 1, raw: totals, normalized: [...totals] },
      { plugin: 'Same', weight: 3, raw: totals.map(() => 0), normalized: totals.map(() => 100) },
    ],
    totals,
    tied: ['n1', 'n2'],
  };
}

function detailOf(of: ScoredNodes, refused: ReadonlyMap<string, Status> = new Map()) {
  const state = new CycleState();
  state.skipFilter.add('NodePorts');
  return cycleDetail({
    framework,
    state,
    attempt: 1,
    nodeCount: of.nodes.length + refused.size,
    feasible: of.nodes,
    refused,
    scored: of,
  });
}

describe('cycleDetail', () => {
  it('has one array a plugin, and a number where all nodes are alike', () => {
    const refused = new Map([
      ['a', { ...unschedulable('Insufficient cpu'), plugin: 'Fit' }],
      ['b', { ...unschedulable('Insufficient cpu'), plugin: 'Fit' }],
    ]);
    expect(detailOf(scored([3, 9, 9]), refused)).toEqual({
      scheduler: 'default-scheduler',
      attempt: 1,
      nodes: 5,
      feasible: 3,
      filters: ['NodeName', 'NodeResourcesFit'],
      fits: ['n0', 'n1', 'n2'],
      scores: [
        { plugin: 'Fit', weight: 1, raw: [3, 9, 9], normalized: [3, 9, 9] },
        { plugin: 'Same', weight: 3, raw: 0, normalized: 100 },
      ],
      totals: [3, 9, 9],
      refused: ['a', 'b'],
      why: 0,
      refusals: [{ plugin: 'Fit', code: 'Unschedulable', reasons: ['Insufficient cpu'] }],
      rejected: { Fit: 2 },
      tied: ['n1', 'n2'],
    });
  });

  it('keeps every one of 300 nodes in a few kilobytes, and the best fifty of more', () => {
    const few = detailOf(scored(Array.from({ length: 300 }, (_, index) => index % 100)));
    expect(few.fits).toHaveLength(300);
    expect(JSON.stringify(few).length).toBeLessThan(6_000);
    const many = detailOf(scored(Array.from({ length: 5_000 }, (_, index) => (index * 37) % 5_000)));
    expect(many.feasible).toBe(5_000);
    expect(many.totals).toEqual(Array.from({ length: 50 }, (_, index) => 4_999 - index));
    expect(JSON.stringify(many).length).toBeLessThan(2_000);
  });

  it('takes the first of equal nodes', () => {
    expect(detailOf(scored(Array.from({ length: 400 }, () => 7))).fits.slice(0, 3)).toEqual([
      'n0',
      'n1',
      'n2',
    ]);
  });
});
