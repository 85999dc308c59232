import { describe, expect, it } from 'vitest';
import { TestMembers } from './members.testing.ts';

describe('heartbeats', () => {
  it('are sent ten times a second, and are recorded once a second and direction; elections are recorded whole', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.run(5_000);
    const leader = await etcd.untilLeader();
    const summaries = (from: number): string[] =>
      etcd.records.slice(from).flatMap((record) => (record.kind === 'message' ? [record.summary] : []));
    const quiet = etcd.records.length;
    await etcd.run(60_000);
    const counts = new Map<string, number>();
    for (const summary of summaries(quiet)) counts.set(summary, (counts.get(summary) ?? 0) + 1);
    for (const name of ['MsgHeartbeat', 'MsgHeartbeatResp']) {
      expect(counts.get(name)).toBeGreaterThanOrEqual(2 * 54);
      expect(counts.get(name)).toBeLessThanOrEqual(2 * 61);
    }
    const fall = etcd.records.length;
    etcd.kill(leader);
    await etcd.untilLeader(etcd.names.filter((name) => name !== leader));
    await etcd.run(100);
    const seen = summaries(fall);
    for (const start of ['MsgPreVote ', 'MsgPreVoteResp ', 'MsgVote ', 'MsgVoteResp '])
      expect(seen.filter((summary) => summary.startsWith(start)).length, start).toBeGreaterThan(0);
    // The first of the new term is recorded, however short a time after the last of the old one.
    expect(seen).toContain('MsgHeartbeat');
  });
});
