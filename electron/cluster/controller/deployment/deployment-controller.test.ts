import { describe, expect, it } from 'vitest';
import type { Deployment, ReplicaSet } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { forbidden } from '../../client/testing/fake-api-client.testing.ts';
import { ReplicaSetController } from '../replicaset/replicaset-controller.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { DeploymentController } from './deployment-controller.ts';
import { maxSurge, maxUnavailable, resolveFenceposts } from './deployment-util.ts';
import { proportionalSizes } from './proportional-scaling.ts';

function deployment(replicas: number, image = 'nginx:1', more: object = {}): Deployment {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } };
  return {
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...more,
    },
  } as Deployment;
}

function setup() {
  const harness = new ControllerHarness();
  const controllers = [new DeploymentController(harness.c), new ReplicaSetController(harness.c)];
  const { api } = harness;
  const get = (): Deployment => api.find<Deployment>(resourceTypes.deployments, 'default/web') as Deployment;
  const sets = (): ReplicaSet[] => api.all<ReplicaSet>(resourceTypes.replicaSets);
  const sizes = (): Record<string, number> =>
    Object.fromEntries(
      sets().map((rs) => [rs.spec?.template?.spec?.containers[0]?.image ?? '', rs.spec?.replicas ?? 0]),
    );
  const change = (spec: (old: Deployment['spec']) => object): void => {
    api.change<Deployment>(resourceTypes.deployments, 'default/web', (old) => ({
      ...old,
      metadata: { ...old.metadata, generation: (old.metadata?.generation ?? 1) + 1 },
      spec: { ...old.spec, ...spec(old.spec) } as Deployment['spec'],
    }));
  };
  const image = (name: string): void =>
    change((spec) => ({
      template: { ...spec?.template, spec: { containers: [{ name: 'main', image: name }] } },
    }));
  const conditions = (): string[] =>
    (get().status?.conditions ?? []).map((c) => `${c.type} ${c.status} ${c.reason}: ${c.message}`);
  const scalings = (): string[] => api.events().filter((event) => event.includes('ScalingReplicaSet'));
  return {
    harness,
    api,
    get,
    sets,
    sizes,
    change,
    image,
    conditions,
    scalings,
    start: () => harness.start(...controllers),
  };
}

describe('DeploymentController', () => {
  it('creates a ReplicaSet, reports progress and completion', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(3));
    await s.start();
    await s.harness.run();
    const [rs] = s.sets();
    const name = rs?.metadata?.name;
    const hash = rs?.metadata?.labels?.['pod-template-hash'];
    expect(name).toBe(`web-${hash}`);
    expect(rs).toMatchObject({
      metadata: {
        labels: { app: 'web', 'pod-template-hash': hash },
        annotations: {
          'deployment.kubernetes.io/revision': '1',
          'deployment.kubernetes.io/desired-replicas': '3',
          'deployment.kubernetes.io/max-replicas': '4',
        },
        ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true, blockOwnerDeletion: true }],
      },
      spec: { replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } } },
    });
    expect(s.get().metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
    expect(s.get().status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      unavailableReplicas: 3,
    });
    expect(s.get().status?.readyReplicas).toBeUndefined();
    expect(s.conditions()).toEqual([
      'Available False MinimumReplicasUnavailable: Deployment does not have minimum availability.',
      `Progressing True ReplicaSetUpdated: ReplicaSet "${name}" is progressing.`,
    ]);
    await s.harness.settle(2000);
    expect(s.conditions().sort()).toEqual([
      'Available True MinimumReplicasAvailable: Deployment has minimum availability.',
      `Progressing True NewReplicaSetAvailable: ReplicaSet "${name}" has successfully progressed.`,
    ]);
    expect(s.get().status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
    expect(s.get().status?.unavailableReplicas).toBeUndefined();
    expect(s.scalings()).toEqual([`Normal ScalingReplicaSet Scaled up replica set ${name} from 0 to 3`]);
  });

  it('scales without a rollout', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(2));
    await s.start();
    await s.harness.settle(2000);
    s.change(() => ({ replicas: 5 }));
    await s.harness.settle(2000);
    const name = s.sets()[0]?.metadata?.name;
    expect(s.harness.pods()).toHaveLength(5);
    expect(s.scalings().at(-1)).toBe(`Normal ScalingReplicaSet Scaled up replica set ${name} from 2 to 5`);
    s.change(() => ({ replicas: 1 }));
    await s.harness.settle(2000);
    expect(s.harness.pods()).toHaveLength(1);
    expect(s.get().status).toMatchObject({ replicas: 1, observedGeneration: 3 });
  });

  it('rolls within surge and availability', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(4));
    await s.start();
    await s.harness.settle(2000);
    s.image('nginx:2');
    let most = 0;
    let fewest = Infinity;
    for (let step = 0; step < 200; step += 1) {
      await s.harness.run(20);
      most = Math.max(most, s.harness.pods().length);
      const ready = s.harness.pods().filter((pod) => pod.status?.conditions?.[0]?.status === 'True').length;
      fewest = Math.min(fewest, ready);
      if (step % 5 === 4) s.harness.ready();
    }
    expect(most).toBe(5);
    expect(fewest).toBe(3);
    expect(s.sizes()).toEqual({ 'nginx:1': 0, 'nginx:2': 4 });
    expect(s.get().metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    const [oldName, newName] = s.sets().map((rs) => rs.metadata?.name);
    expect(s.scalings().slice(1, 4)).toEqual([
      `Normal ScalingReplicaSet Scaled up replica set ${newName} from 0 to 1`,
      `Normal ScalingReplicaSet Scaled down replica set ${oldName} from 4 to 3`,
      `Normal ScalingReplicaSet Scaled up replica set ${newName} from 1 to 2`,
    ]);
  });

  it('reuses the ReplicaSet of a template that comes back, under a new revision', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(1));
    await s.start();
    await s.harness.settle(2000);
    s.image('nginx:2');
    await s.harness.settle(3000);
    s.image('nginx:1');
    await s.harness.settle(3000);
    expect(s.sizes()).toEqual({ 'nginx:1': 1, 'nginx:2': 0 });
    expect(s.sets()[0]?.metadata?.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    });
    expect(s.get().metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('deletes old ReplicaSets beyond the history limit', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(1, 'nginx:1', { revisionHistoryLimit: 1 }));
    await s.start();
    await s.harness.settle(2000);
    for (const version of ['nginx:2', 'nginx:3', 'nginx:4']) {
      s.image(version);
      await s.harness.settle(3000);
    }
    expect(s.sizes()).toEqual({ 'nginx:3': 0, 'nginx:4': 1 });
  });

  it('recreates: nothing of the new before all of the old is gone', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(2, 'nginx:1', { strategy: { type: 'Recreate' } }));
    await s.start();
    await s.harness.settle(2000);
    s.image('nginx:2');
    const images = new Set<string>();
    for (let step = 0; step < 200; step += 1) {
      await s.harness.run(1);
      images.add(
        [...new Set(s.harness.pods().map((pod) => pod.spec?.containers[0]?.image))].sort().join('+'),
      );
    }
    expect([...images]).toEqual(['nginx:1', '', 'nginx:2']);
  });

  it('stops while paused, and says so', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(2));
    await s.start();
    await s.harness.settle(2000);
    s.change(() => ({ paused: true }));
    await s.harness.run();
    expect(s.conditions()).toContain('Progressing Unknown DeploymentPaused: Deployment is paused');
    s.image('nginx:2');
    await s.harness.settle(2000);
    expect(s.sizes()).toEqual({ 'nginx:1': 2 });
    s.change(() => ({ paused: false }));
    await s.harness.settle(4000);
    expect(s.sizes()).toEqual({ 'nginx:1': 0, 'nginx:2': 2 });
  });

  it('times out when nothing moves', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(1, 'nginx:1', { progressDeadlineSeconds: 10 }));
    await s.start();
    await s.harness.run(9000);
    expect(s.conditions().some((condition) => condition.includes('ProgressDeadlineExceeded'))).toBe(false);
    await s.harness.run(6000);
    const name = s.sets()[0]?.metadata?.name;
    expect(s.conditions()).toContain(
      `Progressing False ProgressDeadlineExceeded: ReplicaSet "${name}" has timed out progressing.`,
    );
    await s.harness.settle(2000);
    expect(s.conditions()).toContain(
      `Progressing True NewReplicaSetAvailable: ReplicaSet "${name}" has successfully progressed.`,
    );
  });

  it('passes on why Pods are refused', async () => {
    const s = setup();
    s.api.reactors.push((action) =>
      action.verb === 'create' && action.resource === 'pods' ? forbidden('pods', 'x', 'no') : undefined,
    );
    s.api.seed(resourceTypes.deployments, deployment(1));
    await s.start();
    await s.harness.run();
    expect(s.conditions()).toContain('ReplicaFailure True FailedCreate: pods "x" is forbidden: no');
  });

  it('counts up when the name is taken by another template', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(1));
    await s.start();
    await s.harness.settle(2000);
    const name = s.sets()[0]?.metadata?.name ?? '';
    const other = setup();
    other.api.seed<ReplicaSet>(resourceTypes.replicaSets, {
      metadata: { name, namespace: 'default' },
      spec: { replicas: 0, selector: { matchLabels: { app: 'other' } } },
    } as ReplicaSet);
    other.api.seed(resourceTypes.deployments, deployment(1));
    await other.start();
    await other.harness.settle(2000);
    expect(other.get().status?.collisionCount).toBe(1);
    expect(other.sets().map((rs) => rs.metadata?.name)).toHaveLength(2);
    expect(other.harness.pods()).toHaveLength(1);
  });

  it('writes nothing when nothing changes', async () => {
    const s = setup();
    s.api.seed(resourceTypes.deployments, deployment(2));
    await s.start();
    await s.harness.settle(3000);
    const before = s.api.actions.length;
    await s.harness.run(3_600_000);
    expect(s.api.actions.slice(before)).toEqual([]);
  });
});

describe('rolling update arithmetic', () => {
  const cases: [string | number, string | number, number, { surge: number; unavailable: number }][] = [
    ['25%', '25%', 3, { surge: 1, unavailable: 0 }],
    ['25%', '25%', 10, { surge: 3, unavailable: 2 }],
    [0, '10%', 5, { surge: 0, unavailable: 1 }],
    [2, 1, 10, { surge: 2, unavailable: 1 }],
    ['100%', '100%', 7, { surge: 7, unavailable: 7 }],
  ];
  it.each(cases)('surge %s, unavailable %s of %i', (surge, unavailable, desired, expected) => {
    expect(resolveFenceposts(surge, unavailable, desired)).toEqual(expected);
  });

  it('has neither for Recreate', () => {
    const recreate = deployment(4, 'x', { strategy: { type: 'Recreate' } });
    expect([maxSurge(recreate), maxUnavailable(recreate)]).toEqual([0, 0]);
  });

  const set = (name: string, replicas: number, max: number, created: string): ReplicaSet =>
    ({
      metadata: {
        name,
        uid: name,
        creationTimestamp: created,
        annotations: { 'deployment.kubernetes.io/max-replicas': String(max) },
      },
      spec: { replicas },
    }) as unknown as ReplicaSet;
  const spread: [string, number, number[], number, number[]][] = [
    ['grows both by their share', 15, [8, 5], 13, [12, 7]],
    ['shrinks', 5, [8, 5], 13, [4, 3]],
    ['goes to nothing', 0, [8, 5], 13, [0, 0]],
  ];
  it.each(spread)('%s', (_, desired, [first = 0, second = 0], max, expected) => {
    const target = deployment(desired);
    const sizes = proportionalSizes(target, set('new', second, max, '2026-01-02T00:00:00Z'), [
      set('old', first, max, '2026-01-01T00:00:00Z'),
    ]);
    expect(sizes.map(({ replicas }) => replicas)).toEqual(expected);
  });
});
