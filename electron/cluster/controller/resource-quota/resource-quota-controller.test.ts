import { describe, expect, it } from 'vitest';
import type { Pod, ResourceQuota } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { serveDiscovery } from '../testing/serve-discovery.testing.ts';
import { ResourceQuotaController } from './resource-quota-controller.ts';

const pod = (name: string, cpu = '100m', more: object = {}): Pod =>
  ({
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'main', image: 'nginx', resources: { requests: { cpu } } }] },
    ...more,
  }) as Pod;

const quota = (hard: Record<string, string>, spec: object = {}): ResourceQuota =>
  ({ metadata: { name: 'q', namespace: 'default' }, spec: { hard, ...spec } }) as ResourceQuota;

async function setup(q: ResourceQuota, ...pods: Pod[]) {
  const harness = new ControllerHarness();
  const { api } = harness;
  serveDiscovery(api);
  const controller = new ResourceQuotaController(harness.c, { workers: 5, syncPeriod: 300_000 });
  for (const each of pods) api.seed(resourceTypes.pods, each);
  api.seed(resourceTypes.resourceQuotas, q);
  await harness.start(controller);
  await harness.run();
  const change = (how: (quota: ResourceQuota) => object): void => {
    api.change<ResourceQuota>(resourceTypes.resourceQuotas, 'default/q', (old) => how(old) as ResourceQuota);
  };
  const status = () => api.find<ResourceQuota>(resourceTypes.resourceQuotas, 'default/q')?.status;
  const writes = () => harness.writes('resourcequotas/status').length;
  return { harness, api, change, status, writes };
}

describe('ResourceQuotaController', () => {
  it('writes what is allowed and what is used, once', async () => {
    const hard = { pods: '5', 'requests.cpu': '1000m', 'count/configmaps': '3' };
    const s = await setup(
      quota(hard),
      pod('a'),
      pod('b', '200m'),
      pod('done', '1', { status: { phase: 'Succeeded' } }),
    );
    expect(s.status()).toEqual({
      hard: { 'count/configmaps': '3', pods: '5', 'requests.cpu': '1' },
      used: { 'count/configmaps': '0', pods: '2', 'requests.cpu': '300m' },
    });
    await s.harness.run(60_000);
    expect(s.writes()).toBe(1);
    expect(s.harness.decisions('resourcequotas default/q')).toEqual(['update-status']);
  });

  it('gives back when a Pod goes or ends, and leaves charges of admission alone', async () => {
    const s = await setup(quota({ pods: '5' }), pod('a'), pod('b'));
    s.change((old) => ({ ...old, status: { ...old.status, used: { pods: '3' } } }));
    await s.harness.run();
    expect(s.status()?.used).toEqual({ pods: '3' });
    s.api.change<Pod>(
      resourceTypes.pods,
      'default/b',
      (old) => ({ ...old, status: { phase: 'Failed' } }) as Pod,
    );
    await s.harness.run();
    expect(s.status()?.used).toEqual({ pods: '1' });
    await s.harness.test.do(() =>
      s.api.resource<Pod>(resourceTypes.pods, 'default').delete('a', { gracePeriodSeconds: 0 }),
    );
    await s.harness.run();
    expect(s.status()?.used).toEqual({ pods: '0' });
  });

  it('counts only what its scopes match', async () => {
    const bestEffort = pod('be', '0');
    const s = await setup(quota({ pods: '5' }, { scopes: ['BestEffort'] }), pod('a'), bestEffort);
    expect(s.status()?.used).toEqual({ pods: '1' });
    const classes = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] };
    const high = pod('h');
    const t = await setup(quota({ pods: '5' }, { scopeSelector: classes }), pod('a'), {
      ...high,
      spec: { ...high.spec, priorityClassName: 'high' },
    } as Pod);
    expect(t.status()?.used).toEqual({ pods: '1' });
  });

  it('follows changed limits, and corrects what is wrong after five minutes', async () => {
    const s = await setup(quota({ pods: '5' }), pod('a'));
    s.change((old) => ({ ...old, spec: { hard: { pods: '9', 'limits.cpu': '1' } } }));
    await s.harness.run();
    expect(s.status()).toEqual({
      hard: { 'limits.cpu': '1', pods: '9' },
      used: { 'limits.cpu': '0', pods: '1' },
    });
    s.change((old) => ({ ...old, status: { ...old.status, used: { 'limits.cpu': '0', pods: '7' } } }));
    await s.harness.run(290_000);
    expect(s.status()?.used?.['pods']).toBe('7');
    await s.harness.run(20_000);
    expect(s.status()?.used?.['pods']).toBe('1');
  });
});
