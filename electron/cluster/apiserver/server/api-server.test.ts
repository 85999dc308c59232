import { beforeEach, describe, expect, it } from 'vitest';
import { TEST_STRATEGIES } from '../testing/strategies.testing.ts';
import { TestCluster, certificate, valueOf } from '../testing/test-cluster.testing.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string, data: Record<string, string> = {}, labels?: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(labels === undefined ? {} : { labels }) },
  data,
});
let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.start(TEST_STRATEGIES);
});

describe('kube-apiserver', () => {
  it('makes the system namespaces and becomes ready', async () => {
    const ready = await cluster.call('GET', '/readyz?verbose');
    expect([ready.status, valueOf(ready)['text']]).toEqual([200, expect.stringContaining('[+]etcd ok\n')]);
    const list = valueOf(await cluster.call('GET', '/api/v1/namespaces'));
    expect(list['kind']).toBe('NamespaceList');
    expect((list['items'] as { metadata: { name: string } }[]).map((item) => item.metadata.name)).toEqual([
      'default', 'kube-node-lease', 'kube-public', 'kube-system',
    ]); // prettier-ignore
  });

  it('creates, gets, lists, updates and deletes, each write with a resourceVersion of its own', async () => {
    const created = await cluster.call('POST', CONFIG_MAPS, map('one', { k: '1' }));
    expect(created.status).toBe(201);
    const first = valueOf(created) as {
      metadata: { resourceVersion: string; uid: string; creationTimestamp: string };
    };
    expect(first.metadata).toMatchObject({
      name: 'one',
      namespace: 'default',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((await cluster.call('GET', `${CONFIG_MAPS}/one`)).body).toEqual({ type: 'object', value: first });

    const updated = await cluster.call('PUT', `${CONFIG_MAPS}/one`, map('one', { k: '2' }));
    expect(valueOf(updated)).toMatchObject({ data: { k: '2' } });
    const second = valueOf(updated) as typeof first;
    expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    expect(second.metadata.uid).toBe(first.metadata.uid);
    const again = valueOf(
      await cluster.call('PUT', `${CONFIG_MAPS}/one`, map('one', { k: '2' })),
    ) as typeof first;
    expect(again.metadata.resourceVersion).toBe(second.metadata.resourceVersion);

    const stale = await cluster.call('PUT', `${CONFIG_MAPS}/one`, {
      ...map('one', { k: '3' }),
      metadata: { name: 'one', resourceVersion: first.metadata.resourceVersion },
    });
    expect([stale.status, valueOf(stale).message]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply your changes to the latest version and try again',
    ]);

    const deleted = await cluster.call('DELETE', `${CONFIG_MAPS}/one`);
    expect(valueOf(deleted)).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'one', kind: 'configmaps', uid: first.metadata.uid },
    });
    expect(valueOf(await cluster.call('GET', `${CONFIG_MAPS}/one`))).toMatchObject({
      code: 404,
      message: 'configmaps "one" not found',
    });
  });

  it('refuses what exists, what has no name and what belongs elsewhere', async () => {
    await cluster.call('POST', CONFIG_MAPS, map('one'));
    expect(valueOf(await cluster.call('POST', CONFIG_MAPS, map('one')))).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message: 'configmaps "one" already exists',
    });
    expect(valueOf(await cluster.call('POST', CONFIG_MAPS, {}))).toMatchObject({
      code: 422,
      message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    });
    expect(
      valueOf(await cluster.call('POST', '/api/v1/namespaces/nosuch/configmaps', map('x'))),
    ).toMatchObject({ code: 404, message: 'namespaces "nosuch" not found' });
    expect(valueOf(await cluster.call('POST', CONFIG_MAPS, '{not json'))).toMatchObject({
      code: 400,
      message:
        "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'n' looking for beginning of object key string ({not json)",
    });
  });

  it('survives patches that are bombs', async () => {
    await cluster.call('POST', CONFIG_MAPS, map('one'));
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    const patched = await cluster.call('PATCH', `${CONFIG_MAPS}/one`, deep, {
      'content-type': 'application/merge-patch+json',
    });
    expect([patched.status, valueOf(patched).message]).toEqual([
      400,
      'error decoding patch: exceeded max depth',
    ]);
    const many = JSON.stringify(Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 })));
    expect(
      (
        await cluster.call('PATCH', `${CONFIG_MAPS}/one`, many, {
          'content-type': 'application/json-patch+json',
        })
      ).status,
    ).toBe(413);
    expect((await cluster.call('POST', CONFIG_MAPS, deep)).status).toBe(400);
    expect((await cluster.call('GET', `${CONFIG_MAPS}/one`)).status).toBe(200);
  });

  it('generates names and keeps trying when one is taken', async () => {
    const body = { ...map(''), metadata: { generateName: 'web-' } };
    const names = new Set<string>();
    for (let index = 0; index < 20; index += 1) {
      const object = valueOf(await cluster.call('POST', CONFIG_MAPS, body)) as { metadata: { name: string } };
      names.add(object.metadata.name);
      expect(object.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    }
    expect(names.size).toBe(20);
  });

  it('streams changes to watchers, filtered by label, field and namespace', async () => {
    const list = valueOf(await cluster.call('GET', CONFIG_MAPS)) as { metadata: { resourceVersion: string } };
    const from = `watch=1&resourceVersion=${list.metadata.resourceVersion}`;
    const all = await cluster.watch(`${CONFIG_MAPS}?${from}`);
    const prod = await cluster.watch(`${CONFIG_MAPS}?${from}&labelSelector=env%3Dprod`);
    const two = await cluster.watch(`${CONFIG_MAPS}?${from}&fieldSelector=metadata.name%3Dtwo`);
    const elsewhere = await cluster.watch(`/api/v1/namespaces/kube-system/configmaps?${from}`);
    await cluster.call('POST', CONFIG_MAPS, map('one', {}, { env: 'dev' }));
    await cluster.call('PUT', `${CONFIG_MAPS}/one`, map('one', {}, { env: 'prod' }));
    await cluster.call('PUT', `${CONFIG_MAPS}/one`, map('one', {}, { env: 'dev' }));
    await cluster.call('POST', CONFIG_MAPS, map('two'));
    await cluster.call('DELETE', `${CONFIG_MAPS}/two`);
    await cluster.run(10);
    const shape = (items: unknown[]): string[] =>
      (items as { type: string; object: { metadata: { name: string } } }[]).map(
        ({ type, object }) => `${type} ${object.metadata.name}`,
      );
    expect(shape(all.items)).toEqual([
      'ADDED one',
      'MODIFIED one',
      'MODIFIED one',
      'ADDED two',
      'DELETED two',
    ]);
    expect(shape(prod.items)).toEqual(['ADDED one', 'DELETED one']);
    expect(shape(two.items)).toEqual(['ADDED two', 'DELETED two']);
    expect(elsewhere.items).toEqual([]);
    // One object, however many watchers.
    expect((all.items[3] as { object: unknown }).object).toBe((two.items[0] as { object: unknown }).object);
  });

  it('ends a watch after its timeout and says 410 for a start that is gone', async () => {
    const stream = await cluster.watch(`${CONFIG_MAPS}?watch=1&timeoutSeconds=5`);
    await cluster.run(4_900);
    expect(stream.ended).toBe(false);
    await cluster.run(200);
    expect([stream.ended, stream.error]).toEqual([true, undefined]);
    await cluster.call('POST', CONFIG_MAPS, map('one'));
    const old = await cluster.watch(`${CONFIG_MAPS}?watch=1&resourceVersion=1`);
    await cluster.run(10);
    expect(old.items).toEqual([
      {
        type: 'ERROR',
        object: expect.objectContaining({
          code: 410,
          reason: 'Expired',
          message: expect.stringMatching(/^too old resource version: 1 \(\d+\)$/),
        }),
      },
    ]);
    expect(old.ended).toBe(true);
  });

  it('lists in chunks at one revision', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await cluster.call('POST', CONFIG_MAPS, map(name));
    const names = (list: Record<string, unknown>): string[] =>
      (list['items'] as { metadata: { name: string } }[]).map((item) => item.metadata.name);
    const first = valueOf(await cluster.call('GET', `${CONFIG_MAPS}?limit=2`)) as {
      metadata: { continue: string };
    };
    expect([names(first as never), first.metadata]).toEqual([
      ['a', 'b'],
      expect.objectContaining({ remainingItemCount: 3 }),
    ]);
    await cluster.call('DELETE', `${CONFIG_MAPS}/c`);
    const rest = valueOf(
      await cluster.call(
        'GET',
        `${CONFIG_MAPS}?limit=5&continue=${encodeURIComponent(first.metadata.continue)}`,
      ),
    );
    expect(names(rest)).toEqual(['c', 'd', 'e']);
    expect(names(valueOf(await cluster.call('GET', CONFIG_MAPS)))).toEqual(['a', 'b', 'd', 'e']);
    const bad = await cluster.call('GET', `${CONFIG_MAPS}?continue=nonsense`);
    expect([bad.status, valueOf(bad).message]).toEqual([
      400,
      expect.stringContaining('continue key is not valid'),
    ]);
  });

  it('says 410 for chunks whose revision is compacted, with a token to go on at the newest', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await cluster.call('POST', CONFIG_MAPS, map(name));
    const list = async (token: string): Promise<Record<string, unknown>> =>
      valueOf(await cluster.call('GET', `${CONFIG_MAPS}?limit=2&continue=${encodeURIComponent(token)}`));
    const tokenOf = (value: Record<string, unknown>): string =>
      (value['metadata'] as { continue: string }).continue;
    const token = tokenOf(await list(''));
    await cluster.call('DELETE', `${CONFIG_MAPS}/c`);
    await cluster.run(11 * 60_000);
    const expired = await list(token);
    expect(expired).toMatchObject({
      kind: 'Status',
      code: 410,
      reason: 'Expired',
      message: expect.stringMatching(
        /^The provided continue parameter is too old to display a consistent list/,
      ),
    });
    expect(await list(tokenOf(expired))).toMatchObject({ items: [{ metadata: { name: 'd' } }] });
  });

  it('tells who may do what', async () => {
    const anonymous = await cluster.call(
      'GET',
      '/api/v1/namespaces/default/configmaps',
      undefined,
      {},
      'nobody',
    );
    expect([anonymous.status, valueOf(anonymous).message]).toEqual([403, expect.any(String)]);
    expect(valueOf(await cluster.call('GET', CONFIG_MAPS, undefined, {}, certificate('jane')))).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default"',
      reason: 'Forbidden',
      details: { kind: 'configmaps' },
      code: 403,
    });
    const token = await cluster.call(
      'GET',
      CONFIG_MAPS,
      undefined,
      { authorization: 'Bearer wrong' },
      certificate(''),
    );
    expect(valueOf(token)).toMatchObject({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    const foreign = await cluster.call(
      'GET',
      CONFIG_MAPS,
      undefined,
      {},
      { ...certificate('x', ['system:masters']), issuer: 'somebody' },
    );
    expect(foreign.status).toBe(401);
    const expired = await cluster.call(
      'GET',
      CONFIG_MAPS,
      undefined,
      {},
      { ...certificate('x', ['system:masters']), notAfter: 1 },
    );
    expect(expired.status).toBe(401);
  });

  it('answers unknown paths, resources and methods as upstream', async () => {
    const status = async (method: string, target: string, body?: unknown) => {
      const response = await cluster.call(method, target, body);
      return [response.status, valueOf(response).message ?? valueOf(response)['text']];
    };
    expect(await status('GET', '/nosuch')).toEqual([404, '404 page not found\n']);
    expect(await status('GET', '/api/v1/foos')).toEqual([
      404,
      'the server could not find the requested resource',
    ]);
    expect(await status('PUT', CONFIG_MAPS, {})).toEqual([
      405,
      'the server does not allow this method on the requested resource',
    ]);
    expect(await status('DELETE', '/api/v1/namespaces')).toEqual([
      405,
      'the server does not allow this method on the requested resource',
    ]);
    expect(await status('POST', '/api/v1/configmaps', {})).toEqual([
      405,
      'the server does not allow this method on the requested resource',
    ]);
    expect(await status('POST', CONFIG_MAPS, 'x'.repeat(3_145_729))).toEqual([
      413,
      'Request entity too large: limit is 3145728',
    ]);
  });

  it('answers with an error while etcd is away and goes on when it is back', async () => {
    await cluster.call('POST', CONFIG_MAPS, map('one'));
    const stream = await cluster.watch(`${CONFIG_MAPS}?watch=1`);
    cluster.etcd?.kill('SIGKILL');
    // The API server has heard that the connection broke.
    await cluster.run(10);
    const failed = await cluster.call('POST', CONFIG_MAPS, map('two'));
    expect([failed.status, valueOf(failed).message]).toEqual([500, 'etcdserver: request timed out']);
    const unready = await cluster.call('GET', '/readyz');
    expect([unready.status, valueOf(unready)['text']]).toEqual([
      500,
      expect.stringContaining('[-]etcd failed: reason withheld\n'),
    ]);
    expect(stream.ended).toBe(true);
    cluster.startEtcd();
    await cluster.run(3_000);
    expect((await cluster.call('GET', '/readyz')).status).toBe(200);
    expect((await cluster.call('POST', CONFIG_MAPS, map('two'))).status).toBe(201);
    const again = await cluster.watch(`${CONFIG_MAPS}?watch=1`);
    await cluster.run(10);
    expect(again.items).toHaveLength(2);
  });

  it('keeps everything over its own restart', async () => {
    await cluster.call('POST', CONFIG_MAPS, map('one', { k: '1' }));
    cluster.api?.kill('SIGKILL');
    cluster.startApi();
    await cluster.run(1_000);
    expect(valueOf(await cluster.call('GET', `${CONFIG_MAPS}/one`))).toMatchObject({ data: { k: '1' } });
    expect(cluster.output.filter((line) => line.includes('Error'))).toEqual([]);
  });
});
