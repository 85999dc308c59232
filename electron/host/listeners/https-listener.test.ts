import { execFile } from 'node:child_process';
import { statSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../cluster/api/registry.ts';
import type { KeyPairPem } from './certificates.ts';
import { CertificateAuthority } from './certificates.ts';
import { openHttpsListener } from './https-listener.ts';
import type { CertificateStore } from './interface.ts';
import { ServedCluster } from './testing/served-cluster.testing.ts';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly rawHeaders: readonly string[];
  readonly bytes: Buffer;
  readonly text: string;
}

/** What the barrier holds back until `release` is called; undefined: nothing. */
let held: (() => void)[] | undefined;
let served: ServedCluster;
let admin: KeyPairPem;

function memoryStore(): CertificateStore {
  const files = new Map<string, string>();
  return { load: (name) => files.get(name), save: (name, pem) => void files.set(name, pem) };
}

function send(
  path: string,
  options: RequestOptions = {},
  body?: string | Buffer,
  identity: KeyPairPem | undefined = undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: served.listener.port,
        path,
        ca: served.authority.pem,
        agent: false,
        ...(identity === undefined ? {} : { cert: identity.certificate, key: identity.key }),
        ...options,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawHeaders: response.rawHeaders,
            bytes: Buffer.concat(chunks),
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function kubectl(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      KUBECONFIG: served.kubeconfig,
      KUBECACHEDIR: `${served.folder}/cache`,
      HOME: served.folder,
    };
    execFile('kubectl', args, { env }, (error, stdout, stderr) => {
      resolve({
        code: error === null ? 0 : Number(error.code ?? 1),
        stdout,
        stderr: stderr.replace(/^WARNING: version.*\n/m, ''),
      });
    });
  });
}

const hasKubectl = await new Promise<boolean>((resolve) => {
  execFile('kubectl', ['version', '--client'], (error) => resolve(error === null));
});

beforeAll(async () => {
  served = await ServedCluster.start(STRATEGIES, {
    afterCommit: (fn) => (held === undefined ? fn() : held.push(fn)),
  });
  admin = served.authority.client('admin', 'unused', []);
});

afterAll(async () => {
  await served.stop();
});

describe('the HTTPS listener', () => {
  it('knows who asks: nobody, the administrator, somebody with a certificate of another authority', async () => {
    const anonymous = await send('/api/v1/namespaces/default/pods');
    expect([anonymous.status, JSON.parse(anonymous.text)]).toEqual([
      403,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message:
          'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
        reason: 'Forbidden',
        details: { kind: 'pods' },
        code: 403,
      },
    ]);
    expect((await send('/healthz')).text).toBe('ok');
    expect((await send('/api/v1/nodes', {}, undefined, admin)).status).toBe(200);
    const foreign = CertificateAuthority.open(memoryStore());
    const intruder = await foreign.client('x', 'kubernetes-admin', ['system:masters']);
    const refused = await send('/api/v1/nodes', {}, undefined, intruder);
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      401,
      expect.objectContaining({ message: 'Unauthorized', reason: 'Unauthorized' }),
    ]);
    const token = await send('/api/v1/nodes', { headers: { authorization: 'Bearer nosuch' } });
    expect(token.status).toBe(401);
  });

  it("orders and spells headers as Go's servers do", async () => {
    const { rawHeaders } = await send('/api/v1/namespaces/default', {}, undefined, admin);
    expect(rawHeaders.filter((_, index) => index % 2 === 0)).toEqual([
      'Audit-Id', 'Cache-Control', 'Content-Type', 'X-Kubernetes-Pf-Flowschema-Uid', 'X-Kubernetes-Pf-Prioritylevel-Uid',
      'Content-Length', 'Connection',
    ]); // prettier-ignore
  });

  it('compresses what is large for those who take gzip, and nothing else', async () => {
    const get = (accept: string | undefined, path = '/api/v1/namespaces/kube-public/configmaps') =>
      send(path, accept === undefined ? {} : { headers: { 'accept-encoding': accept } }, undefined, admin);
    for (let index = 0; index < 3; index += 1)
      await send(
        '/api/v1/namespaces/kube-public/configmaps',
        { method: 'POST', headers: { 'content-type': 'application/json' } },
        JSON.stringify({ metadata: { name: `big-${index}` }, data: { k: 'v'.repeat(60_000) } }),
        admin,
      );
    const plain = await get(undefined);
    expect([plain.headers['content-encoding'], plain.text.length > 180_000]).toEqual([undefined, true]);
    const packed = await get('deflate, gzip');
    expect([packed.status, packed.headers['content-encoding'], packed.headers['vary']]).toEqual([
      200,
      'gzip',
      'Accept-Encoding',
    ]);
    expect(Number(packed.headers['content-length'])).toBeLessThan(10_000);
    expect(gunzipSync(packed.bytes).toString()).toBe(plain.text);
    expect((await get('br, gzip;q=0')).headers['content-encoding']).toBeUndefined();
    const small = await get('gzip', '/api/v1/namespaces/kube-public/configmaps/big-0');
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  it('gives nothing to pages of other origins, nor under another name', async () => {
    const cross = await send('/version', { headers: { origin: 'https://example.com' } }, undefined, admin);
    expect([cross.status, cross.text, cross.headers['access-control-allow-origin']]).toEqual([
      403,
      'forbidden: cross-origin requests are not served\n',
      undefined,
    ]);
    const rebound = await send(
      '/version',
      { headers: { host: 'evil.example:6443' }, servername: 'localhost' },
      undefined,
      admin,
    );
    expect([rebound.status, rebound.text]).toEqual([403, expect.stringContaining('unexpected Host')]);
    const own = await send('/version', { headers: { origin: served.listener.url } });
    expect(own.status).toBe(200);
  });

  it('refuses a body beyond 3 MiB with the Status of upstream and closes', async () => {
    const body = Buffer.alloc(3 * 1024 * 1024 + 10, 0x20);
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const answer = await send(
      '/api/v1/namespaces/default/configmaps',
      { method: 'POST', headers },
      body,
      admin,
    );
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      413,
      expect.objectContaining({ message: 'Request entity too large: limit is 3145728' }),
    ]);
    expect(answer.headers['connection']).toBe('close');
  });

  it('answers only once what it tells is on disk', async () => {
    held = [];
    const body = JSON.stringify({ metadata: { name: 'committed' } });
    const headers = { 'content-type': 'application/json' };
    const answer = send('/api/v1/namespaces/default/configmaps', { method: 'POST', headers }, body, admin);
    let answered = false;
    void answer.then(() => (answered = true));
    await expect.poll(() => held?.length).toBeGreaterThan(0);
    expect(answered).toBe(false);
    const waiting = held;
    held = undefined;
    for (const fn of waiting) fn();
    expect((await answer).status).toBe(201);
  });

  it('streams a watch frame by frame and lets go when the client leaves', async () => {
    const frames: string[] = [];
    const outgoing = request({
      host: '127.0.0.1', port: served.listener.port, path: '/api/v1/namespaces/default/configmaps?watch=1', ca: served.authority.pem,
      cert: admin.certificate, key: admin.key, agent: false,
    }); // prettier-ignore
    outgoing.on('error', () => undefined);
    outgoing.on('response', (response) =>
      response.on('data', (chunk: Buffer) => frames.push(...chunk.toString().split('\n').filter(Boolean))),
    );
    outgoing.end();
    const headers = { 'content-type': 'application/json' };
    await send(
      '/api/v1/namespaces/default/configmaps',
      { method: 'POST', headers },
      JSON.stringify({ metadata: { name: 'seen' } }),
      admin,
    );
    await expect
      .poll(() =>
        frames
          .map((frame) => JSON.parse(frame) as { type: string; object: { metadata: { name: string } } })
          .map(({ type, object }) => `${type} ${object.metadata.name}`),
      )
      .toContain('ADDED seen');
    outgoing.destroy();
    const watchers = async (): Promise<string> => (await send('/metrics', {}, undefined, admin)).text;
    await expect.poll(watchers).toContain('apiserver_registered_watchers{group="",kind="ConfigMap"} 0');
  });

  it('takes the next port when the wanted one is busy', async () => {
    const gateway = { call: () => ({ send: () => undefined, cancel: () => undefined }) };
    const barrier = { afterCommit: (fn: () => void) => fn() };
    const second = await openHttpsListener({
      gateway,
      barrier,
      caPem: served.authority.pem,
      server: served.server,
      port: served.listener.port,
      log: () => undefined,
    });
    expect(second.port).toBeGreaterThan(served.listener.port);
    second.dispose();
  });

  it('writes a kubeconfig for its owner only, and keeps its certificates', async () => {
    expect(statSync(served.kubeconfig).mode & 0o777).toBe(0o600);
    const text = readFileSync(served.kubeconfig, 'utf8');
    expect(text).toContain(`server: ${served.listener.url}`);
    expect(served.authority.client('admin', 'unused', [])).toEqual(admin);
  });
});

describe.skipIf(!hasKubectl)('a stock kubectl', () => {
  it('creates, gets, scales, patches, applies and deletes', { timeout: 60_000 }, async () => {
    expect(await kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=3')).toEqual({
      code: 0,
      stdout: 'deployment.apps/web created\n',
      stderr: '',
    });
    expect((await kubectl('scale', 'deploy', 'web', '--replicas=5')).stdout).toBe(
      'deployment.apps/web scaled\n',
    );
    expect(
      (
        await kubectl(
          'patch',
          'deploy',
          'web',
          '-p',
          '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.27"}]}}}}',
        )
      ).stdout,
    ).toBe('deployment.apps/web patched\n');
    expect(
      (
        await kubectl(
          'get',
          'deploy',
          'web',
          '-o',
          'jsonpath={.spec.replicas} {.spec.template.spec.containers[*].image}',
        )
      ).stdout,
    ).toBe('5 nginx:1.27');
    expect((await kubectl('get', 'deploy')).stdout).toMatch(
      /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/5 /,
    );
    expect((await kubectl('run', 'p', '--image=nginx')).stdout).toBe('pod/p created\n');
    expect((await kubectl('describe', 'pod', 'p')).stdout).toContain('Status:           Pending');
    expect((await kubectl('delete', 'pod', 'p')).stdout).toContain('pod "p" deleted');
    expect(await kubectl('get', 'pod', 'p')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Error from server (NotFound): pods "p" not found\n',
    });
    expect((await kubectl('api-resources', '--no-headers')).stdout).toMatch(
      /^deployments +deploy +apps\/v1 +true +Deployment$/m,
    );
    expect((await kubectl('get', '--raw', '/healthz')).stdout).toBe('ok');
    expect((await kubectl('create', 'ns', 'default')).stderr).toBe(
      'Error from server (AlreadyExists): namespaces "default" already exists\n',
    );
    expect((await kubectl('logs', 'nosuch')).stderr).toContain('pods "nosuch" not found');
  });
});
