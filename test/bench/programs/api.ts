import { spawn, spawnSync } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CommitBarrier } from '../../../electron/host/barrier.ts';
import { CertificateAuthority } from '../../../electron/host/listeners/certificates.ts';
import { InjectedGateway } from '../../../electron/host/injected-gateway.ts';
import { FileCertificateStore } from '../../../electron/host/listeners/file-certificate-store.ts';
import { openHttpsListener } from '../../../electron/host/listeners/https-listener.ts';
import { writeAdminKubeconfig } from '../../../electron/host/listeners/kubeconfig.ts';
import { Pacer, realTime } from '../../../electron/host/pacer.ts';
import { BenchCluster } from '../bench-cluster.ts';
import { newWorkspace, percentile, report, withFolder } from '../measure.ts';

// What the served API answers over one keep-alive connection, one request after the other, beside Node's own HTTPS
// server in the same process that reads as much and sends as much: the ratio is what the API server costs.

const COUNT = 600;
const LISTS = 40;
const PODS = 500;

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
    speed: 100,
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

  let replyBytes: Buffer = Buffer.from('{}');
  const bare = createServer({ cert: server.certificate, key: server.key }, (incoming, response) => {
    incoming.resume();
    incoming.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(replyBytes);
    });
  });
  await new Promise<void>((resolve) => void bare.listen(0, '127.0.0.1', resolve));
  const bareUrl = `https://127.0.0.1:${(bare.address() as AddressInfo).port}`;

  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: authority.pem,
    cert: client.certificate,
    key: client.key,
    servername: 'localhost',
  });
  const fetchAll = async (
    base: string,
    method: string,
    path: string,
    body?: string,
    type = 'application/json',
  ): Promise<Buffer> => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': type };
      request(`${base}${path}`, { agent, method, headers }, resolve).on('error', reject).end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if ((response.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${bytes.toString()}`);
    return bytes;
  };

  const values: Record<string, number> = {};
  const side = async (
    name: string,
    count: number,
    method: string,
    path: (index: number) => string,
    body?: (index: number) => string,
    type?: string,
  ): Promise<void> => {
    const run = async (base: string, from: number, to: number): Promise<number[]> => {
      const times: number[] = [];
      for (let index = from; index < to; index += 1) {
        const begin = performance.now();
        await fetchAll(base, method, path(index), body?.(index), type);
        times.push(performance.now() - begin);
      }
      return times;
    };
    const warm = Math.ceil(count / 5);
    replyBytes = await fetchAll(listener.url, method, path(0), body?.(0), type);
    await run(listener.url, 1, warm);
    const ours = await run(listener.url, warm, warm + count);
    await run(bareUrl, 1, warm);
    const theirs = await run(bareUrl, warm, warm + count);
    const total = (times: readonly number[]): number => times.reduce((sum, time) => sum + time, 0);
    values[`${name}PerSecond`] = (count * 1000) / total(ours);
    values[`${name}P99Ms`] = percentile(ours, 0.99);
    values[`${name}P50Ms`] = percentile(ours, 0.5);
    values[`${name}BarePerSecond`] = (count * 1000) / total(theirs);
    values[`${name}Ratio`] = total(ours) / total(theirs);
  };

  const MAPS = '/api/v1/namespaces/default/configmaps';
  const map = (index: number): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `bench-${index}` },
      data: { key: 'value' },
    });
  await side('create', COUNT, 'POST', () => MAPS, map);
  await side('get', COUNT, 'GET', () => `${MAPS}/bench-0`);
  const patch = (index: number): string => JSON.stringify({ data: { key: `value-${index}` } });
  await side('patch', COUNT, 'PATCH', () => `${MAPS}/bench-0`, patch, 'application/merge-patch+json');
  await side('list500', LISTS, 'GET', () => '/api/v1/namespaces/default/pods?limit=500');

  const kubeconfig = join(folder, 'admin.conf');
  writeAdminKubeconfig(kubeconfig, authority, listener.url, 'leme');
  const { status } = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
  if (status === 0) values['kubectlGetPodsMs'] = await timedKubectl(kubeconfig, folder);

  report(values);
  agent.destroy();
  await pacer.stop();
  listener.dispose();
  bare.close();
  bare.closeAllConnections();
  workspace.dispose();
});

/** Median of five `kubectl get pods` of the stock client, its start included; the server is in this process. */
async function timedKubectl(kubeconfig: string, folder: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const begin = performance.now();
    const code = await new Promise<number | null>((resolve) => {
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECACHEDIR: join(folder, 'cache') };
      spawn('kubectl', ['--kubeconfig', kubeconfig, 'get', 'pods'], { stdio: 'ignore', env }).on(
        'exit',
        resolve,
      );
    });
    if (code !== 0) throw new Error(`kubectl get pods ended with ${code}`);
    // The first fills its discovery cache.
    if (round > 0) times.push(performance.now() - begin);
  }
  return percentile(times, 0.5);
}
