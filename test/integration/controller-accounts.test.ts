import { describe, expect, it } from 'vitest';
import type { CausalRecord } from '../../electron/base/causal-record.ts';
import type {
  ClusterRoleBinding,
  Namespace,
  Secret,
  ServiceAccount,
} from '../../electron/cluster/api/types.ts';
import { resourceType } from '../../electron/cluster/client/resource-type.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

const ACCOUNT = 'system:serviceaccount:kube-system:';
const bindings = resourceType<ClusterRoleBinding>(
  'rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', 'ClusterRoleBinding', false,
); // prettier-ignore

async function started(): Promise<RunningCluster> {
  const cluster = new RunningCluster();
  await cluster.ready();
  await cluster.run(3_000);
  return cluster;
}

interface Answered {
  readonly user: string;
  readonly status: number;
  readonly request: string;
}

/** What a component was answered. */
function answers({ records }: RunningCluster, actor: string): Answered[] {
  const requests = new Map<string, string>();
  return records.flatMap((record: CausalRecord) => {
    if (record.kind !== 'message' || record.protocol !== 'https') return [];
    const call = `${record.connection} ${record.call}`;
    if (record.phase === 'request' && record.actor === actor) requests.set(call, record.summary);
    const request = requests.get(call);
    if (record.phase !== 'response' || record.to !== actor || request === undefined) return [];
    return [{ user: String(record.detail?.['user']), status: Number(record.detail?.['code']), request }];
  });
}

const manager = (cluster: RunningCluster) => answers(cluster, 'cp-1/kube-controller-manager');

/** Calls under service accounts that were not let through. */
const refused = (cluster: RunningCluster) =>
  manager(cluster).filter(
    ({ user, status }) => user.startsWith(ACCOUNT) && (status === 401 || status === 403),
  );

describe('controllers', () => {
  it('write under accounts of their own, and look on as kube-controller-manager', async () => {
    const cluster = await started();
    await cluster.createDeployment('web', 2);
    await cluster.untilRunning(2);
    const accounts = await cluster.list<ServiceAccount>(resourceTypes.serviceAccounts, 'kube-system');
    expect(accounts.map(({ metadata }) => metadata?.name)).toEqual(
      expect.arrayContaining(['deployment-controller', 'generic-garbage-collector', 'replicaset-controller']),
    );
    const calls = manager(cluster);
    const of = (pattern: RegExp) => [
      ...new Set(calls.filter(({ request }) => pattern.test(request)).map(({ user }) => user)),
    ];
    expect(of(/^POST .*\/replicasets/)).toEqual([`${ACCOUNT}deployment-controller`]);
    expect(of(/^POST .*\/pods/)).toEqual([`${ACCOUNT}replicaset-controller`]);
    expect(of(/^PUT .*\/replicasets\/.*\/status/)).toEqual([`${ACCOUNT}replicaset-controller`]);
    expect(of(/^GET .*\/deployments\?.*watch/)).toEqual(['system:kube-controller-manager']);
    expect(of(/^POST .*\/token/)).toEqual(['system:kube-controller-manager']);
    const pods = await cluster.pods();
    expect(pods[0]?.metadata?.managedFields?.[0]?.manager).toBe('kube-controller-manager');
  });

  it('are allowed all they do', async () => {
    const cluster = await started();
    const namespaces = () => cluster.client.resource<Namespace>(resourceTypes.namespaces);
    await cluster.createDeployment('web', 2);
    await cluster.untilRunning(2);
    await cluster.do(() => namespaces().create({ metadata: { name: 'team' } }));
    await cluster.do(() =>
      cluster.client.resource<Secret>(resourceTypes.secrets, 'team').create({
        metadata: { name: 'token', annotations: { 'kubernetes.io/service-account.name': 'default' } },
        type: 'kubernetes.io/service-account-token',
      }),
    );
    await cluster.run(5_000);
    await cluster.do(() => namespaces().delete('team'));
    cluster.cluster.powerOff('worker-1');
    await cluster.run(400_000);
    cluster.cluster.powerOn('worker-1');
    await cluster.run(60_000);
    await cluster.do(() =>
      cluster.client
        .resource(resourceTypes.deployments, 'default')
        .delete('web', { propagationPolicy: 'Foreground' }),
    );
    await cluster.run(60_000);
    expect(refused(cluster)).toEqual([]);
    expect(await cluster.list(resourceTypes.replicaSets)).toEqual([]);
  });

  it('can do no more than their role lets them', async () => {
    const cluster = await started();
    await cluster.do(() =>
      cluster.client.resource(bindings).delete('system:controller:replicaset-controller'),
    );
    await cluster.createDeployment('web', 1);
    await cluster.run(10_000);
    expect(await cluster.pods()).toEqual([]);
    expect(new Set(refused(cluster).map(({ user }) => user))).toEqual(
      new Set([`${ACCOUNT}replicaset-controller`]),
    );
    expect((await cluster.list(resourceTypes.replicaSets)).length).toBe(1);
    await cluster.do(() =>
      cluster.client.resource<ClusterRoleBinding>(bindings).create({
        metadata: { name: 'again' },
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'system:controller:replicaset-controller',
        },
        subjects: [{ kind: 'ServiceAccount', name: 'replicaset-controller', namespace: 'kube-system' }],
      }),
    );
    await cluster.untilRunning(1);
  });

  it('get a new token when their account is made anew', async () => {
    const cluster = await started();
    await cluster.createDeployment('web', 1);
    await cluster.untilRunning(1);
    await cluster.do(() =>
      cluster.client.resource(resourceTypes.serviceAccounts, 'kube-system').delete('replicaset-controller'),
    );
    await cluster.createDeployment('more', 1);
    await cluster.untilRunning(2);
    const calls = manager(cluster).filter(({ status }) => status === 401);
    expect(calls.length).toBeGreaterThan(0);
    const made = await cluster.list<ServiceAccount>(resourceTypes.serviceAccounts, 'kube-system');
    expect(made.some(({ metadata }) => metadata?.name === 'replicaset-controller')).toBe(true);
  });
});
