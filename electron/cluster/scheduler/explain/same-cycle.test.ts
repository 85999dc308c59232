import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import type { CycleDetail } from '../cycle-trace.ts';
import { defaultProfile } from '../plugins/registry.ts';
import type { Search, Situation } from './interface.ts';
import { Rerun } from './rerun.ts';
import { sameCycle } from './same-cycle.ts';

/** A third of the nodes is too small; the others have different room, so that they have different scores. */
const nodes = Array.from(
  { length: 250 },
  (_, index) =>
    ({
      metadata: { name: `n${String(index).padStart(3, '0')}` },
      status: {
        allocatable: { cpu: index % 3 === 0 ? '1' : `${2 + (index % 7)}`, memory: '8Gi', pods: '110' },
      },
    }) as Node,
);
const pod = {
  metadata: { name: 'web', namespace: 'default' },
  spec: { containers: [{ name: 'main', resources: { requests: { cpu: '1500m' } } }] },
  status: { phase: 'Pending' },
} as unknown as Pod;

function situation(search: Search, cluster: readonly Node[] = nodes): Situation {
  const objects: Record<string, readonly KubeObject[]> = { nodes: cluster };
  return {
    world: {
      list: <T extends KubeObject>({ resource }: ResourceType<T>) => (objects[resource] ?? []) as T[],
    },
    beliefs: { assumed: new Map(), nominated: new Map() },
    profile: defaultProfile,
    search,
  };
}

function cycle(search: Search, cluster?: readonly Node[]): CycleDetail {
  return new Rerun(situation(search, cluster), 'default/web').cycle(pod).detail;
}

describe('a cycle of a large cluster done again', () => {
  const recorded = cycle({ start: 200, percentage: 0 });

  it('looks at a part of it, from where the search began on', () => {
    expect([recorded.nodes, recorded.feasible]).toEqual([250, 120]);
    expect([recorded.fits[0], recorded.refused[0]]).toEqual(['n200', 'n201']);
    expect(sameCycle(cycle({ start: 200, percentage: 0 }), recorded)).toBe(true);
  });

  it('is not the same from another place, nor with another share of the nodes', () => {
    expect(sameCycle(cycle({ start: 199, percentage: 0 }), recorded)).toBe(false);
    expect(sameCycle(cycle({ start: 200, percentage: 50 }), recorded)).toBe(false);
  });

  it('is not the same with one score, one refusal or one victim changed', () => {
    const more = nodes.map((one, index) =>
      index === 202
        ? ({ ...one, status: { allocatable: { cpu: '64', memory: '8Gi', pods: '110' } } } as Node)
        : one,
    );
    expect(sameCycle(cycle({ start: 200, percentage: 0 }, more), recorded)).toBe(false);
    const [refusal] = recorded.refusals;
    const refusals = [{ plugin: 'NodeName', code: 'Unschedulable', reasons: refusal?.reasons ?? [] }];
    expect(sameCycle({ ...recorded, refusals }, recorded)).toBe(false);
    const losing = (pods: string): CycleDetail => ({
      ...recorded,
      candidates: [{ node: 'n000', victims: [{ pod: pods, priority: 1 }], pdbViolations: 0 }],
    });
    expect(sameCycle(losing('default/a'), losing('default/b'))).toBe(false);
    expect(sameCycle(losing('default/a'), losing('default/a'))).toBe(true);
  });
});
