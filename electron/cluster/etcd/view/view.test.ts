import { describe, expect, it } from 'vitest';
import { ServerHarness } from '../server/harness.testing.ts';
import type { InternalRequest } from '../server/interface.ts';
import { EtcdMemberViews } from './member-views.ts';
import { summarizeRequest } from './request-summary.ts';

describe('EtcdMemberViews', () => {
  const faults = (): { fsync: number; diskFull: boolean } => ({ fsync: 1, diskFull: false });

  it('shows every place, and a member for as long as its process lives', () => {
    const views = new EtcdMemberViews(['cp-1', 'cp-2'], faults);
    const { server } = new ServerHarness();
    const seen = views.started('cp-2', server);
    expect(views.list.map(({ actor, running }) => [actor, running?.memberId])).toEqual([
      ['cp-1/etcd', undefined],
      ['cp-2/etcd', server.memberId],
    ]);
    seen.dispose();
    expect(views.list.every(({ running }) => running === undefined)).toBe(true);
  });

  it('does not lose a new process when the old one signs out late', () => {
    const views = new EtcdMemberViews(['cp-1'], faults);
    const old = views.started('cp-1', new ServerHarness().server);
    const { server } = new ServerHarness();
    views.started('cp-1', server);
    old.dispose();
    expect(views.list[0]?.running).toBe(server);
  });
});

describe('a running member', () => {
  it('shows its log, its data and its leases as they are', () => {
    const etcd = new ServerHarness();
    etcd.put('a', '1');
    const { id } = etcd.call('LeaseGrant', { ttl: 60 });
    const { raft, store } = etcd.server;
    expect(raft).toMatchObject({ role: 'leader', lead: etcd.server.memberId });
    expect([raft.commit, raft.applied]).toEqual([raft.lastIndex, raft.lastIndex]);
    expect(raft.entry(raft.lastIndex - 1)).toMatchObject({ type: 'Normal', summary: 'Put a' });
    expect(raft.entry(raft.lastIndex + 1)).toBeUndefined();
    expect(store.revision).toBe(2);
    expect(etcd.server.lease(id)).toEqual({ grantedTtl: 60, remaining: 60 });
    expect(etcd.server.lease('1')).toBeUndefined();
  });
});

describe('summarizeRequest', () => {
  it('names what is asked for, also of a kind it does not know', () => {
    const of = (request: object): string => summarizeRequest(request as InternalRequest);
    expect(of({ put: { key: 'k', value: 'v' } })).toBe('Put k');
    expect(of({ deleteRange: { key: 'k' } })).toBe('DeleteRange k');
    expect(of({ compaction: { revision: 7 } })).toBe('Compact to revision 7');
    expect(of({ leaseRevoke: { id: '255' } })).toBe('LeaseRevoke ff');
    expect(of({ authEnable: {} })).toBe('AuthEnable');
  });
});
