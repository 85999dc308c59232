import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoFault, expectRefused } from '../harness/expect-refused.ts';
import { RawApiClient } from '../harness/raw-api-client.ts';
import { ServedHost } from '../harness/serve.ts';

// Whatever a client sends, the served API answers with a 4xx and a Status, or closes the connection; it goes on
// serving others, and what it took to refuse is given back.

/** Requests a property makes; more are made with FUZZ_RUNS. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261127);

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

async function expectServing(): Promise<void> {
  const answer = await client.send('GET', '/api/v1/namespaces/default');
  expect(answer.status).toBe(200);
}

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';

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
        // A group without a user is upstream's one 500 for a header.
        const user: Record<string, string> =
          header === 'impersonate-group' ? { 'impersonate-user': 'somebody' } : {};
        const headers = { ...user, [header]: value.trim() };
        expectNoFault(await client.send('GET', PODS, undefined, headers), `${header}: ${value}`);
      }),
      { numRuns: RUNS * 2, seed: SEED },
    );
    await expectServing();
  });
});
