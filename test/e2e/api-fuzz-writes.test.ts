import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoFault, expectRefused } from '../harness/expect-refused.ts';
import type { Answer } from '../harness/raw-api-client.ts';
import { RawApiClient } from '../harness/raw-api-client.ts';
import { eventually, ServedHost } from '../harness/serve.ts';

// What is computed from a request: patches that grow, owners of fields that lie, altered certificates, continue tokens and frames
// of streams. All is refused or taken, and the server goes on serving.

/** Requests a property makes; more are made with FUZZ_RUNS, from another seed with FUZZ_SEED. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 15);
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
  expect((await client.send('GET', '/api/v1/namespaces/default')).status).toBe(200);
}

const MAPS = '/api/v1/namespaces/default/configmaps';
const CSRS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
/** A request for jane of team, as openssl makes it. */
const CSR =
  'MIHZMIGAAgEAMB4xDTALBgNVBAoMBHRlYW0xDTALBgNVBAMMBGphbmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQoWnrpWrxe' +
  'cjFjIoBPG+sfEsClUVq0GIFSyXjbUeQ+1F3YVDvKa4yX14WVGZtXbA1D0UsQDqHPTdeNI7/+UJ2RoAAwCgYIKoZIzj0EAwIDSAAw' +
  'RQIhAILerp5E2pkgGJpctEpdDptk8worRrqEzK/75wiDIsz8AiAbA7NT0cosoOM2KL9c60JtoKFTIVI0Tn1YhA0goq6dHw==';
const json = { 'content-type': 'application/json' };

function nested(depth: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown {
  let value = leaf;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

describe('patches', () => {
  beforeAll(async () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'patched' },
      data: { a: 'x'.repeat(1000) },
    };
    expect((await client.send('POST', MAPS, JSON.stringify(map))).status).toBe(201);
  });

  const patch = (type: string, body: string, query = '?dryRun=All'): Promise<Answer> =>
    client.send('PATCH', `${MAPS}/patched${query}`, body, { 'content-type': `application/${type}` });

  test('JSON patches: too many, growing, nowhere', async () => {
    const many = Array.from({ length: 10_001 }, () => ({ op: 'add', path: '/data/b', value: 'x' }));
    expectRefused(await patch('json-patch+json', JSON.stringify(many)), 'too many');
    // Each copy doubles what is there.
    const doubling = Array.from({ length: 64 }, (_, i) => ({
      op: 'copy',
      from: '/data',
      path: `/data/k${i}`,
    }));
    expectRefused(await patch('json-patch+json', JSON.stringify(doubling)), 'doubling');
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record(
            {
              op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x', ''),
              path: fc.oneof(
                fc.constantFrom(
                  '',
                  '/',
                  '/data',
                  '/data/a',
                  '/metadata',
                  '/data/-',
                  '/~2',
                  '/data/~',
                  'a',
                  '/metadata/name',
                ),
                fc.string({ maxLength: 12 }),
              ),
              from: fc.constantFrom('', '/', '/data', '/metadata', '/nope'),
              value: fc.jsonValue({ maxDepth: 2 }),
            },
            { requiredKeys: ['op'] },
          ),
          { maxLength: 5 },
        ),
        async (operations) => {
          const body = JSON.stringify(operations);
          expectNoFault(await patch('json-patch+json', body), body);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    await expectServing();
  });

  const upstreamFaults =
    /^(unknown patch type: .* in map: |cannot merge lists without merge key|merging lists cannot yet be specified|map: .* does not contain declared merge key: )/;

  test('merge and strategic patches of any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('merge-patch+json', 'strategic-merge-patch+json'),
        fc.oneof(
          fc.jsonValue({ maxDepth: 4 }),
          fc.dictionary(
            fc.constantFrom(
              '$patch',
              '$setElementOrder/finalizers',
              '$deleteFromPrimitiveList/finalizers',
              '$retainKeys',
              'metadata',
              'data',
            ),
            fc.jsonValue({ maxDepth: 2 }),
          ),
          fc.record({
            metadata: fc.dictionary(
              fc.constantFrom(
                '$patch',
                '$setElementOrder/finalizers',
                '$deleteFromPrimitiveList/finalizers',
                '$retainKeys',
                'finalizers',
                'ownerReferences',
                'labels',
              ),
              fc.jsonValue({ maxDepth: 2 }),
            ),
          }),
        ),
        async (type, value) => {
          const body = JSON.stringify(value);
          const answer = await patch(type, body);
          // What the library has no error of its own for is a 500 upstream, too, with its words.
          if (answer.status === 500)
            expect((JSON.parse(answer.body) as { message: string }).message).toMatch(upstreamFaults);
          else expectNoFault(answer, `${type} ${body}`);
        },
      ),
      { numRuns: RUNS * 2, seed: SEED },
    );
    await expectServing();
  });

  test('server-side apply over owners that lie', async () => {
    const managers = fc.array(
      fc.record(
        {
          manager: fc.string({ maxLength: 10 }),
          operation: fc.constantFrom('Apply', 'Update', 'x', ''),
          apiVersion: fc.constantFrom('v1', 'v9', 'apps/v1', '', '//'),
          time: fc.constantFrom('2026-01-01T00:00:00Z', 'x', null, 5),
          fieldsType: fc.constantFrom('FieldsV1', 'FieldsV2', ''),
          fieldsV1: fc.oneof(
            fc.jsonValue({ maxDepth: 4 }),
            fc.dictionary(
              fc.constantFrom(
                'f:data',
                'f:metadata',
                '.',
                'k:{"a":1}',
                'k:',
                'v:"x"',
                'v:',
                'i:0',
                'i:x',
                'f:',
                'x',
              ),
              fc.jsonValue({ maxDepth: 3 }),
            ),
          ),
          subresource: fc.constantFrom('', 'status', 'x'),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(managers, fc.boolean(), async (managedFields, apply) => {
        const body = JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'patched', managedFields },
          data: { a: 'y' },
        });
        const answer = apply
          ? await patch('apply-patch+yaml', body, '?fieldManager=fuzz&force=true')
          : await patch('merge-patch+json', body, '');
        expectNoFault(answer, body);
      }),
      { numRuns: RUNS * 2, seed: SEED },
    );
    const deep = nested(2_000, {}, (inner) => ({ 'f:a': inner }));
    const lying = {
      metadata: {
        managedFields: [
          { manager: 'a', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: deep },
        ],
      },
    };
    expectNoFault(await patch('merge-patch+json', JSON.stringify(lying), ''), 'deep owners');
    expectNoFault(
      await patch(
        'apply-patch+yaml',
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"patched"},"data":{"a":"z"}}',
        '?fieldManager=fuzz&force=true',
      ),
      'apply after',
    );
    await expectServing();
  });
});

describe('certificates and tokens', () => {
  test('requests whose PEM or DER is altered anywhere', async () => {
    const der = Buffer.from(CSR, 'base64');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.tuple(fc.nat(der.length - 1), fc.nat(255)).map(([at, value]) => {
            const copy = Buffer.from(der);
            copy[at] = value;
            return new Uint8Array(copy);
          }),
        ),
        fc.constantFrom('CERTIFICATE REQUEST', 'CERTIFICATE', ''),
        async (bytes, label) => {
          const pem = `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64')}\n-----END ${label}-----\n`;
          const request = {
            apiVersion: 'certificates.k8s.io/v1',
            kind: 'CertificateSigningRequest',
            metadata: { generateName: 'fuzz-' },
            spec: {
              request: Buffer.from(label === '' ? bytes : pem).toString('base64'),
              signerName: 'kubernetes.io/kube-apiserver-client',
              usages: ['client auth'],
            },
          };
          expectNoFault(await client.send('POST', `${CSRS}?dryRun=All`, JSON.stringify(request)), pem);
        },
      ),
      { numRuns: RUNS * 2, seed: SEED },
    );
    await expectServing();
  });

  test('token requests of any JSON', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          audiences: fc.jsonValue({ maxDepth: 2 }),
          expirationSeconds: fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.double(), fc.maxSafeInteger()),
          boundObjectRef: fc.jsonValue({ maxDepth: 2 }),
        }),
        async (spec) => {
          const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });
          const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
          expectNoFault(await client.send('POST', path, body), body);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    const long = Array.from({ length: 10_000 }, (_, i) => `audience-${i}`);
    expectNoFault(
      await client.send(
        'POST',
        '/api/v1/namespaces/default/serviceaccounts/default/token',
        JSON.stringify({ spec: { audiences: long } }),
      ),
      'many audiences',
    );
    await expectServing();
  });

  test('bearer tokens of any form are nobody’s', async () => {
    const part = fc.oneof(
      fc.base64String({ maxLength: 60 }),
      fc.constantFrom('', 'e30', 'eyJhbGciOiJub25lIn0', '.', 'null'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
        const token = parts.join('.');
        const answer = await client.send('GET', MAPS, undefined, { authorization: `Bearer ${token}` });
        expectNoFault(answer, token);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});

describe('lists and bodies', () => {
  test('continue tokens that were altered', async () => {
    const first = await client.send('GET', '/api/v1/pods?limit=1');
    const token = (JSON.parse(first.body) as { metadata: { continue: string } }).metadata.continue;
    expect(token).not.toBe('');
    const decoded = Buffer.from(token, 'base64url').toString('utf8');
    await fc.assert(
      fc.asyncProperty(fc.nat(decoded.length - 1), fc.string({ maxLength: 5 }), async (at, by) => {
        const altered = Buffer.from(`${decoded.slice(0, at)}${by}${decoded.slice(at + 1)}`).toString(
          'base64url',
        );
        expectNoFault(await client.send('GET', `/api/v1/pods?limit=1&continue=${altered}`), altered);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    await expectServing();
  });

  test('selectors of a megabyte', async () => {
    const terms = Array.from({ length: 60_000 }, (_, i) => `k${i}=v`).join(',');
    for (const name of ['labelSelector', 'fieldSelector'])
      expectRefused(await client.send('GET', `/api/v1/pods?${name}=${encodeURIComponent(terms)}`), name);
    const medium = Array.from({ length: 800 }, (_, i) => `k${i}!=v`).join(',');
    expectNoFault(
      await client.send('GET', `/api/v1/pods?labelSelector=${encodeURIComponent(medium)}`),
      'medium',
    );
    await expectServing();
  });

  test('a body that is compressed is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024, ' '));
    const headers = { ...json, 'content-encoding': 'gzip' };
    expectRefused(await client.send('POST', MAPS, bomb, headers), 'gzip');
    await expectServing();
  });
});

describe('streams', () => {
  test('frames of any bytes into exec and port-forward end their own connection only', async () => {
    const pods = await eventually(
      () => client.send('GET', '/api/v1/namespaces/kube-system/pods?fieldSelector=status.phase%3DRunning'),
      ({ body }) => (JSON.parse(body) as { items: unknown[] }).items.length > 0,
    );
    const [first] = (JSON.parse(pods.body) as { items: { metadata: { name: string } }[] }).items;
    const pod = `/api/v1/namespaces/kube-system/pods/${first?.metadata.name ?? ''}`;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          ['exec?command=cat&stdin=true&stdout=true', 'v5.channel.k8s.io'],
          ['exec?command=cat&stdin=true&stdout=true&tty=true', 'v4.channel.k8s.io'],
          ['attach?stdin=true&stdout=true', 'v5.channel.k8s.io'],
          ['portforward?ports=2381', 'v4.channel.k8s.io'],
          ['portforward', 'SPDY/3.1+portforward.k8s.io'],
        ),
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }),
        async ([path = '', protocol = ''], frames) => {
          const socket = await client.open();
          const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
          socket.on('error', () => undefined);
          socket.write(
            `GET ${pod}/${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
          );
          const head = await new Promise<string>((resolve) => {
            socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1')));
            void closed.then(() => resolve(''));
          });
          expect(head, path).not.toMatch(/^HTTP\/1\.1 5/);
          for (const frame of frames) socket.write(frame);
          socket.end();
          socket.destroy();
          await closed;
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    await expectServing();
  });
});
