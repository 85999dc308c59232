import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import { ADMIN, TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const IN = '/api/v1/namespaces/default';
let cluster: TestCluster;

const pod = (name: string, resources: object = {}, more: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'nginx:1.25', resources }], ...more },
});

async function post(resource: string, body: object, query = ''): Promise<[number, string | undefined]> {
  const response = await cluster.call('POST', `${IN}/${resource}${query}`, body);
  return [response.status, valueOf(response).message];
}

/** A quota, counted as its controller would. */
async function quota(
  hard: Record<string, string>,
  used: Record<string, string>,
  spec: object = {},
  name = 'q',
) {
  await post('resourcequotas', { metadata: { name }, spec: { hard, ...spec } });
  const object = valueOf(await cluster.call('GET', `${IN}/resourcequotas/${name}`));
  await cluster.call('PUT', `${IN}/resourcequotas/${name}/status`, { ...object, status: { hard, used } });
  await cluster.run(10);
}

async function used(name = 'q'): Promise<unknown> {
  const object = valueOf(await cluster.call('GET', `${IN}/resourcequotas/${name}`)) as {
    status?: { used?: unknown };
  };
  return object.status?.used;
}

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('ResourceQuota', () => {
  it('charges what is made and refuses what would exceed', async () => {
    await quota({ pods: '1', 'count/configmaps': '1' }, { pods: '0', 'count/configmaps': '0' });
    expect((await post('pods', pod('a')))[0]).toBe(201);
    expect(await used()).toEqual({ pods: '1', 'count/configmaps': '0' });
    expect(await post('pods', pod('b'))).toEqual([
      403,
      'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    ]);
    expect((await post('configmaps', { metadata: { name: 'c1' } }))[0]).toBe(201);
    expect(await post('configmaps', { metadata: { name: 'c2' } })).toEqual([
      403,
      'configmaps "c2" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    ]);
  });

  it('charges nothing for a dry run, and for other namespaces', async () => {
    await quota({ pods: '1' }, { pods: '0' });
    expect((await post('pods', pod('a'), '?dryRun=All'))[0]).toBe(201);
    expect((await cluster.call('POST', '/api/v1/namespaces/kube-public/pods', pod('a'))).status).toBe(201);
    expect(await used()).toEqual({ pods: '0' });
  });

  it('wants compute to be said where it is limited, and names each container that does not', async () => {
    const hard = { 'requests.cpu': '500m', 'limits.memory': '256Mi' };
    await quota(hard, { 'requests.cpu': '0', 'limits.memory': '0' });
    expect(await post('pods', pod('none'))).toEqual([
      403,
      'pods "none" is forbidden: failed quota: q: must specify limits.memory for: main; requests.cpu for: main',
    ]);
    const fits = { requests: { cpu: '300m' }, limits: { memory: '100Mi' } };
    expect((await post('pods', pod('ok', fits)))[0]).toBe(201);
    expect(await post('pods', pod('huge', { requests: { cpu: '1' }, limits: { memory: '1Gi' } }))).toEqual([
      403,
      'pods "huge" is forbidden: exceeded quota: q, requested: limits.memory=1Gi,requests.cpu=1, used: limits.memory=100Mi,requests.cpu=300m, limited: limits.memory=256Mi,requests.cpu=500m',
    ]);
  });

  it('refuses while nobody has counted yet', async () => {
    const hard = { pods: '1' };
    await quota(hard, {});
    expect(await post('pods', pod('a'))).toEqual([
      403,
      'pods "a" is forbidden: status unknown for quota: q, resources: pods',
    ]);
  });

  it('counts by scope, and updates by what they add', async () => {
    await quota({ pods: '1' }, { pods: '0' }, { scopes: ['BestEffort'] });
    expect((await post('pods', pod('be')))[0]).toBe(201);
    expect((await post('pods', pod('be2')))[0]).toBe(403);
    expect((await post('pods', pod('burst', { requests: { cpu: '10m' } })))[0]).toBe(201);
    await quota({ 'services.nodeports': '2' }, { 'services.nodeports': '0' }, {}, 'ports');
    const service = {
      metadata: { name: 's' },
      spec: { type: 'NodePort', ports: [{ port: 80 }], selector: { a: 'b' } },
    };
    expect((await post('services', service))[0]).toBe(201);
    expect(await used('ports')).toEqual({ 'services.nodeports': '1' });
    const three = [80, 81, 82].map((port) => ({ name: `p${port}`, port }));
    const patched = await cluster.call(
      'PATCH', `${IN}/services/s`, { spec: { ports: three } }, { 'content-type': 'application/merge-patch+json' },
    ); // prettier-ignore
    expect(valueOf(patched).message).toBe(
      'services "s" is forbidden: exceeded quota: ports, requested: services.nodeports=2, used: services.nodeports=1, limited: services.nodeports=2',
    );
  });

  it('is not taken with scopes that do not fit what it limits', async () => {
    const bad = {
      metadata: { name: 'bad' },
      spec: { scopes: ['BestEffort'], hard: { 'requests.cpu': '1' } },
    };
    expect(await post('resourcequotas', bad)).toEqual([
      422,
      'ResourceQuota "bad" is invalid: spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
    ]);
    const selector = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] };
    expect(
      await post('resourcequotas', {
        metadata: { name: 'bad' },
        spec: { scopeSelector: selector, hard: { pods: '1' } },
      }),
    ).toEqual([
      422,
      "ResourceQuota \"bad\" is invalid: spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
    ]);
  });

  it('lets exactly as many through as are allowed, however many ask at once', async () => {
    await quota({ pods: '5' }, { pods: '0' });
    const answers = await cluster.do(async () => {
      const admin = await cluster.connection(ADMIN);
      const calls = Array.from({ length: 12 }, (_, index) =>
        admin.call({
          method: 'POST',
          target: `${IN}/pods`,
          headers: { 'content-type': 'application/json' },
          body: { type: 'object', value: { apiVersion: 'v1', kind: 'Pod', ...pod(`p${index}`) } },
        }),
      );
      return Promise.all(calls);
    });
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(await used()).toEqual({ pods: '5' });
  });
});
