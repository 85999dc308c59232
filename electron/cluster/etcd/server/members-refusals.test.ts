import { describe, expect, it } from 'vitest';
import { TestMembers } from './members.testing.ts';

describe('changes of the members that are refused', () => {
  it('a second learner, URLs that are in use or are none, and a member that is unknown', async () => {
    const etcd = new TestMembers({ machines: 5, members: 3 });
    await etcd.startAll();
    await etcd.run(6_000);
    await etcd.call('m1', 'MemberAdd', { peerUrls: [etcd.peer('m4')], isLearner: true });
    const add = (peerUrls: string[], isLearner = false) =>
      etcd.refusal('m1', 'MemberAdd', { peerUrls, isLearner });
    expect(await add([etcd.peer('m5')], true)).toBe(
      'FailedPrecondition: etcdserver: too many learner members in cluster',
    );
    // Ids are made of the URLs and the second: the same ones in the same second are the same member.
    expect(await add([etcd.peer('m4')])).toBe('FailedPrecondition: etcdserver: member ID already exist');
    await etcd.run(1_000);
    expect(await add([etcd.peer('m4')])).toBe('FailedPrecondition: etcdserver: Peer URLs already exists');
    expect(await add([])).toBe('InvalidArgument: etcdserver: given member URLs are invalid');
    expect(await add(['10.0.0.9:2380'])).toBe('InvalidArgument: etcdserver: given member URLs are invalid');
    expect(await etcd.refusal('m1', 'MemberRemove', { id: '7' })).toBe(
      'NotFound: etcdserver: member not found',
    );
    expect(await etcd.refusal('m1', 'MemberUpdate', { id: '7', peerUrls: [etcd.peer('m5')] })).toBe(
      'NotFound: etcdserver: member not found',
    );
    const id = etcd.source('m2')?.memberId ?? '';
    expect(await etcd.refusal('m1', 'MemberUpdate', { id, peerUrls: [etcd.peer('m1')] })).toBe(
      'FailedPrecondition: etcdserver: Peer URLs already exists',
    );
    // Nothing of all this changed anything.
    expect((await etcd.call('m1', 'MemberList', {})).members).toHaveLength(4);
  });

  it('the promotion of a voter, of nobody, and of a learner that is not there yet', async () => {
    const etcd = new TestMembers({ machines: 4, members: 3 });
    await etcd.startAll();
    await etcd.run(6_000);
    const leader = await etcd.untilLeader();
    const { member } = await etcd.call(leader, 'MemberAdd', { peerUrls: [etcd.peer('m4')], isLearner: true });
    expect(await etcd.refusal(leader, 'MemberPromote', { id: member.id })).toBe(
      'FailedPrecondition: etcdserver: can only promote a learner member which is in sync with leader',
    );
    expect(await etcd.refusal(leader, 'MemberPromote', { id: '7' })).toBe(
      'NotFound: etcdserver: member not found',
    );
    expect(await etcd.refusal(leader, 'MemberPromote', { id: etcd.source(leader)?.memberId ?? '' })).toBe(
      'FailedPrecondition: etcdserver: can only promote a learner member',
    );
  });

  it('while members are not connected', async () => {
    const etcd = new TestMembers({ machines: 4, members: 3 });
    await etcd.startAll();
    await etcd.run(6_000);
    const leader = await etcd.untilLeader();
    etcd.kill(etcd.members.find((name) => name !== leader) as string);
    await etcd.run(1_000);
    expect(await etcd.refusal(leader, 'MemberAdd', { peerUrls: [etcd.peer('m4')] })).toBe(
      'Unavailable: etcdserver: unhealthy cluster',
    );
  });
});

describe('a downgrade', () => {
  const VERSION = '3.6.0';
  const start = async (): Promise<TestMembers> => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    return etcd;
  };

  it('is checked: one minor version down, and written as a version', async () => {
    const etcd = await start();
    const validate = (version: string) => etcd.refusal('m1', 'Downgrade', { action: 'VALIDATE', version });
    expect(await validate('next')).toBe('InvalidArgument: etcdserver: wrong downgrade target version format');
    for (const version of ['3.6.0', '3.4.0', '2.5.0', '3.7.0']) {
      expect(await validate(version)).toBe('InvalidArgument: etcdserver: invalid downgrade target version');
    }
    expect(await etcd.call('m1', 'Downgrade', { action: 'VALIDATE', version: '3.5.0' })).toMatchObject({
      version: VERSION,
    });
    expect(await etcd.call('m2', 'Status', {})).toMatchObject({ downgradeInfo: { enabled: false } });
  });

  it('is one at a time, told by every member, and can be called off once', async () => {
    const etcd = await start();
    const cancel = { action: 'CANCEL', version: '' } as const;
    expect(await etcd.refusal('m1', 'Downgrade', cancel)).toBe(
      'FailedPrecondition: etcdserver: no inflight downgrade job',
    );
    await etcd.call('m1', 'Downgrade', { action: 'ENABLE', version: '3.5' });
    await etcd.run(100);
    expect(await etcd.call('m3', 'Status', {})).toMatchObject({
      downgradeInfo: { enabled: true, targetVersion: '3.5.0' },
    });
    expect(await etcd.refusal('m2', 'Downgrade', { action: 'ENABLE', version: '3.5.0' })).toBe(
      'FailedPrecondition: etcdserver: cluster has a downgrade job in progress',
    );
    expect(await etcd.call('m2', 'Downgrade', cancel)).toMatchObject({ version: VERSION });
    expect(await etcd.refusal('m1', 'Downgrade', cancel)).toBe(
      'FailedPrecondition: etcdserver: no inflight downgrade job',
    );
  });
});
