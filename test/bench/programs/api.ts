import { spawn, spawnSync } from 'node:child_process';
import type { ClientHttp2Session, IncomingHttpHeaders } from 'node:http2';
import { connect, createSecureServer } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { CommitBarrier } from '../../../electron/host/barrier.ts';
import { CertificateAuthority } from '../../../electron/host/listeners/certificates.ts';
import { InjectedGateway } from '../../../electron/host/injected-gateway.ts';
import { FileCertificateStore } from '../../../electron/host/listeners/file-certificate-store.ts';
import { openHttpsListener } from '../../../electron/host/listeners/https-listener.ts';
import { writeAdminKubeconfig } from '../../../electron/host/listeners/kubeconfig.ts';
import { Pacer, realTime } from '../../../electron/host/pacer.ts';
import { BenchCluster } from '../bench-cluster.ts';
import { newWorkspace, percentile, report, withFolder } from '../measure.ts';

// What the served API answers over one keep-alive connection, one request after the other (HTTP/1.1) and many at once (HTTP/2),
// beside Node's own HTTPS server in the same process that reads as much and sends as much: the ratio is what the API server
// costs. The client is a thread of its own.

const COUNT = 600;
const AT_ONCE = 32;
const LISTS = 40;
const PODS = 500;
const MAPS = '/api/v1/namespaces/default/configmaps';

interface Identity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Requests to be made; `{}` in `path` and `body` stands for a number of their own. */
interface Job {
  readonly identity: Identity;
  readonly base: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly type: string;
  readonly from: number;
  readonly count: number;
  /** 1: HTTP/1.1, one after the other. More: HTTP/2. */
  readonly atOnce: number;
}

interface Measured {
  /** Milliseconds of each, and of all. */
  readonly times: readonly number[];
  readonly total: number;
  /** Of the last answer. */
  readonly bytes: Uint8Array;
}

type Send = (method: string, path: string, body: string | undefined, type: string) => Promise<Buffer>;

function overHttp1(base: string, identity: Identity): { send: Send; close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, servername: 'localhost', ...identity });
  const send: Send = async (method, path, body, type) => {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': type };
      request(`${base}${path}`, { agent, method, headers }, resolve).on('error', reject).end(body);
    });
    return answer(`${method} ${path}`, response.statusCode ?? 0, response);
  };
  return { send, close: () => agent.destroy() };
}

function overHttp2(base: string, identity: Identity): { send: Send; close: () => void } {
  const session: ClientHttp2Session = connect(base, { servername: 'localhost', ...identity });
  const send: Send = async (method, path, body, type) => {
    const stream = session.request(
      { ':method': method, ':path': path, ...(body === undefined ? {} : { 'content-type': type }) },
      { endStream: body === undefined },
    );
    if (body !== undefined) stream.end(body);
    const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) =>
      stream.on('response', resolve).on('error', reject),
    );
    return answer(`${method} ${path}`, Number(headers[':status']), stream);
  };
  return { send, close: () => session.close() };
}

async function answer(what: string, status: number, body: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (status >= 300) throw new Error(`${what}: ${bytes.toString()}`);
  return bytes;
}

async function work(job: Job): Promise<Measured> {
  const { base, identity, method, path, body, type, from, count, atOnce } = job;
  const { send, close } = (atOnce === 1 ? overHttp1 : overHttp2)(base, identity);
  const times: number[] = [];
  let bytes: Buffer = Buffer.alloc(0);
  let next = from;
  const begin = performance.now();
  const one = async (): Promise<void> => {
    while (next < from + count) {
      const number = String(next++);
      const since = performance.now();
      bytes = await send(method, path.replace('{}', number), body?.replaceAll('{}', number), type);
      times.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  const total = performance.now() - begin;
  close();
  return { times, total, bytes };
}

if (!isMainThread) {
  parentPort?.on('message', (job: Job) => {
    void work(job).then(
      (measured) => parentPort?.postMessage(measured),
      (error: unknown) => parentPort?.postMessage({ error: String(error) }),
    );
  });
} else await measure();

async function measure(): Promise<void> {
  await withFolder(async (folder) => {
    const authority = CertificateAuthority.open(new FileCertificateStore(join(folder, 'pki')));
    const server = authority.server();
    const credentials = authority.client('admin', 'kubernetes-admin', ['system:masters']);
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

    let reply: Uint8Array = Buffer.from('{}');
    const sockets = new Set<Socket>();
    const bare = createSecureServer(
      { cert: server.certificate, key: server.key, allowHTTP1: true },
      (incoming, response) => {
        incoming.resume();
        incoming.on('end', () => {
          response.setHeader('content-type', 'application/json');
          response.end(reply);
        });
      },
    );
    bare.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => void bare.listen(0, '127.0.0.1', resolve));
    const bareUrl = `https://127.0.0.1:${(bare.address() as AddressInfo).port}`;

    const client = new Worker(new URL(import.meta.url));
    const identity = { ca: authority.pem, cert: credentials.certificate, key: credentials.key };
    const run = (job: Omit<Job, 'identity'>): Promise<Measured> =>
      new Promise((resolve, reject) => {
        client.once('error', reject);
        client.once('message', (answered: Measured | { error: string }) => {
          client.removeListener('error', reject);
          if ('error' in answered) reject(new Error(answered.error));
          else resolve(answered);
        });
        client.postMessage({ ...job, identity });
      });

    const values: Record<string, number> = {};
    let number = 0;
    const side = async (
      name: string,
      count: number,
      atOnce: number,
      what: Pick<Job, 'method' | 'path'> & Partial<Pick<Job, 'body' | 'type'>>,
    ): Promise<void> => {
      const job = { body: undefined, type: 'application/json', atOnce, ...what };
      const warm = Math.ceil(count / 5);
      const both = async (base: string): Promise<Measured> => {
        await run({ ...job, base, from: number, count: warm });
        const measured = await run({ ...job, base, from: number + warm, count });
        number += warm + count;
        return measured;
      };
      const ours = await both(listener.url);
      reply = ours.bytes;
      const theirs = await both(bareUrl);
      values[`${name}PerSecond`] = (count * 1000) / ours.total;
      values[`${name}P99Ms`] = percentile(ours.times, 0.99);
      values[`${name}P50Ms`] = percentile(ours.times, 0.5);
      values[`${name}BarePerSecond`] = (count * 1000) / theirs.total;
      values[`${name}Ratio`] = ours.total / theirs.total;
    };

    const create = {
      method: 'POST',
      path: MAPS,
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'bench-{}' },
        data: { key: 'value' },
      }),
    };
    const get = { method: 'GET', path: `${MAPS}/bench-0` };
    const patch = {
      method: 'PATCH',
      path: `${MAPS}/bench-0`,
      body: JSON.stringify({ data: { key: 'value-{}' } }),
      type: 'application/merge-patch+json',
    };
    await side('create', COUNT, 1, create);
    await side('get', COUNT * 4, 1, get);
    await side('patch', COUNT, 1, patch);
    await side('createAtOnce', COUNT * 5, AT_ONCE, create);
    await side('getAtOnce', COUNT * 10, AT_ONCE, get);
    await side('list500', LISTS, 1, { method: 'GET', path: '/api/v1/namespaces/default/pods?limit=500' });

    const kubeconfig = join(folder, 'admin.conf');
    writeAdminKubeconfig(kubeconfig, authority, listener.url, 'leme');
    const { status } = spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' });
    if (status === 0) values['kubectlGetPodsMs'] = await timedKubectl(kubeconfig, folder);

    report(values);
    await client.terminate();
    await pacer.stop();
    listener.dispose();
    bare.close();
    for (const socket of sockets) socket.destroy();
    workspace.dispose();
  });
}

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
