import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoFault, expectRefused } from '../harness/expect-refused.ts';
import { RawApiClient } from '../harness/raw-api-client.ts';
import { ServedHost } from '../harness/serve.ts';

// Whatever a client sends, the served API answers with a 4xx and a Status, or closes the connection; it goes on
// serving others, and what it took to refuse is given back.

let folder: string;
let host: ServedHost;
let client: RawApiClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leme-bombs-'));
  host = await ServedHost.start(folder, '--speed', '20');
  client = new RawApiClient(host.served);
}, 60_000);

afterAll(async () => {
  client.close();
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function expectServing(): Promise<void> {
  const answer = await client.send('GET', '/api/v1/namespaces/default');
  expect(answer.status).toBe(200);
}

function residentMB(): number {
  const status = readFileSync(`/proc/${host.served.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000;
}

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

describe('bombs', () => {
  test('bodies nested 100,000 deep are refused, in every form', async () => {
    const deep = 100_000;
    const nested = `${'['.repeat(deep)}${']'.repeat(deep)}`;
    const objects = `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`;
    for (const inner of [nested, objects]) {
      const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep","annotations":${inner}}}`;
      expectRefused(await client.send('POST', MAPS, body), 'nested JSON');
      expectRefused(
        await client.send('POST', MAPS, body, { 'content-type': 'application/yaml' }),
        'nested YAML',
      );
      for (const type of [
        'merge-patch+json',
        'strategic-merge-patch+json',
        'apply-patch+yaml',
        'json-patch+json',
      ]) {
        const headers = { 'content-type': `application/${type}` };
        const patch = await client.send(
          'PATCH',
          `${MAPS}/kube-root-ca.crt?fieldManager=f&dryRun=All`,
          body,
          headers,
        );
        expectRefused(patch, type);
      }
    }
    await expectServing();
  });

  test('more than 3 MiB is refused as too large', async () => {
    const data = 'x'.repeat(4 * 1024 * 1024);
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'big' },
      data: { data },
    });
    const answer = await client.send('POST', MAPS, body);
    expect([0, 413]).toContain(answer.status);
    await expectServing();
  });

  test('YAML aliases do not grow', async () => {
    let text = 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n';
    for (let level = 1; level < 10; level += 1) {
      text += `a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(',')}]\n`;
    }
    const body = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n${text}`;
    expectRefused(
      await client.send('POST', MAPS, body, { 'content-type': 'application/yaml' }),
      'alias bomb',
    );
    await expectServing();
  });

  test('a JSON patch that copies itself is stopped', async () => {
    const made = await client.send(
      'POST',
      MAPS,
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'copied' }, data: { a: 'x' } }),
    );
    expect(made.status).toBe(201);
    const headers = { 'content-type': 'application/json-patch+json' };
    const doubling = Array.from({ length: 40 }, () => ({
      op: 'copy',
      from: '/metadata',
      path: '/metadata/annotations',
    }));
    expectRefused(
      await client.send('PATCH', `${MAPS}/copied`, JSON.stringify(doubling), headers),
      'doubling',
    );
    const many = Array.from({ length: 20_000 }, () => ({ op: 'add', path: '/data/b', value: 'x' }));
    const answer = await client.send('PATCH', `${MAPS}/copied`, JSON.stringify(many), headers);
    expect(answer.status).toBe(413);
    expect(answer.body).toContain('The allowed maximum operations in a JSON patch is 10000, got 20000');
    await expectServing();
  });

  test('selectors of 10,000 terms and of dangerous values are answered soon', async () => {
    const wide = Array.from({ length: 10_000 }, (_, index) => `k${index}=v`).join(',');
    // The request line has its limit; the same selector in a body has none but its own checks.
    expectRefused(
      await client.send('GET', `${PODS}?labelSelector=${encodeURIComponent(wide)}`),
      'wide selector',
    );
    const expressions = Array.from({ length: 5_000 }, (_, index) => ({
      key: `k${index}`,
      operator: 'Exists',
    }));
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'wide' },
      spec: {
        selector: { matchLabels: { app: 'x' }, matchExpressions: expressions },
        template: {
          metadata: { labels: { app: 'y' } },
          spec: { containers: [{ name: 'c', image: 'nginx' }] },
        },
      },
    };
    expectRefused(await client.send('POST', DEPLOYMENTS, JSON.stringify(deployment)), 'wide body selector');
    const slow = `${'a'.repeat(50_000)}!`;
    expectRefused(await client.send('GET', `${PODS}?labelSelector=${slow}`), 'long name');
    const long = `${PODS}?fieldSelector=${encodeURIComponent(`metadata.name=${slow}`)}`;
    expectNoFault(await client.send('GET', long), 'long value');
    await expectServing();
  });
});

describe('connections', () => {
  test('noise before and after the handshake ends its own connection only', async () => {
    const { url } = client;
    for (const noise of ['GET / HTTP/1.1\r\n\r\n', '\u0000\u0001\u0002', 'x'.repeat(70_000)]) {
      await new Promise<void>((resolve) => {
        const socket = connectTcp(Number(url.port), url.hostname, () => socket.end(noise));
        socket.on('close', () => resolve());
        socket.on('error', () => undefined);
        socket.resume();
      });
      const inside = await client.open();
      const ended = new Promise<void>((resolve) => inside.on('close', () => resolve()));
      inside.on('error', () => undefined);
      inside.resume();
      inside.write(noise.startsWith('GET') ? 'BREW /\r\n\r\n' : noise);
      inside.end();
      await ended;
    }
    await expectServing();
  });

  test('requests held open half way keep nobody else waiting', async () => {
    const held = await Promise.all(Array.from({ length: 50 }, () => client.open()));
    for (const socket of held) {
      socket.on('error', () => undefined);
      socket.write(
        `POST ${PODS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"`,
      );
    }
    await expectServing();
    // Half closed: the rest never comes.
    for (const socket of held) socket.end();
    await expectServing();
    for (const socket of held) socket.destroy();
    await expectServing();
  });

  test('a client that goes away in the middle of a list or a watch leaves nothing behind', async () => {
    for (let index = 0; index < 20; index += 1) {
      const socket = await client.open();
      socket.on('error', () => undefined);
      socket.write(`GET ${PODS}?watch=true HTTP/1.1\r\nhost: localhost\r\n\r\n`);
      await new Promise((resolve) => socket.once('data', resolve));
      socket.destroy();
    }
    await expectServing();
    const metrics = await client.send('GET', '/metrics');
    const running = /apiserver_longrunning_requests\{[^}]*resource="pods"[^}]*\} (\d+)/.exec(
      metrics.body,
    )?.[1];
    if (running !== undefined) expect(Number(running)).toBeLessThan(20);
  });
});

test.skipIf(!existsSync('/proc/self/status'))(
  'memory returns after a flood of refused bodies',
  async () => {
    const body = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'X' },
      spec: { x: 'y'.repeat(2_000_000) },
    });
    const flood = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1) {
        await Promise.all(
          Array.from({ length: 4 }, async () =>
            expectRefused(await client.send('POST', PODS, body), 'flood'),
          ),
        );
      }
    };
    // The first flood warms the heap up to its working size; a second, as long, must not add to it.
    await flood();
    const before = residentMB();
    await flood();
    await flood();
    expect(residentMB() - before).toBeLessThan(80);
    await expectServing();
  },
  60_000,
);
