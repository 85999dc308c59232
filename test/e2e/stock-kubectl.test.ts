import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, hasStockKubectl, ServedHost, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
let host: ServedHost;

beforeAll(async () => {
  host = await ServedHost.start(folder.path, '--topology', 'oke-3', '--seed', '1', '--speed', '25');
});
afterAll(async () => {
  await host?.stop();
  folder.remove();
});

function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${host.served.apiServer}${path}`,
      { rejectUnauthorized: false, headers },
      (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
        );
      },
    );
    call.on('error', reject);
    call.end();
  });
}

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: applied }
spec:
  replicas: 1
  selector: { matchLabels: { app: applied } }
  template:
    metadata: { labels: { app: applied } }
    spec: { containers: [{ name: nginx, image: nginx }] }
`;

describe.skipIf(!hasStockKubectl())('a stock kubectl', () => {
  it('sees three workers in three zones', () => {
    const { stdout } = host.kubectl(['get', 'nodes', '-L', 'topology.kubernetes.io/zone', '--no-headers']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => [line.split(/\s+/)[1], line.split(/\s+/).at(-1)]),
    ).toEqual([
      ['Ready', 'AD-1'],
      ['Ready', 'AD-2'],
      ['Ready', 'AD-3'],
    ]);
  });

  it('creates, scales, patches, describes and deletes', async () => {
    expect(host.kubectl(['create', 'deployment', 'web', '--image=nginx', '--replicas=2']).stdout).toBe(
      'deployment.apps/web created\n',
    );
    expect(host.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']).code).toBe(0);
    expect(host.kubectl(['scale', 'deployment', 'web', '--replicas=4']).stdout).toBe(
      'deployment.apps/web scaled\n',
    );
    await eventually(
      () => host.kubectl(['get', 'deploy', 'web', '-o', 'jsonpath={.status.readyReplicas}']).stdout,
      (ready) => ready === '4',
    );
    expect(host.kubectl(['patch', 'deployment', 'web', '-p', '{"spec":{"replicas":1}}']).stdout).toBe(
      'deployment.apps/web patched\n',
    );
    const described = host.kubectl(['describe', 'deployment', 'web']).stdout;
    expect(described).toContain('Scaled up replica set web-');
    expect(host.kubectl(['delete', 'deployment', 'web']).code).toBe(0);
    await eventually(
      () => host.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name']).stdout,
      (names) => names === '',
    );
  });

  it('applies twice: created, then unchanged, then configured', () => {
    expect(host.kubectl(['apply', '-f', '-'], DEPLOYMENT).stdout).toBe('deployment.apps/applied created\n');
    expect(host.kubectl(['apply', '-f', '-'], DEPLOYMENT).stdout).toBe('deployment.apps/applied unchanged\n');
    expect(host.kubectl(['apply', '-f', '-'], DEPLOYMENT.replace('replicas: 1', 'replicas: 2')).stdout).toBe(
      'deployment.apps/applied configured\n',
    );
  });

  it('lists resources and asks for health', () => {
    expect(host.kubectl(['get', '--raw', '/healthz']).stdout).toBe('ok');
    expect(host.kubectl(['api-resources', '--no-headers']).stdout).toMatch(
      /^deployments\s+deploy\s+apps\/v1\s+true\s+Deployment$/m,
    );
  });

  it('meets upstream texts for what is wrong', () => {
    expect(host.kubectl(['get', 'pods', 'nope'])).toMatchObject({
      code: 1,
      stderr: 'Error from server (NotFound): pods "nope" not found\n',
    });
    expect(host.kubectl(['get', 'nonsense'])).toMatchObject({
      code: 1,
      stderr: 'error: the server doesn\'t have a resource type "nonsense"\n',
    });
    const bad = host.kubectl(['apply', '-f', '-'], DEPLOYMENT.replace('replicas: 1', 'replicaz: 1'));
    expect(bad.stderr).toContain('strict decoding error: unknown field "spec.replicaz"');
  });
});

describe('the served API', () => {
  it('answers strangers 403 with a Status, wrong credentials 401', async () => {
    const anonymous = await get('/api/v1/namespaces/default/pods');
    expect(anonymous.status).toBe(403);
    expect(JSON.parse(anonymous.body)).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
      message:
        'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
    });
    expect((await get('/healthz')).body).toBe('ok');
    const wrong = await get('/api/v1/namespaces/default/pods', { authorization: 'Bearer nonsense' });
    expect(wrong.status).toBe(401);
    expect(JSON.parse(wrong.body)).toMatchObject({ kind: 'Status', reason: 'Unauthorized' });
  });

  it('gives browser pages of other origins nothing', async () => {
    const page = await get('/healthz', { origin: 'https://evil.example' });
    expect(page.status).toBe(403);
    expect(page.headers['access-control-allow-origin']).toBeUndefined();
    const rebound = await get('/healthz', { host: 'evil.example:6443' });
    expect(rebound.status).toBeGreaterThanOrEqual(400);
  });
});
