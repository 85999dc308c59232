import { describe, expect, it } from 'vitest';
import type { Pod, ReplicaSet } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { compareForDeletion } from '../pod-ranking.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { ReplicaSetController } from './replicaset-controller.ts';

function replicaSet(replicas: number, more: Partial<ReplicaSet['spec']> = {}): ReplicaSet {
  const template = {
    metadata: { labels: { app: 'web' } },
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  };
  return {
    metadata: { name: 'web', namespace: 'default' },
    spec: { replicas, selector: { matchLabels: { app: 'web' } }, template, ...more },
  } as ReplicaSet;
}

function setup() {
  const harness = new ControllerHarness();
  const controller = new ReplicaSetController(harness.c);
  const get = (): ReplicaSet | undefined =>
    harness.api.find<ReplicaSet>(resourceTypes.replicaSets, 'default/web');
  const scale = (replicas: number): void => {
    harness.api.change<ReplicaSet>(
      resourceTypes.replicaSets,
      'default/web',
      (rs) => ({ ...rs, spec: { ...rs.spec, replicas } }) as ReplicaSet,
    );
  };
  return { harness, api: harness.api, get, scale, start: () => harness.start(controller) };
}

describe('ReplicaSetController', () => {
  it('creates Pods in batches of 1, 2, 4 and owns them', async () => {
    const s = setup();
    s.api.latency = 10;
    s.api.seed(resourceTypes.replicaSets, replicaSet(10));
    await s.start();
    const seen: number[] = [];
    for (let step = 0; step < 8; step += 1) {
      await s.harness.run(10);
      const count = s.harness.pods().length;
      if (count > 0 && seen.at(-1) !== count) seen.push(count);
    }
    expect(seen).toEqual([1, 3, 7, 10]);
    const [pod] = s.harness.pods();
    expect(pod?.metadata).toMatchObject({
      labels: { app: 'web' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: 'web',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    });
    expect(pod?.metadata?.name).toMatch(/^web-[a-z0-9]{5}$/);
    expect(s.get()?.status).toEqual({ replicas: 10, fullyLabeledReplicas: 10, observedGeneration: 1 });
    expect(s.api.events()[0]).toMatch(/^Normal SuccessfulCreate Created pod: web-/);
    expect(s.harness.decisions('replicasets default/web')[0]).toBe('create-pods');
  });

  it('replaces a deleted Pod, and counts the ready ones', async () => {
    const s = setup();
    s.api.seed(resourceTypes.replicaSets, replicaSet(3));
    await s.start();
    await s.harness.run();
    s.harness.ready();
    await s.harness.run();
    expect(s.get()?.status).toMatchObject({ replicas: 3, readyReplicas: 3, availableReplicas: 3 });
    const victim = s.harness.pods()[0]?.metadata?.name;
    s.api.remove(resourceTypes.pods, `default/${victim}`);
    await s.harness.run();
    expect(s.harness.pods()).toHaveLength(3);
    expect(s.get()?.status?.readyReplicas).toBe(2);
  });

  it('deletes the least useful Pods first', async () => {
    const s = setup();
    s.api.seed(resourceTypes.replicaSets, replicaSet(4));
    await s.start();
    await s.harness.run();
    const [first, second] = s.harness.pods();
    s.harness.ready([first, second] as Pod[]);
    await s.harness.run();
    s.scale(2);
    await s.harness.run();
    expect(s.harness.pods().map(({ metadata }) => metadata?.name)).toEqual([
      first?.metadata?.name,
      second?.metadata?.name,
    ]);
    expect(
      s.api.events().filter((event) => event.startsWith('Normal SuccessfulDelete Deleted pod: web-')),
    ).toHaveLength(2);
  });

  it('adopts matching orphans and releases what no longer matches', async () => {
    const s = setup();
    s.api.seed<Pod>(resourceTypes.pods, {
      metadata: { name: 'orphan', namespace: 'default', labels: { app: 'web' } },
    });
    s.api.seed<Pod>(resourceTypes.pods, {
      metadata: { name: 'other', namespace: 'default', labels: { app: 'x' } },
    });
    s.api.seed(resourceTypes.replicaSets, replicaSet(2));
    await s.start();
    await s.harness.run();
    expect(s.harness.pods()).toHaveLength(3);
    const orphan = (): Pod | undefined => s.api.find<Pod>(resourceTypes.pods, 'default/orphan');
    expect(orphan()?.metadata?.ownerReferences).toMatchObject([
      { kind: 'ReplicaSet', name: 'web', controller: true },
    ]);
    s.api.change<Pod>(resourceTypes.pods, 'default/orphan', (pod) => ({
      ...pod,
      metadata: { ...pod.metadata, labels: { app: 'gone' } },
    }));
    await s.harness.run();
    expect(orphan()?.metadata?.ownerReferences).toEqual([]);
    expect(s.harness.pods({ app: 'web' })).toHaveLength(2);
  });

  it('says why Pods cannot be created, stops at the first failure and tries again', async () => {
    const s = setup();
    let refuse = true;
    s.api.reactors.push((action) =>
      refuse && action.verb === 'create' && action.resource === 'pods'
        ? forbidden('pods', 'web-x', 'exceeded quota: q')
        : undefined,
    );
    s.api.seed(resourceTypes.replicaSets, replicaSet(3));
    await s.start();
    await s.harness.run(2);
    expect(s.harness.writes('pods')).toHaveLength(1);
    await s.harness.run(100);
    expect(s.get()?.status?.conditions).toMatchObject([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'pods "web-x" is forbidden: exceeded quota: q',
      },
    ]);
    expect(s.api.events()[0]).toBe(
      'Warning FailedCreate Error creating: pods "web-x" is forbidden: exceeded quota: q',
    );
    refuse = false;
    await s.harness.run(10_000);
    expect(s.harness.pods()).toHaveLength(3);
    expect(s.get()?.status?.conditions).toBeUndefined();
  });

  it('becomes available minReadySeconds after ready', async () => {
    const s = setup();
    s.api.seed(resourceTypes.replicaSets, replicaSet(1, { minReadySeconds: 10 }));
    await s.start();
    await s.harness.run();
    s.harness.ready();
    await s.harness.run(5000);
    expect(s.get()?.status?.availableReplicas).toBeUndefined();
    await s.harness.run(7000);
    expect(s.get()?.status?.availableReplicas).toBe(1);
  });

  it('does nothing while it is being deleted, and nothing without need', async () => {
    const s = setup();
    const rs = replicaSet(3);
    s.api.seed(resourceTypes.replicaSets, {
      ...rs,
      metadata: { ...rs.metadata, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x'] },
    });
    await s.start();
    await s.harness.run(60_000);
    expect(s.harness.pods()).toEqual([]);
    const writes = s.api.actions.length;
    await s.harness.run(600_000);
    expect(s.api.actions).toHaveLength(writes);
  });

  it('reaches 1,000 Pods', async () => {
    const s = setup();
    s.api.seed(resourceTypes.replicaSets, replicaSet(1000));
    await s.start();
    await s.harness.run(5000);
    expect(s.harness.pods()).toHaveLength(1000);
    expect(s.get()?.status?.replicas).toBe(1000);
    s.scale(0);
    await s.harness.run(5000);
    expect(s.harness.pods()).toEqual([]);
  });
});

describe('compareForDeletion', () => {
  const now = Date.UTC(2026, 0, 2);
  const pod = (status: object, more: object = {}): Pod =>
    ({
      metadata: { uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z', ...more },
      spec: { nodeName: 'n' },
      status,
    }) as Pod;
  const ready = (since: string) => ({
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: since }],
  });
  const cases: [string, Pod, Pod][] = [
    ['without a node', { ...pod({ phase: 'Running' }), spec: {} } as Pod, pod({ phase: 'Pending' })],
    ['pending', pod({ phase: 'Pending' }), pod({ phase: 'Running' })],
    ['not ready', pod({ phase: 'Running' }), pod(ready('2026-01-01T00:00:00Z'))],
    [
      'cheaper',
      pod(ready('2026-01-01T00:00:00Z'), {
        annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' },
      }),
      pod(ready('2026-01-01T00:00:00Z')),
    ],
    ['ready for less', pod(ready('2026-01-01T23:59:00Z')), pod(ready('2026-01-01T00:00:00Z'))],
    [
      'younger',
      pod({ phase: 'Running' }, { creationTimestamp: '2026-01-01T23:59:00Z' }),
      pod({ phase: 'Running' }),
    ],
  ];
  it.each(cases)('prefers to delete what is %s', (_, first, second) => {
    expect(compareForDeletion({ pod: first, rank: 0 }, { pod: second, rank: 0 }, now)).toBeLessThan(0);
    expect(compareForDeletion({ pod: second, rank: 0 }, { pod: first, rank: 0 }, now)).toBeGreaterThan(0);
  });

  it('prefers the crowded node', () => {
    const one = pod(ready('2026-01-01T00:00:00Z'));
    expect(compareForDeletion({ pod: one, rank: 3 }, { pod: one, rank: 1 }, now)).toBeLessThan(0);
  });
});
