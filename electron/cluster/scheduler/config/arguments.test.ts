import { describe, expect, it } from 'vitest';
import type { KubeObject, Node, Pod } from '../../api/types.ts';
import type { ResourceType } from '../../client/resource-type.ts';
import type { CycleResult, Situation } from '../explain/interface.ts';
import { Rerun } from '../explain/rerun.ts';
import { loadConfiguration } from './load.ts';

// What the arguments of plugins do, from the file to the decision.

const GPU = 'example.com/gpu';

function node(name: string, labels: Record<string, string> = {}, more: Record<string, string> = {}): Node {
  return {
    metadata: { name, labels },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...more } },
  } as Node;
}

function pod(requests: Record<string, string> = {}, more: object = {}): Pod {
  return {
    metadata: { name: 'x', namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests } }], ...more },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

const on = (nodeName: string, name: string, requests: Record<string, string>): Pod => ({
  ...pod(requests, { nodeName }),
  metadata: { name, namespace: 'default' },
});

/** `args`: those of one plugin, as they stand in the file. */
function cycle(
  plugin: string,
  args: object,
  nodes: readonly Node[],
  asked: Pod,
  pods: readonly Pod[] = [],
): CycleResult {
  const file = {
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [{ pluginConfig: [{ name: plugin, args }] }],
  };
  const [profile] = loadConfiguration(JSON.stringify(file)).profiles;
  if (profile === undefined) throw new Error('no profile');
  const objects: Record<string, readonly KubeObject[]> = { nodes, pods };
  const situation: Situation = {
    world: {
      list: <T extends KubeObject>({ resource }: ResourceType<T>) => (objects[resource] ?? []) as T[],
    },
    beliefs: { assumed: new Map(), nominated: new Map() },
    profile,
  };
  return new Rerun(situation, 'default/x').cycle(asked);
}

function scoresOf({ detail }: CycleResult, plugin: string): Record<string, number> {
  const found = detail.scores.find((one) => one.plugin === plugin);
  return Object.fromEntries(
    detail.fits.map((name, index) => [
      name,
      typeof found?.normalized === 'object' ? (found.normalized[index] ?? NaN) : (found?.normalized ?? NaN),
    ]),
  );
}

const term = (key: string, value: string): object => ({
  matchExpressions: [{ key, operator: 'In', values: [value] }],
});

describe('NodeAffinity addedAffinity', () => {
  const nodes = [
    node('a', { pool: 'blue' }),
    node('b', { pool: 'green', disk: 'ssd' }),
    node('c', { pool: 'green' }),
  ];
  const required = {
    addedAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term('pool', 'green')] },
    },
  };

  it('keeps every Pod of the profile off other nodes, and says by whom', () => {
    const { detail } = cycle('NodeAffinity', required, nodes, pod());
    expect([detail.fits, detail.refused]).toEqual([['b', 'c'], ['a']]);
    expect(detail.refusals).toEqual([
      {
        plugin: 'NodeAffinity',
        code: 'UnschedulableAndUnresolvable',
        reasons: ["node(s) didn't match scheduler-enforced node affinity"],
      },
    ]);
  });

  it("holds besides the Pod's own, with the Pod's own text for what it refuses itself", () => {
    const { detail } = cycle('NodeAffinity', required, nodes, pod({}, { nodeSelector: { disk: 'ssd' } }));
    expect(detail.fits).toEqual(['b']);
    expect(
      Object.fromEntries(
        detail.refused.map((name, index) => [
          name,
          detail.refusals[(detail.why as number[])[index] ?? 0]?.reasons,
        ]),
      ),
    ).toEqual({
      a: ["node(s) didn't match scheduler-enforced node affinity"],
      c: ["node(s) didn't match Pod's node affinity/selector"],
    });
  });

  it('prefers nodes for every Pod', () => {
    const preferred = {
      addedAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, preference: term('disk', 'ssd') }],
      },
    };
    expect(scoresOf(cycle('NodeAffinity', preferred, nodes, pod()), 'NodeAffinity')).toEqual({
      a: 0,
      b: 100,
      c: 0,
    });
    // Without it nothing is preferred, and the plugin has nothing to score.
    expect(cycle('NodeAffinity', {}, nodes, pod()).detail.scores.map(({ plugin }) => plugin)).not.toContain(
      'NodeAffinity',
    );
  });
});

describe('NodeResourcesFit', () => {
  it('does not look at ignored resources, by name or by group', () => {
    const nodes = [node('a'), node('b', {}, { [GPU]: '2' })];
    const asked = pod({ [GPU]: '1' });
    const fits = (args: object): readonly string[] =>
      cycle('NodeResourcesFit', args, nodes, asked).detail.fits;
    expect(fits({})).toEqual(['b']);
    expect(fits({ ignoredResources: [GPU] })).toEqual(['a', 'b']);
    expect(fits({ ignoredResourceGroups: ['example.com'] })).toEqual(['a', 'b']);
    expect(fits({ ignoredResources: ['example.com/other'], ignoredResourceGroups: ['other.com'] })).toEqual([
      'b',
    ]);
  });

  it('never ignores CPU, memory and what has no group', () => {
    expect(() => cycle('NodeResourcesFit', { ignoredResourceGroups: ['a/b'] }, [node('a')], pod())).toThrow(
      'ignoredResourceGroups',
    );
    const huge = pod({ 'hugepages-2Mi': '4Mi', cpu: '5' });
    const { detail } = cycle(
      'NodeResourcesFit',
      { ignoredResources: ['hugepages-2Mi', 'cpu'] },
      [node('a')],
      huge,
    );
    expect(detail.refusals[0]?.reasons).toEqual(['Insufficient cpu', 'Insufficient hugepages-2Mi']);
  });

  // Half full with the Pod: 2 of 4 CPU; quarter full: 1 of 4; full: 4 of 4.
  const nodes = [node('half'), node('quarter'), node('full')];
  const there = [on('half', 'h', { cpu: '1', memory: '1Gi' }), on('full', 'f', { cpu: '3', memory: '1Gi' })];
  const strategy = (
    shape: readonly [number, number][],
    resources: readonly object[] = [{ name: 'cpu', weight: 1 }],
  ): object => ({
    scoringStrategy: {
      type: 'RequestedToCapacityRatio',
      resources,
      requestedToCapacityRatio: { shape: shape.map(([utilization, score]) => ({ utilization, score })) },
    },
  });
  const asked = pod({ cpu: '1', memory: '1Gi' });
  const scored = (args: object): Record<string, number> =>
    scoresOf(cycle('NodeResourcesFit', args, nodes, asked, there), 'NodeResourcesFit');

  it('scores by a function of the share that is requested', () => {
    expect(
      scored(
        strategy([
          [0, 0],
          [100, 10],
        ]),
      ),
    ).toEqual({ half: 50, quarter: 25, full: 100 });
    expect(
      scored(
        strategy([
          [0, 10],
          [100, 0],
        ]),
      ),
    ).toEqual({ half: 50, quarter: 75, full: 0 });
    // Half full is best; between the points it is a straight line, cut to whole numbers.
    expect(
      scored(
        strategy([
          [0, 0],
          [50, 10],
          [100, 2],
        ]),
      ),
    ).toEqual({ half: 100, quarter: 50, full: 20 });
    expect(
      scored(
        strategy([
          [30, 5],
          [60, 8],
        ]),
      ),
    ).toEqual({ half: 70, quarter: 50, full: 80 });
  });

  it('weighs resources, and leaves out those that score nothing', () => {
    const both = [
      { name: 'cpu', weight: 3 },
      { name: 'memory', weight: 1 },
    ];
    // Memory: 2 of 8Gi, 1 of 8, 2 of 8.
    expect(
      scored(
        strategy(
          [
            [0, 0],
            [100, 10],
          ],
          both,
        ),
      ),
    ).toEqual({ half: 44, quarter: 22, full: 81 });
    const gpu = [
      { name: 'cpu', weight: 1 },
      { name: GPU, weight: 9 },
    ];
    expect(
      scored(
        strategy(
          [
            [0, 0],
            [100, 10],
          ],
          gpu,
        ),
      ),
    ).toEqual({ half: 50, quarter: 25, full: 100 });
  });

  it('packs with MostAllocated, and spreads without a word', () => {
    const packed = { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] } };
    expect(scored(packed)).toEqual({ half: 50, quarter: 25, full: 100 });
    expect(scored({})).toEqual({ half: 62, quarter: 81, full: 37 });
    expect(() => scored({ scoringStrategy: { resources: [{ name: 'cpu', weight: 1 }] } })).toThrow(
      'scoringStrategy.type: Unsupported value: "": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
    );
  });

  it('refuses a shape that does not rise in utilization, and one without points', () => {
    const refused = 'requestedToCapacityRatio.shape';
    expect(() =>
      scored(
        strategy([
          [50, 1],
          [50, 2],
        ]),
      ),
    ).toThrow(refused);
    expect(() => scored(strategy([]))).toThrow(refused);
    expect(() => scored(strategy([[0, 11]]))).toThrow(refused);
  });
});
