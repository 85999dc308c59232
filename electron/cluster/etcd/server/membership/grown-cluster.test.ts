import { describe, expect, it } from 'vitest';
import { MemoryBackend } from '../../backend/memory.ts';
import { TestMembers } from '../members.testing.ts';
import { growCluster } from './grown-cluster.ts';
import { clusterIdOf, memberIdOf } from './member-ids.ts';

const SECOND = 1_767_225_600;

/** Members whose disks are as `kubeadm join` leaves them, with the flags that it writes. */
function grown(count: number): { readonly etcd: TestMembers; start(name: string): void } {
  const disks = new Map<string, MemoryBackend>();
  const etcd = new TestMembers({
    machines: count,
    backend: (name) => disks.get(name) ?? new MemoryBackend(),
  });
  for (const name of etcd.names) disks.set(name, new MemoryBackend());
  growCluster(
    etcd.names.map((name) => ({
      name,
      peerUrl: etcd.peer(name),
      clientUrl: `http://${etcd.ip(name)}:2379`,
      backend: disks.get(name) as MemoryBackend,
    })),
    SECOND,
  );
  const start = (name: string): void => {
    const before = etcd.names.slice(0, etcd.names.indexOf(name) + 1);
    const state = before.length > 1 ? 'existing' : 'new';
    etcd.start(name, `--initial-cluster=${etcd.initialCluster(before)}`, `--initial-cluster-state=${state}`);
  };
  return { etcd, start };
}

describe('the disks of members that joined one by one', () => {
  it('make one cluster, whose id is of the first member and whose later ids are of the time', async () => {
    const { etcd, start } = grown(3);
    for (const name of etcd.names) start(name);
    await etcd.untilLeader();
    await etcd.put('m2', 'a', '1');
    expect(await etcd.get('m3', 'a')).toBe('1');
    const first = memberIdOf([etcd.peer('m1')], 'etcd-cluster');
    const { header, members } = await etcd.call('m1', 'MemberList', {});
    expect(header.clusterId).toBe(clusterIdOf([first]));
    expect(new Map(members.map(({ name, id }) => [name, id]))).toEqual(
      new Map([
        ['m1', first],
        ['m2', memberIdOf([etcd.peer('m2')], String(SECOND))],
        ['m3', memberIdOf([etcd.peer('m3')], String(SECOND))],
      ]),
    );
    expect(members.map(({ isLearner }) => isLearner)).toEqual([false, false, false]);
    expect(members.map(({ clientUrls }) => clientUrls.length)).toEqual([1, 1, 1]);
  });

  it('lost on the second: what kubeadm wrote names too few members', async () => {
    const { etcd, start } = grown(3);
    for (const name of etcd.names) start(name);
    await etcd.untilLeader();
    await etcd.put('m1', 'a', '1');
    etcd.kill('m2');
    etcd.machine('m2').files.remove('/m2.etcd');
    start('m2');
    await etcd.run(3_000);
    expect(etcd.process('m2').exit).toEqual({ code: 1 });
    expect(etcd.complaints('m2').at(-1)).toBe(
      'discovery failed: error validating peerURLs: member count is unequal',
    );
  });

  it('lost on the third: a member that forgot what it had acknowledged does not go on', async () => {
    const { etcd, start } = grown(3);
    for (const name of etcd.names) start(name);
    await etcd.untilLeader();
    await etcd.run(6_000);
    if (etcd.leader === 'm3') {
      const targetId = etcd.source('m1')?.memberId ?? '';
      await etcd.call('m3', 'MoveLeader', { targetId });
      await etcd.until('m1 leads', () => etcd.leader === 'm1');
    }
    await etcd.put('m1', 'a', '1');
    etcd.kill('m3');
    etcd.machine('m3').files.remove('/m3.etcd');
    start('m3');
    await etcd.run(3_000);
    expect(etcd.process('m3').exit).not.toBeUndefined();
    expect(etcd.complaints('m3').at(-1)).toMatch(/tocommit\(\d+\) is out of range \[lastIndex\(\d+\)\]/);
    expect(await etcd.get('m2', 'a')).toBe('1');
  });
});
