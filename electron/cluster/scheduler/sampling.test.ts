import { describe, expect, it } from 'vitest';
import type { Rand } from '../../base/rand.ts';
import type { Snapshot } from './cache/scheduler-cache.ts';
import { CycleState } from './framework/cycle-state.ts';
import type { Framework } from './framework/framework.ts';
import type { NodeInfo } from './framework/node-info.ts';
import type { PodInfo } from './framework/pod-info.ts';
import { unschedulable } from './framework/status.ts';
import { feasibleNodesToFind, SearchStart } from './sampling.ts';
import { schedulePod } from './schedule-pod.ts';

describe('how many nodes that fit are enough', () => {
  // Nodes, percentageOfNodesToScore, expected: the cases of numFeasibleNodesToFind in v1.34.
  it.each([
    [10, 0, 10],
    [10, 40, 10],
    [99, 1, 99],
    [1_000, 0, 420],
    [1_000, 40, 400],
    [6_000, 0, 300],
    [6_000, 40, 2_400],
    [5_000, 0, 500],
    [5_000, 100, 5_000],
    [150, 1, 100],
  ])('of %i nodes at %i per cent: %i', (nodes, percentage, expected) => {
    expect(feasibleNodesToFind(nodes, percentage)).toBe(expected);
  });
});

describe('the search for nodes', () => {
  const node = (index: number): NodeInfo => ({ name: `n${index}` }) as NodeInfo;
  const nodes = Array.from({ length: 250 }, (_, index) => node(index));
  const snapshot = { nodes, byName: new Map(nodes.map((one) => [one.name, one])) } as unknown as Snapshot;
  const noRand = { int: () => 0 } as unknown as Rand;
  const framework = {
    hasScorePlugins: true,
    preFilter: () => ({ narrowedBy: [] }),
    preScore: () => undefined,
    score: () => [],
  } as unknown as Framework;
  const pod = (nominatedNodeName?: string): PodInfo =>
    ({ pod: { status: nominatedNodeName === undefined ? {} : { nominatedNodeName } } }) as PodInfo;

  function search(start: SearchStart, refuses: (name: string) => boolean, asked = pod()) {
    const looked: string[] = [];
    const result = schedulePod(
      framework,
      new CycleState(),
      asked,
      snapshot,
      (_state, _pod, { name }) => {
        looked.push(name);
        return refuses(name) ? { ...unschedulable('no'), plugin: 'Test' } : undefined;
      },
      noRand,
      { start, percentage: 40 },
    );
    return { looked, result };
  }

  it('ends when enough were found and goes on there in the next cycle, round and round', () => {
    const start = new SearchStart();
    const ends = [1, 2, 3].map(() => {
      const { looked } = search(start, () => false);
      return [looked.length, looked[0], looked.at(-1)];
    });
    expect(ends).toEqual([
      [100, 'n0', 'n99'],
      [100, 'n100', 'n199'],
      [100, 'n200', 'n49'],
    ]);
  });

  it('looks at more where nodes refuse, and at all before it says that none fits', () => {
    const even = search(new SearchStart(), (name) => Number(name.slice(1)) % 2 === 1);
    expect([even.looked.length, even.result.outcome]).toEqual([199, 'fits']);
    const none = search(new SearchStart(), () => true);
    expect([none.looked.length, none.result.outcome]).toEqual([250, 'unschedulable']);
  });

  it('asks the node first where room was made for the Pod, and the others only if it is refused there', () => {
    const there = search(new SearchStart(), () => false, pod('n77'));
    expect([there.looked, there.result]).toMatchObject([['n77'], { outcome: 'fits', node: 'n77' }]);
    const elsewhere = search(new SearchStart(), (name) => name === 'n77', pod('n77'));
    expect(elsewhere.looked.slice(0, 2)).toEqual(['n77', 'n0']);
    expect(elsewhere.result).toMatchObject({ outcome: 'fits', node: 'n0' });
  });
});
