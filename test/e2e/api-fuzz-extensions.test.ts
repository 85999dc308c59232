import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectNoFault, expectRefused } from '../harness/expect-refused.ts';
import type { Answer } from '../harness/raw-api-client.ts';
import { RawApiClient } from '../harness/raw-api-client.ts';
import { eventually, ServedHost } from '../harness/serve.ts';

// What extends the API: definitions, rules and policies that explode. All is refused or taken, and the server goes on serving.

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
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const POLICIES = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const json = { 'content-type': 'application/json' };

function definition(schema: unknown): Record<string, unknown> {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'fuzzes.example.com' },
    spec: {
      group: 'example.com',
      names: { plural: 'fuzzes', singular: 'fuzz', kind: 'Fuzz', listKind: 'FuzzList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}

const define = (schema: unknown, query = '?dryRun=All'): Promise<Answer> =>
  client.send('POST', `${CRDS}${query}`, JSON.stringify(definition(schema)), json);

function nested(depth: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown {
  let value = leaf;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
}

/** CEL that a person would not write. */
const expressions = [
  '(',
  'self',
  '"a" + 1',
  `${'('.repeat(5_000)}1${')'.repeat(5_000)}`,
  `${'!'.repeat(5_000)}true`,
  Array.from({ length: 2_000 }, () => 'true').join(' && '),
  '[1,2,3].map(a, [1,2,3].map(b, [1,2,3].map(c, [1,2,3].map(d, [1,2,3].map(e, a+b+c+d+e))))).size() > 0',
  '"x".matches("(a+)+$".replace("a", "aaaaaaaaaaaaaaaaaaaaaaaa"))',
  `"${'a'.repeat(50_000)}b".matches("(a*)*c")`,
  '1/0 == 1',
  '[][9223372036854775807] == 1',
  'has(self.a.b.c.d.e)',
  '"%s".format(["%s".format([1])])',
  'duration("x") > duration("1h")',
  'quantity("1Ki").add(2) == quantity("x")',
  'object.spec.all(x, object.spec.all(y, object.spec.all(z, x == y && y == z)))',
  '"a".repeat(1000000000) != ""',
  '\u0000',
  '',
];

describe('custom resource definitions', () => {
  test('schemas of any JSON are refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (schema) => {
        expectNoFault(await define(schema), JSON.stringify(schema));
      }),
      { numRuns: RUNS, seed: SEED },
    );
    await expectServing();
  });

  test('deep, wide and self-similar schemas', async () => {
    const type = 'object';
    const schemas: Readonly<Record<string, unknown>> = {
      deep: nested(900, { type }, (a) => ({ type, properties: { a } })),
      'deep items': nested(900, { type: 'string' }, (items) => ({ type: 'array', items })),
      wide: {
        type,
        properties: Object.fromEntries(
          Array.from({ length: 5_000 }, (_, i) => [`p${i}`, { type: 'string', pattern: `^a{${i}}$` }]),
        ),
      },
      'all of all': nested(12, { type }, (a) => ({ type, allOf: [a, a] })),
      pattern: {
        type,
        properties: { a: { type: 'string', pattern: '((((a{1,1000}){1,1000}){1,1000}){1,1000})' } },
      },
      'no pattern': { type, properties: { a: { type: 'string', pattern: '(' } } },
      'long pattern': { type, properties: { a: { type: 'string', pattern: 'a|'.repeat(100_000) } } },
      reference: { type, properties: { a: { $ref: '#/properties/a' } } },
      default: { type, properties: { a: { type: 'integer', default: 'x' } } },
    };
    for (const [name, schema] of Object.entries(schemas)) expectNoFault(await define(schema), name);
    await expectServing();
  });

  test('rules that explode', async () => {
    for (const rule of expressions) {
      const schema = {
        type: 'object',
        properties: { spec: { type: 'array', items: { type: 'string' } } },
        'x-kubernetes-validations': [{ rule, message: 'no' }],
      };
      expectNoFault(await define(schema), rule.slice(0, 80));
    }
    const many = Array.from({ length: 500 }, () => ({ rule: 'self.spec.all(x, self.spec.all(y, x != y))' }));
    expectNoFault(
      await define({
        type: 'object',
        properties: { spec: { type: 'array', items: { type: 'string' } } },
        'x-kubernetes-validations': many,
      }),
      'many rules',
    );
    await expectServing();
  });

  test('objects of a definition: any JSON, and what makes its rules work hard', async () => {
    const schema = {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: {
            words: { type: 'array', maxItems: 1000, items: { type: 'string', maxLength: 100 } },
            pattern: { type: 'string', pattern: '^(a+)+$' },
          },
          'x-kubernetes-validations': [
            { rule: '!has(self.words) || self.words.all(x, self.words.exists_one(y, x == y))' },
          ],
        },
      },
    };
    expect((await define(schema, '')).status).toBe(201);
    const path = '/apis/example.com/v1/namespaces/default/fuzzes';
    await eventually(
      () => client.send('GET', path),
      ({ status }) => status === 200,
    );
    const fuzz = (spec: unknown): string =>
      JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Fuzz', metadata: { generateName: 'f-' }, spec });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (spec) => {
        expectNoFault(await client.send('POST', `${path}?dryRun=All`, fuzz(spec)), JSON.stringify(spec));
      }),
      { numRuns: RUNS, seed: SEED },
    );
    const words = Array.from({ length: 1_000 }, (_, i) => `w${i}`);
    expectNoFault(await client.send('POST', `${path}?dryRun=All`, fuzz({ words })), 'many words');
    expectRefused(await client.send('POST', `${path}?dryRun=All`, fuzz({ words: [...words, 'x'] })), 'words');
    const slow = fuzz({ pattern: `${'a'.repeat(50_000)}b` });
    expectRefused(await client.send('POST', `${path}?dryRun=All`, slow), 'pattern');
    await expectServing();
  });
});

describe('admission', () => {
  test('policies that explode are refused, or fail as their failure policy says', async () => {
    for (const [i, expression] of expressions.entries()) {
      const policy = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: { name: `fuzz-${i}` },
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
            ],
          },
          validations: [{ expression }],
          variables: [{ name: 'a', expression }],
        },
      };
      expectNoFault(await client.send('POST', POLICIES, JSON.stringify(policy)), expression.slice(0, 80));
      const binding = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: `fuzz-${i}` },
        spec: {
          policyName: `fuzz-${i}`,
          validationActions: ['Deny'],
          matchResources: {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } },
          },
        },
      };
      const bindings = POLICIES.replace('policies', 'policybindings');
      expectNoFault(await client.send('POST', bindings, JSON.stringify(binding)), `binding ${i}`);
      const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'm-' } };
      expectNoFault(
        await client.send('POST', MAPS, JSON.stringify(map)),
        `judged by ${expression.slice(0, 80)}`,
      );
      await client.send('DELETE', `${bindings}/fuzz-${i}`);
      await client.send('DELETE', `${POLICIES}/fuzz-${i}`);
    }
    await expectServing();
  });
});
