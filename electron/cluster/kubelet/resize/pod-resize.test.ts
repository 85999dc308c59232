import { beforeEach, describe, expect, it } from 'vitest';
import type { Pod, PodCondition } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { KubeletHarness } from '../kubelet.testing.ts';

type Resources = NonNullable<NonNullable<Pod['spec']>['containers'][number]['resources']>;
const SMALL: Resources = {
  requests: { cpu: '100m', memory: '64Mi' },
  limits: { cpu: '200m', memory: '128Mi' },
};
const RESTART = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
const MIB = 1024 ** 2;

let node: KubeletHarness;
beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

async function create(name: string, resources: Resources, more: object = {}): Promise<void> {
  node.createPod(name, {
    restartPolicy: 'Always',
    containers: [{ name: 'main', image: 'nginx:1.25', resources, ...more }],
  });
  await node.test.run(10_000);
}

/** What `kubectl patch --subresource resize` does to the object. */
async function resize(name: string, resources: Resources): Promise<void> {
  node.api.change<Pod>(resourceTypes.pods, `default/${name}`, (pod) => ({
    ...pod,
    metadata: { ...pod.metadata, generation: (pod.metadata?.generation ?? 0) + 1 },
    spec: { ...pod.spec, containers: (pod.spec?.containers ?? []).map((one) => ({ ...one, resources })) },
  }));
  await node.test.run(3_000);
}

const statusOf = (name: string) => node.pod(name)?.status?.containerStatuses?.[0];
const conditionsOf = (name: string): readonly PodCondition[] =>
  (node.pod(name)?.status?.conditions ?? []).filter(({ type }) => type.startsWith('PodResize'));
const cgroupOf = (name: string) =>
  [...node.runtime.store.containers.values()].find(
    ({ config, state }) => config.labels['io.kubernetes.pod.name'] === name && state === 'CONTAINER_RUNNING',
  )?.config.linux?.resources;

describe('a Pod that is resized in place', () => {
  it('gets other limits while its container runs, and tells when it is done', async () => {
    await create('web', SMALL);
    const { containerID } = statusOf('web') ?? {};
    const large = { requests: { cpu: '300m', memory: '96Mi' }, limits: { cpu: '500m', memory: '256Mi' } };
    await resize('web', large);
    expect(cgroupOf('web')).toMatchObject({
      cpuQuota: 50_000,
      cpuShares: 307,
      memoryLimitInBytes: 256 * MIB,
    });
    expect(statusOf('web')).toMatchObject({
      containerID,
      restartCount: 0,
      resources: large,
      allocatedResources: large.requests,
    });
    expect(conditionsOf('web')).toEqual([]);
    expect(node.pod('web')?.status?.observedGeneration).toBe(2);
    expect(node.api.events()).toContain(
      'Normal ResizeCompleted Pod resize completed: {"containers":[{"name":"main","resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"300m","memory":"96Mi"}}}],"generation":2}',
    );
  });

  it('is restarted where its policy says so, and only for that resource', async () => {
    await create('web', SMALL, { resizePolicy: RESTART });
    await resize('web', { ...SMALL, limits: { cpu: '400m', memory: '128Mi' } });
    expect(statusOf('web')?.restartCount).toBe(0);
    await resize('web', { ...SMALL, limits: { cpu: '400m', memory: '192Mi' } });
    await node.test.run(5_000);
    expect(statusOf('web')).toMatchObject({
      restartCount: 1,
      resources: { limits: { cpu: '400m', memory: '192Mi' } },
    });
    expect(cgroupOf('web')?.memoryLimitInBytes).toBe(192 * MIB);
    expect(node.api.events()).toContain('Normal Killing Container main resize requires restart');
    expect(conditionsOf('web')).toEqual([]);
  });

  it('keeps what it has when the node could never grant it', async () => {
    await create('web', SMALL);
    await resize('web', {
      requests: { cpu: '100', memory: '64Mi' },
      limits: { cpu: '100', memory: '128Mi' },
    });
    expect(conditionsOf('web')).toMatchObject([
      {
        type: 'PodResizePending',
        status: 'True',
        reason: 'Infeasible',
        message: "Node didn't have enough capacity: cpu, requested: 100000, capacity: 4000",
        observedGeneration: 2,
      },
    ]);
    expect(statusOf('web')).toMatchObject({ resources: SMALL, allocatedResources: SMALL.requests });
    await resize('web', SMALL);
    expect(conditionsOf('web')).toEqual([]);
  });

  it('waits until another Pod has gone', async () => {
    await create('web', SMALL);
    await create('other', { requests: { cpu: '3' } });
    const large = { requests: { cpu: '2', memory: '64Mi' }, limits: { cpu: '2', memory: '128Mi' } };
    await resize('web', large);
    expect(conditionsOf('web')).toMatchObject([
      {
        type: 'PodResizePending',
        reason: 'Deferred',
        message: "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
      },
    ]);
    node.markDeleted('other', 1);
    await node.test.run(10_000);
    expect(conditionsOf('web')).toEqual([]);
    expect(statusOf('web')).toMatchObject({ resources: large, restartCount: 0 });
  });

  it('is not given less memory than it holds', async () => {
    node.createPod('hog', {
      restartPolicy: 'Always',
      containers: [
        {
          name: 'main',
          image: 'polinux/stress:latest',
          command: ['stress', '--vm', '1', '--vm-bytes', '100M', '--vm-hang', '0'],
          resources: SMALL,
        },
      ],
    });
    await node.test.run(20_000);
    await resize('hog', { ...SMALL, limits: { cpu: '200m', memory: '80Mi' } });
    expect(conditionsOf('hog')).toMatchObject([
      { type: 'PodResizeInProgress', status: 'True', reason: 'Error' },
    ]);
    expect(conditionsOf('hog')[0]?.message).toMatch(
      /^attempting to set container "main" memory limit \(83886080\) below current usage \(1\d{8}\)$/,
    );
    expect(statusOf('hog')).toMatchObject({ restartCount: 0, resources: SMALL });
  });

  it('is as it was for a kubelet that begins anew while it waits', async () => {
    await create('web', SMALL);
    await resize('web', { ...SMALL, requests: { cpu: '100', memory: '64Mi' } });
    node.kubelet?.kill('SIGKILL');
    await node.test.run(1_000);
    await node.start(false, 10_000);
    expect(conditionsOf('web')).toMatchObject([{ type: 'PodResizePending', reason: 'Infeasible' }]);
    expect(statusOf('web')).toMatchObject({ allocatedResources: SMALL.requests, restartCount: 0 });
  });
});
