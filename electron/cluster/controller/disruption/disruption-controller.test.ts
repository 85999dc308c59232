import { describe, expect, it } from 'vitest';
import type { Deployment, Pod, PodDisruptionBudget, ReplicaSet } from '../../api/types.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { resourceType } from '../../client/resource-type.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { serveDiscovery } from '../testing/serve-discovery.testing.ts';
import { DisruptionController } from './disruption-controller.ts';

const SELECTOR = { matchLabels: { app: 'web' } };

async function setup(
  spec: object,
  pods: { readonly count: number; readonly ready: number; readonly owner?: object },
) {
  const harness = new ControllerHarness();
  const { api, c } = harness;
  serveDiscovery(api, [resourceType('sea.example.com', 'v1', 'boats', 'Boat')]);
  api.seed<Deployment>(resourceTypes.deployments, {
    metadata: { name: 'web', namespace: 'default', uid: 'd' },
    spec: { replicas: 4 },
  } as Deployment);
  api.seed<ReplicaSet>(resourceTypes.replicaSets, {
    metadata: {
      name: 'web-1',
      namespace: 'default',
      uid: 'rs',
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true },
      ],
    },
    spec: { replicas: 3 },
  } as unknown as ReplicaSet);
  const owner = pods.owner ?? { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'rs' };
  for (let index = 0; index < pods.count; index += 1)
    api.seed<Pod>(resourceTypes.pods, {
      metadata: {
        name: `p${index}`,
        namespace: 'default',
        labels: { app: 'web' },
        ...('uid' in owner ? { ownerReferences: [{ ...owner, controller: true }] } : {}),
      },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: index < pods.ready ? 'True' : 'False' }],
      },
    } as Pod);
  api.seed<PodDisruptionBudget>(resourceTypes.podDisruptionBudgets, {
    metadata: { name: 'keep', namespace: 'default', generation: 1 },
    spec: { selector: SELECTOR, ...spec },
  } as PodDisruptionBudget);
  await harness.start(new DisruptionController(c));
  await harness.run(100);
  const get = () => api.find<PodDisruptionBudget>(resourceTypes.podDisruptionBudgets, 'default/keep');
  return {
    harness,
    api,
    get,
    now: () => c.context.clock.now(),
    pod: (name: string) => api.find<Pod>(resourceTypes.pods, `default/${name}`),
    change: (name: string, change: (pod: Pod) => Pod) =>
      api.change<Pod>(resourceTypes.pods, `default/${name}`, change),
    numbers: () => {
      const { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods } = get()?.status ?? {};
      return [expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed];
    },
  };
}

describe('DisruptionController', () => {
  // Expected, desired, healthy, allowed; the Deployment wants four.
  it.each([
    [{ minAvailable: 2 }, 4, 4, [4, 2, 4, 2]],
    [{ minAvailable: 2 }, 4, 1, [4, 2, 1, 0]],
    [{ minAvailable: 0 }, 0, 0, [0, 0, 0, 0]],
    [{ minAvailable: '30%' }, 4, 4, [4, 2, 4, 2]],
    [{ minAvailable: '100%' }, 4, 4, [4, 4, 4, 0]],
    [{ maxUnavailable: 1 }, 3, 3, [4, 3, 3, 0]],
    [{ maxUnavailable: 1 }, 4, 4, [4, 3, 4, 1]],
    [{ maxUnavailable: '30%' }, 4, 4, [4, 2, 4, 2]],
    [{ maxUnavailable: 9 }, 4, 1, [4, 0, 1, 1]],
    [{}, 4, 4, [0, 0, 4, 0]],
  ])('%j with %i Pods, %i ready: %j', async (spec, count, ready, numbers) => {
    const s = await setup(spec, { count, ready });
    expect(s.numbers()).toEqual(numbers);
    const allowed = (numbers[3] ?? 0) > 0;
    expect(s.get()?.status?.conditions).toEqual([
      {
        type: 'DisruptionAllowed',
        status: allowed ? 'True' : 'False',
        reason: allowed ? 'SufficientPods' : 'InsufficientPods',
        message: '',
        observedGeneration: 1,
        lastTransitionTime: expect.any(String) as string,
      },
    ]);
  });

  it('writes nothing when nothing has changed', async () => {
    const s = await setup({ minAvailable: 1 }, { count: 2, ready: 2 });
    const writes = (): number => s.harness.writes('poddisruptionbudgets.policy/status').length;
    expect(writes()).toBe(1);
    s.change('p0', (pod) => ({ ...pod, metadata: { ...pod.metadata, annotations: { a: 'b' } } }));
    await s.harness.run();
    expect(writes()).toBe(1);
  });

  it('tells of a budget without Pods, and of Pods without a controller', async () => {
    const none = await setup({ minAvailable: 1 }, { count: 0, ready: 0 });
    expect(none.api.events()).toContain('Normal NoPods No matching pods found');
    const free = await setup({ maxUnavailable: 1 }, { count: 2, ready: 2, owner: {} });
    expect(free.numbers()).toEqual([0, 0, 2, 0]);
    expect(free.api.events()).toEqual([
      'Warning UnmanagedPods Pods selected by this PodDisruptionBudget (selector: ' +
        '&LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}) were ' +
        'found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in ' +
        'undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
    ]);
  });

  it('allows nothing when a controller has no scale', async () => {
    const owner = { apiVersion: 'sea.example.com/v1', kind: 'Boat', name: 'argo', uid: 'b' };
    const s = await setup({ maxUnavailable: 1 }, { count: 2, ready: 2, owner });
    const why = 'boats.sea.example.com does not implement the scale subresource';
    expect(s.api.events()).toEqual([
      `Warning CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ${why}`,
    ]);
    expect(s.get()?.status?.conditions?.[0]).toMatchObject({
      status: 'False',
      reason: 'SyncFailed',
      message: why,
    });
    expect(s.get()?.status?.disruptionsAllowed).toBe(0);
  });

  it('asks a custom resource for its scale', async () => {
    const owner = { apiVersion: 'sea.example.com/v1', kind: 'Boat', name: 'argo', uid: 'b' };
    const s = await setup({ maxUnavailable: 1 }, { count: 0, ready: 0 });
    s.api.onRequest('GET', '/apis/sea.example.com/v1/namespaces/default/boats/argo/scale', () => ({
      metadata: { name: 'argo', uid: 'b' },
      spec: { replicas: 5 },
    }));
    s.api.seed<Pod>(resourceTypes.pods, {
      metadata: {
        name: 'x',
        namespace: 'default',
        labels: { app: 'web' },
        ownerReferences: [{ ...owner, controller: true }],
      },
    } as Pod);
    await s.harness.run(100);
    expect(s.numbers()).toEqual([5, 4, 0, 0]);
  });

  it('says when several budgets cover a Pod', async () => {
    const s = await setup({ minAvailable: 1 }, { count: 1, ready: 1 });
    s.api.seed<PodDisruptionBudget>(resourceTypes.podDisruptionBudgets, {
      metadata: { name: 'more', namespace: 'default' },
      spec: { selector: {}, minAvailable: 0 },
    } as PodDisruptionBudget);
    await s.harness.run(100);
    s.change('p0', (pod) => ({ ...pod, metadata: { ...pod.metadata, annotations: { a: 'b' } } }));
    await s.harness.run(100);
    expect(s.api.events()).toContain(
      'Warning MultiplePodDisruptionBudgets Pod "default"/"p0" matches multiple PodDisruptionBudgets.  Chose "keep" arbitrarily.',
    );
  });

  it('counts an evicted Pod as gone for two minutes, and then no longer', async () => {
    const s = await setup({ minAvailable: 1 }, { count: 3, ready: 3 });
    const at = formatTime(s.now());
    s.api.change<PodDisruptionBudget>(
      resourceTypes.podDisruptionBudgets,
      'default/keep',
      (budget) =>
        ({
          ...budget,
          status: { ...budget.status, disruptionsAllowed: 1, disruptedPods: { p0: at, gone: at } },
        }) as PodDisruptionBudget,
    );
    await s.harness.run(100);
    expect(s.numbers()).toEqual([3, 1, 2, 1]);
    expect(s.get()?.status?.disruptedPods).toEqual({ p0: at });
    await s.harness.run(121_000);
    expect(s.numbers()).toEqual([3, 1, 3, 2]);
    expect(s.get()?.status?.disruptedPods).toBeUndefined();
    expect(s.api.events()).toEqual([
      "Warning NotDeleted Pod was expected by PDB default/default to be deleted but it wasn't",
    ]);
  });

  it('takes back what a Pod says of its disruption when it stays', async () => {
    const s = await setup({ minAvailable: 1 }, { count: 1, ready: 1 });
    const target = (reason: string) => ({
      type: 'DisruptionTarget',
      status: 'True',
      reason,
      lastTransitionTime: formatTime(s.now()),
    });
    s.change(
      'p0',
      (pod) =>
        ({
          ...pod,
          status: {
            ...pod.status,
            conditions: [...(pod.status?.conditions ?? []), target('EvictionByEvictionAPI')],
          },
        }) as Pod,
    );
    await s.harness.run(119_000);
    expect(s.pod('p0')?.status?.conditions?.[1]?.status).toBe('True');
    await s.harness.run(2000);
    expect(s.pod('p0')?.status?.conditions?.[1]).toEqual({
      type: 'DisruptionTarget',
      status: 'False',
      lastTransitionTime: expect.any(String) as string,
    });
    s.change(
      'p0',
      (pod) => ({ ...pod, status: { ...pod.status, conditions: [target('TerminationByKubelet')] } }) as Pod,
    );
    await s.harness.run(300_000);
    expect(s.pod('p0')?.status?.conditions?.[0]?.status).toBe('True');
  });
});
