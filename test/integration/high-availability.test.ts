import { beforeAll, describe, expect, it } from 'vitest';
import type { Lease, Node } from '../../electron/cluster/api/types.ts';
import { resourceTypes } from '../../electron/cluster/client/resource-types.ts';
import { RunningCluster } from './running-cluster.testing.ts';

/** Machine that holds the Lease of a component. */
async function holder(c: RunningCluster, name: string): Promise<string> {
  const leases = await c.list<Lease>(resourceTypes.leases, 'kube-system');
  const lease = leases.find((candidate) => candidate.metadata?.name === name);
  return lease?.spec?.holderIdentity?.split('_')[0] ?? '';
}

function etcdLeader(c: RunningCluster): string | undefined {
  return c.cluster.etcdMembers().find(({ running }) => running?.raft.role === 'leader')?.machine;
}

describe('kubeadm-3-3', () => {
  let c: RunningCluster;
  beforeAll(async () => {
    c = new RunningCluster({ topology: 'kubeadm-3-3' });
    await c.ready();
  });

  it('boots three control planes with one etcd of three members, behind a load balancer', async () => {
    const nodes = await c.list<Node>(resourceTypes.nodes);
    expect(nodes.map((node) => node.metadata?.name)).toEqual([
      'cp-1',
      'cp-2',
      'cp-3',
      'worker-1',
      'worker-2',
      'worker-3',
    ]);
    const members = c.cluster.etcdMembers();
    expect(new Set(members.map(({ running }) => running?.clusterId)).size).toBe(1);
    expect(members.map(({ running }) => running?.peers.length)).toEqual([3, 3, 3]);
    expect((await c.pods('kube-system')).filter((pod) => pod.status?.phase === 'Running')).toHaveLength(12);
    expect(c.cluster.components().find(({ name }) => name === 'haproxy')).toMatchObject({
      machine: 'lb-1',
      health: 'running',
    });
  });

  it('goes on when any one control plane loses power: leaders move, Pods are made', async () => {
    const lost = await holder(c, 'kube-controller-manager');
    c.cluster.powerOff(lost);
    await c.run(60_000);
    expect(etcdLeader(c)).not.toBe(lost);
    expect(await holder(c, 'kube-controller-manager')).not.toBe(lost);
    expect(await holder(c, 'kube-scheduler')).not.toBe(lost);
    await c.createDeployment('web', 3);
    await c.untilRunning(3);
    c.cluster.powerOn(lost);
    await c.run(30_000);
    expect(c.cluster.isReady()).toBe(true);
  });

  it('serves through the other API servers when one has lost its own etcd member', async () => {
    const machine = 'cp-2';
    c.cluster.stopComponent(machine, 'etcd');
    await c.run(45_000);
    for (let attempt = 0; attempt < 4; attempt += 1)
      expect((await c.list(resourceTypes.nodes)).length).toBe(6);
    c.cluster.startComponent(machine, 'etcd');
    await c.run(30_000);
  });

  it('refuses when two are gone, and needs no repair when they are back', async () => {
    const before = await c.pods();
    c.cluster.powerOff('cp-1');
    c.cluster.powerOff('cp-3');
    await c.run(30_000);
    expect(etcdLeader(c)).toBeUndefined();
    await expect(c.list(resourceTypes.nodes)).rejects.toThrow();
    c.cluster.powerOn('cp-1');
    c.cluster.powerOn('cp-3');
    await c.run(60_000);
    expect(etcdLeader(c)).toBeDefined();
    expect((await c.pods()).map((pod) => pod.metadata?.uid)).toEqual(before.map((pod) => pod.metadata?.uid));
  });
});
