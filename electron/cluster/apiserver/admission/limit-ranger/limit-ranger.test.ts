import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../../api/registry.ts';
import { TestCluster, valueOf } from '../../testing/test-cluster.testing.ts';

const IN = '/api/v1/namespaces/default';
let cluster: TestCluster;

const limits = (...items: object[]) => ({ metadata: { name: 'lr' }, spec: { limits: items } });
const pod = (name: string, resources?: object, more: object = {}) => ({
  metadata: { name },
  spec: {
    containers: [{ name: 'main', image: 'nginx:1.25', ...(resources === undefined ? {} : { resources }) }],
    ...more,
  },
});
const claim = (name: string, storage: string) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

async function post(resource: string, body: object): Promise<[number, string | undefined]> {
  const response = await cluster.call('POST', `${IN}/${resource}`, body);
  return [response.status, valueOf(response).message];
}

/** What a Pod's first container has, and the plugin's note. */
async function made(name: string): Promise<[unknown, unknown]> {
  const object = valueOf(await cluster.call('GET', `${IN}/pods/${name}`)) as unknown as {
    metadata: { annotations?: Record<string, string> };
    spec: { containers: { resources: unknown }[] };
  };
  return [object.spec.containers[0]?.resources, object.metadata.annotations?.['kubernetes.io/limit-ranger']];
}

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('LimitRanger', () => {
  it('fills what containers leave unsaid and notes it', async () => {
    await post(
      'limitranges',
      limits({ type: 'Container', default: { cpu: '200m', memory: '64Mi' }, defaultRequest: { cpu: '50m' } }),
    );
    await post('pods', pod('a'));
    expect(await made('a')).toEqual([
      { limits: { cpu: '200m', memory: '64Mi' }, requests: { cpu: '50m', memory: '64Mi' } },
      'LimitRanger plugin set: cpu, memory request for container main; cpu, memory limit for container main',
    ]);
    await post('pods', pod('b', { limits: { cpu: '1' } }));
    expect((await made('b'))[0]).toEqual({
      limits: { cpu: '1', memory: '64Mi' },
      requests: { cpu: '1', memory: '64Mi' },
    });
    expect(await post('pods', pod('c', { requests: { cpu: '1' } }))).toEqual([
      422,
      'Pod "c" is invalid: spec.containers[0].resources.requests: Invalid value: "1": must be less than or equal to cpu limit of 200m',
    ]);
  });

  it('refuses containers out of bounds, with all that is wrong', async () => {
    await post('limitranges', limits({
      type: 'Container', min: { cpu: '50m' }, max: { cpu: '500m', memory: '128Mi' }, maxLimitRequestRatio: { cpu: '2' },
    })); // prettier-ignore
    const of = (cpu: [string, string], memory = '64Mi') => ({
      requests: { cpu: cpu[0] },
      limits: { cpu: cpu[1], memory },
    });
    expect(await post('pods', pod('big', of(['600m', '600m'])))).toEqual([
      403,
      'pods "big" is forbidden: maximum cpu usage per Container is 500m, but limit is 600m',
    ]);
    expect(await post('pods', pod('small', of(['10m', '20m'])))).toEqual([
      403,
      'pods "small" is forbidden: minimum cpu usage per Container is 50m, but request is 10m',
    ]);
    expect(await post('pods', pod('ratio', of(['50m', '200m'])))).toEqual([
      403,
      'pods "ratio" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
    ]);
    expect(await post('pods', pod('all', of(['600m', '600m'], '1Gi')))).toEqual([
      403,
      'pods "all" is forbidden: [maximum cpu usage per Container is 500m, but limit is 600m, maximum memory usage per Container is 128Mi, but limit is 1Gi]',
    ]);
    expect((await post('pods', pod('fine', of(['250m', '500m']))))[0]).toBe(201);
  });

  it('counts a Pod as a whole, init containers included', async () => {
    await post(
      'limitranges',
      limits({ type: 'Pod', max: { memory: '100Mi' }, maxLimitRequestRatio: { cpu: '1' } }),
    );
    expect(await post('pods', pod('none', { limits: { cpu: '1' } }))).toEqual([
      403,
      'pods "none" is forbidden: maximum memory usage per Pod is 100Mi.  No limit is specified',
    ]);
    const init = {
      initContainers: [{ name: 'i', image: 'nginx:1.25', resources: { limits: { memory: '101Mi' } } }],
    };
    expect(await post('pods', pod('init', { limits: { cpu: '1', memory: '1Mi' } }, init))).toEqual([
      403,
      'pods "init" is forbidden: maximum memory usage per Pod is 100Mi, but limit is 101Mi',
    ]);
    expect(await post('pods', pod('ratio', { limits: { memory: '1Mi' } }))).toEqual([
      403,
      'pods "ratio" is forbidden: cpu max limit to request ratio per Pod is 1, but no request is specified or request is 0',
    ]);
  });

  it('bounds claims, and judges only requests that change', async () => {
    await post(
      'limitranges',
      limits({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } }),
    );
    expect(await post('persistentvolumeclaims', claim('a', '3Gi'))).toEqual([
      403,
      'persistentvolumeclaims "a" is forbidden: maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    ]);
    expect(await post('persistentvolumeclaims', claim('a', '500Mi'))).toEqual([
      403,
      'persistentvolumeclaims "a" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi',
    ]);
    expect((await post('persistentvolumeclaims', claim('a', '2Gi')))[0]).toBe(201);
    const stricter = limits({ type: 'PersistentVolumeClaim', max: { storage: '1Gi' } });
    await cluster.call('PUT', `${IN}/limitranges/lr`, stricter);
    await cluster.run(10);
    const labelled = await cluster.call(
      'PATCH', `${IN}/persistentvolumeclaims/a`, { metadata: { labels: { a: 'b' } } },
      { 'content-type': 'application/merge-patch+json' },
    ); // prettier-ignore
    expect(labelled.status).toBe(200);
  });

  it('leaves other namespaces alone', async () => {
    await post('limitranges', limits({ type: 'Container', default: { cpu: '200m' } }));
    const elsewhere = await cluster.call('POST', '/api/v1/namespaces/kube-public/pods', pod('a'));
    expect(elsewhere.status).toBe(201);
    expect(valueOf(elsewhere)).toMatchObject({ spec: { containers: [{ resources: {} }] } });
  });
});
