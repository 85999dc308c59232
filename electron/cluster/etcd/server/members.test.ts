import { describe, expect, it } from 'vitest';
import { TestMembers } from './members.testing.ts';

describe('three members', () => {
  it('elect a leader, and any of them takes writes that all of them apply', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    expect(await etcd.put('m1', 'a', '1')).toBe(2);
    expect(await etcd.put('m2', 'a', '2')).toBe(3);
    expect(await etcd.put('m3', 'a', '3')).toBe(4);
    for (const name of etcd.names) expect(await etcd.get(name, 'a')).toBe('3');
    const { members } = await etcd.call('m2', 'MemberList', { linearizable: true });
    expect(members.map(({ name, clientUrls }) => [name, ...clientUrls]).sort()).toEqual([
      ['m1', 'http://10.0.0.11:2379'],
      ['m2', 'http://10.0.0.12:2379'],
      ['m3', 'http://10.0.0.13:2379'],
    ]);
  });

  it('elect another one within two election timeouts when the leader dies', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    const first = await etcd.untilLeader();
    const rest = etcd.names.filter((name) => name !== first);
    etcd.kill(first);
    const before = etcd.simulation.now;
    const second = await etcd.untilLeader(rest);
    expect(second).not.toBe(first);
    expect(etcd.simulation.now - before).toBeLessThan(3_000);
    expect(await etcd.put(rest[0] as string, 'a', '2')).toBe(3);
    etcd.start(first);
    await etcd.untilLeader();
    expect(etcd.leader).toBe(second);
    expect(await etcd.get(first, 'a')).toBe('2');
  });
});

describe('without a quorum', () => {
  it('a member answers as upstream, and a write it had taken is carried out later', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    const leader = await etcd.untilLeader();
    const others = etcd.names.filter((name) => name !== leader);
    etcd.kill(...others);
    const begin = etcd.simulation.now;
    // Taken by a leader that does not know yet.
    expect(await etcd.refusal(leader, 'Put', { key: 'pending', value: 'x' })).toBe(
      'Unavailable: etcdserver: request timed out',
    );
    expect(etcd.simulation.now - begin).toBeCloseTo(7_000, -2);
    // Taken by nobody.
    expect(await etcd.refusal(leader, 'Put', { key: 'b', value: '2' })).toBe(
      'Unknown: context deadline exceeded',
    );
    expect(await etcd.refusal(leader, 'Range', { key: 'a' })).toBe(
      'Unavailable: etcdserver: request timed out',
    );
    expect(await etcd.get(leader, 'a', true)).toBe('1');
    expect((await etcd.call(leader, 'MemberList', {})).members).toHaveLength(3);
    expect(await etcd.call(leader, 'Status', {})).toMatchObject({
      leader: '0',
      errors: ['etcdserver: no leader'],
    });
    expect(await etcd.refusal(leader, 'LeaseGrant', { ttl: 60 })).toBe('Unknown: context deadline exceeded');
    expect(await etcd.refusal(leader, 'MemberAdd', { peerUrls: ['http://10.0.0.14:2380'] })).toBe(
      'Unavailable: etcdserver: unhealthy cluster',
    );
    etcd.start(others[0] as string);
    await etcd.untilLeader([leader, others[0] as string]);
    expect(await etcd.get(others[0] as string, 'pending')).toBe('x');
    expect(await etcd.get(leader, 'b')).toBeUndefined();
    etcd.start(others[1] as string);
    await etcd.untilLeader();
    expect(await etcd.put(others[1] as string, 'c', '3')).toBe(4);
  });
});

describe('a partition', () => {
  it('of the leader: its side refuses, the other goes on, and after healing its own entries are gone', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    const old = await etcd.untilLeader();
    const rest = etcd.names.filter((name) => name !== old);
    etcd.partition([old], rest);
    const minority = etcd.begin(old, (client) => client.put({ key: 'a', value: 'minority' }));
    await etcd.untilLeader(rest);
    await etcd.until('an answer', () => minority.error !== undefined);
    expect(String(minority.error)).toBe('EtcdError: etcdserver: request timed out');
    expect(await etcd.put(rest[0] as string, 'a', 'majority')).toBe(3);
    expect(await etcd.get(old, 'a', true)).toBe('1');
    expect(await etcd.refusal(old, 'Range', { key: 'a' })).toBe('Unavailable: etcdserver: request timed out');
    const term = etcd.source(rest[0] as string)?.raft.term;
    etcd.heal();
    await etcd.untilLeader();
    // With PreVote the one that comes back disturbs nobody.
    expect(etcd.source(old)?.raft.term).toBe(term);
    expect(await etcd.get(old, 'a')).toBe('majority');
    await etcd.run(1_000);
    for (const name of etcd.names) expect(etcd.source(name)?.store.revision).toBe(3);
    const logs = etcd.names.map((name) => {
      const raft = etcd.source(name)?.raft;
      return Array.from({ length: raft?.lastIndex ?? 0 }, (_, at) => raft?.entry(at + 1)?.summary);
    });
    expect(logs[1]).toEqual(logs[0]);
    expect(logs[2]).toEqual(logs[0]);
  });

  it('without PreVote raises the term of the one that is cut off', async () => {
    const etcd = new TestMembers({ machines: 3, flags: ['--pre-vote=false'] });
    await etcd.startAll();
    const old = await etcd.untilLeader();
    const rest = etcd.names.filter((name) => name !== old);
    etcd.partition([old], rest);
    await etcd.run(20_000);
    const term = etcd.source(rest[0] as string)?.raft.term ?? 0;
    expect(etcd.source(old)?.raft.term).toBeGreaterThan(term + 5);
    etcd.heal();
    await etcd.run(2_000);
    await etcd.untilLeader();
    expect(etcd.source(rest[0] as string)?.raft.term).toBeGreaterThan(term + 5);
  });
});

describe('members', () => {
  it('come back with everything after all of them were killed', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    const { id } = await etcd.call('m2', 'LeaseGrant', { ttl: 300 });
    await etcd.call('m3', 'Put', { key: 'l', value: 'x', lease: id });
    await etcd.call('m1', 'Compact', { revision: 3 });
    const { header } = await etcd.call('m1', 'Status', {});
    etcd.kill(...etcd.names);
    await etcd.run(100);
    for (const name of etcd.names) etcd.start(name);
    await etcd.untilLeader();
    const after = await etcd.call('m3', 'Range', { key: 'l' });
    expect(after.kvs[0]).toMatchObject({ value: 'x', modRevision: 3, lease: id });
    expect(after.header).toMatchObject({ clusterId: header.clusterId, revision: 3 });
    expect(await etcd.call('m1', 'LeaseTimeToLive', { id, keys: true })).toMatchObject({
      grantedTtl: 300,
      keys: ['l'],
    });
    expect(await etcd.refusal('m2', 'Range', { key: 'a', revision: 2 })).toBe(
      'OutOfRange: etcdserver: mvcc: required revision has been compacted',
    );
    expect((await etcd.call('m2', 'MemberList', {})).members).toHaveLength(3);
  });

  it('send a snapshot to one that is too far behind', async () => {
    const etcd = new TestMembers({ machines: 3, flags: ['--snapshot-count=100'] });
    await etcd.startAll();
    const leader = await etcd.untilLeader();
    const late = etcd.names.find((name) => name !== leader) as string;
    etcd.kill(late);
    await etcd.put(leader, 'k7', '5100');
    expect(etcd.source(leader)?.raft.firstIndex).toBe(1);
    await fill(etcd, leader, 5_300);
    expect(etcd.source(leader)?.raft.firstIndex).toBeGreaterThan(100);
    etcd.start(late);
    await etcd.until(
      'a snapshot',
      () => etcd.source(late)?.raft.applied === etcd.source(leader)?.raft.commit,
    );
    expect(etcd.source(late)?.raft.firstIndex).toBeGreaterThan(5_000);
    expect(etcd.source(late)?.store.revision).toBe(etcd.source(leader)?.store.revision);
    expect(await etcd.get(late, 'k7')).toBe('5100');
    expect(
      etcd.records.some((record) => record.kind === 'message' && record.summary.startsWith('MsgSnap')),
    ).toBe(true);
    etcd.kill(late);
    etcd.start(late);
    await etcd.untilLeader();
    expect(await etcd.get(late, 'k7', true)).toBe('5100');
  });

  it('do the same twice with the same seed', async () => {
    const run = async (): Promise<string> => {
      const etcd = new TestMembers({ machines: 3 });
      await etcd.startAll();
      await etcd.put('m1', 'a', '1');
      etcd.kill(await etcd.untilLeader());
      await etcd.run(5_000);
      await etcd.put(etcd.leader as string, 'a', '2');
      return etcd.records
        .map(
          (record) => `${record.time} ${record.actor} ${'summary' in record ? record.summary : record.kind}`,
        )
        .join();
    };
    expect(await run()).toBe(await run());
  });

  it('of a cluster of one send nothing and need no ticks', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await etcd.startAll();
    await etcd.run(1_000);
    const { length } = etcd.records;
    let turns = 0;
    while (await etcd.simulation.step(etcd.simulation.now + 60_000)) turns += 1;
    expect(turns).toBe(0);
    expect(etcd.records).toHaveLength(length);
  });
});

/** So many small writes through one connection, as fast as they go. */
async function fill(etcd: TestMembers, name: string, writes: number): Promise<void> {
  await etcd.withClient(name, async (client) => {
    const batch = 200;
    for (let at = 0; at < writes; at += batch) {
      await Promise.all(Array.from({ length: batch }, () => client.put({ key: 'fill', value: '' })));
    }
  });
}

describe('the members of a cluster', () => {
  const peerUrls = ['http://10.0.0.14:2380'];

  it('are added: announced first, then started; not in the first five seconds', async () => {
    const etcd = new TestMembers({ machines: 4, members: 3 });
    await etcd.startAll();
    expect(await etcd.refusal('m1', 'MemberAdd', { peerUrls })).toBe(
      'Unavailable: etcdserver: unhealthy cluster',
    );
    await etcd.run(6_000);
    await etcd.put('m1', 'a', '1');
    const { member, members } = await etcd.call('m1', 'MemberAdd', { peerUrls });
    expect(member).toMatchObject({ name: '', peerUrls, clientUrls: [], isLearner: false });
    expect(members).toHaveLength(4);
    expect(await etcd.refusal('m1', 'MemberAdd', { peerUrls })).toBe(
      'Unavailable: etcdserver: unhealthy cluster',
    );
    expect(await etcd.refusal('m1', 'MemberAdd', { peerUrls: ['not-a-url'] })).toBe(
      'InvalidArgument: etcdserver: given member URLs are invalid',
    );
    expect(await etcd.put('m1', 'b', '2')).toBe(3);
    etcd.start(
      'm4',
      `--initial-cluster=${etcd.initialCluster(etcd.names)}`,
      '--initial-cluster-state=existing',
    );
    await etcd.untilLeader(etcd.names);
    expect(await etcd.get('m4', 'a')).toBe('1');
    expect(etcd.source('m4')?.memberId).toBe(member.id);
    expect(await etcd.put('m4', 'c', '3')).toBe(4);
    expect((await etcd.call('m4', 'MemberList', {})).members.map(({ name }) => name).sort()).toEqual(
      etcd.names,
    );
    await etcd.run(6_000);
    expect(await etcd.refusal('m1', 'MemberAdd', { peerUrls })).toBe(
      'FailedPrecondition: etcdserver: Peer URLs already exists',
    );
  });

  it('are removed, and end; also the leader', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.run(6_000);
    const leader = await etcd.untilLeader();
    const [follower, last] = etcd.names.filter((name) => name !== leader) as [string, string];
    const idOf = (name: string): string => etcd.source(name)?.memberId ?? '';
    expect(await etcd.refusal(leader, 'MemberRemove', { id: '123456' })).toBe(
      'NotFound: etcdserver: member not found',
    );
    const removed = idOf(follower);
    expect((await etcd.call(leader, 'MemberRemove', { id: removed })).members).toHaveLength(2);
    await etcd.run(2_000);
    expect(etcd.process(follower).exit).toEqual({ code: 0 });
    expect(etcd.complaints(follower).slice(-2)).toEqual([
      `server error: the member has been permanently removed from the cluster`,
      `data-dir used by this member must be removed`,
    ]);
    expect(await etcd.refusal(leader, 'MemberRemove', { id: removed })).toBe(
      'NotFound: etcdserver: member not found',
    );
    // With its data it is turned away, and ends again.
    etcd.start(follower);
    await etcd.run(3_000);
    expect(etcd.process(follower).exit).toEqual({ code: 0 });
    const id = idOf(leader);
    await etcd.call(leader, 'MemberRemove', { id });
    await etcd.run(3_000);
    expect(etcd.process(leader).exit).toEqual({ code: 0 });
    await etcd.untilLeader([last]);
    expect(await etcd.put(last, 'c', '3')).toBe(2);
    expect(await etcd.refusal(last, 'MemberRemove', { id: idOf(last) })).toBe(
      'FailedPrecondition: etcdserver: re-configuration failed due to not enough started members',
    );
  });

  it('begin as learners, and are promoted when they have caught up', async () => {
    const etcd = new TestMembers({ machines: 3, members: 2 });
    await etcd.startAll();
    await etcd.run(6_000);
    const url = [etcd.peer('m3')];
    const { member } = await etcd.call('m1', 'MemberAdd', { peerUrls: url, isLearner: true });
    await fill(etcd, 'm1', 200);
    expect(await etcd.refusal('m2', 'MemberPromote', { id: member.id })).toBe(
      'FailedPrecondition: etcdserver: can only promote a learner member which is in sync with leader',
    );
    expect(await etcd.refusal('m1', 'MemberPromote', { id: '77' })).toBe(
      'NotFound: etcdserver: member not found',
    );
    const flags = [
      `--initial-cluster=${etcd.initialCluster(etcd.names)}`,
      '--initial-cluster-state=existing',
    ];
    etcd.start('m3', ...flags);
    await etcd.until('the learner', () => etcd.source('m3')?.raft.role === 'learner');
    await etcd.run(2_000);
    expect(await etcd.refusal('m3', 'Range', { key: 'fill' })).toBe(
      'FailedPrecondition: etcdserver: rpc not supported for learner',
    );
    expect(await etcd.call('m3', 'Status', {})).toMatchObject({ isLearner: true });
    expect(await etcd.get('m3', 'fill', true)).toBe('');
    const { members } = await etcd.call('m2', 'MemberPromote', { id: member.id });
    expect(members.map(({ isLearner }) => isLearner)).toEqual([false, false, false]);
    await etcd.run(500);
    expect(await etcd.put('m3', 'a', '1')).toBeGreaterThan(200);
    expect(await etcd.refusal('m1', 'MemberPromote', { id: member.id })).toBe(
      'FailedPrecondition: etcdserver: can only promote a learner member',
    );
  });

  it('move to another address', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    const leader = await etcd.untilLeader();
    const moved = etcd.names.find((name) => name !== leader) as string;
    const id = etcd.source(moved)?.memberId ?? '';
    etcd.kill(moved);
    const urls = [`http://${etcd.ip(moved)}:3380`];
    expect(await etcd.refusal(leader, 'MemberUpdate', { id: '5', peerUrls: urls })).toBe(
      'NotFound: etcdserver: member not found',
    );
    await etcd.call(leader, 'MemberUpdate', { id, peerUrls: urls });
    etcd.start(moved, `--listen-peer-urls=${urls[0]}`, `--initial-advertise-peer-urls=${urls[0]}`);
    await etcd.untilLeader();
    expect(await etcd.put(moved, 'a', '1')).toBe(2);
  });

  it('hand the leadership on when asked, and when the leader ends', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    const leader = await etcd.untilLeader();
    const [next, other] = etcd.names.filter((name) => name !== leader) as [string, string];
    const { id } = await etcd.call(next, 'LeaseGrant', { ttl: 20 });
    const targetId = etcd.source(next)?.memberId ?? '';
    expect(await etcd.refusal(other, 'MoveLeader', { targetId })).toBe(
      'FailedPrecondition: etcdserver: not leader',
    );
    expect(await etcd.refusal(leader, 'MoveLeader', { targetId: '77' })).toBe(
      'FailedPrecondition: etcdserver: bad leader transferee',
    );
    await etcd.call(leader, 'MoveLeader', { targetId });
    expect(etcd.leader).toBe(next);
    // Only the leader runs the time of leases; the others ask it.
    expect(await etcd.call(other, 'LeaseKeepAlive', { id })).toMatchObject({ id, ttl: 20 });
    expect(await etcd.call(leader, 'LeaseTimeToLive', { id })).toMatchObject({ grantedTtl: 20 });
    expect(await etcd.call(other, 'LeaseKeepAlive', { id: '77' })).toMatchObject({ ttl: 0 });
    etcd.process(next).kill('SIGTERM');
    const before = etcd.simulation.now;
    await etcd.untilLeader([leader, other]);
    expect(etcd.simulation.now - before).toBeLessThan(500);
    await etcd.run(25_000);
    expect(etcd.process(next).exit).toEqual({ code: 0 });
    expect((await etcd.call(other, 'LeaseLeases', {})).leases).toEqual([]);
  });

  it('do not talk to members of another cluster, nor begin twice', async () => {
    const etcd = new TestMembers({ machines: 2 });
    await etcd.startAll();
    await etcd.run(1_000);
    etcd.kill('m2');
    etcd.backends.get('m2')?.clear();
    etcd.start('m2');
    await etcd.run(3_000);
    expect(etcd.process('m2').exit).toEqual({ code: 1 });
    expect(etcd.complaints('m2').at(-1)).toMatch(
      /^discovery failed: member [0-9a-f]+ has already been bootstrapped$/,
    );
    etcd.backends.get('m2')?.clear();
    etcd.kill('m1');
    etcd.start('m2', '--initial-cluster-token=other');
    await etcd.run(2_000);
    etcd.start('m1');
    await etcd.run(5_000);
    expect(etcd.source('m1')?.clusterId).not.toBe(etcd.source('m2')?.clusterId);
    expect([etcd.source('m1')?.raft.lead, etcd.source('m2')?.raft.lead]).toEqual(['0', '0']);
    expect(
      etcd.records.some(
        (record) => record.kind === 'message' && record.summary === 'refused: cluster-id-mismatch',
      ),
    ).toBe(true);
  });

  it('are forgotten by --force-new-cluster, which keeps the data', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    etcd.kill(...etcd.names);
    etcd.start('m2', '--force-new-cluster');
    await etcd.untilLeader(['m2']);
    expect(await etcd.get('m2', 'a')).toBe('1');
    expect((await etcd.call('m2', 'MemberList', {})).members.map(({ name }) => name)).toEqual(['m2']);
    expect(await etcd.put('m2', 'a', '2')).toBe(3);
  });
});
