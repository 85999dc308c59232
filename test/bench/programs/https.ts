import type { IncomingMessage } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CommitBarrier } from '../../../electron/host/barrier.ts';
import { CertificateAuthority } from '../../../electron/host/listeners/certificates.ts';
import { InjectedGateway } from '../../../electron/host/injected-gateway.ts';
import { FileCertificateStore } from '../../../electron/host/listeners/file-certificate-store.ts';
import { openHttpsListener } from '../../../electron/host/listeners/https-listener.ts';
import { Pacer, realTime } from '../../../electron/host/pacer.ts';
import { BenchCluster } from '../bench-cluster.ts';
import { newWorkspace, percentile, report, withFolder } from '../measure.ts';

// The served API with 1,000 Pods, in real time, beside a bare Node HTTPS server in the same process that
// gives back the same bytes: the ratio says what the simulation costs, whatever the machine is.

const PODS = 1000;
const LISTS = 30;
const WATCHED = 60;

await withFolder(async (folder) => {
  const authority = CertificateAuthority.open(new FileCertificateStore(join(folder, 'pki')));
  const server = authority.server();
  const client = authority.client('admin', 'kubernetes-admin', ['system:masters']);
  const workspace = newWorkspace(folder);
  const bench = new BenchCluster({ workers: 10, workspace });
  await bench.ready();
  bench.createDeployment('web', PODS);
  await bench.until(() => bench.runningPods >= PODS, 10 * 60_000, 'Pods');
  await bench.until(() => false, 60_000, 'rest').catch(() => undefined);

  const barrier = new CommitBarrier();
  const pacer = new Pacer({
    simulation: bench.simulation,
    time: realTime,
    commit: () => {
      bench.commit();
      barrier.release();
    },
    onFailure: (error) => {
      throw error;
    },
    paused: false,
    speed: 1,
  });
  const listener = await openHttpsListener({
    gateway: new InjectedGateway(() => ({
      gateway: bench.cluster.gateway,
      pacer,
      now: () => bench.simulation.now,
    })),
    barrier,
    caPem: authority.pem,
    server,
    port: 0,
    log: () => undefined,
  });
  pacer.start();

  const agent = new Agent({
    keepAlive: true,
    ca: authority.pem,
    cert: client.certificate,
    key: client.key,
    servername: 'localhost',
  });
  const open = (base: string, method: string, path: string, body?: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      request(`${base}${path}`, { agent, method, headers }, resolve).on('error', reject).end(body);
    });
  const fetchAll = async (base: string, method: string, path: string, body?: string): Promise<Buffer> => {
    const response = await open(base, method, path, body);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if ((response.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${bytes.toString()}`);
    return bytes;
  };
  const timed = async (count: number, work: () => Promise<unknown>): Promise<number[]> => {
    const times: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const begin = performance.now();
      await work();
      times.push(performance.now() - begin);
    }
    return times;
  };

  // The list, and the same bytes from a bare server.
  const PATH = '/api/v1/namespaces/default/pods';
  const bytes = await fetchAll(listener.url, 'GET', PATH);
  const bare = createServer({ cert: server.certificate, key: server.key }, (incoming, response) => {
    incoming.resume();
    incoming.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(incoming.method === 'GET' ? bytes : '{}');
    });
  });
  await new Promise<void>((resolve) => void bare.listen(0, '127.0.0.1', resolve));
  const bareUrl = `https://127.0.0.1:${(bare.address() as AddressInfo).port}`;
  await timed(3, () => fetchAll(bareUrl, 'GET', '/'));
  const bareLists = await timed(LISTS, () => fetchAll(bareUrl, 'GET', '/'));
  await timed(3, () => fetchAll(listener.url, 'GET', PATH));
  const lists = await timed(LISTS, () => fetchAll(listener.url, 'GET', PATH));

  // One write, and a watcher that hears of it.
  const MAPS = '/api/v1/namespaces/default/configmaps';
  const watch = await open(listener.url, 'GET', `${MAPS}?watch=true`);
  const heard = new Map<string, number>();
  let text = '';
  let wake: (() => void) | undefined;
  watch.on('data', (chunk: Buffer) => {
    const at = performance.now();
    const lines = (text + chunk.toString('utf8')).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const event = JSON.parse(line) as { object: { metadata: { name: string } } };
      heard.set(event.object.metadata.name, at);
    }
    wake?.();
  });
  const watchTimes: number[] = [];
  const writeTimes: number[] = [];
  for (let index = 0; index < WATCHED; index += 1) {
    const name = `bench-${index}`;
    const begin = performance.now();
    await fetchAll(
      listener.url,
      'POST',
      MAPS,
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { k: 'v' } }),
    );
    writeTimes.push(performance.now() - begin);
    while (!heard.has(name)) await new Promise<void>((resolve) => (wake = resolve));
    watchTimes.push((heard.get(name) ?? NaN) - begin);
  }
  await timed(5, () => fetchAll(bareUrl, 'POST', '/', '{}'));
  const bareWrites = await timed(WATCHED, () => fetchAll(bareUrl, 'POST', '/', '{}'));

  const bareList = percentile(bareLists, 0.5);
  const list = percentile(lists, 0.5);
  const bareWrite = percentile(bareWrites, 0.5);
  const watchTime = percentile(watchTimes, 0.5);
  report({
    listMB: bytes.length / 1e6,
    listP50Ms: list,
    listP99Ms: percentile(lists, 0.99),
    bareListP50Ms: bareList,
    listRatio: list / bareList,
    writeP50Ms: percentile(writeTimes, 0.5),
    watchP50Ms: watchTime,
    watchP99Ms: percentile(watchTimes, 0.99),
    bareEchoP50Ms: bareWrite,
    watchRatio: watchTime / bareWrite,
  });
  watch.destroy();
  agent.destroy();
  await pacer.stop();
  listener.dispose();
  bare.close();
  bare.closeAllConnections();
  workspace.dispose();
});
