import { beforeAll, describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../electron/cluster/api/types.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

function health(cluster: RunningCluster, actor: string): string | undefined {
  return cluster.cluster.components().find((component) => component.actor === actor)?.health;
}

describe('kubeadm-1-2', () => {
  let c: RunningCluster;
  beforeAll(async () => {
    c = new RunningCluster();
    await c.ready();
  });

  it('boots within seconds of virtual time: nodes Ready, the control plane as static Pods', async () => {
    expect(c.simulation.now - Date.UTC(2026, 0, 5, 9)).toBeLessThan(5_000);
    // The taint of a Node that was not ready goes once its controller has a token.
    await c.run(500);
    const nodes = await c.list<Node>(resourceTypes.nodes);
    expect(nodes.map((node) => node.metadata?.name)).toEqual(['cp-1', 'worker-1', 'worker-2']);
    expect(nodes[0]?.spec?.taints).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
    ]);
    expect(nodes[0]?.metadata?.labels).toMatchObject({ 'node-role.kubernetes.io/control-plane': '' });
    const system = await c.pods('kube-system');
    expect(system.map((pod) => `${pod.metadata?.name} ${pod.status?.phase}`)).toEqual([
      'etcd-cp-1 Running',
      'kube-apiserver-cp-1 Running',
      'kube-controller-manager-cp-1 Running',
      'kube-scheduler-cp-1 Running',
    ]);
    expect(c.cluster.components().map(({ actor, health: state }) => `${actor} ${state}`)).toContain(
      'cp-1/kube-scheduler running',
    );
  });

  it('is quiet when idle: nothing is written but leases', async () => {
    await c.run(60_000);
    const from = c.records.length;
    await c.run(60_000);
    const writes = c.records
      .slice(from)
      .filter(
        (record) =>
          record.kind === 'message' &&
          record.phase === 'request' &&
          /^(POST|PUT|PATCH|DELETE) /.test(record.summary),
      )
      .map((record) => (record.kind === 'message' ? record.summary : ''));
    expect(writes.filter((summary) => !summary.includes('/leases/'))).toEqual([]);
  });

  it('runs a Deployment and replaces a Pod that is deleted', async () => {
    await c.createDeployment('web', 3);
    const names = await c.untilRunning(3);
    const pods = await c.pods();
    expect(new Set(pods.map((pod) => pod.spec?.nodeName))).toEqual(new Set(['worker-1', 'worker-2']));
    expect(new Set(pods.map((pod) => pod.status?.podIP)).size).toBe(3);
    await c.deletePod(names[0] ?? '');
    await c.run(3_000);
    const after = await c.untilRunning(3);
    expect(after).not.toContain(names[0]);
    expect((await c.pods()).length).toBe(3);
    const events = await c.events();
    expect(events).toContain(`Killing Stopping container web`);
    expect(events.filter((event) => event.startsWith('Scheduled'))).toHaveLength(4);
  });

  it('replaces nothing while the controller manager is stopped, and does when it is started again', async () => {
    c.cluster.stopComponent('cp-1', 'kube-controller-manager');
    await c.until(() => health(c, 'cp-1/kube-controller-manager') === 'stopped', 10_000, 'stop');
    expect((await c.ssh('cp-1', 'ls /etc/kubernetes/manifests')).out).not.toContain('controller-manager');
    const [victim] = await c.running();
    await c.deletePod(victim ?? '');
    await c.run(30_000);
    expect(await c.running()).toHaveLength(2);
    c.cluster.startComponent('cp-1', 'kube-controller-manager');
    await c.untilRunning(3);
    expect(health(c, 'cp-1/kube-controller-manager')).toBe('running');
  });

  it('leaves Pods Pending without a scheduler', async () => {
    await c.move('cp-1', '/etc/kubernetes/manifests/kube-scheduler.yaml', '/root/kube-scheduler.yaml');
    await c.run(5_000);
    await c.createDeployment('late', 1);
    await c.run(10_000);
    const pending = (await c.pods()).filter((pod) => pod.status?.phase === 'Pending');
    expect(pending.map((pod) => pod.spec?.nodeName)).toEqual([undefined]);
    await c.move('cp-1', '/root/kube-scheduler.yaml', '/etc/kubernetes/manifests/kube-scheduler.yaml');
    await c.untilRunning(4);
  });

  it('survives the API server and etcd being killed', async () => {
    c.cluster.killComponent('cp-1', 'kube-apiserver');
    await c.run(5_000);
    expect(await c.running()).toHaveLength(4);
    c.cluster.killComponent('cp-1', 'etcd');
    await c.run(20_000);
    expect(await c.running()).toHaveLength(4);
    const system = await c.pods('kube-system');
    expect(
      system.find((pod) => pod.metadata?.name === 'etcd-cp-1')?.status?.containerStatuses?.[0]?.restartCount,
    ).toBe(1);
  });

  it('tells a node that lost power from one that came back', async () => {
    c.cluster.powerOff('worker-2');
    await c.run(60_000);
    const ready = async (): Promise<string | undefined> =>
      (await c.list<Node>(resourceTypes.nodes))
        .find((node) => node.metadata?.name === 'worker-2')
        ?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    expect(await ready()).toBe('Unknown');
    expect(await c.ssh('worker-2', 'hostname')).toEqual({
      out: '',
      err: 'ssh: connect to host worker-2 port 22: Connection timed out\n',
      code: 255,
    });
    c.cluster.powerOn('worker-2');
    await c.run(20_000);
    expect(await ready()).toBe('True');
    expect(await c.running()).toHaveLength(4);
  });

  it('refuses to stop what is not there', () => {
    expect(() => c.cluster.stopComponent('cp-1', 'nginx')).toThrow('there is no component "nginx" on cp-1');
    expect(() => c.cluster.powerOff('worker-9')).toThrow('machine "worker-9" not found');
  });

  it('logged no bug', () => {
    expect(c.lines.filter((line) => line.includes('panic'))).toEqual([]);
  });
});

describe('oke-3', () => {
  it('has three workers in three zones and a control plane that is no Node', async () => {
    const c = new RunningCluster({ topology: 'oke-3' });
    await c.ready();
    await c.run(500);
    const nodes = await c.list<Node>(resourceTypes.nodes);
    expect(
      nodes.map((node) => [
        node.metadata?.name,
        node.metadata?.labels?.['topology.kubernetes.io/zone'],
        node.spec?.taints,
      ]),
    ).toEqual([
      ['10.0.10.11', 'AD-1', undefined],
      ['10.0.10.12', 'AD-2', undefined],
      ['10.0.10.13', 'AD-3', undefined],
    ]);
    expect(
      Object.keys(nodes[0]?.metadata?.labels ?? {}).filter((label) => label.startsWith('node-role')),
    ).toEqual([]);
    await c.createDeployment('web', 3);
    await c.untilRunning(3);
    expect(new Set((await c.pods()).map((pod: Pod) => pod.spec?.nodeName)).size).toBe(3);
    expect((await c.ssh('oke-cp-1', 'systemctl is-active kube-scheduler')).out).toBe('active\n');
  });
});

describe('resuming', () => {
  it('goes on in the middle of a rollout; what ran runs with the same ids, times and counts', async () => {
    const before = new RunningCluster();
    await before.ready();
    await before.createDeployment('web', 6);
    await before.untilRunning(6);
    // What a kubelet could not say while there was no API server yet is said by now.
    await before.run(15_000);
    const old = await before.pods();
    await before.createDeployment('more', 6, 'redis:7');
    await before.run(400);
    const after = new RunningCluster({ resumeFrom: before });
    await after.run(100);
    await after.untilRunning(12);
    const pods = await after.pods();
    for (const pod of old) {
      const now = pods.find((candidate) => candidate.metadata?.uid === pod.metadata?.uid);
      expect(now?.status?.containerStatuses).toEqual(pod.status?.containerStatuses);
    }
    const system = await after.pods('kube-system');
    expect(system.map((pod) => pod.status?.containerStatuses?.[0]?.restartCount)).toEqual([0, 0, 0, 0]);
    expect((await after.events('default')).filter((event) => event.startsWith('Starting')).length).toBe(3);
  });

  it('of a settled cluster writes nothing but leases', async () => {
    const before = new RunningCluster();
    await before.ready();
    await before.createDeployment('web', 3);
    await before.untilRunning(3);
    await before.run(30_000);
    const after = new RunningCluster({ resumeFrom: before });
    await after.run(30_000);
    const writes = after.records
      .filter(
        (record) =>
          record.kind === 'message' &&
          record.phase === 'request' &&
          /^(POST|PUT|PATCH|DELETE) /.test(record.summary),
      )
      .map((record) => (record.kind === 'message' ? `${record.actor} ${record.summary}` : ''));
    // Tokens are kept by nobody but who asked: asking writes nothing.
    expect(writes.filter((summary) => !/\/leases\/|\/serviceaccounts\/[^/]+\/token$/.test(summary))).toEqual(
      [],
    );
    expect(await after.running()).toHaveLength(3);
  });
});

describe('determinism', () => {
  it('the same seed and inputs give the same log', async () => {
    const story = async (seed: number): Promise<string> => {
      const c = new RunningCluster({ seed });
      await c.ready();
      await c.createDeployment('web', 4);
      const [first] = await c.untilRunning(4);
      await c.deletePod(first ?? '');
      await c.run(5_000);
      return JSON.stringify(c.records);
    };
    const one = await story(7);
    expect((await story(7)) === one).toBe(true);
    expect((await story(8)) === one).toBe(false);
  });
});
