import { describe, expect, it } from 'vitest';
import { hexId } from '../../../raft/ids.ts';
import { TestMembers } from '../members.testing.ts';
import { zapLine } from './zap-logger.ts';

interface Line {
  readonly level: string;
  readonly ts: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** What a member wrote, without the times. */
function lines(etcd: TestMembers, name: string, from = 0): { readonly msg: string }[] {
  return etcd.stderr
    .slice(from)
    .filter((line) => line.startsWith(`${name}: `))
    .map((line) => {
      const { ts, ...rest } = JSON.parse(line.slice(name.length + 2)) as Line;
      expect(ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      return rest;
    });
}

const messages = (of: readonly { readonly msg: unknown }[]): unknown[] => of.map(({ msg }) => msg);

describe('what a member logs', () => {
  it('is JSON as zap writes it: level, time, logger, place, message, fields', () => {
    const time = Date.UTC(2026, 2, 2, 9) + 0.25;
    expect(zapLine('info', time, 'b', { x: 1, caller: 'c.go:1', logger: 'raft' })).toBe(
      '{"level":"info","ts":"2026-03-02T09:00:00.000250Z","logger":"raft","caller":"c.go:1","msg":"b","x":1}',
    );
    expect(zapLine('warn', time, 'b')).toBe('{"level":"warn","ts":"2026-03-02T09:00:00.000250Z","msg":"b"}');
  });

  it('tells its start, its election and its end on SIGTERM', async () => {
    const etcd = new TestMembers({ machines: 1 });
    await etcd.startAll();
    await etcd.put('m1', 'a', '1');
    const id = hexId(etcd.source('m1')?.memberId ?? '0');
    const begin = lines(etcd, 'm1');
    expect(messages(begin)).toEqual([
      'configuring peer listeners',
      'configuring client listeners',
      'starting an etcd server',
      'starting local member',
      `${id} switched to configuration voters=()`,
      `${id} became follower at term 0`,
      `newRaft ${id} [peers: [], term: 0, commit: 0, applied: 0, lastindex: 0, lastterm: 0]`,
      'now serving peer/client/metrics',
      'serving peer traffic',
      `${id} became follower at term 1`,
      `${id} switched to configuration voters=(${BigInt(`0x${id}`)})`,
      `${id} switched to configuration voters=(${BigInt(`0x${id}`)})`,
      `${id} is starting a new election at term 1`,
      `${id} became pre-candidate at term 1`,
      `${id} received MsgPreVoteResp from ${id} at term 1`,
      `${id} has received 1 MsgPreVoteResp votes and 0 vote rejections`,
      `${id} became candidate at term 2`,
      `${id} received MsgVoteResp from ${id} at term 2`,
      `${id} has received 1 MsgVoteResp votes and 0 vote rejections`,
      `${id} became leader at term 2`,
      `raft.node: ${id} elected leader ${id} at term 2`,
      'published local member to cluster through raft',
      'ready to serve client requests',
      'serving client traffic insecurely; this is strongly discouraged!',
    ]);
    expect(begin.find(({ msg }) => msg === `raft.node: ${id} elected leader ${id} at term 2`)).toEqual({
      level: 'info',
      logger: 'raft',
      caller: 'v3@v3.6.0/node.go:370',
      msg: `raft.node: ${id} elected leader ${id} at term 2`,
    });
    const from = etcd.stderr.length;
    etcd.process('m1').kill('SIGTERM');
    await etcd.until('its end', () => etcd.process('m1').exit !== undefined);
    const end = lines(etcd, 'm1', from);
    expect(messages(end)).toEqual([
      'received signal; shutting down',
      'closing etcd server',
      'skipped leadership transfer for single voting member cluster',
      'stopping serving peer traffic',
      'stopped serving peer traffic',
      'closed etcd server',
    ]);
    expect(end[0]).toEqual({
      level: 'info',
      caller: 'osutil/interrupt_unix.go',
      msg: 'received signal; shutting down',
      signal: 'terminated',
    });
    etcd.start('m1');
    await etcd.untilLeader();
    expect(messages(lines(etcd, 'm1', from)).slice(6, 11)).toEqual([
      'server has already been initialized',
      'configuring peer listeners',
      'configuring client listeners',
      'starting an etcd server',
      'restarting local member',
    ]);
  });

  it('tells that another one is gone, every five seconds that it still is, and that it is back', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.run(2_000);
    const leader = await etcd.untilLeader();
    const [gone = '', other = ''] = etcd.names.filter((name) => name !== leader);
    const id = hexId(etcd.source(gone)?.memberId ?? '0');
    const from = etcd.stderr.length;
    etcd.kill(gone);
    await etcd.run(12_500);
    expect(lines(etcd, other, from)).toEqual([
      {
        level: 'warn',
        caller: 'rafthttp/stream.go:420',
        msg: 'lost TCP streaming connection with remote peer',
        'stream-reader-type': 'stream MsgApp v2',
        'local-member-id': hexId(etcd.source(other)?.memberId ?? '0'),
        'remote-peer-id': id,
        error: 'EOF',
      },
      {
        level: 'warn',
        caller: 'rafthttp/peer_status.go:66',
        msg: 'peer became inactive (message send to peer failed)',
        'peer-id': id,
        error: `failed to read ${id} on stream MsgApp v2 (EOF)`,
      },
      ...Array.from({ length: 2 }, () => ({
        level: 'warn',
        caller: 'rafthttp/probing_status.go:68',
        msg: 'prober detected unhealthy status',
        'round-tripper-name': 'ROUND_TRIPPER_RAFT_MESSAGE',
        'remote-peer-id': id,
        rtt: '0s',
        error: `dial tcp ${etcd.ip(gone)}:2380: connect: connection refused`,
      })),
    ]);
    const back = etcd.stderr.length;
    etcd.start(gone);
    await etcd.run(3_000);
    expect(lines(etcd, other, back).filter((line) => !('logger' in line))).toEqual([
      { level: 'info', caller: 'rafthttp/peer_status.go:53', msg: 'peer became active', 'peer-id': id },
    ]);
  });

  it('tells of a leader that was lost and of the next one', async () => {
    const etcd = new TestMembers({ machines: 3 });
    await etcd.startAll();
    await etcd.run(2_000);
    const leader = await etcd.untilLeader();
    const before = hexId(etcd.source(leader)?.memberId ?? '0');
    const rest = etcd.names.filter((name) => name !== leader);
    const from = etcd.stderr.length;
    etcd.kill(leader);
    const next = await etcd.untilLeader(rest);
    const id = hexId(etcd.source(next)?.memberId ?? '0');
    const said = messages(lines(etcd, next, from)).map(String);
    expect(said.some((line) => line.startsWith(`raft.node: ${id} lost leader ${before} at term `))).toBe(
      true,
    );
    expect(said.some((line) => line.startsWith(`raft.node: ${id} elected leader ${id} at term `))).toBe(true);
  });

  it('ends with why it cannot start', async () => {
    const etcd = new TestMembers({ machines: 1 });
    etcd.start('m1', '--initial-cluster=other=http://10.0.0.99:2380');
    await etcd.run(1_000);
    expect(etcd.process('m1').exit).toMatchObject({ code: 1 });
    expect(lines(etcd, 'm1').at(-1)).toEqual({
      level: 'fatal',
      caller: 'etcdmain/etcd.go',
      msg: 'discovery failed',
      error: `couldn't find local name "m1" in the initial cluster configuration`,
    });
  });
});
