import { describe, expect, it } from 'vitest';
import type {
  ConfigMap,
  Deployment,
  Lease,
  Namespace,
  Node,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  ServiceAccount,
} from '../../electron/cluster/api/types.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

async function started(workers = 2): Promise<RunningCluster> {
  const c = new RunningCluster({ workers });
  await c.ready();
  return c;
}

function deployments(c: RunningCluster) {
  return c.client.resource<Deployment>(resourceTypes.deployments, 'default');
}

async function sizes(c: RunningCluster): Promise<[string, number, number][]> {
  const sets = await c.list<ReplicaSet>(resourceTypes.replicaSets);
  return sets.map((rs) => [
    rs.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? '',
    rs.spec?.replicas ?? -1,
    rs.status?.readyReplicas ?? 0,
  ]);
}

describe('controllers against the API server', () => {
  it('roll a Deployment out, back, and record revisions', async () => {
    const c = await started();
    await c.createDeployment('web', 3);
    await c.untilRunning(3);
    const image = (name: string) => ({
      spec: { template: { spec: { containers: [{ name: 'web', image: name }] } } },
    });
    await c.do(() =>
      deployments(c).patch('web', 'application/strategic-merge-patch+json', image('nginx:1.26')),
    );
    await c.run(40_000);
    expect(await sizes(c)).toEqual(
      expect.arrayContaining([
        ['1', 0, 0],
        ['2', 3, 3],
      ]),
    );
    const web = await c.do(() => deployments(c).get('web'));
    expect(web.metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    expect(web.status).toMatchObject({
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(
      web.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`).sort(),
    ).toEqual(['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable']);
    const scalings = (await c.events())
      .filter((event) => event.startsWith('ScalingReplicaSet'))
      .map((event) => event.replace(/web-\S+/, 'web-x'));
    expect(scalings).toEqual(
      [
        'up replica set web-x from 0 to 3',
        'up replica set web-x from 0 to 1',
        'down replica set web-x from 3 to 2',
        'up replica set web-x from 1 to 2',
        'down replica set web-x from 2 to 1',
        'up replica set web-x from 2 to 3',
        'down replica set web-x from 1 to 0',
      ].map((rest) => `ScalingReplicaSet Scaled ${rest}`),
    );
    await c.do(() =>
      deployments(c).patch('web', 'application/strategic-merge-patch+json', image('nginx:1.25')),
    );
    await c.run(40_000);
    expect(await sizes(c)).toEqual(
      expect.arrayContaining([
        ['3', 3, 3],
        ['2', 0, 0],
      ]),
    );
  });

  it('collect garbage in the background and in the foreground, and not what is orphaned', async () => {
    const c = await started();
    for (const [name, policy] of [
      ['bg', 'Background'],
      ['fg', 'Foreground'],
      ['or', 'Orphan'],
    ] as const) {
      await c.createDeployment(name, 1);
      await c.run(10_000);
      await c.do(() => deployments(c).delete(name, { propagationPolicy: policy }));
      await c.run(45_000);
      expect((await c.list<Deployment>(resourceTypes.deployments)).length).toBe(0);
    }
    const sets = await c.list<ReplicaSet>(resourceTypes.replicaSets);
    expect(sets.map((rs) => [rs.metadata?.labels?.['app'], rs.metadata?.ownerReferences ?? []])).toEqual([
      ['or', []],
    ]);
    expect((await c.pods()).map((pod) => pod.metadata?.labels?.['app'])).toEqual(['or']);
  });

  it('furnish a namespace, and empty it when it is deleted', async () => {
    const c = await started();
    const namespaces = () => c.client.resource<Namespace>(resourceTypes.namespaces);
    await c.do(() => namespaces().create({ metadata: { name: 'team' } }));
    await c.run(2_000);
    const names = async (): Promise<string[]> => [
      ...(await c.list<ServiceAccount>(resourceTypes.serviceAccounts, 'team')).map(
        ({ metadata }) => `serviceaccount ${metadata?.name}`,
      ),
      ...(await c.list<ConfigMap>(resourceTypes.configMaps, 'team')).map(
        ({ metadata }) => `configmap ${metadata?.name}`,
      ),
    ];
    expect(await names()).toEqual(['serviceaccount default', 'configmap kube-root-ca.crt']);
    const held = { metadata: { name: 'held', finalizers: ['example.com/hold'] } };
    await c.do(() => c.client.resource<ConfigMap>(resourceTypes.configMaps, 'team').create(held));
    await c.do(() => namespaces().delete('team'));
    await c.run(15_000);
    const stuck = await c.do(() => namespaces().get('team'));
    expect(stuck.status?.phase).toBe('Terminating');
    expect(stuck.status?.conditions?.find(({ type }) => type === 'NamespaceContentRemaining')?.message).toBe(
      'Some resources are remaining: configmaps. has 1 resource instances',
    );
    await c.do(() =>
      c.client
        .resource<ConfigMap>(resourceTypes.configMaps, 'team')
        .patch('held', 'application/merge-patch+json', { metadata: { finalizers: null } }),
    );
    await c.run(60_000);
    expect(
      (await c.list<Namespace>(resourceTypes.namespaces)).map(({ metadata }) => metadata?.name),
    ).not.toContain('team');
  });

  it('move Pods off a node that has died, after 40 to 50 s and 300 s', async () => {
    const c = await started();
    await c.createDeployment('web', 4);
    await c.untilRunning(4);
    c.cluster.powerOff('worker-1');
    await c.run(75_000);
    const node = (await c.list<Node>(resourceTypes.nodes)).find(
      ({ metadata }) => metadata?.name === 'worker-1',
    );
    expect(node?.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
    });
    expect(node?.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/unreachable:NoSchedule',
      'node.kubernetes.io/unreachable:NoExecute',
    ]);
    await c.run(320_000);
    const alive = (await c.pods()).filter(
      ({ metadata, spec }) => metadata?.deletionTimestamp === undefined && spec?.nodeName === 'worker-2',
    );
    expect(alive).toHaveLength(4);
    c.cluster.powerOn('worker-1');
    await c.run(60_000);
    expect(await c.pods()).toHaveLength(4);
    const back = (await c.list<Node>(resourceTypes.nodes)).find(
      ({ metadata }) => metadata?.name === 'worker-1',
    );
    expect(back?.spec?.taints ?? []).toEqual([]);
  });

  it('lead by a lease, which a restarted manager takes over once it has expired', async () => {
    const c = await started();
    const lease = () =>
      c.do(() =>
        c.client.resource<Lease>(resourceTypes.leases, 'kube-system').get('kube-controller-manager'),
      );
    const before = await lease();
    expect(before.spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 });
    c.cluster.killComponent('cp-1', 'kube-controller-manager');
    await c.run(60_000);
    const after = await lease();
    expect(after.spec?.leaseTransitions).toBe(1);
    expect(after.spec?.holderIdentity).not.toBe(before.spec?.holderIdentity);
    expect(await c.events('kube-system')).toContain(
      `LeaderElection ${after.spec?.holderIdentity} became leader`,
    );
    await c.createDeployment('web', 1);
    await c.untilRunning(1);
  });

  it('say why a Pod cannot be placed, and place it when room is made', async () => {
    const c = await started();
    await c.createDeployment('web', 1);
    await c.untilRunning(1);
    const huge = {
      spec: {
        template: { spec: { containers: [{ name: 'web', resources: { requests: { cpu: '1000' } } }] } },
      },
    };
    await c.do(() => deployments(c).patch('web', 'application/strategic-merge-patch+json', huge));
    await c.run(5_000);
    const pending = (await c.pods()).find(({ status }) => status?.phase === 'Pending');
    const text =
      '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
    expect(pending?.status?.conditions?.find(({ type }) => type === 'PodScheduled')).toMatchObject({
      status: 'False',
      reason: 'Unschedulable',
      message: text,
    });
    expect(await c.events()).toContain(`FailedScheduling ${text}`);
    const small = {
      spec: {
        template: { spec: { containers: [{ name: 'web', resources: { requests: { cpu: '10m' } } }] } },
      },
    };
    await c.do(() => deployments(c).patch('web', 'application/strategic-merge-patch+json', small));
    await c.run(45_000);
    expect(await c.running()).toHaveLength(1);
    expect(await c.pods()).toHaveLength(1);
  });

  it('tell a claim that does not exist from one that nothing was bound to', async () => {
    const c = await started();
    const pod = (name: string, claimName: string): Pod => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        containers: [{ name: 'web', image: 'nginx' }],
        volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
      },
    });
    const claim: PersistentVolumeClaim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
        storageClassName: '',
      },
    };
    const claims = c.client.resource<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims, 'default');
    const pods = c.client.resource<Pod>(resourceTypes.pods, 'default');
    await c.do(() => claims.create(claim));
    await c.do(() => pods.create(pod('with', 'data')));
    await c.do(() => pods.create(pod('without', 'other')));
    await c.run(5_000);
    const said = (await c.pods()).map(({ metadata, status }) => [
      metadata?.name,
      status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message?.split('. ')[0],
    ]);
    expect(said).toEqual([
      ['with', '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims'],
      ['without', '0/3 nodes are available: persistentvolumeclaim "other" not found'],
    ]);
  });
});
