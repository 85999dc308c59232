import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';
import { answer, BOATS, boat, CRDS, define, MERGE, schema, VERSION } from './boats.testing.ts';

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('a custom resource', () => {
  it('is defaulted, pruned and judged by its schema', async () => {
    await define(cluster, {
      schema: schema({
        mode: { type: 'string', enum: ['fast', 'slow'] },
        tag: { type: 'string', pattern: '^[a-z]+$', maxLength: 4 },
        port: { 'x-kubernetes-int-or-string': true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        crew: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      }),
    });
    const made = await cluster.call(
      'POST',
      BOATS,
      boat('argo', { sails: 3, odd: 1, free: { a: 1 }, mode: null }),
    );
    expect(valueOf(made)).toMatchObject({
      metadata: { generation: 1, uid: expect.any(String) },
      spec: { sails: 3, name: 'nameless', free: { a: 1 } },
    });
    expect(valueOf(made)['spec']).not.toHaveProperty('odd');
    expect(valueOf(made)['spec']).not.toHaveProperty('mode');
    const refuse = async (spec: object): Promise<unknown> =>
      ((await answer(cluster, 'POST', BOATS, boat('bad', spec)))[1] as string).replace(
        'Boat.sea.example.com "bad" is invalid: ',
        '',
      );
    expect(await refuse({ sails: 0 })).toBe(
      'spec.sails: Invalid value: 0: spec.sails in body should be greater than or equal to 1',
    );
    expect(await refuse({ name: 'x' })).toBe('spec.sails: Required value');
    expect(await refuse({ sails: 'x' })).toBe(
      'spec.sails: Invalid value: "string": spec.sails in body must be of type integer: "string"',
    );
    expect(await refuse({ sails: 1, mode: 'up' })).toBe(
      'spec.mode: Unsupported value: "up": supported values: "fast", "slow"',
    );
    expect(await refuse({ sails: 1, tag: 'ABCDE' })).toBe(
      '[spec.tag: Too long: may not be more than 4 bytes, spec.tag: Invalid value: "ABCDE": spec.tag in body should match \'^[a-z]+$\']',
    );
    expect(await refuse({ sails: 1, port: true })).toBe(
      'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
    );
    expect(await refuse({ sails: 1, crew: [{ name: 'a' }, { name: 'a' }] })).toBe(
      'spec.crew[1]: Duplicate value: {"name":"a"}',
    );
  });

  it('says which fields it does not know', async () => {
    await define(cluster);
    const odd = boat('argo', { sails: 1, odd: { a: 1 } });
    expect(await answer(cluster, 'POST', `${BOATS}?fieldValidation=Strict`, odd)).toEqual([
      400,
      'Boat in version "v1" cannot be handled as a Boat: strict decoding error: unknown field "spec.odd"',
    ]);
    const warned = await cluster.call('POST', `${BOATS}?fieldValidation=Warn`, odd);
    expect([warned.status, warned.warnings]).toEqual([201, ['unknown field "spec.odd"']]);
    expect(await answer(cluster, 'POST', BOATS, { ...odd, apiVersion: 'sea.example.com/v9' })).toEqual([
      400,
      'the API version in the data (sea.example.com/v9) does not match the expected API version (sea.example.com/v1)',
    ]);
    expect((await answer(cluster, 'POST', BOATS, { ...odd, kind: 'Ship' }))[1]).toBe(
      'Boat.sea.example.com "argo" is invalid: kind: Invalid value: "Ship": must be Boat',
    );
  });

  it('has the columns its definition names', async () => {
    await define(cluster);
    await cluster.call('POST', BOATS, boat('argo'));
    const table = valueOf(
      await cluster.call('GET', BOATS, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }),
    );
    expect(table).toMatchObject({
      columnDefinitions: [{ name: 'Name' }, { name: 'Sails', type: 'integer' }, { name: 'Phase' }],
      rows: [{ cells: ['argo', 3, null] }],
    });
  });

  it('counts generations, and its status goes through its own door', async () => {
    await define(cluster);
    await cluster.call('POST', BOATS, boat('argo', { sails: 3 }, { status: { phase: 'Lost' } }));
    const patched = await cluster.call(
      'PATCH',
      `${BOATS}/argo`,
      { spec: { sails: 4 }, status: { crew: 9 } },
      MERGE,
    );
    expect(valueOf(patched)).toMatchObject({ metadata: { generation: 2 }, spec: { sails: 4 } });
    expect(valueOf(patched)).not.toHaveProperty('status');
    const reported = await cluster.call(
      'PATCH',
      `${BOATS}/argo/status`,
      { spec: { sails: 9 }, status: { phase: 'Sailing' } },
      MERGE,
    );
    expect(valueOf(reported)).toMatchObject({
      metadata: { generation: 2 },
      spec: { sails: 4 },
      status: { phase: 'Sailing' },
    });
    expect(
      await answer(
        cluster,
        'PATCH',
        `${BOATS}/argo`,
        { spec: { sails: 6 } },
        { 'content-type': 'application/strategic-merge-patch+json' },
      ),
    ).toEqual([
      415,
      'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    ]);
    expect((await answer(cluster, 'PUT', `${BOATS}/argo`, boat('argo')))[1]).toBe(
      'Boat.sea.example.com "argo" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update',
    );
  });

  it('is scaled by the paths its definition names', async () => {
    await define(cluster, {
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.sails', statusReplicasPath: '.status.crew' },
      },
    });
    await cluster.call('POST', BOATS, boat('argo'));
    const scale = valueOf(await cluster.call('GET', `${BOATS}/argo/scale`));
    expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 0 } });
    await cluster.call('PATCH', `${BOATS}/argo/scale`, { spec: { replicas: 7 } }, MERGE);
    expect(valueOf(await cluster.call('GET', `${BOATS}/argo`))).toMatchObject({
      metadata: { generation: 2 },
      spec: { sails: 7 },
    });
  });

  it('is applied, with owners of fields and conflicts', async () => {
    await define(cluster);
    const apply = (manager: string, spec: object, force = false) =>
      cluster.call('PATCH', `${BOATS}/argo?fieldManager=${manager}&force=${force}`, boat('argo', spec), {
        'content-type': 'application/apply-patch+yaml',
      });
    expect((await apply('one', { sails: 1 })).status).toBe(201);
    const conflict = await apply('two', { sails: 2 });
    expect([conflict.status, valueOf(conflict).message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "one": .spec.sails',
    ]);
    expect(valueOf(await apply('two', { sails: 2 }, true))).toMatchObject({
      spec: { sails: 2 },
      metadata: { managedFields: [{ manager: 'two', fieldsV1: { 'f:spec': { 'f:sails': {} } } }] },
    });
    const unknown = await apply('two', { sails: 2, odd: 1 });
    expect(valueOf(unknown).message).toContain('.spec.odd: field not declared in schema');
  });

  it('is watched, selected by its fields, and there after a restart', async () => {
    await define(cluster, { selectableFields: [{ jsonPath: '.spec.name' }] });
    const stream = await cluster.watch(`${BOATS}?watch=1&fieldSelector=spec.name%3Dargo`);
    await cluster.call('POST', BOATS, boat('a', { sails: 1, name: 'argo' }));
    await cluster.call('POST', BOATS, boat('b'));
    await cluster.run(10);
    expect(stream.items).toEqual([
      {
        type: 'ADDED',
        object: expect.objectContaining({ metadata: expect.objectContaining({ name: 'a' }) }),
      },
    ]);
    expect(await answer(cluster, 'GET', `${BOATS}?fieldSelector=spec.sails%3D1`)).toEqual([
      400,
      'field label not supported: spec.sails',
    ]);
    cluster.api?.kill('SIGKILL');
    cluster.startApi();
    await cluster.run(1_000);
    const list = valueOf(await cluster.call('GET', BOATS));
    expect([list['kind'], (list['items'] as unknown[]).length]).toEqual(['BoatList', 2]);
  });

  it('keeps the rules of its schema, also over a change', async () => {
    const ruled = schema({ crew: { type: 'integer' }, 'home-port': { type: 'string' } });
    const { spec } = ruled.openAPIV3Schema.properties;
    Object.assign(spec, {
      'x-kubernetes-validations': [
        { rule: '!has(self.crew) || self.crew >= self.sails', message: 'too few for the sails' },
        { rule: 'self.sails <= 9', messageExpression: '"no ship has " + string(self.sails) + " sails"' },
        { rule: 'self.sails >= oldSelf.sails' },
        {
          rule: "!has(self.home__dash__port) || self.home__dash__port != ''",
          reason: 'FieldValueRequired',
          fieldPath: '.home-port',
        },
      ],
    });
    await define(cluster, { schema: ruled });
    const say = async (name: string, fields: object): Promise<unknown> =>
      ((await answer(cluster, 'POST', BOATS, boat(name, fields)))[1] as string | undefined)?.replace(
        /^.* is invalid: /,
        '',
      );
    expect(await say('a', { sails: 3, crew: 2 })).toBe(
      'spec: Invalid value: "object": too few for the sails',
    );
    expect(await say('a', { sails: 12 })).toBe('spec: Invalid value: "object": no ship has 12 sails');
    expect(await say('a', { sails: 1, 'home-port': '' })).toContain('spec.home-port: Required value');
    expect(await say('a', { sails: 'x' })).toContain(
      '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    );
    expect(await say('a', { sails: 3, crew: 4 })).toBeUndefined();
    expect((await answer(cluster, 'PATCH', `${BOATS}/a`, { spec: { sails: 2 } }, MERGE))[1]).toContain(
      'spec: Invalid value: "object": failed rule: self.sails >= oldSelf.sails',
    );
  });

  it('has several versions, of which one is stored', async () => {
    const two = [
      { ...VERSION, name: 'v1beta1', storage: false, deprecated: true },
      { ...VERSION, name: 'v1' },
    ];
    await define(cluster, {}, { versions: two });
    const old = '/apis/sea.example.com/v1beta1/namespaces/default/boats';
    const made = await cluster.call('POST', old, { ...boat('argo'), apiVersion: 'sea.example.com/v1beta1' });
    expect([valueOf(made)['apiVersion'], made.warnings]).toEqual([
      'sea.example.com/v1beta1',
      ['sea.example.com/v1beta1 Boat is deprecated'],
    ]);
    expect(valueOf(await cluster.call('GET', `${BOATS}/argo`))['apiVersion']).toBe('sea.example.com/v1');
    expect(valueOf(await cluster.call('GET', '/apis/sea.example.com'))).toMatchObject({
      preferredVersion: { version: 'v1' },
      versions: [{ version: 'v1' }, { version: 'v1beta1' }],
    });
  });

  it('is in discovery and OpenAPI as long as its definition is there', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const groups = async (): Promise<unknown> =>
      JSON.stringify(valueOf(await cluster.call('GET', '/apis', undefined, { accept })));
    expect(await groups()).not.toContain('sea.example.com');
    await define(cluster);
    expect(await groups()).toContain('"resource":"boats"');
    expect(valueOf(await cluster.call('GET', '/apis/sea.example.com/v1'))).toMatchObject({
      resources: [
        {
          name: 'boats',
          singularName: 'boat',
          kind: 'Boat',
          shortNames: ['bt'],
          categories: ['all'],
          namespaced: true,
        },
        { name: 'boats/status', kind: 'Boat' },
      ],
    });
    const document = valueOf(await cluster.call('GET', '/openapi/v3/apis/sea.example.com/v1'));
    expect(document).toHaveProperty(
      [
        'components',
        'schemas',
        'com.example.sea.v1.Boat',
        'properties',
        'spec',
        'properties',
        'sails',
        'type',
      ],
      'integer',
    );
    const types = ['paths', '/apis/sea.example.com/v1/namespaces/{namespace}/boats/{name}', 'patch'];
    expect(document).toHaveProperty([...types, 'requestBody', 'content'], {
      'application/json-patch+json': expect.anything(),
      'application/merge-patch+json': expect.anything(),
    });
    expect(document).toHaveProperty([
      'components',
      'schemas',
      'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta',
    ]);
    expect(valueOf(await cluster.call('GET', '/openapi/v2'))).toHaveProperty([
      'definitions',
      'com.example.sea.v1.BoatList',
    ]);
    await cluster.call('DELETE', `${CRDS}/boats.sea.example.com`);
    await cluster.run(6_000);
    expect(await groups()).not.toContain('sea.example.com');
  });
});
