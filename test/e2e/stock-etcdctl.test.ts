import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, hasStockEtcdctl, ServedHost, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
const plainFolder = temporaryFolder();
let host: ServedHost;
let plain: ServedHost;

beforeAll(async () => {
  if (!hasStockEtcdctl()) return;
  host = await ServedHost.start(folder.path);
  plain = await ServedHost.start(plainFolder.path, '--etcd-plain');
});
afterAll(async () => {
  await host?.stop('SIGKILL');
  await plain?.stop('SIGKILL');
  folder.remove();
  plainFolder.remove();
});

const pki = (name: string): string => join(folder.path, 'pki', 'etcd', name);
const CERTIFICATES = (): string[] => [
  `--cacert=${pki('ca.crt')}`,
  `--cert=${pki('healthcheck-client.crt')}`,
  `--key=${pki('healthcheck-client.key')}`,
];

function etcdctl(
  endpoint: string | undefined,
  ...args: readonly string[]
): { readonly code: number; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync('etcdctl', [`--endpoints=${endpoint ?? ''}`, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ETCDCTL_API: '3' },
    timeout: 30_000,
  });
  return { code: status ?? -1, stdout, stderr };
}

/** The key, and its value, which is empty. */
const HELD = /^\/line\/[0-9a-f]+\n\n$/;

/** A command that goes on until it is interrupted. */
function inBackground(
  endpoint: string,
  ...args: readonly string[]
): { output(): string; interrupt(): void; readonly ended: Promise<unknown> } {
  const child = spawn('etcdctl', [`--endpoints=${endpoint}`, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ETCDCTL_API: '3' },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  return {
    output: () => output,
    interrupt: () => void child.kill('SIGINT'),
    ended: new Promise((resolve) => child.once('exit', resolve)),
  };
}

describe.skipIf(!hasStockEtcdctl())('a stock etcdctl', () => {
  it('reads what the API server wrote, over TLS with a certificate of kubeadm’s layout', () => {
    const [endpoint] = host.served.etcdEndpoints;
    expect(endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const keys = etcdctl(
      endpoint,
      ...CERTIFICATES(),
      'get',
      '/registry/namespaces/',
      '--prefix',
      '--keys-only',
    );
    expect(keys.stdout.split('\n').filter((line) => line !== '')).toEqual([
      '/registry/namespaces/default',
      '/registry/namespaces/kube-node-lease',
      '/registry/namespaces/kube-public',
      '/registry/namespaces/kube-system',
      '/registry/namespaces/local-path-storage',
    ]);
    for (const file of ['ca.crt', 'server.crt', 'server.key', 'peer.crt', 'healthcheck-client.key']) {
      expect(existsSync(join(folder.path, 'console/etc/kubernetes/pki/etcd', file))).toBe(true);
    }
  });

  it('is not let in without a certificate, nor with one of the other authority', () => {
    const [endpoint] = host.served.etcdEndpoints;
    const without = etcdctl(endpoint, `--cacert=${pki('ca.crt')}`, '--command-timeout=2s', 'get', 'a');
    expect(without.code).not.toBe(0);
    expect(without.stderr).toContain('context deadline exceeded');
    const foreign = etcdctl(
      endpoint,
      `--cacert=${pki('ca.crt')}`,
      `--cert=${join(folder.path, 'pki', 'admin.crt')}`,
      `--key=${join(folder.path, 'pki', 'admin.key')}`,
      '--command-timeout=2s',
      'get',
      'a',
    );
    expect(foreign.code).not.toBe(0);
  });

  it('finds its way by the member list: an authority that is a URL', () => {
    const [endpoint] = plain.served.etcdEndpoints;
    const status = etcdctl(endpoint, 'endpoint', 'status', '--cluster', '-w', 'simple');
    expect([status.code, status.stdout.split(', ')[0]]).toEqual([0, endpoint]);
    expect(etcdctl(endpoint, 'endpoint', 'health').stderr).toContain(
      'is healthy: successfully committed proposal',
    );
  });

  it('hears of what others write', async () => {
    const [endpoint = ''] = plain.served.etcdEndpoints;
    const watch = spawn('etcdctl', [`--endpoints=${endpoint}`, 'watch', '/seen', '--prefix'], {
      env: { PATH: process.env['PATH'] ?? '', ETCDCTL_API: '3' },
    });
    let output = '';
    watch.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    await eventually(
      () => {
        etcdctl(endpoint, 'put', '/seen/1', 'x');
        return output;
      },
      (text) => text.includes('PUT\n/seen/1\nx\n'),
    );
    watch.kill('SIGINT');
  });

  it('holds a lock while another waits, who gets it when the first one goes', async () => {
    const [endpoint = ''] = plain.served.etcdEndpoints;
    const ran = etcdctl(endpoint, 'lock', '/alone', '--', 'sh', '-c', 'echo "held $ETCD_LOCK_KEY"; exit 7');
    // A lock's command lends its exit code to nobody: etcdctl 3.4 says what it was and ends with 1.
    expect(ran.stdout).toMatch(/^held \/alone\/[0-9a-f]+\n$/);
    expect(ran).toMatchObject({ code: 1, stderr: 'Error: exit status 7\n' });
    const first = inBackground(endpoint, 'lock', '/line');
    await eventually(first.output, (text) => HELD.test(text));
    const second = inBackground(endpoint, 'lock', '/line');
    await eventually(
      () => etcdctl(endpoint, 'get', '/line/', '--prefix', '--keys-only').stdout,
      (text) => text.match(/^\/line\//gm)?.length === 2,
    );
    expect(second.output()).toBe('');
    first.interrupt();
    await eventually(second.output, (text) => HELD.test(text));
    expect(second.output()).not.toBe(first.output());
    second.interrupt();
    await second.ended;
    // Nobody's key is left.
    expect(etcdctl(endpoint, 'get', '/line/', '--prefix', '--keys-only').stdout).toBe('');
  });

  it('is elected, observed by another, and followed by a third', async () => {
    const [endpoint = ''] = plain.served.etcdEndpoints;
    const one = inBackground(endpoint, 'elect', '/office', 'one');
    await eventually(one.output, (text) => /^\/office\/[0-9a-f]+\none\n$/.test(text));
    const observer = inBackground(endpoint, 'elect', '-l', '/office');
    await eventually(observer.output, (text) => text.endsWith('\none\n'));
    const two = inBackground(endpoint, 'elect', '/office', 'two');
    await eventually(
      () => etcdctl(endpoint, 'get', '/office/', '--prefix', '--print-value-only').stdout,
      // In the order of their keys, which are the numbers of their leases.
      (text) => text === 'one\ntwo\n' || text === 'two\none\n',
    );
    expect(two.output()).toBe('');
    one.interrupt();
    await eventually(two.output, (text) => /^\/office\/[0-9a-f]+\ntwo\n$/.test(text));
    await eventually(observer.output, (text) => text.endsWith('\ntwo\n'));
    two.interrupt();
    observer.interrupt();
    await Promise.all([one.ended, two.ended, observer.ended]);
  });

  it('is told of mistakes in etcd’s words', () => {
    const [endpoint] = plain.served.etcdEndpoints;
    expect(etcdctl(endpoint, 'get', '')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('etcdserver: key is not provided') as string,
    });
    expect(etcdctl(endpoint, 'lease', 'revoke', '77').stderr).toContain(
      'etcdserver: requested lease not found',
    );
  });
});

describe.skipIf(!hasStockEtcdctl())('the same port over HTTP/1.1', () => {
  it('serves the JSON gateway, and refuses foreign names and origins', async () => {
    const [endpoint = ''] = plain.served.etcdEndpoints;
    const answer = await fetch(`${endpoint}/v3/kv/range`, {
      method: 'POST',
      body: JSON.stringify({ key: Buffer.from('/registry/namespaces/default').toString('base64') }),
    });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { count: string }).count).toBe('1');
    const foreign = await fetch(`${endpoint}/v3/kv/range`, {
      method: 'POST',
      headers: { origin: 'https://example.com' },
      body: '{}',
    });
    expect(foreign.status).toBe(403);
    expect((await fetch(`${endpoint}/v3/nonsense`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${endpoint}/v3/kv/range`)).status).toBe(405);
  });

  it('is not hurt by noise', async () => {
    const [endpoint = ''] = plain.served.etcdEndpoints;
    for (const text of [
      '\0\0\0',
      'PRI * HTTP/2.0\r\n\r\nXX',
      '\x16\x03\x01',
      `GET /${'x'.repeat(100_000)}`,
    ]) {
      await new Promise<void>((resolve) => {
        const socket = connectTcp(Number(new URL(endpoint).port), '127.0.0.1');
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.write(text);
        setTimeout(() => socket.destroy(), 200);
      });
    }
    expect(etcdctl(endpoint, 'get', 'a').code).toBe(0);
    expect(readFileSync(join(plainFolder.path, 'kubeconfig'), 'utf8')).toContain('clusters:');
  });
});
