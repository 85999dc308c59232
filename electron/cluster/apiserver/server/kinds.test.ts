import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import type { HttpHeaders } from '../../network/http.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const PODS = '/api/v1/namespaces/default/pods';
const SERVICES = '/api/v1/namespaces/default/services';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more },
  spec: { containers: [{ name: 'main', image: 'nginx:1.25' }] },
});
const deployment = (name: string) => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: pod('x').spec },
  },
});
const binding = (node: string) => ({ metadata: { name: 'a' }, target: { kind: 'Node', name: node } });
let cluster: TestCluster;

async function status(
  method: string,
  target: string,
  body?: unknown,
  headers: HttpHeaders = {},
): Promise<[number, unknown]> {
  const response = await cluster.call(method, target, body, headers);
  return [response.status, valueOf(response).message];
}

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('Pods', () => {
  it('get account, token volume, tolerations and priority on admission', async () => {
    const made = valueOf(await cluster.call('POST', PODS, pod('a')));
    expect(made).toMatchObject({
      spec: {
        serviceAccountName: 'default',
        priority: 0,
        preemptionPolicy: 'PreemptLowerPriority',
        tolerations: [
          {
            key: 'node.kubernetes.io/not-ready',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: 300,
          },
          {
            key: 'node.kubernetes.io/unreachable',
            operator: 'Exists',
            effect: 'NoExecute',
            tolerationSeconds: 300,
          },
        ],
        volumes: [
          { name: expect.stringMatching(/^kube-api-access-\w{5}$/), projected: { defaultMode: 420 } },
        ],
      },
      status: { phase: 'Pending', qosClass: 'BestEffort' },
    });
    expect(
      await status('POST', PODS, { ...pod('b'), spec: { ...pod('b').spec, serviceAccountName: 'robot' } }),
    ).toEqual([
      403,
      'pods "b" is forbidden: error looking up service account default/robot: serviceaccount "robot" not found',
    ]);
    expect(
      await status('POST', PODS, { ...pod('b'), spec: { ...pod('b').spec, priorityClassName: 'nosuch' } }),
    ).toEqual([403, 'pods "b" is forbidden: no PriorityClass with name nosuch was found']);
  });

  it('binds the Pod that a Binding names, and keeps no Binding', async () => {
    await cluster.call('POST', PODS, pod('a'));
    const BINDINGS = '/api/v1/namespaces/default/bindings';
    const bound = await cluster.call('POST', BINDINGS, binding('n1'));
    expect([bound.status, valueOf(bound)['status']]).toEqual([201, 'Success']);
    const read = valueOf(await cluster.call('GET', `${PODS}/a`)) as { spec: { nodeName?: string } };
    expect(read.spec.nodeName).toBe('n1');
    expect(await status('POST', BINDINGS, { ...binding('n1'), metadata: {} })).toEqual([
      400,
      'Name parameter required.',
    ]);
    expect((await cluster.call('GET', BINDINGS)).status).toBe(405);
  });

  it('are bound once', async () => {
    await cluster.call('POST', PODS, pod('a'));
    const bound = await cluster.call('POST', `${PODS}/a/binding`, binding('n1'));
    expect([bound.status, valueOf(bound)]).toEqual([
      201,
      expect.objectContaining({ status: 'Success', code: 201 }),
    ]);
    expect(valueOf(await cluster.call('GET', `${PODS}/a`))).toMatchObject({
      spec: { nodeName: 'n1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    expect(await status('POST', `${PODS}/a/binding`, binding('n2'))).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"',
    ]);
    expect(await status('POST', `${PODS}/nosuch/binding`, { ...binding('n1'), metadata: {} })).toEqual([
      404,
      'pods "nosuch" not found',
    ]);
  });

  it('stay through their grace period once they are on a node, and go at once with none', async () => {
    await cluster.call('POST', PODS, pod('a'));
    await cluster.call('POST', `${PODS}/a/binding`, binding('n1'));
    expect(valueOf(await cluster.call('DELETE', `${PODS}/a`))).toMatchObject({
      kind: 'Pod',
      metadata: { deletionGracePeriodSeconds: 30, deletionTimestamp: expect.any(String) },
    });
    expect((await cluster.call('GET', `${PODS}/a`)).status).toBe(200);
    expect((await cluster.call('DELETE', `${PODS}/a`, { gracePeriodSeconds: 0 })).status).toBe(200);
    expect((await cluster.call('GET', `${PODS}/a`)).status).toBe(404);
  });

  it('with a finalizer wait for it', async () => {
    await cluster.call('POST', PODS, pod('a', { finalizers: ['example.com/hold'] }));
    expect(valueOf(await cluster.call('DELETE', `${PODS}/a`))).toMatchObject({
      metadata: { deletionGracePeriodSeconds: 0 },
    });
    const patch = { metadata: { finalizers: null } };
    expect(
      (await cluster.call('PATCH', `${PODS}/a`, patch, { 'content-type': 'application/merge-patch+json' }))
        .status,
    ).toBe(200);
    expect((await cluster.call('GET', `${PODS}/a`)).status).toBe(404);
  });

  it('are watched by node at the cost of that node', async () => {
    const mine = await cluster.watch('/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn1');
    await cluster.call('POST', PODS, pod('a'));
    await cluster.call('POST', `${PODS}/a/binding`, binding('n1'));
    await cluster.call('POST', PODS, pod('b'));
    await cluster.run(10);
    expect(mine.items).toEqual([
      {
        type: 'ADDED',
        object: expect.objectContaining({ metadata: expect.objectContaining({ name: 'a' }) }),
      },
    ]);
    const later = await cluster.watch('/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn1');
    await cluster.run(10);
    expect(later.items).toHaveLength(1);
  });

  it('have logs and streams only where they run', async () => {
    await cluster.call('POST', PODS, pod('a'));
    // Nothing has run yet, so nothing was written.
    expect((await cluster.call('GET', `${PODS}/a/log`)).status).toBe(200);
    expect(await status('GET', `${PODS}/a/log?tailLines=-1`)).toEqual([
      422,
      'PodLogOptions "a" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    ]);
    expect(await status('POST', `${PODS}/a/exec?stdout=true&command=ls`)).toEqual([
      400,
      'pod a does not have a host assigned',
    ]);
    expect(await status('POST', `${PODS}/a/exec?stdout=true`)).toEqual([
      400,
      'you must specify at least one command for the container',
    ]);
    expect(await status('POST', `${PODS}/a/exec?container=nosuch`)).toEqual([
      400,
      'container nosuch is not valid for pod a',
    ]);
    expect(await status('GET', `${PODS}/nosuch/log`)).toEqual([404, 'pods "nosuch" not found']);
  });
});

describe('Services', () => {
  it('get addresses of the range, never the same twice, also over a restart', async () => {
    const body = (name: string, spec: object = {}) => ({
      metadata: { name },
      spec: { ports: [{ port: 80 }], ...spec },
    });
    const made = valueOf(await cluster.call('POST', SERVICES, body('a'))) as { spec: { clusterIP: string } };
    expect(made.spec.clusterIP).toMatch(/^10\.96\./);
    expect(await status('POST', SERVICES, body('b', { clusterIP: made.spec.clusterIP }))).toEqual([
      422,
      `Service "b" is invalid: spec.clusterIPs: Invalid value: ["${made.spec.clusterIP}"]: failed to allocate IP ${made.spec.clusterIP}: provided IP is already allocated`,
    ]);
    expect(await status('POST', SERVICES, body('b', { clusterIP: '10.1.2.3' }))).toEqual([
      422,
      'Service "b" is invalid: spec.clusterIPs: Invalid value: ["10.1.2.3"]: failed to allocate IP 10.1.2.3: the provided network does not match the current range',
    ]);
    cluster.api?.kill('SIGKILL');
    cluster.startApi();
    await cluster.run(1_000);
    expect((await status('POST', SERVICES, body('b', { clusterIP: made.spec.clusterIP })))[0]).toBe(422);
    await cluster.call('DELETE', `${SERVICES}/a`);
    expect((await status('POST', SERVICES, body('b', { clusterIP: made.spec.clusterIP })))[0]).toBe(201);
    expect(valueOf(await cluster.call('GET', `${SERVICES}/kubernetes`))).toMatchObject({
      spec: { clusterIP: '10.96.0.1' },
    });
  });

  it('get node ports, and refuse those taken or out of range', async () => {
    const body = (name: string, nodePort?: number) => ({
      metadata: { name },
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort }] },
    });
    expect((await status('POST', SERVICES, body('a', 31987)))[0]).toBe(201);
    expect(await status('POST', SERVICES, body('b', 31987))).toEqual([
      422, 'Service "b" is invalid: spec.ports[0].nodePort: Invalid value: 31987: provided port is already allocated',
    ]); // prettier-ignore
    expect((await status('POST', SERVICES, body('b', 80)))[1]).toContain(
      'The range of valid ports is 30000-32767',
    );
    const auto = valueOf(await cluster.call('POST', SERVICES, body('c'))) as {
      spec: { ports: { nodePort: number }[] };
    };
    expect(auto.spec.ports[0]?.nodePort).toBeGreaterThanOrEqual(30_000);
  });
});

describe('Deployments', () => {
  it('are scaled through their scale, with conflicts told', async () => {
    await cluster.call('POST', DEPLOYMENTS, deployment('web'));
    const scale = valueOf(await cluster.call('GET', `${DEPLOYMENTS}/web/scale`)) as { metadata: object };
    expect(scale).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 2 } });
    expect(
      (await cluster.call('PUT', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 5 } })).status,
    ).toBe(200);
    expect(valueOf(await cluster.call('GET', `${DEPLOYMENTS}/web`))).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 5 },
    });
    expect((await status('PUT', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 6 } }))[0]).toBe(
      409,
    );
    const patched = await cluster.call(
      'PATCH',
      `${DEPLOYMENTS}/web/scale`,
      { spec: { replicas: 1 } },
      { 'content-type': 'application/merge-patch+json' },
    );
    expect(valueOf(patched)).toMatchObject({ kind: 'Scale', spec: { replicas: 1 } });
  });

  it('wait for the garbage collector when deleted in the foreground or with orphans', async () => {
    await cluster.call('POST', DEPLOYMENTS, deployment('a'));
    await cluster.call('POST', DEPLOYMENTS, deployment('b'));
    const foreground = await cluster.call('DELETE', `${DEPLOYMENTS}/a`, { propagationPolicy: 'Foreground' });
    expect(valueOf(foreground)).toMatchObject({
      metadata: { finalizers: ['foregroundDeletion'], deletionTimestamp: expect.any(String) },
    });
    const orphan = await cluster.call('DELETE', `${DEPLOYMENTS}/b?propagationPolicy=Orphan`);
    expect(valueOf(orphan)).toMatchObject({ metadata: { finalizers: ['orphan'] } });
    expect((await status('DELETE', `${DEPLOYMENTS}/b`, { preconditions: { uid: 'x' } }))[1]).toContain(
      'Precondition failed: UID in precondition: x',
    );
    expect((await status('DELETE', `${DEPLOYMENTS}/b`, { propagationPolicy: 'Sideways' }))[0]).toBe(400);
  });

  it('write nothing on a dry run', async () => {
    expect((await status('POST', `${DEPLOYMENTS}?dryRun=All`, deployment('web')))[0]).toBe(201);
    expect((await status('GET', `${DEPLOYMENTS}/web`))[0]).toBe(404);
    expect(await status('POST', `${DEPLOYMENTS}?dryRun=Some`, deployment('web'))).toEqual([
      422, 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    ]); // prettier-ignore
    expect((await status('PATCH', `${DEPLOYMENTS}/web`, {}, { 'content-type': 'text/plain' }))[0]).toBe(415);
  });
});

describe('Namespaces', () => {
  it('take nothing new while they go, and go with their last finalizer', async () => {
    await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'blue' } });
    expect(valueOf(await cluster.call('DELETE', '/api/v1/namespaces/blue'))).toMatchObject({
      status: { phase: 'Terminating' },
    });
    expect(await status('POST', '/api/v1/namespaces/blue/configmaps', { metadata: { name: 'x' } })).toEqual([
      403,
      'configmaps "x" is forbidden: unable to create new content in namespace blue because it is being terminated',
    ]);
    expect(
      (
        await status('PUT', '/api/v1/namespaces/blue/finalize', {
          metadata: { name: 'blue' },
          spec: { finalizers: [] },
        })
      )[0],
    ).toBe(200);
    expect((await status('GET', '/api/v1/namespaces/blue'))[0]).toBe(404);
    expect(await status('DELETE', '/api/v1/namespaces/default')).toEqual([
      403,
      'namespaces "default" is forbidden: this namespace may not be deleted',
    ]);
  });
});
