// etcd side by side: Debian's etcd and the served host, driven by the same client in the same run. Prints rates of both and
// their ratios. Arguments: seconds for each measurement (default 4).
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { EtcdTestClient } from '../../harness/etcd-client.ts';
import { ServedHost } from '../../harness/serve.ts';
import { percentile, report, withFolder } from '../measure.ts';

const SECONDS = Number(process.argv[2] ?? '4');
const VALUE = 'v'.repeat(1024);
const KEYS = 100_000;
const WATCHERS = 1000;

interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function realEtcd(folder: string): Promise<Server> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    'etcd',
    [
      ...['--data-dir', folder, '--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', `default=${peer}`, '--log-level', 'error'],
    ],
    { stdio: 'ignore' },
  );
  for (;;) {
    const health = await fetch(`${url}/health`).catch(() => undefined);
    if (health?.ok === true) break;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
  return {
    url,
    pid: child.pid as number,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}

async function ours(folder: string): Promise<Server> {
  const host = await ServedHost.startPlain(folder, '--etcd-plain');
  const [url = ''] = host.served.etcdEndpoints;
  return { url, pid: host.served.pid, stop: () => host.stop('SIGKILL') };
}

/** Calls a second, by so many callers at once. */
async function rate(callers: number, call: (index: number) => Promise<unknown>): Promise<number> {
  for (let index = 0; index < 200; index += 1) await call(index);
  let done = 0;
  const start = performance.now();
  const end = start + SECONDS * 1000;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < end) await call(done++);
    }),
  );
  return (done * 1000) / (performance.now() - start);
}

function residentMB(pid: number): number {
  const kB = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kB) * 1024) / 1e6;
}

async function fill(client: EtcdTestClient, prefix: string, count: number, value: string): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const success = Array.from({ length: Math.min(100, count - from) }, (_, index) => ({
      requestPut: { key: key(prefix, from + index), value },
    }));
    await client.call('/etcdserverpb.KV/Txn', { compare: [], success, failure: [] });
  }
}

function key(prefix: string, index: number): string {
  return `${prefix}${String(index).padStart(8, '0')}`;
}

/** Milliseconds from a put until each of the watchers has its event. */
async function watchLatency(client: EtcdTestClient): Promise<number[]> {
  const latencies: number[] = [];
  let sent = 0;
  let created = 0;
  let got = 0;
  let next: (() => void) | undefined;
  const watch = client.watch((response) => {
    if (response['created'] === true) created += 1;
    const events = (response['events'] ?? []) as unknown[];
    if (events.length > 0) {
      got += 1;
      latencies.push(performance.now() - sent);
    }
    if (created === WATCHERS && (got === 0 || got % WATCHERS === 0)) next?.();
  });
  const all = (): Promise<void> => new Promise((resolve) => (next = resolve));
  const ready = all();
  for (let index = 0; index < WATCHERS; index += 1) watch.send({ createRequest: { key: '/watched' } });
  await ready;
  for (let round = 0; round < 20; round += 1) {
    const delivered = all();
    sent = performance.now();
    await Promise.all([client.call('/etcdserverpb.KV/Put', { key: '/watched', value: VALUE }), delivered]);
  }
  watch.close();
  return latencies;
}

async function measure(server: Server): Promise<Record<string, number>> {
  const client = new EtcdTestClient(server.url);
  const put = (index: number): Promise<unknown> =>
    client.call('/etcdserverpb.KV/Put', { key: key('/put/', index % 10_000), value: VALUE });
  const values: Record<string, number> = {};
  await fill(client, '/ten/', 10_000, VALUE);
  values['memory10kKeysMB'] = residentMB(server.pid);
  values['putsSequentialPerS'] = await rate(1, put);
  values['puts64PerS'] = await rate(64, put);
  await fill(client, '/many/', KEYS, 'x'.repeat(100));
  const point = (index: number): Promise<unknown> =>
    client.call('/etcdserverpb.KV/Range', { key: key('/many/', (index * 7919) % KEYS) });
  const range = (index: number): Promise<unknown> =>
    client.call('/etcdserverpb.KV/Range', {
      key: key('/many/', (index * 7919) % KEYS),
      rangeEnd: '/many0',
      limit: 100,
    });
  values['pointReadsPerS'] = await rate(1, point);
  values['pointReads64PerS'] = await rate(64, point);
  values['rangeReads100PerS'] = await rate(1, range);
  const latencies = await watchLatency(client);
  values['watch1000P50Ms'] = percentile(latencies, 0.5);
  values['watch1000P99Ms'] = percentile(latencies, 0.99);
  client.close();
  return values;
}

await withFolder(async (folder) => {
  const results: Record<string, number>[] = [];
  for (const [index, start] of [realEtcd, ours].entries()) {
    const server = await start(join(folder, String(index)));
    try {
      results.push(await measure(server));
    } finally {
      await server.stop();
    }
  }
  const [real = {}, own = {}] = results;
  report(
    Object.fromEntries(
      Object.keys(real).flatMap((name) => {
        const [theirs, mine] = [real[name] ?? NaN, own[name] ?? NaN];
        return [
          [`${name} etcd`, theirs],
          [`${name} ours`, mine],
          [`${name} ours/etcd`, mine / theirs],
        ];
      }),
    ),
  );
});
