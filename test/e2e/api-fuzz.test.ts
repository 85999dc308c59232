import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../harness/raw-api-client.ts';
import { RawApiClient } from '../harness/raw-api-client.ts';
import { ServedHost } from '../harness/serve.ts';

// Whatever a client sends, the served API answers with a 4xx and a Status, or closes the connection; it goes on
// serving others, and what it took to refuse is given back.

/** Requests a property makes; more are made with FUZZ_RUNS. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const SEED = 20261127;

let folder: string;
let host: ServedHost;
let client: RawApiClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leme-fuzz-'));
  host = await ServedHost.start(folder, '--speed', '20');
  client = new RawApiClient(host.served);
}, 60_000);

afterAll(async () => {
  client.close();
  await host.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What a refused request looks like: a Status of a 4xx, nothing of our insides in it. */
function expectRefused(answer: Answer, what: string): void {
  if (answer.status === 0) return;
  expect(answer.status, `${what}\n${answer.body.slice(0, 400)}`).toBeGreaterThanOrEqual(400);
  expect(answer.status, `${what}\n${answer.body.slice(0, 400)}`).toBeLessThan(500);
  expectNoInsides(answer, what);
}

/** Refused or taken, never a fault of the server. */
function expectNoFault(answer: Answer, what: string): void {
  expect(answer.status, `${what}\n${answer.body.slice(0, 400)}`).toBeLessThan(500);
  expectNoInsides(answer, what);
}

function expectNoInsides(answer: Answer, what: string): void {
  expect(answer.body, what).not.toMatch(
    /\bat \S+ \(|\.ts:\d+|\.mjs:\d+|TypeError|RangeError|is not a function/,
  );
}

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

function pod(name: string): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels: { app: name } },
    spec: { containers: [{ name: 'main', image: 'nginx', ports: [{ containerPort: 80 }] }] },
  };
}

/** Every place of a JSON value, as the keys that lead there. */
function places(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...at]];
  return [[...at], ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]))];
}

function replaced(value: unknown, at: readonly string[], by: unknown): unknown {
  const [key, ...rest] = at;
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as Record<string, unknown>) };
  (copy as Record<string, unknown>)[key] = replaced((value as Record<string, unknown>)[key], rest, by);
  return copy;
}

describe('what is not the expected shape', () => {
  test('bodies that are no JSON, YAML or protobuf are refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
          fc.uint8Array({ minLength: 1, maxLength: 300 }),
          fc.constantFrom(
            '{',
            '[',
            '{"a":',
            '"',
            '{"kind":"Pod"',
            '\u0000',
            '- - -',
            '&a [*a]',
            '!!js/function x',
          ),
        ),
        fc.constantFrom(
          'application/json',
          'application/yaml',
          'application/vnd.kubernetes.protobuf',
          'application/cbor',
          'text/plain',
          ';;;',
        ),
        async (body, type) => {
          const bytes = typeof body === 'string' ? Buffer.from(body) : body;
          expectRefused(
            await client.send('POST', PODS, bytes, { 'content-type': type }),
            `${type} ${String(body)}`,
          );
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    await expectServing();
  });

  test('protobuf cut short or altered at any byte is no fault', async () => {
    const envelope = Buffer.concat([
      Buffer.from('k8s\0'),
      Buffer.from(
        '0a0e0a0276311209436f6e6669674d6170121a0a180a036d617012001a0022002a003200380042004a00',
        'hex',
      ),
    ]);
    await fc.assert(
      fc.asyncProperty(fc.nat(envelope.length - 1), fc.nat(255), fc.boolean(), async (at, value, cut) => {
        const bytes = cut ? envelope.subarray(0, at) : Buffer.from(envelope);
        if (!cut) bytes[at] = value;
        const type = { 'content-type': 'application/vnd.kubernetes.protobuf' };
        expectNoFault(await client.send('POST', `${MAPS}?dryRun=All`, bytes, type), `byte ${at}`);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    await expectServing();
  });

  test('a Pod with any place of it replaced by any JSON is taken or refused', async () => {
    const good = pod('fuzzed');
    const everywhere = places(good);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...everywhere), fc.jsonValue({ maxDepth: 3 }), async (at, by) => {
        const body = JSON.stringify(replaced(good, at, by));
        expectNoFault(await client.send('POST', `${PODS}?dryRun=All`, body), body);
      }),
      { numRuns: RUNS * 2, seed: SEED },
    );
    await expectServing();
  });

  test('unknown fields of any name, prototypes included, do no harm', async () => {
    for (const name of [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      '',
      '\u0000',
      'ünï',
    ]) {
      const text = JSON.stringify(pod('fuzzed')).replace('{', `{${JSON.stringify(name)}:{"polluted":true},`);
      expectNoFault(await client.send('POST', `${PODS}?dryRun=All`, text), name);
      const labelled = JSON.stringify(pod('fuzzed')).replace(
        '"labels":{',
        `"labels":{${JSON.stringify(name)}:"x",`,
      );
      expectNoFault(await client.send('POST', `${PODS}?dryRun=All`, labelled), name);
      const data = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{${JSON.stringify(name)}:"x"}}`;
      expectNoFault(await client.send('POST', `${MAPS}?dryRun=All`, data), name);
    }
    await expectServing();
  });
});

describe('paths, queries and headers', () => {
  const verb = fc.constantFrom(
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'HEAD',
    'TRACE',
    'PROPFIND',
  );

  test('any path and verb', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'api',
        'apis',
        'v1',
        'apps',
        'namespaces',
        'default',
        'pods',
        'status',
        'log',
        'exec',
        'proxy',
      ),
      fc.constantFrom(
        '..',
        '.',
        '%2e%2e',
        '%00',
        '%2f',
        '%ff',
        '%',
        '~',
        'watch',
        'openapi',
        'v3',
        'healthz',
      ),
      fc.string({ maxLength: 12 }).map((text) => encodeURIComponent(text.toWellFormed())),
    );
    await fc.assert(
      fc.asyncProperty(verb, fc.array(piece, { maxLength: 8 }), async (method, pieces) => {
        // A watch or a proxy to nowhere need not end by itself; what is asked is an answer's head.
        const path = `/${pieces.join('/')}`;
        if (method === 'DELETE' || path.includes('watch')) return;
        expectNoFault(await client.send(method, path), `${method} ${path}`);
      }),
      { numRuns: RUNS * 2, seed: SEED },
    );
    await expectServing();
  });

  test('any query of a list', async () => {
    const name = fc.constantFrom(
      'limit',
      'continue',
      'resourceVersion',
      'resourceVersionMatch',
      'labelSelector',
      'fieldSelector',
      'timeoutSeconds',
      'pretty',
      'sendInitialEvents',
      'allowWatchBookmarks',
    );
    const value = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        '-1',
        '0',
        '9e99',
        'NaN',
        '18446744073709551616',
        'a=b',
        'a in (',
        '!',
        'metadata.name',
        '=,=',
        '%',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (pairs) => {
        const query = pairs
          .map(([key, text]) => `${key}=${encodeURIComponent(text.toWellFormed())}`)
          .join('&');
        expectNoFault(await client.send('GET', `${PODS}?${query}`), query);
      }),
      { numRuns: RUNS * 2, seed: SEED },
    );
    await expectServing();
  });

  test('any Accept, Content-Type and impersonation', async () => {
    const text = fc.string({ unit: fc.constantFrom(...'abc/;=,*+ .q0-:'), maxLength: 40 });
    const name = fc.constantFrom(
      'accept',
      'content-type',
      'impersonate-user',
      'impersonate-group',
      'authorization',
    );
    await fc.assert(
      fc.asyncProperty(name, text, async (header, value) => {
        const headers = { [header]: value.trim() };
        expectNoFault(await client.send('GET', PODS, undefined, headers), `${header}: ${value}`);
      }),
      { numRuns: RUNS * 2, seed: SEED },
    );
    await expectServing();
  });
});

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
