import { describe, expect, it } from 'vitest';
import type { Simulation } from '../../../base/simulation.ts';
import type { MachineSpec, Process, ProcessContext } from '../../machine/interface.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { SimulatedMachine } from '../../machine/machine.ts';
import { HttpClientConnection } from '../../network/http-client.ts';
import { SimulatedNetwork } from '../../network/network.ts';
import { MemoryBackend } from '../backend/memory.ts';
import type { EtcdEvent, WatchResponse } from '../client/interface.ts';
import { prefixEnd } from '../client/prefix.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import { NetworkEtcdClient } from '../v3/client/network-client.ts';
import { etcdProgram } from './program.ts';

const spec = (name: string, ip: string): MachineSpec => ({
  name,
  ip,
  role: 'control-plane',
  os: 'linux',
  cpus: 2,
  memory: 2 ** 32,
  disk: 2 ** 36,
  isNode: true,
});

/** Two machines: etcd on cp-1, and whoever talks to it on cp-2. */
class World {
  readonly simulation: Simulation = newTestSimulation();
  readonly network = new SimulatedNetwork(this.simulation);
  readonly backend = new MemoryBackend();
  readonly cp1 = new SimulatedMachine(
    spec('cp-1', '10.0.0.10'),
    this.simulation,
    this.network,
    volatileStore(),
  );
  readonly cp2 = new SimulatedMachine(
    spec('cp-2', '10.0.0.11'),
    this.simulation,
    this.network,
    volatileStore(),
  );
  readonly stderr: string[] = [];

  startEtcd(...flags: string[]): Process {
    const program = etcdProgram({ backend: () => this.backend });
    const process = this.cp1.spawn({ name: 'etcd', program, argv: ['etcd', ...flags] });
    process.onDidWrite(({ line }) => this.stderr.push(line));
    return process;
  }

  /** Runs `work` as a program on cp-2 for at most a virtual hour; rethrows what it throws. */
  async run<T>(
    work: (process: ProcessContext, connect: () => Promise<NetworkEtcdClient>) => Promise<T>,
  ): Promise<T> {
    let result: Promise<T> | undefined;
    const client = this.cp2.spawn({
      name: 'client',
      program: async (process) => {
        const connect = async (): Promise<NetworkEtcdClient> =>
          new NetworkEtcdClient(await process.net.dial({ host: 'cp-1', port: 2379 }, { protocol: 'grpc' }));
        result = work(process, connect);
        await result.catch(() => undefined);
        return 0;
      },
    });
    await this.simulation.runUntil(this.simulation.now + 3_600_000, () => client.exit !== undefined);
    if (result === undefined) throw new Error('the client did not run');
    if (client.exit === undefined) throw new Error('the client did not end');
    return result;
  }
}

describe('etcd on the network', () => {
  it('answers every call', async () => {
    const world = new World();
    world.startEtcd();
    await world.run(async (_, connect) => {
      const etcd = await connect();
      const put = await etcd.put({ key: '/registry/pods/default/web-1', value: '{}' });
      expect(put.header.revision).toBe(2);
      const txn = await etcd.txn({
        compare: [{ key: 'x', target: 'MOD', modRevision: 0, result: 'EQUAL' }],
        success: [{ requestPut: { key: 'x', value: '1' } }],
        failure: [],
      });
      expect([txn.succeeded, txn.header.revision]).toEqual([true, 3]);
      const range = await etcd.range({ key: '/registry/', rangeEnd: prefixEnd('/registry/') });
      expect(range.kvs.map((kv) => kv.key)).toEqual(['/registry/pods/default/web-1']);
      const lease = await etcd.leaseGrant({ ttl: 30 });
      expect((await etcd.leaseKeepAlive({ id: lease.id })).ttl).toBe(30);
      expect((await etcd.leaseTimeToLive({ id: lease.id })).grantedTtl).toBe(30);
      expect((await etcd.leaseLeases()).leases).toEqual([{ id: lease.id }]);
      await etcd.leaseRevoke({ id: lease.id });
      expect((await etcd.deleteRange({ key: 'x' })).deleted).toBe(1);
      await etcd.compact({ revision: 3 });
      expect(await etcd.status()).toMatchObject({ version: '3.6.4', header: { revision: 4 }, errors: [] });
      await expect(etcd.range({ key: 'x', revision: 2 })).rejects.toMatchObject({
        code: 'OutOfRange',
        message: 'etcdserver: mvcc: required revision has been compacted',
      });
      await expect(etcd.put({ key: '', value: '' })).rejects.toMatchObject({ code: 'InvalidArgument' });
    });
  });

  it('streams many watches over one connection, with the writer as cause', async () => {
    const world = new World();
    world.startEtcd();
    await world.run(async (process, connect) => {
      const etcd = await connect();
      const got: string[] = [];
      const note = (name: string) => ({
        onResponse: ({ created, events, header }: WatchResponse): void => {
          const what = created
            ? 'created'
            : events.length === 0
              ? `progress ${header.revision}`
              : events.map(show).join();
          got.push(`${name}: ${what}`);
        },
        onError: (error: Error): void => void got.push(`${name}: ${error.message}`),
      });
      await etcd.put({ key: 'a', value: '1' });
      const past = etcd.watch({ key: 'a', startRevision: 1 }, note('past'));
      const live = etcd.watch({ key: 'a', rangeEnd: 'c', prevKv: true }, note('live'));
      await process.clock.sleep(10);
      await etcd.put({ key: 'a', value: '2' });
      await process.clock.sleep(10);
      live.requestProgress();
      past.cancel();
      await etcd.put({ key: 'b', value: '1' });
      await process.clock.sleep(10);
      expect(got).toEqual([
        'past: created',
        'past: PUT a@2',
        'live: created',
        'past: PUT a@3',
        'live: PUT a@3 was 1',
        'live: progress 3',
        'live: PUT b@4',
      ]);
      const { log } = world.simulation;
      const item = [...log.range(1)].find(
        (record) => record.kind === 'message' && record.summary === 'PUT b',
      );
      const cause = log.get(item?.cause ?? 0);
      expect(cause).toMatchObject({
        kind: 'message',
        summary: 'Put b',
        actor: 'cp-2/client',
        to: 'cp-1/etcd',
      });
    });
  });

  it('tells idle watches how far they are', async () => {
    const world = new World();
    world.startEtcd('--experimental-watch-progress-notify-interval=5s');
    await world.run(async (process, connect) => {
      const etcd = await connect();
      const revisions: number[] = [];
      etcd.watch(
        { key: 'a', progressNotify: true },
        {
          onResponse: ({ created, header }) => void (created || revisions.push(header.revision)),
          onError: () => undefined,
        },
      );
      await etcd.put({ key: 'other', value: '1' });
      await process.clock.sleep(10_500);
      expect(revisions).toEqual([2, 2]);
    });
  });

  it('refuses a watch of the compacted past', async () => {
    const world = new World();
    world.startEtcd();
    await world.run(async (process, connect) => {
      const etcd = await connect();
      for (const value of ['1', '2', '3']) await etcd.put({ key: 'a', value });
      await etcd.compact({ revision: 3 });
      const got: WatchResponse[] = [];
      etcd.watch(
        { key: 'a', startRevision: 2 },
        { onResponse: (response) => void got.push(response), onError: () => undefined },
      );
      await process.clock.sleep(100);
      expect(got.slice(1)).toMatchObject([
        { canceled: true, compactRevision: 3, events: [], header: { revision: 0 } },
      ]);
    });
  });

  it('fails what is under way when it is killed, and has everything that was acknowledged when it is back', async () => {
    const world = new World();
    const process = world.startEtcd();
    const acknowledged = await world.run(async (client, connect) => {
      const etcd = await connect();
      const errors: string[] = [];
      etcd.watch(
        { key: 'a' },
        { onResponse: () => undefined, onError: (error) => void errors.push(`${error.code}`) },
      );
      let last = 0;
      const write = async (): Promise<void> => {
        for (;;) last = (await etcd.put({ key: 'k', value: String(last + 1) })).header.revision;
      };
      const writing = write();
      const ended = expect(writing).rejects.toMatchObject({
        code: 'Unavailable',
        message: 'error reading from server: read: connection reset by peer',
      });
      await client.clock.sleep(50);
      process.kill('SIGKILL');
      await ended;
      expect(errors).toEqual(['Unavailable']);
      await expect(etcd.range({ key: 'k' })).rejects.toMatchObject({ code: 'Unavailable' });
      await expect(connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      return last;
    });
    expect(acknowledged).toBeGreaterThan(5);
    world.startEtcd();
    await world.run(async (_, connect) => {
      const { kvs } = await (await connect()).range({ key: 'k' });
      expect(kvs[0]?.modRevision).toBeGreaterThanOrEqual(acknowledged);
    });
  });

  it('ends politely on SIGTERM', async () => {
    const world = new World();
    const process = world.startEtcd();
    const reasons: string[] = [];
    await world.run(async (client, connect) => {
      const etcd = await connect();
      etcd.watch(
        { key: 'a' },
        {
          onResponse: () => undefined,
          onError: ({ code, message }) => void reasons.push(`${code}: ${message}`),
        },
      );
      await client.clock.sleep(10);
      process.kill('SIGTERM');
      await client.clock.sleep(10);
    });
    expect(reasons).toEqual(['Unavailable: etcdserver: server stopped']);
    expect(process.exit).toEqual({ code: 0 });
  });

  it('answers probes on the metrics port', async () => {
    const world = new World();
    world.startEtcd('--listen-metrics-urls=http://127.0.0.1:2381');
    await world.run(async (process, connect) => {
      await (await connect()).status();
      const http = new HttpClientConnection(
        await process.net.dial({ host: 'cp-1', port: 2381 }, { protocol: 'https' }),
      );
      const get = async (target: string): Promise<unknown> => {
        const { status, body } = await http.call({ method: 'GET', target, headers: {} });
        return [status, body?.type === 'text' ? body.text : body];
      };
      expect(await get('/health?serializable=true')).toEqual([200, '{"health":"true","reason":""}']);
      expect(await get('/readyz')).toEqual([200, 'ok\n']);
      expect(await get('/livez')).toEqual([200, 'ok\n']);
      expect(await get('/nothing')).toEqual([404, '404 page not found\n']);
    });
  });

  it('answers /metrics, /version and /health on its client port too, and alarms make it unhealthy', async () => {
    const world = new World();
    world.startEtcd();
    await world.run(async (process, connect) => {
      const etcd = await connect();
      await etcd.put({ key: 'k', value: 'abc' });
      await etcd.put({ key: 'k', value: 'abcd' });
      await expect(etcd.range({ key: 'k', revision: 99 })).rejects.toThrow('future revision');
      await etcd.leaseGrant({ ttl: 60 });
      etcd.watch({ key: 'k' }, { onResponse: () => undefined, onError: () => undefined });
      const { leader } = await etcd.status();
      const http = new HttpClientConnection(
        await process.net.dial({ host: 'cp-1', port: 2379 }, { protocol: 'https' }),
      );
      const get = async (target: string): Promise<readonly [number, string]> => {
        const { status, body } = await http.call({ method: 'GET', target, headers: {} });
        return [status, body?.type === 'text' ? body.text : ''];
      };
      expect((await get('/version'))[1]).toBe(
        '{"etcdserver":"3.6.4","etcdcluster":"3.6.0","storage":"3.6.0"}',
      );
      const [status, metrics] = await get('/metrics');
      expect(status).toBe(200);
      for (const line of [
        '# HELP etcd_server_has_leader Whether or not a leader exists. 1 is existence, 0 is not.',
        '# TYPE etcd_server_has_leader gauge',
        'etcd_server_has_leader 1',
        'etcd_server_is_leader 1',
        'etcd_server_leader_changes_seen_total 1',
        'etcd_server_proposals_pending 0',
        'etcd_server_quota_backend_bytes 2.147483648e+09',
        'etcd_server_version{server_version="3.6.4"} 1',
        `etcd_server_id{server_id="${BigInt(leader).toString(16)}"} 1`,
        'etcd_mvcc_put_total 2',
        'etcd_debugging_mvcc_keys_total 1',
        'etcd_debugging_mvcc_total_put_size_in_bytes 9',
        'etcd_debugging_mvcc_current_revision 3',
        'etcd_debugging_mvcc_compact_revision -1',
        'etcd_debugging_mvcc_watcher_total 1',
        'etcd_debugging_lease_granted_total 1',
        'grpc_server_handled_total{grpc_code="OK",grpc_method="Put",grpc_service="etcdserverpb.KV",grpc_type="unary"} 2',
        'grpc_server_handled_total{grpc_code="OutOfRange",grpc_method="Range",grpc_service="etcdserverpb.KV",grpc_type="unary"} 1',
        'grpc_server_started_total{grpc_method="Watch",grpc_service="etcdserverpb.Watch",grpc_type="bidi_stream"} 1',
      ]) {
        expect(metrics.split('\n')).toContain(line);
      }
      expect(metrics.split('\n')).not.toContain('etcd_mvcc_put_total 3');
      await etcd.call('Alarm', { action: 'ACTIVATE', memberId: leader, alarm: 'NOSPACE' });
      expect(await get('/health')).toEqual([503, '{"health":"false","reason":"ALARM NOSPACE"}']);
      expect(await get('/health?exclude=NOSPACE')).toEqual([200, '{"health":"true","reason":""}']);
      await etcd.call('Alarm', { action: 'ACTIVATE', memberId: leader, alarm: 'CORRUPT' });
      expect(await get('/readyz')).toEqual([503, '[-]data_corruption failed: alarm activated: CORRUPT\n']);
    });
  });

  it.each([
    [['--nmae=x'], 'flag provided but not defined: -nmae'],
    [['surplus'], "'surplus' is not a valid flag"],
    [['--max-txn-ops=many'], 'invalid value "many" for flag -max-txn-ops: parse error'],
    [
      ['--watch-progress-notify-interval', '5'],
      'invalid value "5" for flag -watch-progress-notify-interval: parse error',
    ],
  ])('refuses to start with %j', async (flags, message) => {
    const world = new World();
    const process = world.startEtcd(...flags);
    await world.simulation.runUntil(world.simulation.now + 1000);
    expect(process.exit?.code).toBe(2);
    expect(world.stderr).toEqual([message]);
  });

  it('ends when its port is taken', async () => {
    const world = new World();
    world.startEtcd();
    await world.simulation.runUntil(world.simulation.now + 1000);
    const second = world.startEtcd('--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.10:2379');
    await world.simulation.runUntil(world.simulation.now + 1000);
    expect(second.exit?.code).toBe(1);
    expect(world.stderr.at(-1)).toContain('bind: address already in use');
  });
});

function show(event: EtcdEvent): string {
  const previous = event.prevKv === undefined ? '' : ` was ${event.prevKv.value}`;
  return `${event.type} ${event.kv.key}@${event.kv.modRevision}${previous}`;
}
