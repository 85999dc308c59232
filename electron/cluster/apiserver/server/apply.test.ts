import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import type { ManagedEntry } from '../../apimachinery/managed-fields/managed.ts';
import { TestCluster, valueOf } from '../testing/test-cluster.testing.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const map = (data?: unknown, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'one', ...more },
  data,
});
const deployment = (more: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'nginx:1.25', ports: [{ containerPort: 80 }] }] },
    },
    ...more,
  },
});
let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

async function call(method: string, target: string, body?: unknown, headers = {}) {
  const response = await cluster.call(method, target, body, headers);
  return { status: response.status, value: valueOf(response), warnings: response.warnings };
}

const apply = (manager: string, body: unknown, more = '', target = `${MAPS}/one`) =>
  call('PATCH', `${target}?fieldManager=${manager}${more}`, body, APPLY);

/** `me Apply {"f:data":…}`, one a manager. */
async function owners(target = `${MAPS}/one`): Promise<string[]> {
  const { value } = await call('GET', target);
  const { managedFields = [] } = value.metadata as { managedFields?: ManagedEntry[] };
  return managedFields.map(
    ({ manager, operation, subresource, fieldsV1 }) =>
      `${manager} ${operation}${subresource === undefined ? '' : `/${subresource}`} ${JSON.stringify(fieldsV1)}`,
  );
}

describe('server-side apply', () => {
  it('creates, changes, and takes out what is no longer applied', async () => {
    expect((await apply('me', map({ a: '1', b: '2' }))).status).toBe(201);
    expect((await apply('me', map({ a: '1' }))).status).toBe(200);
    expect((await call('GET', `${MAPS}/one`)).value['data']).toEqual({ a: '1' });
    expect(await owners()).toEqual(['me Apply {"f:data":{"f:a":{}}}']);
    const before = (await call('GET', `${MAPS}/one`)).value.metadata;
    await cluster.run(5000);
    expect((await apply('me', map({ a: '1' }))).value.metadata).toEqual(before);
  });

  it('tells conflicts field by field, and takes the fields when forced', async () => {
    await apply('alice', map({ a: '1', b: '1' }));
    const { status, value } = await apply('bob', map({ a: '2', b: '2' }));
    expect(status).toBe(409);
    expect(value).toMatchObject({
      reason: 'Conflict',
      message: 'Apply failed with 2 conflicts: conflicts with "alice":\n- .data.a\n- .data.b',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "alice"', field: '.data.a' },
          { reason: 'FieldManagerConflict', message: 'conflict with "alice"', field: '.data.b' },
        ],
      },
    });
    expect((await apply('bob', map({ a: '2' }), '&force=true')).status).toBe(200);
    expect(await owners()).toEqual(['alice Apply {"f:data":{"f:b":{}}}', 'bob Apply {"f:data":{"f:a":{}}}']);
  });

  it('names an updater with its version and time', async () => {
    await call('POST', `${MAPS}?fieldManager=kubectl-create`, map({ a: '1' }));
    const { managedFields } = (await call('GET', `${MAPS}/one`)).value.metadata as {
      managedFields: ManagedEntry[];
    };
    expect((await apply('me', map({ a: '2' }))).value.message).toBe(
      `Apply failed with 1 conflict: conflict with "kubectl-create" using v1 at ${managedFields[0]?.time}: .data.a`,
    );
  });

  it('keeps a field for as long as somebody owns it', async () => {
    await apply('alice', map({ a: '1', b: '1' }));
    await apply('bob', map({ b: '1' }));
    await apply('alice', map({ a: '1' }));
    expect((await call('GET', `${MAPS}/one`)).value['data']).toEqual({ a: '1', b: '1' });
    await apply('bob', map(null));
    expect((await call('GET', `${MAPS}/one`)).value['data']).toEqual({ a: '1' });
  });

  it('writes nothing on a dry run', async () => {
    expect((await apply('me', map({ a: '1' }), '&dryRun=All')).status).toBe(201);
    expect((await call('GET', `${MAPS}/one`)).status).toBe(404);
  });

  it('takes over from kubectl what kubectl applied from its side', async () => {
    const text = `${JSON.stringify({ apiVersion: 'v1', data: { a: '1' }, kind: 'ConfigMap', metadata: { annotations: {}, name: 'one' } })}\n`;
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': text };
    await call('POST', `${MAPS}?fieldManager=kubectl-client-side-apply`, map({ a: '1' }, { annotations }));
    expect((await apply('other', map({ a: '2' }))).status).toBe(409);
    const { status, value } = await apply('kubectl', map({ a: '2' }));
    expect(status).toBe(200);
    expect((value.metadata as { annotations: object }).annotations).toEqual({
      'kubectl.kubernetes.io/last-applied-configuration':
        '{"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"one"}}\n',
    });
  });

  it('knows items by their keys, and what is in them', async () => {
    await apply('me', deployment(), '', `${DEPLOYMENTS}/web`);
    expect(await owners(`${DEPLOYMENTS}/web`)).toEqual([
      'me Apply {"f:spec":{"f:selector":{},"f:template":{"f:metadata":{"f:labels":{"f:app":{}}},"f:spec":{"f:containers":' +
        '{"k:{\\"name\\":\\"main\\"}":{".":{},"f:image":{},"f:name":{},"f:ports":{"k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}":' +
        '{".":{},"f:containerPort":{}}}}}}}}}',
    ]);
    const status = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      status: { replicas: 3 },
    };
    expect((await apply('ctl', status, '', `${DEPLOYMENTS}/web/status`)).status).toBe(200);
    expect((await owners(`${DEPLOYMENTS}/web`))[0]).toBe('ctl Apply/status {"f:status":{"f:replicas":{}}}');
    expect((await apply('ctl', status, '', `${DEPLOYMENTS}/none/status`)).status).toBe(404);
  });

  const typed = 'failed to create typed patch object (/web; apps/v1, Kind=Deployment): ';
  const withTemplate = (spec: object) =>
    deployment({ template: { metadata: { labels: { app: 'web' } }, spec } });
  it.each([
    ['', map(), 422, 'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'],
    ['?fieldManager=a%0Ab', map(), 422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Invalid value: "a\\nb": invalid character U+000A (at position 1)'],
    [`?fieldManager=${'x'.repeat(129)}`, map(), 422,
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes'],
    ['?fieldManager=me', map(), 400, 'invalid object type: /v1, Kind=ConfigMap'],
    ['?fieldManager=me', {}, 400, 'invalid object type: /, Kind='],
    ['?fieldManager=me', { ...deployment(), metadata: { name: 'web', managedFields: [] } }, 400, 'metadata.managedFields must be nil'],
    ['?fieldManager=me', { ...deployment(), metadata: { name: 'x' } }, 400,
      'the name of the object (x) does not match the name on the URL (web)'],
    ['?fieldManager=me', { ...deployment(), metadata: {} }, 400,
      'the name of the object (web based on URL) was undeterminable: name must be provided'],
    ['?fieldManager=me', { ...deployment(), metadata: { name: 'web', namespace: 'x' } }, 400,
      'the namespace of the object (x) does not match the namespace on the request (default)'],
    ['?fieldManager=me', { ...deployment(), metadata: { name: 'web', uid: 'u' } }, 409,
      'Operation cannot be fulfilled on deployments.apps "web": uid mismatch: the provided object specified uid u, and no existing object was found'],
    ['?fieldManager=me', deployment({ nope: 1 }), 500, `${typed}.spec.nope: field not declared in schema`],
    ['?fieldManager=me', withTemplate({ containers: [{ name: 'a' }, { name: 'a' }] }), 500,
      `${typed}.spec.template.spec.containers: duplicate entries for key [name="a"]`],
    ['?fieldManager=me', deployment({ replicas: '2' }), 500, `${typed}.spec.replicas: expected numeric (int or float), got string`],
  ])('refuses %s %j', async (query, body, code, message) => {
    const { status, value } = await call('PATCH', `${DEPLOYMENTS}/web${query}`, body, APPLY);
    expect([status, value.message]).toEqual([code, message]);
  }); // prettier-ignore

  it('reads YAML, and says when a key occurs twice', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\ndata:\n  a: "1"\n  a: "2"\n';
    const twice =
      'error converting YAML to JSON: yaml: unmarshal errors:\n  line 7: key "a" already set in map';
    const strict = await apply('me', text, '&fieldValidation=Strict');
    expect([strict.status, strict.value.message]).toEqual([400, `error strict decoding YAML: ${twice}`]);
    const warned = await apply('me', text);
    expect([warned.status, warned.warnings, warned.value['data']]).toEqual([201, [twice], { a: '2' }]);
    const broken = await apply('me', 'a: b: c');
    expect(broken.status).toBe(400);
    expect(broken.value.message).toContain(
      'error decoding YAML: error converting YAML to JSON: yaml: line 1',
    );
  });
});

describe('managedFields', () => {
  it('are named by the option or the user agent, without what the system writes', async () => {
    await call('POST', MAPS, map({ a: '1' }), { 'user-agent': 'curl/8.5 (linux)' });
    await cluster.run(1000);
    const label = { metadata: { labels: { x: 'y' } } };
    await call('PATCH', `${MAPS}/one?fieldManager=kubectl-label`, label, {
      'content-type': 'application/merge-patch+json',
    });
    expect(await owners()).toEqual([
      'curl Update {"f:data":{".":{},"f:a":{}}}',
      'kubectl-label Update {"f:metadata":{"f:labels":{".":{},"f:x":{}}}}',
    ]);
  });

  it('move to who changes a field, and nowhere when nothing changes', async () => {
    await call('POST', `${MAPS}?fieldManager=a`, map({ a: '1', b: '1' }));
    const { value } = await call('GET', `${MAPS}/one`);
    await cluster.run(1000);
    expect((await call('PUT', `${MAPS}/one?fieldManager=b`, value)).value).toEqual(value);
    await call('PUT', `${MAPS}/one?fieldManager=b`, { ...value, data: { a: '2' } });
    expect(await owners()).toEqual(['a Update {"f:data":{}}', 'b Update {"f:data":{"f:a":{}}}']);
  });

  it('are cleared by [{}], and then not kept until somebody applies', async () => {
    await call('POST', `${MAPS}?fieldManager=a`, map({ a: '1' }));
    await call('PUT', `${MAPS}/one`, map({ a: '1' }, { managedFields: [{}] }));
    expect(await owners()).toEqual([]);
    await call('PUT', `${MAPS}/one`, map({ a: '2' }));
    expect(await owners()).toEqual([]);
    expect((await apply('me', map({ a: '3' }))).value.message).toMatch(
      /^Apply failed with 1 conflict: conflict with "before-first-apply" using v1 at .*: \.data\.a$/,
    );
    await apply('me', map({ a: '2' }));
    expect((await owners()).map((owner) => owner.split(' {')[0])).toEqual([
      'me Apply',
      'before-first-apply Update',
    ]);
  });

  it('sent by a client count when they are well-formed', async () => {
    await call('POST', `${MAPS}?fieldManager=a`, map({ a: '1' }));
    const entry = {
      manager: 'z',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    };
    await call(
      'PUT',
      `${MAPS}/one`,
      map({ a: '1' }, { managedFields: [{ ...entry, operation: 'Sideways' }] }),
    );
    expect(await owners()).toEqual(['a Update {"f:data":{".":{},"f:a":{}}}']);
    await call('PUT', `${MAPS}/one`, map({ a: '1' }, { managedFields: [entry] }));
    expect(await owners()).toEqual(['z Apply {"f:data":{"f:a":{}}}']);
  });

  it('of more than ten updaters are joined from the oldest on', async () => {
    await call('POST', `${MAPS}?fieldManager=m00`, map({ k00: '1' }));
    for (let index = 1; index < 13; index += 1) {
      await cluster.run(1000);
      const patch = { data: { [`k${index}`]: '1' } };
      await call('PATCH', `${MAPS}/one?fieldManager=m${String(index).padStart(2, '0')}`, patch, {
        'content-type': 'application/merge-patch+json',
      });
    }
    const now = await owners();
    expect(now).toHaveLength(10);
    expect(now[0]).toBe(
      'ancient-changes Update {"f:data":{".":{},"f:k00":{},"f:k1":{},"f:k2":{},"f:k3":{}}}',
    );
  });

  it('of a status door leave spec and main fields alone', async () => {
    await call('POST', `${DEPLOYMENTS}?fieldManager=kubectl-create`, deployment());
    const { value } = await call('GET', `${DEPLOYMENTS}/web`);
    const changed = {
      ...value,
      spec: { ...(value['spec'] as object), replicas: 9 },
      status: { replicas: 2 },
    };
    await call('PUT', `${DEPLOYMENTS}/web/status`, changed, {
      'user-agent': 'kube-controller-manager/v1.34.9',
    });
    const now = await owners(`${DEPLOYMENTS}/web`);
    expect(now).toHaveLength(2);
    expect(now[0]).toBe('kube-controller-manager Update/status {"f:status":{"f:replicas":{}}}');
    expect(now[1]).toMatch(
      /^kubectl-create Update \{"f:spec":\{"f:progressDeadlineSeconds":\{\},"f:replicas":\{\},/,
    );
  });
});

describe('server-side apply of a scale', () => {
  const scale = (replicas?: number, more: object = {}) => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web' },
    spec: { replicas },
    ...more,
  });
  const SCALE = `${DEPLOYMENTS}/web/scale`;

  beforeEach(async () => {
    await apply('owner', deployment({ replicas: 1 }), '', `${DEPLOYMENTS}/web`);
  });

  it('conflicts with whoever owns the replicas, and takes them over by force', async () => {
    const refused = await apply('scaler', scale(3), '', SCALE);
    expect([refused.status, refused.value.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "owner": .spec.replicas',
    ]);
    const taken = await apply('scaler', scale(3), '&force=true', SCALE);
    expect([taken.status, taken.value['kind'], taken.value['spec']]).toEqual([200, 'Scale', { replicas: 3 }]);
    expect((await owners(`${DEPLOYMENTS}/web`)).filter((line) => line.includes('f:replicas'))).toEqual([
      'scaler Apply/scale {"f:spec":{"f:replicas":{}}}',
    ]);
    expect((await apply('owner', deployment({ replicas: 1 }), '', `${DEPLOYMENTS}/web`)).status).toBe(409);
  });

  it('is refused for another kind, another name, and what is not there', async () => {
    expect((await apply('scaler', deployment(), '', SCALE)).value.message).toBe(
      'invalid object type: apps/v1, Kind=Deployment',
    );
    expect((await apply('scaler', scale(1, { metadata: { name: 'x' } }), '', SCALE)).value.message).toBe(
      'the name of the object (x) does not match the name on the URL (web)',
    );
    const none = await apply('scaler', scale(1, { metadata: { name: 'no' } }), '', `${DEPLOYMENTS}/no/scale`);
    expect([none.status, none.value.message]).toEqual([404, 'deployments.apps "no" not found']);
  });
});
