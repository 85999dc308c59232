import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../electron/cluster/api/types.ts';
import type { Decision, Scenario } from './scenario.ts';
import { decide } from './scenario.ts';

// Pods that no node can take, and objects that are as large as the API lets them be.

const HOST = 'kubernetes.io/hostname';

function node(
  name: string,
  more: { readonly labels?: object; readonly spec?: object; readonly allocatable?: object } = {},
): Node {
  return {
    metadata: { name, labels: { [HOST]: name, ...more.labels } },
    spec: more.spec ?? {},
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...more.allocatable } },
  } as Node;
}

function pod(spec: object = {}, requests?: object): Pod {
  return {
    metadata: { name: 'x', namespace: 'default', labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests } }], ...spec },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

const two = [node('a'), node('b')];
const run = (asked: Pod, nodes: readonly Node[] = two, more: Partial<Scenario> = {}): Decision =>
  decide({ id: 'test', nodes, pod: asked, ...more });
const nodeAffinity = (...nodeSelectorTerms: readonly object[]): object => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const expression = (key: string, operator: string, ...values: readonly string[]): object => ({
  key,
  operator,
  ...(values.length > 0 ? { values } : {}),
});
const named = (...names: readonly string[]): object => expression('metadata.name', 'In', ...names);
const unhelpful = ' preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
const mismatch = `0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.${unhelpful}`;

describe('Pods that no node can take', () => {
  it.each<[string, Pod, string]>([
    [
      'more than any node has, of everything',
      pod({}, { cpu: '5', memory: '9Gi', 'ephemeral-storage': '1Gi', 'example.com/gpu': '1' }),
      `0/2 nodes are available: 2 Insufficient cpu, 2 Insufficient ephemeral-storage, 2 Insufficient example.com/gpu, 2 Insufficient memory.${unhelpful}`,
    ],
    [
      'a node of a name that is not there',
      pod({ nodeName: 'zzz' }),
      `0/2 nodes are available: 2 node(s) didn't match the requested node name.${unhelpful}`,
    ],
    [
      'a label to be there and not',
      pod(nodeAffinity({ matchExpressions: [expression('k', 'Exists'), expression('k', 'DoesNotExist')] })),
      mismatch,
    ],
    [
      'a label of two values',
      pod(nodeAffinity({ matchExpressions: [expression(HOST, 'In', 'a'), expression(HOST, 'In', 'b')] })),
      mismatch,
    ],
    [
      'a number between two',
      pod(nodeAffinity({ matchExpressions: [expression('n', 'Gt', '5'), expression('n', 'Lt', '3')] })),
      mismatch,
    ],
    ['a term that is empty, which nothing matches', pod(nodeAffinity({})), mismatch],
    [
      'a selector against the affinity',
      pod({
        nodeSelector: { [HOST]: 'a' },
        ...nodeAffinity({ matchExpressions: [expression(HOST, 'In', 'b')] }),
      }),
      mismatch,
    ],
    [
      'names that exclude each other',
      pod(nodeAffinity({ matchFields: [named('a'), named('b')] })),
      `0/2 nodes are available: pod affinity terms conflict.${unhelpful}`,
    ],
  ])('%s', (_what, asked, message) => {
    const decision = run(asked);
    expect(decision.message).toBe(message);
    expect([decision.selected, decision.nominatedNode]).toEqual([null, null]);
  });

  it('wants Pods of its own kind near and not near', () => {
    const near = [{ labelSelector: { matchLabels: { app: 'web' } }, topologyKey: HOST }];
    const required = { requiredDuringSchedulingIgnoredDuringExecution: near };
    const both = pod({ affinity: { podAffinity: required, podAntiAffinity: required } });
    const other = {
      ...pod({ nodeName: 'a' }),
      metadata: { name: 'y', namespace: 'default', labels: { app: 'web' } },
    };
    expect(run(both, two, { existingPods: [other] }).reasons).toEqual({
      a: ["node(s) didn't match pod anti-affinity rules"],
      b: ["node(s) didn't match pod affinity rules"],
    });
    // The first of its kind may begin anywhere.
    expect(run(both).feasible).toEqual({ a: true, b: true });
  });

  it('is a Pod like any other with one word less', () => {
    expect(run(pod(nodeAffinity({ matchFields: [named('a')] }))).feasible).toEqual({ a: true, b: false });
  });
});

describe('quantities at the limits', () => {
  const largest = '9223372036854775807';

  it('counts up to 2^63-1, and refuses one too many', () => {
    const nodes = [node('a', { allocatable: { memory: largest, 'example.com/x': largest } }), node('b')];
    expect(run(pod({}, { memory: largest }), nodes).feasible).toEqual({ a: true, b: false });
    expect(run(pod({}, { 'example.com/x': largest }), nodes).feasible).toEqual({ a: true, b: false });
    expect(run(pod({}, { memory: '8Ei' }), nodes).reasons['b']).toEqual(['Insufficient memory']);
  });

  it('rounds less than a thousandth of a CPU up, and zero takes nothing', () => {
    const full = [node('a', { allocatable: { cpu: '1m' } })];
    const there = { ...pod({ nodeName: 'a' }, { cpu: '1n' }), metadata: { name: 'y', namespace: 'default' } };
    expect(run(pod({}, { cpu: '1n' }), full).feasible).toEqual({ a: true });
    expect(run(pod({}, { cpu: '1n' }), full, { existingPods: [there] }).reasons).toEqual({
      a: ['Insufficient cpu'],
    });
    expect(run(pod({}, { cpu: '0' }), full, { existingPods: [there] }).feasible).toEqual({ a: true });
  });

  it('takes no Pod where none is allowed, whatever it asks', () => {
    expect(run(pod(), [node('a', { allocatable: { pods: '0' } })]).reasons).toEqual({ a: ['Too many pods'] });
  });
});

describe('what is as large as it may be', () => {
  const taints = Array.from({ length: 1_000 }, (_, index) => ({
    key: `k${index}`,
    value: 'v',
    effect: 'NoSchedule',
  }));
  const tolerations = taints.map(({ key, effect }) => ({ key, operator: 'Exists', effect }));

  it('1,000 taints, each of which has to be tolerated', () => {
    const tainted = [node('a', { spec: { taints } }), node('b')];
    expect(run(pod({ tolerations }), tainted).feasible).toEqual({ a: true, b: true });
    expect(run(pod({ tolerations: tolerations.slice(1) }), tainted).reasons).toEqual({
      a: ['node(s) had untolerated taint(s)'],
    });
    expect(run(pod({ tolerations: [{ operator: 'Exists' }] }), tainted).feasible).toEqual({
      a: true,
      b: true,
    });
  });

  it('1,000 taints that are only preferred not to be there', () => {
    const soft = taints.map((taint) => ({ ...taint, effect: 'PreferNoSchedule' }));
    const { scores } = run(pod(), [
      node('a', { spec: { taints: soft } }),
      node('b', { spec: { taints: soft.slice(500) } }),
      node('c'),
    ]);
    expect(scores['TaintToleration']).toEqual({ a: 0, b: 50, c: 100 });
  });

  const names = Array.from({ length: 10_000 }, (_, index) => `n${index}`);

  it('selectors with thousands of terms and values', () => {
    const terms = Array.from({ length: 1_000 }, (_, index) => ({
      matchExpressions: [expression('k', 'NotIn', ...names), expression(`k${index}`, 'Exists')],
    }));
    const nodes = [node('a', { labels: { k999: '' } }), node('b', { labels: { k: 'n9999', k999: '' } })];
    expect(run(pod(nodeAffinity(...terms)), nodes).feasible).toEqual({ a: true, b: false });
  });

  it('a selector of thousands of values over thousands of Pods of as many kinds', () => {
    const existingPods = names.slice(0, 2_000).map((name, index): Pod => ({
      ...pod({ nodeName: index === 0 ? 'a' : 'b' }),
      metadata: { name, namespace: 'default', labels: { app: name } },
    }));
    const labelSelector = { matchExpressions: [expression('app', 'In', ...names.slice(1))] };
    const anti = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector, topologyKey: HOST }],
      },
    };
    const roomy = [
      node('a', { allocatable: { pods: '3000' } }),
      node('b', { allocatable: { pods: '3000' } }),
    ];
    expect(run(pod({ affinity: anti }), roomy, { existingPods }).feasible).toEqual({ a: true, b: false });
  });
});
