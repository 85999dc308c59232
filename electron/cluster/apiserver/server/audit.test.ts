import { describe, expect, it } from 'vitest';
import { STRATEGIES } from '../../api/registry.ts';
import { certificate, TestCluster } from '../testing/test-cluster.testing.ts';

const POLICY = '/etc/kubernetes/audit-policy.yaml';
const LOG = '/var/log/kubernetes/audit/audit.log';
const MAPS = '/api/v1/namespaces/default/configmaps';
const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';

type Event = Readonly<Record<string, unknown>>;

async function start(rules: string, ...flags: string[]): Promise<TestCluster> {
  const cluster = new TestCluster(STRATEGIES, {}, [
    `--audit-policy-file=${POLICY}`,
    `--audit-log-path=${LOG}`,
    ...flags,
  ]);
  cluster.apiMachine.files.write(POLICY, rules.startsWith('rules') ? `${HEAD}${rules}` : rules);
  await cluster.run(3_000);
  return cluster;
}

async function events(cluster: TestCluster): Promise<Event[]> {
  await cluster.run(500);
  const text = cluster.apiMachine.files.read(LOG);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
}

const ONLY_MAPS = (level: string, more = ''): string =>
  `rules:\n- level: ${level}\n  resources: [{group: "", resources: [configmaps]}]\n  ${more}\n`;

describe('an audit log', () => {
  it('has a line per stage, with who asked, for what, and what came of it', async () => {
    const cluster = await start(ONLY_MAPS('Metadata'));
    const answer = await cluster.call('POST', MAPS, { metadata: { name: 'a' }, data: { k: 'v' } }, { 'user-agent': 'curl/8' });
    const lines = await events(cluster);
    const common = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: answer.headers['audit-id'],
      requestURI: MAPS,
      verb: 'create',
      user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      sourceIPs: ['10.0.0.1'],
      userAgent: 'curl/8',
    };
    const time = expect.stringMatching(/^2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string;
    expect(lines).toEqual([
      {
        ...common,
        stage: 'RequestReceived',
        objectRef: { resource: 'configmaps', namespace: 'default', apiVersion: 'v1' },
        requestReceivedTimestamp: time,
        stageTimestamp: time,
      },
      {
        ...common,
        stage: 'ResponseComplete',
        objectRef: { resource: 'configmaps', namespace: 'default', name: 'a', apiVersion: 'v1' },
        responseStatus: { metadata: {}, code: 201 },
        requestReceivedTimestamp: time,
        stageTimestamp: time,
        annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': '' },
      },
    ]);
    expect(Object.keys(lines[1] ?? {})).toEqual([
      'kind', 'apiVersion', 'level', 'auditID', 'stage', 'requestURI', 'verb', 'user', 'sourceIPs', 'userAgent', 'objectRef',
      'responseStatus', 'requestReceivedTimestamp', 'stageTimestamp', 'annotations',
    ]); // prettier-ignore
  }); // prettier-ignore

  it('has the objects at the levels that say so, patches as they came, without managedFields where they are omitted', async () => {
    const cluster = await start(ONLY_MAPS('RequestResponse', 'omitStages: [RequestReceived]\n  omitManagedFields: true'));
    await cluster.call('POST', MAPS, { metadata: { name: 'a' }, data: { k: 'v' } });
    await cluster.call('PATCH', `${MAPS}/a`, { data: { k: 'w' } }, { 'content-type': 'application/merge-patch+json' });
    await cluster.call('GET', MAPS);
    const [create, patch, list] = await events(cluster);
    expect(create?.['requestObject']).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { k: 'v' } });
    const object = create?.['responseObject'] as { metadata: Record<string, unknown> };
    expect(object.metadata['uid']).toMatch(/^[0-9a-f-]{36}$/);
    expect(object.metadata['managedFields']).toBeUndefined();
    expect(patch).toMatchObject({ verb: 'patch', requestObject: { data: { k: 'w' } }, responseObject: { data: { k: 'w' } } });
    expect(JSON.stringify(list)).not.toContain('managedFields');
    expect(list).toMatchObject({ verb: 'list', responseObject: { kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }] } });
    expect(list?.['requestObject']).toBeUndefined();
  }); // prettier-ignore

  it('tells refusals: why forbidden, why not found, and who was unknown', async () => {
    const cluster = await start(ONLY_MAPS('Metadata', 'omitStages: [RequestReceived]'));
    await cluster.call('GET', `${MAPS}/a`, undefined, {}, certificate('ana'));
    await cluster.call('GET', `${MAPS}/a`);
    await cluster.call('GET', `${MAPS}/a`, undefined, { authorization: 'Bearer x' }, 'nobody');
    const [forbidden, missing, unknown] = await events(cluster);
    expect(forbidden).toMatchObject({
      stage: 'ResponseComplete',
      responseStatus: { status: 'Failure', reason: 'Forbidden', details: { name: 'a', kind: 'configmaps' }, code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
    });
    expect(missing?.['responseStatus']).toEqual({
      metadata: {},
      status: 'Failure',
      message: 'configmaps "a" not found',
      reason: 'NotFound',
      details: { name: 'a', kind: 'configmaps' },
      code: 404,
    });
    expect(unknown).toMatchObject({ stage: 'ResponseStarted', user: {}, responseStatus: { message: 'Unauthorized', code: 401 } });
    expect(await events(cluster)).toHaveLength(3);
  }); // prettier-ignore

  it('tells of impersonation, and of what admission noted', async () => {
    const cluster = await start('rules:\n- level: Metadata\n  verbs: [create]\n  omitStages: [RequestReceived]\n  users: [kubernetes-admin]\n');
    await cluster.call('PATCH', '/api/v1/namespaces/default', { metadata: { labels: { 'pod-security.kubernetes.io/audit': 'baseline' } } }, { 'content-type': 'application/merge-patch+json' });
    await cluster.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
    await cluster.call('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'a' },
      spec: { hostNetwork: true, containers: [{ name: 'm', image: 'nginx' }] },
    });
    await cluster.call('POST', MAPS, { metadata: { name: 'a' } }, { 'impersonate-user': 'ana' });
    const [, pod, map] = await events(cluster);
    expect(pod?.['annotations']).toMatchObject({
      'pod-security.kubernetes.io/audit-violations': 'would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
      'pod-security.kubernetes.io/enforce-policy': 'privileged:latest',
    });
    expect(map).toMatchObject({
      user: { username: 'kubernetes-admin' },
      impersonatedUser: { username: 'ana', groups: ['system:authenticated'] },
      responseStatus: { code: 403 },
    });
  }); // prettier-ignore

  it('tells of a watch when it begins and when it ends', async () => {
    const cluster = await start(ONLY_MAPS('Metadata'));
    const { stream } = await cluster.watch(`${MAPS}?watch=true`);
    const stages = async () => (await events(cluster)).map(({ stage, responseStatus }) => [stage, (responseStatus as { code?: number } | undefined)?.code]);
    expect(await stages()).toEqual([['RequestReceived', undefined], ['ResponseStarted', 200]]);
    await cluster.do(async () => stream.cancel());
    expect((await stages())[2]).toEqual(['ResponseComplete', 200]);
    expect(await stages()).toHaveLength(3);
  }); // prettier-ignore

  it('numbers answers without an audit too, refusals included, each with its own', async () => {
    const cluster = await TestCluster.start(STRATEGIES, {}, []);
    const ids = [];
    for (const path of [MAPS, MAPS, '/api/v1/nosuch', '/healthz']) ids.push((await cluster.call('GET', path)).headers['audit-id']);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id ?? ''))).toBe(true);
    expect(new Set(ids).size).toBe(4);
    expect((await cluster.call('GET', MAPS, undefined, { 'audit-id': 'mine' })).headers['audit-id']).toBe('mine');
  }); // prettier-ignore

  it('keeps the number that a client brings, and records nothing that no rule wants', async () => {
    const cluster = await start(ONLY_MAPS('Metadata', 'omitStages: [RequestReceived]'));
    const answer = await cluster.call('GET', MAPS, undefined, { 'audit-id': 'mine' });
    expect(answer.headers['audit-id']).toBe('mine');
    await cluster.call('GET', '/api/v1/nodes');
    expect((await events(cluster)).map(({ auditID }) => auditID)).toEqual(['mine']);
  });

  it('is put aside when it is full, and few of those are kept', async () => {
    const cluster = await start(ONLY_MAPS('RequestResponse'), '--audit-log-maxsize=1', '--audit-log-maxbackup=2');
    for (let index = 0; index < 12; index += 1) {
      await cluster.call('POST', MAPS, { metadata: { name: `a${index}` }, data: { k: 'v'.repeat(50_000) } });
      await cluster.run(300);
    }
    const names = cluster.apiMachine.files.list('/var/log/kubernetes/audit/');
    expect(names).toHaveLength(3);
    expect(names[0]).toMatch(/^audit-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.log$/);
    expect(names.at(-1)).toBe('audit.log');
    expect(cluster.apiMachine.files.read(LOG).length).toBeLessThan(300 * 1024);
  }); // prettier-ignore

  it('goes to standard output for a path of -', async () => {
    const cluster = new TestCluster(STRATEGIES, {}, [`--audit-policy-file=${POLICY}`, '--audit-log-path=-']);
    cluster.apiMachine.files.write(POLICY, `${HEAD}${ONLY_MAPS('Metadata')}`);
    await cluster.run(3_000);
    await cluster.call('GET', MAPS);
    expect(cluster.output.filter((line) => line.startsWith('kube-apiserver: {"kind":"Event"'))).toHaveLength(
      2,
    );
  });
});

describe('a server that cannot use its policy', () => {
  it('does not start, and its last line says why', async () => {
    const last = (cluster: TestCluster): string[] => cluster.output.filter((line) => line.startsWith('kube-apiserver')).slice(-2);
    const exit = 'kube-apiserver: exit {"code":1}';
    const head = (text: string): string => text.replace(/E\d{4} [\d:.]+ +1 /, '');
    const bad = last(await start('rules:\n- level: All\n'));
    expect([head(bad[0] ?? ''), bad[1]]).toEqual([
      'kube-apiserver: run.go:72] "command failed" err="loading audit policy file: rules[0].level: Unsupported value: \\"All\\": supported values: \\"None\\", \\"Metadata\\", \\"Request\\", \\"RequestResponse\\": from file /etc/kubernetes/audit-policy.yaml"',
      exit,
    ]);
    const missing = new TestCluster(STRATEGIES, {}, ['--audit-policy-file=/nowhere', `--audit-log-path=${LOG}`]);
    await missing.run(3_000);
    expect(head(last(missing)[0] ?? '')).toBe(
      'kube-apiserver: run.go:72] "command failed" err="loading audit policy file: failed to read file path \\"/nowhere\\": open /nowhere: no such file or directory"',
    );
  }); // prettier-ignore

  it('without a policy only warns', async () => {
    const cluster = await TestCluster.start(STRATEGIES, {}, [`--audit-log-path=${LOG}`]);
    expect((await cluster.call('GET', MAPS)).status).toBe(200);
    expect(cluster.output.join('\n')).toContain('No audit policy file provided, no events will be recorded for log backend');
    expect(cluster.apiMachine.files.exists(LOG)).toBe(false);
  }); // prettier-ignore
});
