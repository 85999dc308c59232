import { beforeEach, describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import type { HttpHeaders } from '../../network/http.ts';
import { TestCluster, certificate, valueOf } from '../testing/test-cluster.testing.ts';

const PODS = '/api/v1/namespaces/default/pods';
const pod = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...more },
  spec: { containers: [{ name: 'main', image: 'nginx:1.25' }] },
});
let cluster: TestCluster;

async function status(
  method: string,
  target: string,
  body?: unknown,
  headers: HttpHeaders = {},
): Promise<[number, unknown]> {
  const response = await cluster.call(method, target, body, headers);
  return [response.status, valueOf(response).message];
}

beforeEach(async () => {
  cluster = await TestCluster.start(STRATEGIES);
});

describe('answers', () => {
  it('come as Table, metadata only, YAML or pretty text', async () => {
    await cluster.call('POST', PODS, pod('a'));
    const table = valueOf(
      await cluster.call('GET', PODS, undefined, {
        accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      }),
    );
    expect(table).toMatchObject({
      kind: 'Table',
      rows: [
        {
          cells: ['a', '0/1', 'Pending', '0', expect.any(String), '<none>', '<none>', '<none>', '<none>'],
          object: { kind: 'PartialObjectMetadata' },
        },
      ],
    });
    const partial = valueOf(
      await cluster.call('GET', PODS, undefined, {
        accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
      }),
    );
    expect(partial).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata', metadata: { name: 'a' } }],
    });
    expect(
      valueOf(await cluster.call('GET', `${PODS}/a`, undefined, { accept: 'application/yaml' }))['text'],
    ).toMatch(/^apiVersion: v1\nkind: Pod\n/);
    expect(valueOf(await cluster.call('GET', `${PODS}/a?pretty=true`))['text']).toMatch(
      /^\{\n {2}"kind": "Pod",\n {2}"apiVersion": "v1",\n {2}"metadata": \{\n/,
    );
    expect((await status('GET', PODS, undefined, { accept: 'text/html' }))[0]).toBe(406);
  });

  it('carry the verdict of every stage', async () => {
    await cluster.call('POST', PODS, pod('a'));
    const records = [...cluster.simulation.log.range(0)];
    const answer = records.findLast(
      (record) =>
        record.kind === 'message' && record.phase === 'response' && record.summary === '201 Created',
    );
    expect(answer).toMatchObject({
      detail: {
        user: 'kubernetes-admin',
        authn: 'x509',
        authz: 'system:masters',
        admission: ['ServiceAccount: changed', 'Priority: changed', 'DefaultTolerationSeconds: changed'],
        etcd: 'create',
        code: 201,
      },
    });
  });

  it('to components follow their roles, and administrators may act as others', async () => {
    const scheduler = certificate('system:kube-scheduler');
    expect((await cluster.call('GET', '/api/v1/pods', undefined, {}, scheduler)).status).toBe(200);
    const refused = await cluster.call('POST', PODS, pod('x'), {}, scheduler);
    expect([refused.status, valueOf(refused).message]).toEqual([
      403,
      'pods is forbidden: User "system:kube-scheduler" cannot create resource "pods" in API group "" in the namespace "default"',
    ]);
    expect(
      (await cluster.call('GET', '/api/v1/pods', undefined, { 'impersonate-user': 'jane' })).status,
    ).toBe(403);
    const denied = await cluster.call(
      'GET',
      '/api/v1/pods',
      undefined,
      { 'impersonate-user': 'jane' },
      scheduler,
    );
    expect(valueOf(denied).message).toBe(
      'users "jane" is forbidden: User "system:kube-scheduler" cannot impersonate resource "users" in API group "" at the cluster scope',
    );
  });

  it('to watchers include bookmarks and the end of the initial events', async () => {
    await cluster.call('POST', PODS, pod('a'));
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const stream = await cluster.watch(`${PODS}?${query}`);
    await cluster.run(6_000);
    expect(stream.items).toEqual([
      { type: 'ADDED', object: expect.objectContaining({ kind: 'Pod' }) },
      {
        type: 'BOOKMARK',
        object: expect.objectContaining({
          metadata: expect.objectContaining({ annotations: { 'k8s.io/initial-events-end': 'true' } }),
        }),
      },
    ]);
    await cluster.run(61_000);
    expect(stream.items.slice(2)).toEqual([
      { type: 'BOOKMARK', object: expect.objectContaining({ kind: 'Pod', apiVersion: 'v1' }) },
    ]);
    expect((await status('GET', `${PODS}?watch=1&sendInitialEvents=true`))[1]).toContain(
      'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
    );
    const before = cluster.simulation.log.nextId;
    expect((await status('GET', `${PODS}?resourceVersion=999999999`))[1]).toMatch(
      /^Timeout: Too large resource version: 999999999, current: \d+$/,
    );
    // Asking etcd for progress is paced: 3 s of waiting are some 30 questions, not thousands.
    expect(cluster.simulation.log.nextId - before).toBeLessThan(150);
  });

  it('are the same after the same requests', async () => {
    const run = async (): Promise<unknown> => {
      const one = await TestCluster.start(STRATEGIES);
      const answers = [];
      for (const name of ['a', 'b'])
        answers.push(await one.call('POST', PODS, pod('', { generateName: `${name}-` })));
      return answers;
    };
    expect(await run()).toEqual(await run());
  });
});

describe('discovery and schemas', () => {
  it('offer both forms of discovery, with an ETag', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const aggregated = await cluster.call('GET', '/apis', undefined, { accept });
    expect(valueOf(aggregated)).toMatchObject({
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
    });
    const again = await cluster.call('GET', '/apis', undefined, {
      accept,
      'if-none-match': aggregated.headers['etag'] as string,
    });
    expect(again.status).toBe(304);
    expect(valueOf(await cluster.call('GET', '/apis'))).toMatchObject({ kind: 'APIGroupList' });
    expect(valueOf(await cluster.call('GET', '/apis/apps/v1'))).toMatchObject({
      kind: 'APIResourceList',
      resources: expect.arrayContaining([
        expect.objectContaining({ name: 'deployments/scale', group: 'autoscaling', kind: 'Scale' }),
      ]),
    });
    expect((await cluster.call('GET', '/apis/nosuch.example.com/v1')).status).toBe(404);
  });

  it('give OpenAPI documents by hash', async () => {
    const index = valueOf(await cluster.call('GET', '/openapi/v3')) as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    const url = index.paths['apis/apps/v1']?.serverRelativeURL ?? '';
    expect(url).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{32}$/);
    const document = valueOf(await cluster.call('GET', url)) as {
      paths: Record<string, { post: { parameters: { name: string }[] } }>;
      components: { schemas: object };
    };
    expect(
      document.paths['/apis/apps/v1/namespaces/{namespace}/deployments']?.post.parameters.map(
        ({ name }) => name,
      ),
    ).toContain('fieldValidation');
    expect(document.components.schemas).toHaveProperty(['io.k8s.api.apps.v1.Deployment']);
    expect(document.components.schemas).toHaveProperty(
      ['io.k8s.api.apps.v1.DeploymentSpec', 'properties', 'replicas', 'description'],
      'Number of desired pods. This is a pointer to distinguish between explicit zero and not specified. Defaults to 1.',
    );
    expect(valueOf(await cluster.call('GET', '/openapi/v3/api/v1'))).toHaveProperty(
      ['components', 'schemas', 'io.k8s.api.core.v1.PodSpec', 'properties', 'restartPolicy', 'description'],
      expect.stringMatching(
        /^Restart policy for all containers .*\n\nPossible enum values:\n - `"Always"`\n - `"Never"`\n - `"OnFailure"`$/,
      ),
    );
    expect(valueOf(await cluster.call('GET', '/openapi/v2'))).toMatchObject({ swagger: '2.0' });
    expect(valueOf(await cluster.call('GET', '/version'))['text']).toContain('"gitVersion": "v1.34.9"');
  });
});
