import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterRole, Event, Lease, Pod } from '../../electron/cluster/api/types.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

const configPath = '/etc/kubernetes/scheduler-config.yaml';
const manifests = '/etc/kubernetes/manifests';

const file = (more: string): string => `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
clientConnection:
  kubeconfig: /etc/kubernetes/scheduler.conf
${more}`;

const packing = file(`profiles:
- schedulerName: default-scheduler
  pluginConfig:
  - name: NodeResourcesFit
    args:
      scoringStrategy: {type: MostAllocated}
  plugins:
    score:
      disabled: [{name: NodeResourcesBalancedAllocation}, {name: PodTopologySpread}]
`);

describe('the scheduler of a running cluster', () => {
  let c: RunningCluster;
  beforeAll(async () => {
    c = new RunningCluster();
    await c.ready();
  });
  afterAll(() => expect(c.lines.filter((line) => line.includes('TypeError'))).toEqual([]));

  const machine = () => {
    const found = c.cluster.machine('cp-1');
    if (found === undefined) throw new Error('no cp-1');
    return found;
  };
  /** What a learner does with an editor. */
  const edit = (path: string, change: (text: string) => string): void =>
    machine().files.write(path, change(machine().files.read(path)));
  const create = async (name: string, spec: object = {}): Promise<void> => {
    const resources = { requests: { cpu: '100m', memory: '64Mi' } };
    const pod = {
      metadata: { name, namespace: 'default' },
      spec: { containers: [{ name: 'main', image: 'nginx', resources }], ...spec },
    };
    await c.do(() => c.client.resource<Pod>(resourceTypes.pods, 'default').create(pod as Pod));
  };
  const nodeOf = async (name: string): Promise<string | undefined> =>
    (await c.pods()).find(({ metadata }) => metadata?.name === name)?.spec?.nodeName;
  const scheduler = async (name = 'kube-scheduler-cp-1'): Promise<Pod | undefined> =>
    (await c.pods('kube-system')).find(({ metadata }) => metadata?.name === name);
  const log = (name: string): string => {
    const lines: string[] = [];
    const walk = (folder: string): void => {
      for (const entry of machine().files.list(folder)) {
        if (entry.endsWith('/')) walk(`${folder}/${entry.slice(0, -1)}`);
        else if (folder.includes(name)) lines.push(machine().files.read(`${folder}/${entry}`));
      }
    };
    walk('/var/log/pods');
    return lines.join('\n');
  };

  let packed: string | undefined;

  it('runs by the file that the manifest names, once the kubelet has started it again', async () => {
    machine().files.write(configPath, packing);
    edit(`${manifests}/kube-scheduler.yaml`, (text) =>
      text.replace('--leader-elect=true', `--leader-elect=true\n        - --config=${configPath}`),
    );
    await c.run(60_000);
    expect((await scheduler())?.spec?.containers[0]?.command).toContain(`--config=${configPath}`);
    for (const name of ['a', 'b', 'c', 'd']) {
      await create(name);
      await c.run(3000);
    }
    const nodes = (await c.pods()).map(({ spec }) => spec?.nodeName);
    expect([nodes.length, new Set(nodes).size]).toEqual([4, 1]);
    packed = nodes[0];
    expect(packed).toMatch(/^worker-/);
  });

  it('keeps its configuration when the file is spoilt, and says why', async () => {
    edit(configPath, (text) => text.replace('MostAllocated', 'Most'));
    await c.run(5000);
    expect(log('kube-scheduler')).toContain(
      'The configuration file was changed and is not valid; kube-scheduler keeps running by the configuration it started with" err="initializing profiles: creating profile for scheduler name default-scheduler: initializing plugin \\"NodeResourcesFit\\": scoringStrategy.type: Unsupported value: \\"Most\\": supported values: \\"LeastAllocated\\", \\"MostAllocated\\", \\"RequestedToCapacityRatio\\"" file="/etc/kubernetes/scheduler-config.yaml"',
    );
    await create('e');
    await c.run(3000);
    expect(await nodeOf('e')).toBe(packed);
  });

  it('cannot start by it, and does again once it is mended', async () => {
    c.cluster.killComponent('cp-1', 'kube-scheduler');
    await c.run(60_000);
    expect((await scheduler())?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe(
      'CrashLoopBackOff',
    );
    expect(log('kube-scheduler')).toMatch(
      /E\d{4} [\d:.]+ +1 run\.go:72\] "command failed" err="initializing profiles: creating profile/,
    );
    await create('f');
    await c.run(5000);
    expect(await nodeOf('f')).toBeUndefined();
    machine().files.write(configPath, packing);
    await c.run(120_000);
    expect(await nodeOf('f')).toBe(packed);
  });

  it('leaves Pods of another scheduler to it, a static Pod with a file and a Lease of its own', async () => {
    const own = file(`leaderElection: {resourceName: my-scheduler}
profiles: [{schedulerName: my-scheduler}]
`);
    await create('mine', { schedulerName: 'my-scheduler' });
    await c.run(3000);
    expect(await nodeOf('mine')).toBeUndefined();
    machine().files.write('/etc/kubernetes/my-scheduler.yaml', own);
    const manifest = machine().files.read(`${manifests}/kube-scheduler.yaml`);
    machine().files.write(
      `${manifests}/my-scheduler.yaml`,
      manifest
        .replace('name: kube-scheduler\n  namespace', 'name: my-scheduler\n  namespace')
        .replace(configPath, '/etc/kubernetes/my-scheduler.yaml\n        - --secure-port=10260'),
    );
    await c.run(20_000);
    expect(c.lines.join()).toContain('leases.coordination.k8s.io "my-scheduler" is forbidden');
    // As upstream's guide says: the role names the Leases.
    await c.do(async () => {
      const roles = c.client.resource<ClusterRole>(resourceTypes.clusterRoles);
      const role = await roles.get('system:kube-scheduler');
      const rules = role.rules?.map((rule) =>
        rule.resourceNames?.includes('kube-scheduler') === true
          ? { ...rule, resourceNames: [...rule.resourceNames, 'my-scheduler'] }
          : rule,
      );
      await roles.update({ ...role, ...(rules === undefined ? {} : { rules }) });
    });
    await c.run(20_000);
    expect(await nodeOf('mine')).toMatch(/^worker-/);
    const lease = await c.do(() =>
      c.client.resource<Lease>(resourceTypes.leases, 'kube-system').get('my-scheduler'),
    );
    expect(lease.spec?.holderIdentity).toMatch(/^cp-1_/);
    const events = await c.list<Event>(resourceTypes.events);
    expect(
      events
        .filter(({ involvedObject }) => involvedObject.name === 'mine')
        .map(({ reason, reportingComponent }) => [reason, reportingComponent]),
    ).toContainEqual(['Scheduled', 'my-scheduler']);
  });

  it('is not needed where a Pod is bound by hand', async () => {
    await c.move('cp-1', `${manifests}/kube-scheduler.yaml`, '/root/kube-scheduler.yaml');
    await c.run(10_000);
    await create('by-hand');
    await c.run(5000);
    expect(await nodeOf('by-hand')).toBeUndefined();
    const binding = {
      metadata: { name: 'by-hand' },
      target: { apiVersion: 'v1', kind: 'Node', name: 'worker-2' },
    };
    await c.do(() =>
      c.client.resource<Pod>(resourceTypes.pods, 'default').createSubresource('by-hand', 'binding', binding),
    );
    await c.run(10_000);
    expect(await nodeOf('by-hand')).toBe('worker-2');
  });
});
