import { describe, expect, it } from 'vitest';
import type { Event, Node, Pod, Taint } from '../api/types.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { SeriesEventRecorder } from '../client/series-event-recorder.ts';
import { FakeApiClient } from '../client/testing/fake-api-client.testing.ts';
import { TestSimulation } from '../client/testing/test-simulation.testing.ts';
import { defaultProfile, inTreeRegistry } from './plugins/registry.ts';
import { Scheduler } from './scheduler.ts';

interface NodeOptions {
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly taints?: Taint[];
  readonly labels?: Record<string, string>;
  readonly unschedulable?: boolean;
}

function node(name: string, options: NodeOptions = {}): Node {
  const { cpu = '4', memory = '8Gi', pods = '110', taints, labels = {}, unschedulable } = options;
  return {
    metadata: { name, labels },
    spec: { taints, unschedulable },
    status: { allocatable: { cpu, memory, pods } },
  } as Node;
}

function pod(name: string, spec: Partial<Pod['spec']> & { cpu?: string; memory?: string } = {}): Pod {
  const { cpu, memory, ...rest } = spec as Record<string, unknown>;
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) };
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'main', resources: { requests } }],
      ...rest,
    },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

function setup(seed = 1) {
  const test = new TestSimulation(seed);
  const context = test.component('cp-1/kube-scheduler');
  const api = new FakeApiClient(test.component('api'));
  const factory = new InformerFactory(context, api);
  const recorder = new SeriesEventRecorder(context, api, 'default-scheduler', 'cp-1');
  const scheduler = new Scheduler(context, {
    client: api,
    factory,
    recorder: () => recorder,
    profiles: [defaultProfile],
    registry: inTreeRegistry,
  });
  const start = async (): Promise<void> => {
    factory.start();
    await test.do(() => factory.waitForCacheSync());
    await test.do(async () => context.go(() => scheduler.run()));
  };
  const add = (object: Pod): Pod => api.seed<Pod>(resourceTypes.pods, object);
  const addNode = (object: Node): Node => api.seed<Node>(resourceTypes.nodes, object);
  const get = (name: string): Pod | undefined => api.find<Pod>(resourceTypes.pods, `default/${name}`);
  const nodeOf = (name: string): string | undefined => get(name)?.spec?.nodeName;
  const message = (name: string): string | undefined =>
    get(name)?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
  return { test, context, api, scheduler, start, add, addNode, get, nodeOf, message };
}

const controlPlane: Taint = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };

describe('Scheduler', () => {
  it('binds, spreads by least allocated, and says so', async () => {
    const s = setup();
    s.addNode(node('cp-1', { taints: [controlPlane] }));
    for (const name of ['worker-1', 'worker-2', 'worker-3']) s.addNode(node(name));
    await s.start();
    for (const name of ['a', 'b', 'c']) s.add(pod(name));
    await s.test.run(100);
    expect(['a', 'b', 'c'].map(s.nodeOf).sort()).toEqual(['worker-1', 'worker-2', 'worker-3']);
    const event = s.api
      .all<Event>(resourceTypes.events)
      .find(({ involvedObject }) => involvedObject.name === 'a');
    expect(event).toMatchObject({
      type: 'Normal',
      reason: 'Scheduled',
      action: 'Binding',
      message: `Successfully assigned default/a to ${s.nodeOf('a')}`,
    });
    const decision = [...s.test.log.range(0)].find(
      (record) => record.kind === 'decision' && record.subject === 'pods default/a',
    );
    expect(decision).toMatchObject({
      action: 'bind',
      observed: s.nodeOf('a'),
      detail: {
        nodes: 4,
        feasible: 3,
        filters: expect.arrayContaining(['NodeUnschedulable', 'TaintToleration', 'NodeResourcesFit']),
        fits: ['worker-1', 'worker-2', 'worker-3'],
        refused: ['cp-1'],
        why: 0,
        refusals: [
          {
            plugin: 'TaintToleration',
            code: 'UnschedulableAndUnresolvable',
            reasons: ['node(s) had untolerated taint(s)'],
          },
        ],
        scores: expect.arrayContaining([
          { plugin: 'TaintToleration', weight: 3, raw: 0, normalized: 100 },
          { plugin: 'NodeResourcesFit', weight: 1, raw: 97, normalized: 97 },
        ]),
        totals: 397,
        tied: ['worker-1', 'worker-2', 'worker-3'],
        seen: { pods: expect.any(String), nodes: expect.any(String) },
      },
    });
  });

  const refusals: [string, Node[], Pod, string][] = [
    [
      'too little cpu',
      [node('n1'), node('n2')],
      pod('p', { cpu: '5' }),
      '2 Insufficient cpu. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ],
    [
      'mixed',
      [node('cp', { taints: [controlPlane] }), node('n', { unschedulable: true }), node('m', { cpu: '1' })],
      pod('p', { cpu: '2' }),
      '1 Insufficient cpu, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    ],
    [
      'no room for Pods',
      [node('n1', { pods: '0' })],
      pod('p'),
      '1 Too many pods. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
    [
      'selector',
      [node('n1')],
      pod('p', { nodeSelector: { disk: 'ssd' } }),
      "1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    ],
    [
      'never preempts',
      [node('n1')],
      pod('p', { cpu: '9', preemptionPolicy: 'Never' }),
      '1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
    ],
  ];
  it.each(refusals)('explains a refusal: %s', async (_, nodes, refused, expected) => {
    const s = setup();
    for (const candidate of nodes) s.addNode(candidate);
    await s.start();
    s.add(refused);
    await s.test.run(100);
    const full = `0/${nodes.length} nodes are available: ${expected}`;
    expect(s.nodeOf('p')).toBeUndefined();
    expect(s.get('p')?.status?.conditions).toMatchObject([
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: full },
    ]);
    expect(s.api.events()).toEqual([`Warning FailedScheduling ${full}`]);
    expect(s.scheduler.queue.where('default/p')).toBe('unschedulable');
  });

  it('has no nodes at first, and schedules when one comes', async () => {
    const s = setup();
    await s.start();
    s.add(pod('p'));
    await s.test.run(100);
    expect(s.message('p')).toBe('no nodes available to schedule pods');
    s.addNode(node('n1'));
    await s.test.run(1500);
    expect(s.nodeOf('p')).toBe('n1');
  });

  it('tries again only on events that may help', async () => {
    const s = setup();
    s.addNode(node('n1', { cpu: '1' }));
    s.addNode(node('n2', { cpu: '1', taints: [controlPlane] }));
    await s.start();
    s.add(pod('big', { cpu: '1' }));
    await s.test.run(100);
    s.add(pod('waiting', { cpu: '1' }));
    await s.test.run(100);
    expect(s.message('waiting')).toBe(
      '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    );
    s.addNode(node('n3', { cpu: '500m' }));
    s.api.change<Node>(resourceTypes.nodes, 'n1', (old) => ({
      ...old,
      metadata: { ...old.metadata, labels: { x: 'y' } },
    }));
    await s.test.run(1000);
    expect(s.scheduler.queue.where('default/waiting')).toBe('unschedulable');
    s.api.remove(resourceTypes.pods, 'default/big');
    await s.test.run(15_000);
    expect(s.nodeOf('waiting')).toBe('n1');
  });

  it('flushes what has waited for five minutes', async () => {
    const s = setup();
    s.addNode(node('n1', { cpu: '1' }));
    await s.start();
    s.add(pod('p', { cpu: '2' }));
    await s.test.run(5 * 60_000 + 40_000);
    const cycles = [...s.test.log.range(0)].filter(
      (record) => record.kind === 'decision' && record.action === 'unschedulable',
    );
    expect(cycles).toHaveLength(2);
  });

  it('keeps gated Pods out until the gates are gone', async () => {
    const s = setup();
    s.addNode(node('n1'));
    await s.start();
    s.add(pod('p', { schedulingGates: [{ name: 'a' }] }));
    await s.test.run(100);
    expect(s.nodeOf('p')).toBeUndefined();
    expect(s.api.events()).toEqual([]);
    s.api.change<Pod>(
      resourceTypes.pods,
      'default/p',
      (old) => ({ ...old, spec: { ...old.spec, schedulingGates: [] } }) as unknown as Pod,
    );
    await s.test.run(100);
    expect(s.nodeOf('p')).toBe('n1');
  });

  it('leaves the Pods of other schedulers alone', async () => {
    const s = setup();
    s.addNode(node('n1'));
    await s.start();
    s.add(pod('p', { schedulerName: 'mine' }));
    await s.test.run(1000);
    expect(s.nodeOf('p')).toBeUndefined();
    expect(s.api.actions.filter(({ verb }) => verb !== 'list')).toEqual([]);
  });

  it('gives the place back and tries again when the binding fails', async () => {
    const s = setup();
    s.addNode(node('n1', { cpu: '1' }));
    await s.start();
    let failures = 1;
    s.api.reactors.push(({ resource }) =>
      resource === 'pods/binding' && failures-- > 0 ? new Error('connection refused') : undefined,
    );
    s.add(pod('p', { cpu: '1' }));
    await s.test.run(100);
    expect(s.message('p')).toBe('running Bind plugin "DefaultBinder": connection refused');
    expect(s.get('p')?.status?.conditions?.[0]?.reason).toBe('SchedulerError');
    expect(s.scheduler.queue.where('default/p')).toBe('backoff');
    await s.test.run(1500);
    expect(s.nodeOf('p')).toBe('n1');
  });

  it('makes room for what is more important', async () => {
    const s = setup();
    s.addNode(node('n1', { cpu: '1' }));
    s.addNode(node('n2', { cpu: '1' }));
    await s.start();
    s.add(pod('low', { cpu: '1', priority: 1 }));
    s.add(pod('mid', { cpu: '1', priority: 5 }));
    await s.test.run(100);
    const was = s.nodeOf('low');
    s.add(pod('high', { cpu: '1', priority: 10 }));
    await s.test.run(15_000);
    expect(s.get('low')).toBeUndefined();
    expect(s.nodeOf('high')).toBe(was);
    expect(s.nodeOf('mid')).not.toBe(was);
    expect(s.api.events().some((event) => event.startsWith('Normal Preempted Preempted by pod '))).toBe(true);
    expect(s.api.events()).toContain('Warning FailedScheduling 0/2 nodes are available: 2 Insufficient cpu.');
  });

  it('records which event moved a Pod to which queue, and takes that for the cause of the next cycle', async () => {
    const s = setup();
    s.addNode(node('n1', { cpu: '1' }));
    await s.start();
    s.add(pod('p', { cpu: '2' }));
    await s.test.run(100);
    const decisions = () =>
      [...s.test.log.range(0)].flatMap((record) =>
        record.kind === 'decision' && record.subject === 'pods default/p' ? [record] : [],
      );
    expect(decisions().map(({ action }) => action)).toEqual(['unschedulable']);
    s.addNode(node('n2', { cpu: '4' }));
    await s.test.run(2_000);
    expect(s.nodeOf('p')).toBe('n2');
    const [, move, next] = decisions();
    expect(move).toMatchObject({
      action: 'queue',
      desired: 'backoff',
      observed: 'NodeAdd',
      detail: { queue: 'backoff', why: 'NodeAdd', attempts: 1, rejectors: ['NodeResourcesFit'] },
    });
    expect(next).toMatchObject({ action: 'bind', observed: 'n2', cause: move?.id });
  });

  it('spreads 1,000 Pods over 100 nodes, up to what whole percents can tell', async () => {
    const s = setup();
    for (let index = 0; index < 100; index += 1) s.addNode(node(`n${index}`, { cpu: '32', memory: '64Gi' }));
    await s.start();
    for (let index = 0; index < 1000; index += 1) s.add(pod(`p${index}`, { cpu: '100m' }));
    await s.test.run(20_000);
    const counts = new Map<string, number>();
    for (const object of s.api.all<Pod>(resourceTypes.pods)) {
      const name = object.spec?.nodeName ?? '';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(100);
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(4);
  });

  it('chooses alike with the same seed', async () => {
    const run = async (seed: number): Promise<(string | undefined)[]> => {
      const s = setup(seed);
      for (let index = 0; index < 9; index += 1) s.addNode(node(`n${index}`));
      await s.start();
      const names = ['a', 'b', 'c', 'd'];
      for (const name of names) s.add(pod(name));
      await s.test.run(100);
      return names.map(s.nodeOf);
    };
    expect(await run(7)).toEqual(await run(7));
    expect(await run(7)).not.toEqual(await run(8));
  });

  it('refuses unknown plugins', () => {
    const test = new TestSimulation();
    const context = test.component('x');
    const api = new FakeApiClient(context);
    const make = () =>
      new Scheduler(context, {
        client: api,
        factory: new InformerFactory(context, api),
        recorder: () => new SeriesEventRecorder(context, api, 'default-scheduler', 'x'),
        profiles: [{ schedulerName: 'default-scheduler', plugins: [{ name: 'Nope' }] }],
        registry: inTreeRegistry,
      });
    expect(make).toThrow(
      'initializing profiles: creating profile for scheduler name default-scheduler: PreFilterPlugin "Nope" does not exist',
    );
  });
});
