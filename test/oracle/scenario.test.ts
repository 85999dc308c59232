import { describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../electron/cluster/api/types.ts';
import type { Scenario } from './scenario.ts';
import { decide } from './scenario.ts';

const HOST = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

function node(name: string, zone: string, more: Record<string, string> = {}): Node {
  return {
    metadata: { name, labels: { [HOST]: name, [ZONE]: zone, ...more } },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  } as Node;
}

function pod(name: string, spec: object = {}, labels: Record<string, string> = { app: 'web' }): Pod {
  return {
    metadata: { name, namespace: 'default', labels },
    spec: { containers: [{ name: 'main', image: 'nginx' }], ...spec },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

const on = (nodeName: string, name: string, spec: object = {}, labels?: Record<string, string>): Pod =>
  pod(name, { nodeName, ...spec }, labels);
const web = { matchLabels: { app: 'web' } };
const three = [node('a', 'AD-1'), node('b', 'AD-2'), node('c', 'AD-3')];
const run = (scenario: Omit<Scenario, 'id'>): ReturnType<typeof decide> =>
  decide({ id: 'test', ...scenario });
const spread = (more: object = {}): object => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: web, ...more },
  ],
});

describe('PodTopologySpread', () => {
  it('refuses the fuller zones, and says so when none is left', () => {
    const existingPods = [on('a', 'w1'), on('a', 'w2'), on('b', 'w3')];
    const { feasible, reasons } = run({ nodes: three, existingPods, pod: pod('x', spread()) });
    expect(feasible).toEqual({ a: false, b: false, c: true });
    expect(reasons).toEqual({
      a: ["node(s) didn't match pod topology spread constraints"],
      b: ["node(s) didn't match pod topology spread constraints"],
    });
    const only = spread({ minDomains: 4 });
    const full = run({ nodes: three, existingPods: [...existingPods, on('c', 'w4')], pod: pod('x', only) });
    expect(full.message).toBe(
      "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.",
    );
  });

  it('refuses a node without the key, for good', () => {
    const bare = { metadata: { name: 'd' }, status: three[0]?.status } as Node;
    const { reasons } = run({ nodes: [...three, bare], pod: pod('x', spread()) });
    expect(reasons).toEqual({
      d: ["node(s) didn't match pod topology spread constraints (missing required label)"],
    });
  });

  it('prefers the emptier zone when it need not, and spreads a Service by itself', () => {
    const soft = spread({ whenUnsatisfiable: 'ScheduleAnyway' });
    const existingPods = [on('a', 'w1'), on('b', 'w2')];
    expect(
      run({ nodes: three, existingPods, pod: pod('x', soft) }).scores['PodTopologySpread'],
    ).toMatchObject({ c: 100 });
    const services = [{ metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'web' } } }];
    const { scores, selected } = run({ nodes: three, existingPods, services, pod: pod('x') } as Omit<
      Scenario,
      'id'
    >);
    expect(scores['PodTopologySpread']).toMatchObject({ c: 100 });
    expect(selected).toBe('c');
    expect(run({ nodes: three, existingPods, pod: pod('x') }).scores['PodTopologySpread']).toBeUndefined();
  });
});

describe('InterPodAffinity', () => {
  const term = { labelSelector: web, topologyKey: HOST };
  const anti = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
  const near = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };

  it('keeps apart what wants to be apart, whoever says so', () => {
    const own = run({ nodes: three, existingPods: [on('a', 'w1')], pod: pod('x', anti) });
    expect(own.reasons).toEqual({ a: ["node(s) didn't match pod anti-affinity rules"] });
    const theirs = run({ nodes: three, existingPods: [on('a', 'w1', anti)], pod: pod('x') });
    expect(theirs.reasons).toEqual({ a: ["node(s) didn't satisfy existing pods anti-affinity rules"] });
  });

  it('brings together, lets the first of a kind go anywhere, and refuses who has nobody', () => {
    expect(run({ nodes: three, existingPods: [on('b', 'w1')], pod: pod('x', near) }).selected).toBe('b');
    expect(run({ nodes: three, pod: pod('x', near) }).feasible).toEqual({ a: true, b: true, c: true });
    expect(run({ nodes: three, pod: pod('x', near, { app: 'other' }) }).message).toBe(
      "0/3 nodes are available: 3 node(s) didn't match pod affinity rules. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    );
  });

  it('looks into other namespaces only when told to', () => {
    const other = {
      ...on('a', 'w1'),
      metadata: { name: 'w1', namespace: 'team', labels: { app: 'web' } },
    } as Pod;
    const namespaces = [
      { metadata: { name: 'team', labels: { tier: 'x' } } },
      { metadata: { name: 'default' } },
    ];
    const asking = (selector?: object): object => ({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ ...term, namespaceSelector: selector }],
        },
      },
    });
    const feasible = (selector?: object): Readonly<Record<string, boolean>> =>
      run({ namespaces, nodes: three, existingPods: [other], pod: pod('x', asking(selector)) }).feasible;
    expect(feasible()).toEqual({ a: true, b: true, c: true });
    expect(feasible({ matchLabels: { tier: 'x' } })).toEqual({ a: false, b: true, c: true });
    expect(feasible({ matchLabels: { tier: 'y' } })).toEqual({ a: true, b: true, c: true });
  });

  it('makes room by preemption where a lower Pod stands in the way', () => {
    const blocked = three.map(({ metadata }, index) =>
      on(metadata?.name ?? '', `w${index}`, { priority: index }),
    );
    const { nominatedNode, selectedVictims } = run({
      nodes: three,
      existingPods: blocked,
      pod: pod('x', { ...anti, priority: 100 }),
    });
    expect([nominatedNode, selectedVictims]).toEqual(['a', ['default/w0']]);
  });
});

describe('VolumeBinding', () => {
  it('refuses a claim that does not exist', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web' } }];
    expect(run({ nodes: three, pod: pod('x', { volumes }) }).message).toBe(
      '0/3 nodes are available: persistentvolumeclaim "data-web" not found. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    );
  });
});

describe('DefaultPreemption', () => {
  it('spares the node whose Pod a disruption budget protects', () => {
    const big = {
      priority: 1,
      containers: [{ name: 'm', image: 'i', resources: { requests: { cpu: '4' } } }],
    };
    const existingPods = [on('a', 'kept', big, { app: 'kept' }), on('b', 'free', big, { app: 'free' })];
    const pdbs = [
      {
        metadata: { namespace: 'default' },
        spec: { selector: { matchLabels: { app: 'kept' } } },
        status: { disruptionsAllowed: 0 },
      },
    ];
    const wants = { ...big, priority: 5 };
    const nodes = three.slice(0, 2);
    expect(run({ nodes, existingPods, pdbs, pod: pod('x', wants) })).toMatchObject({
      nominatedNode: 'b',
      selectedVictims: ['default/free'],
    });
    // Without the budget either would do; the first is taken.
    expect(run({ nodes, existingPods, pod: pod('x', wants) }).nominatedNode).toBe('a');
  });
});
