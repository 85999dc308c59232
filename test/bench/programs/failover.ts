// How long etcd has no leader after the machine of the leader has died: three members of ours in virtual time, and three of
// Debian's etcd in real time, at the same timeouts (100 ms, 1,000 ms). Arguments: rounds (default 10).
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EtcdTestClient } from '../../harness/etcd-client.ts';
import { BenchCluster } from '../bench-cluster.ts';
import { percentile, report, withFolder } from '../measure.ts';

const ROUNDS = Number(process.argv[2] ?? '10');
const LOOK = 5;

/** Virtual milliseconds, one for each round. */
async function simulated(): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bench = new BenchCluster({ topology: 'kubeadm-3-3', workers: 3, seed: `failover ${round}` });
    await bench.ready();
    const { cluster, simulation } = bench;
    const leader = (): string | undefined =>
      cluster.etcdMembers().find(({ running }) => running?.raft.role === 'leader')?.machine;
    const lost = leader();
    if (lost === undefined) throw new Error('nobody leads');
    const start = simulation.now;
    cluster.powerOff(lost);
    await bench.until(() => ![undefined, lost].includes(leader()), 60_000, 'a new leader');
    times.push(simulation.now - start);
    cluster.dispose();
  }
  return times;
}

interface Member {
  readonly child: ChildProcess;
  readonly url: string;
}

/** Different from one another: all are held before one is let go. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** The member's own id and whom it takes for the leader; `'0'`: nobody. */
async function status({ url }: Member): Promise<{ readonly id: string; readonly leader: string }> {
  // A connection of its own: one that was refused while the member came up is of no use later.
  const client = new EtcdTestClient(url);
  try {
    const answer = await client.call('/etcdserverpb.Maintenance/Status', {});
    const header = answer['header'] as { readonly memberId?: string } | undefined;
    return { id: String(header?.memberId ?? '0'), leader: String(answer['leader'] ?? '0') };
  } catch {
    // Not up yet.
    return { id: '0', leader: '0' };
  } finally {
    client.close();
  }
}

/** Real milliseconds of one round. */
async function real(folder: string): Promise<number> {
  const free = await freePorts(6);
  const ports = [0, 1, 2].map((index) => [free[2 * index], free[2 * index + 1]]);
  const cluster = ports.map(([, peer], index) => `m${index}=http://127.0.0.1:${peer}`).join(',');
  const members = ports.map(([client, peer], index): Member => {
    const urls = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`] as const;
    const child = spawn(
      'etcd',
      [
        ...['--name', `m${index}`, '--data-dir', join(folder, String(index)), '--log-level', 'error'],
        ...['--listen-client-urls', urls[0], '--advertise-client-urls', urls[0]],
        ...['--listen-peer-urls', urls[1], '--initial-advertise-peer-urls', urls[1]],
        ...['--initial-cluster', cluster, '--heartbeat-interval', '100', '--election-timeout', '1000'],
        '--pre-vote',
      ],
      { stdio: 'ignore' },
    );
    return { child, url: urls[0] };
  });
  try {
    let states = await Promise.all(members.map(status));
    while (states.some(({ leader }) => leader === '0')) {
      await pause(100);
      states = await Promise.all(members.map(status));
    }
    const lost = states.findIndex(({ id, leader }) => id === leader);
    const before = states[lost]?.id;
    const left = members.filter((_, index) => index !== lost);
    const start = performance.now();
    members[lost]?.child.kill('SIGKILL');
    for (;;) {
      const now = await Promise.all(left.map(status));
      if (now.some(({ leader }) => leader !== '0' && leader !== before)) return performance.now() - start;
      await pause(LOOK);
    }
  } finally {
    for (const { child } of members) child.kill('SIGKILL');
  }
}

const ours = await simulated();
const theirs: number[] = [];
for (let round = 0; round < ROUNDS; round += 1)
  await withFolder(async (folder) => void theirs.push(await real(folder)));
report({
  'ours p50 virtualMs': percentile(ours, 0.5),
  'ours longest virtualMs': Math.max(...ours),
  'etcd p50 Ms': percentile(theirs, 0.5),
  'etcd longest Ms': Math.max(...theirs),
});
