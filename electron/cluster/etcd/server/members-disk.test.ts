import { describe, expect, it } from 'vitest';
import type { NetworkEtcdClient } from '../v3/client/network-client.ts';
import { TestMembers } from './members.testing.ts';
import { encodeSnapshot } from '../snapshot/encode-snapshot.ts';
import { bytesToByteString } from '../../../base/byte-string.ts';
import { snapshotStateOf } from './snapshot-state.ts';
import { clusterIdOf, memberIdOf } from './membership/member-ids.ts';

const DB = '/default.etcd/member/snap/db';

describe('the data directory', () => {
  it('is where the data is: without it the member is a fresh one', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    const { files } = etcd.machine('m1');
    expect(files.list('/m1.etcd/member/')).toEqual(['snap/', 'wal/']);
    etcd.kill('m1');
    etcd.start('m1');
    await etcd.untilLeader();
    expect(await etcd.get('m1', 'a')).toBe('1');
    etcd.kill('m1');
    files.remove('/m1.etcd');
    etcd.start('m1');
    await etcd.untilLeader();
    expect(await etcd.get('m1', 'a')).toBeUndefined();
    expect(await etcd.put('m1', 'a', '2')).toBe(2);
    // The old data is gone for good.
    expect([...(etcd.backends.get('m1')?.records() ?? [])].map(({ kv }) => kv.value)).toEqual(['2']);
  });

  it('elsewhere is another one, and the first is still there', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    etcd.kill('m1');
    etcd.start('m1', '--data-dir=/other');
    await etcd.untilLeader();
    expect(await etcd.get('m1', 'a')).toBeUndefined();
    await etcd.put('m1', 'a', 'other');
    etcd.kill('m1');
    etcd.start('m1');
    await etcd.untilLeader();
    expect(await etcd.get('m1', 'a')).toBe('1');
  });

  it('lost on one of three: the member is refused as new, and let in when it was removed and added', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.run(6_000);
    await etcd.put('m1', 'a', '1');
    const leader = await etcd.untilLeader();
    const lost = etcd.names.find((name) => name !== leader) as string;
    const id = etcd.source(lost)?.memberId ?? '';
    etcd.kill(lost);
    etcd.machine(lost).files.remove(`/${lost}.etcd`);
    etcd.start(lost);
    await etcd.run(3_000);
    expect(etcd.process(lost).exit).toEqual({ code: 1 });
    expect(etcd.complaints(lost).at(-1)).toBe(
      `discovery failed: member ${BigInt(id).toString(16)} has already been bootstrapped`,
    );
    await etcd.call(leader, 'MemberRemove', { id });
    const { member } = await etcd.call(leader, 'MemberAdd', { peerUrls: [etcd.peer(lost)] });
    expect(member.id).not.toBe(id);
    etcd.start(lost, '--initial-cluster-state=existing');
    await etcd.untilLeader();
    expect(await etcd.get(lost, 'a')).toBe('1');
    expect((await etcd.call(lost, 'MemberList', {})).members).toHaveLength(3);
  });

  it('with a restored database begins a new cluster with the old data', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    const { id: lease } = await etcd.call('m1', 'LeaseGrant', { ttl: 100 });
    await etcd.call('m1', 'Put', { key: 'b', value: '2', lease });
    await etcd.run(1_000);
    const before = etcd.source('m1')?.clusterId;
    const backend = etcd.backends.get('m1');
    if (backend === undefined) throw new Error('m1 has no disk');
    const state = snapshotStateOf(backend, '3.6.0');
    await etcd.put('m1', 'a', 'lost');
    etcd.kill(...etcd.names);
    const members = etcd.names.map((name) => {
      const peerUrls = [etcd.peer(name)];
      return { id: memberIdOf(peerUrls, 'restored'), name, peerUrls, clientUrls: [], isLearner: false };
    });
    const database = bytesToByteString(encodeSnapshot({ ...state, members, removedMembers: [] }));
    for (const name of etcd.names) {
      etcd.machine(name).files.write('/restored/member/snap/db', database);
      etcd.start(name, '--data-dir=/restored');
    }
    await etcd.untilLeader();
    expect(await etcd.get('m2', 'a')).toBe('1');
    expect(etcd.source('m3')?.clusterId).toBe(clusterIdOf(members.map(({ id }) => id)));
    expect(etcd.source('m3')?.clusterId).not.toBe(before);
    expect(await etcd.call('m3', 'LeaseTimeToLive', { id: lease, keys: true })).toMatchObject({
      keys: ['b'],
    });
    expect(await etcd.put('m3', 'a', '3')).toBe(4);
    etcd.kill(...etcd.names);
    for (const name of etcd.names) etcd.start(name, '--data-dir=/restored');
    await etcd.untilLeader();
    expect(await etcd.get('m1', 'a')).toBe('3');
  });

  it('with a damaged database is refused', async () => {
    const etcd = new TestMembers({ machines: 1 });
    etcd.machine('m1').files.write('/m1.etcd/member/snap/db', 'no database');
    etcd.start('m1');
    await etcd.run(100);
    expect(etcd.process('m1').exit).toEqual({ code: 1 });
    expect(etcd.complaints('m1').at(-1)).toMatch(/^discovery failed: failed to open database: /);
    expect(etcd.machine('m1').files.exists(DB)).toBe(false);
  });
});

describe('a bad disk', () => {
  it('that is slow slows the writes of its member, and of all when it is the leader’s', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    const leader = await etcd.untilLeader();
    const follower = etcd.names.find((name) => name !== leader) as string;
    const took = async (): Promise<number> => {
      const begin = etcd.simulation.now;
      await etcd.put(leader, 'a', '1');
      return etcd.simulation.now - begin;
    };
    expect(await took()).toBeLessThan(10);
    etcd.faults.set(follower, { fsync: 80, diskFull: false });
    expect(await took()).toBeLessThan(10);
    await etcd.run(1_000);
    etcd.faults.set(leader, { fsync: 80, diskFull: false });
    const slow = await took();
    expect(slow).toBeGreaterThan(80);
    expect(slow).toBeLessThan(200);
  });

  it('that is slow keeps its member from taking more, while 5,000 entries are agreed on and not applied there', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    const leader = await etcd.untilLeader();
    const follower = etcd.names.find((name) => name !== leader) as string;
    const behind = (): number => {
      const { commit = 0, applied = 0 } = etcd.source(follower)?.raft ?? {};
      return commit - applied;
    };
    const write = async (count: number): Promise<void> => {
      const puts = (client: NetworkEtcdClient): Promise<unknown> =>
        Promise.all(Array.from({ length: count }, () => client.call('Put', { key: 'a', value: '1' })));
      await etcd.withClient(leader, puts);
    };
    const put = { key: 'b', value: '1' };
    await etcd.run(1_000);
    etcd.faults.set(follower, { fsync: 1_000, diskFull: false });
    await write(1);
    await write(5_000);
    await etcd.until('the news of them', () => behind() > 4_000, 5_000);
    // The sync before theirs ends; from then on they count.
    await etcd.run(1_000);
    expect(behind()).toBe(5_000);
    // As many as may wait: one more is taken, and answered when the disk has let everything through.
    expect(await etcd.call(follower, 'Put', put)).toMatchObject({ header: { revision: 5_003 } });
    await etcd.run(5_000);
    await write(1);
    await write(6_000);
    await etcd.until('the news of them', () => behind() > 4_000, 5_000);
    // The sync before theirs ends; from then on they count.
    await etcd.run(1_000);
    expect(behind()).toBeGreaterThan(5_500);
    expect(await etcd.refusal(follower, 'Put', put)).toBe('ResourceExhausted: etcdserver: too many requests');
    await etcd.run(5_000);
    expect(behind()).toBe(0);
    expect(await etcd.put(leader, 'b', '2')).toBe(11_005);
  });

  it('that is full raises NOSPACE, after which nothing is written until it is disarmed', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    const leader = await etcd.untilLeader();
    etcd.faults.set(leader, { fsync: 1, diskFull: true });
    const noSpace = 'ResourceExhausted: etcdserver: mvcc: database space exceeded';
    expect(await etcd.refusal(leader, 'Put', { key: 'a', value: '1' })).toBe(noSpace);
    for (const name of etcd.names) {
      expect(await etcd.refusal(name, 'Put', { key: 'a', value: '1' })).toBe(noSpace);
    }
    const memberId = etcd.source(leader)?.memberId ?? '';
    expect(
      (await etcd.call(leader, 'Alarm', { action: 'GET', memberId: '0', alarm: 'NONE' })).alarms,
    ).toEqual([{ memberId, alarm: 'NOSPACE' }]);
    etcd.faults.set(leader, { fsync: 1, diskFull: false });
    await etcd.call(leader, 'Alarm', { action: 'DEACTIVATE', memberId, alarm: 'NOSPACE' });
    expect(await etcd.put(leader, 'a', '1')).toBe(2);
  });

  it('without room for a byte ends the member, which begins again when there is some', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    const leader = await etcd.untilLeader();
    await etcd.run(10_000);
    const { files, disk } = etcd.machine(leader);
    files.allocate('/full', disk.available);
    const other = etcd.names.find((name) => name !== leader) as string;
    await etcd.run(5_000);
    expect(etcd.process(leader).exit).toBeUndefined();
    const asked = etcd.refusal(leader, 'Put', { key: 'a', value: '1' });
    await asked.catch(() => undefined);
    await etcd.run(5_000);
    expect(etcd.process(leader).exit).toEqual({ code: 1 });
    expect(etcd.complaints(leader).at(-1)).toBe(
      `failed to save Raft hard state and entries: write /${leader}.etcd/member/wal/0000000000000000-0000000000000000.wal: no space left on device`,
    );
    await etcd.run(5_000);
    // A leader sends before it writes: the others have what it could not write itself.
    expect(await etcd.put(other, 'a', '2')).toBe(3);
    etcd.start(leader);
    await etcd.run(5_000);
    expect(etcd.process(leader).exit).toEqual({ code: 1 });
    files.remove('/full');
    etcd.start(leader);
    await etcd.run(5_000);
    expect(etcd.process(leader).exit).toBeUndefined();
    expect(await etcd.get(leader, 'a')).toBe('2');
  });

  it('that changes a value is found by the periodic check, and by the member itself when it starts', async () => {
    const etcd = new TestMembers({
      machines: 3,
      flags: ['--corrupt-check-time=10s', '--initial-corrupt-check'],
    });
    await etcd.startAll();
    await etcd.put('m1', 'a', 'value');
    await etcd.put('m1', 'b', 'other');
    await etcd.run(30_000);
    const leader = await etcd.untilLeader();
    const bad = etcd.names.find((name) => name !== leader) as string;
    expect(etcd.source(leader)?.store.alarms).toEqual([]);
    expect(etcd.corruptible.get(bad)?.corrupt('a')).toBe('a');
    expect(await etcd.get(bad, 'a')).not.toBe('value');
    expect(await etcd.get(leader, 'a')).toBe('value');
    await etcd.run(12_000);
    const memberId = etcd.source(bad)?.memberId ?? '';
    expect(etcd.source(leader)?.store.alarms).toEqual([{ memberId, type: 'CORRUPT' }]);
    expect(await etcd.refusal(leader, 'Put', { key: 'a', value: '1' })).toBe(
      'DataLoss: etcdserver: corrupt cluster',
    );
    etcd.kill(bad);
    etcd.start(bad);
    await etcd.run(3_000);
    expect(etcd.process(bad).exit).toEqual({ code: 1 });
    expect(etcd.complaints(bad).at(-1)).toBe(
      `checkInitialHashKV failed: ${BigInt(memberId).toString(16)} found data inconsistency with peers`,
    );
  });
});
