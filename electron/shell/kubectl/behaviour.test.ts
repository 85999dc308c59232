import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BrokenPipe } from '../errors.ts';
import type { CommandIo } from '../interface.ts';
import type { JsonObject } from './json.ts';
import { kubectl, runKubectl } from './kubectl.ts';
import { forgetDiscovery } from './session.ts';
import { FakeApi } from './testing/fake-api.testing.ts';
import { pathOf } from './testing/paths.testing.ts';
import type { Ran } from './testing/test-io.testing.ts';
import { kubeconfigFor, MemoryFs, testIo } from './testing/test-io.testing.ts';
import { closeConnections } from './agents.ts';

let api: FakeApi;
let fs: MemoryFs;
const env = { KUBECONFIG: '/home/u/config' };

beforeEach(async () => {
  api = new FakeApi();
  const objects = JSON.parse(
    readFileSync(new URL('./testing/objects.json', import.meta.url), 'utf8'),
  ) as JsonObject[];
  for (const object of objects) api.put(pathOf(object), object);
  fs = new MemoryFs();
  fs.files.set('/home/u/config', kubeconfigFor(await api.start()));
  forgetDiscovery();
});

afterEach(async () => {
  closeConnections();
  await api.stop();
});

async function run(line: string, options: Parameters<typeof testIo>[2] = {}): Promise<Ran> {
  const io = testIo(line.split(' '), fs, { env, ...options });
  const code = await runKubectl(io);
  return { code, stdout: io.out.join(''), stderr: io.errors.join('') };
}

function until(condition: () => boolean): Promise<void> {
  return new Promise((done) => {
    const look = (): void => {
      if (condition()) done();
      else setImmediate(look);
    };
    look();
  });
}

const configMap = (name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: {},
});

test('get -w shows changes as they happen and Ctrl-C ends it with 130', async () => {
  const controller = new AbortController();
  const seen: string[] = [];
  const ended = run('kubectl get cm -w', { signal: controller.signal, onOut: (text) => seen.push(text) });
  await until(() => api.seen.some((each) => each.url.includes('watch=true')));
  api.put('/api/v1/namespaces/default/configmaps/later', configMap('later'));
  await until(() => seen.join('').includes('later'));
  controller.abort();
  expect((await ended).code).toBe(130);
  expect(seen.join('')).toBe('NAME   AGE\nc      5m\ne      5m\nlater   5m\n');
});

test('get -w lets BrokenPipe out when nobody reads', async () => {
  const base = testIo(['kubectl', 'get', 'cm', '-w'], fs, { env });
  const io: CommandIo = {
    ...base,
    stdout: { ...base.stdout, write: () => Promise.reject(new BrokenPipe()) },
  };
  await expect(runKubectl(io)).rejects.toThrow(BrokenPipe);
});

test('get -w ends when the reader goes away between two changes', async () => {
  const closed = new AbortController();
  const base = testIo(['kubectl', 'get', 'cm', '-w'], fs, { env });
  const ended = runKubectl({ ...base, stdout: { ...base.stdout, closed: closed.signal } });
  await until(() => api.seen.some((each) => each.url.includes('watch=true')));
  closed.abort();
  expect(await ended).toBe(0);
});

test('delete waits for finalizers to let go', async () => {
  api.hooks.push((seen) =>
    seen.method === 'DELETE'
      ? {
          status: 200,
          body: {
            ...configMap('c'),
            metadata: {
              name: 'c',
              namespace: 'default',
              uid: 'u',
              deletionTimestamp: '2026-01-01T00:00:00Z',
            },
          },
        }
      : undefined,
  );
  api.put('/api/v1/namespaces/default/configmaps/c', {
    ...configMap('c'),
    metadata: { name: 'c', namespace: 'default', uid: 'u', finalizers: ['example.com/hold'] },
  });
  let over = false;
  const ended = run('kubectl delete cm c').then((ran) => ((over = true), ran));
  await until(() => api.seen.some((each) => each.url.includes('watch=true')));
  expect(over).toBe(false);
  api.remove('/api/v1/namespaces/default/configmaps/c');
  expect(await ended).toEqual({ code: 0, stdout: 'configmap "c" deleted\n', stderr: '' });
});

test('delete gives up after --timeout', async () => {
  api.hooks.push((seen) => (seen.method === 'DELETE' ? { status: 200, body: configMap('c') } : undefined));
  expect(await run('kubectl delete cm c --timeout=20ms')).toMatchObject({
    code: 1,
    stderr: 'error: timed out waiting for the condition on configmaps/c\n',
  });
});

test('rollout status follows until the rollout is done', async () => {
  const path = '/apis/apps/v1/namespaces/default/deployments/web';
  const web = api.objects.get(path) ?? {};
  const status = (available: number): JsonObject => ({
    ...web,
    status: { observedGeneration: 2, replicas: 3, updatedReplicas: 3, availableReplicas: available },
  });
  api.put(path, status(1));
  const ended = run('kubectl rollout status deploy/web');
  await until(() => api.seen.some((each) => each.url.includes('watch=true')));
  api.put(path, status(2));
  api.put(path, status(3));
  expect((await ended).stdout)
    .toBe(`Waiting for deployment "web" rollout to finish: 1 of 3 updated replicas are available...
Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...
deployment "web" successfully rolled out
`);
});

test('credentials, impersonation and field manager go with each request', async () => {
  await run('kubectl get cm --as=jane --as-group=devs --as-group=ops');
  const [last] = api.seen.slice(-1);
  expect(last?.headers).toMatchObject({
    authorization: 'Bearer secret-token',
    'impersonate-user': 'jane',
    'impersonate-group': 'devs, ops',
  });
  await run('kubectl create cm x --from-literal=a=1');
  expect(api.seen.at(-1)?.url).toBe(
    '/api/v1/namespaces/default/configmaps?fieldManager=kubectl-create&fieldValidation=Strict',
  );
});

test('warnings are printed once each, and fail the command when asked to', async () => {
  api.hooks.push((seen) =>
    seen.method === 'GET' && seen.url.includes('configmaps')
      ? { status: 200, body: { kind: 'List', items: [] }, headers: { Warning: '299 - "old \\"thing\\""' } }
      : undefined,
  );
  expect((await run('kubectl get cm,cm -o name')).stderr).toBe('Warning: old "thing"\n');
  expect(await run('kubectl get cm -o name --warnings-as-errors')).toMatchObject({
    code: 1,
    stderr: 'Warning: old "thing"\nerror: 1 warning received\n',
  });
});

test('401, 403 and an unreachable server have their own words', async () => {
  const status = (code: number, reason: string, message: string): JsonObject => ({
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message,
  });
  let answer = status(401, 'Unauthorized', 'Unauthorized');
  api.hooks.push((seen) =>
    seen.url.includes('/pods') ? { status: Number(answer['code']), body: answer } : undefined,
  );
  expect(await run('kubectl get pods')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: You must be logged in to the server (Unauthorized)\n',
  });
  answer = status(
    403,
    'Forbidden',
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
  );
  expect((await run('kubectl get pods')).stderr).toBe(
    'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"\n',
  );
  expect((await run('kubectl get pods -s http://127.0.0.1:1')).stderr).toBe(
    'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
  );
});

test('invalid objects show every cause', async () => {
  const causes = [
    { field: 'spec.a', message: 'Required value' },
    { field: 'spec.b', message: 'Invalid value: -1: must be greater than or equal to 0' },
  ];
  api.hooks.push((seen) =>
    seen.method === 'POST'
      ? {
          status: 422,
          body: {
            kind: 'Status',
            reason: 'Invalid',
            code: 422,
            message: 'x',
            details: { name: 'web', group: 'apps', kind: 'Deployment', causes },
          },
        }
      : undefined,
  );
  const ran = await run('kubectl create -f -', {
    stdin: 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n',
  });
  expect(ran.stderr).toBe(
    'The Deployment "web" is invalid: \n* spec.a: Required value\n* spec.b: Invalid value: -1: must be greater than or equal to 0\n',
  );
});

test('a type the cache does not know is asked for again', async () => {
  await run('kubectl get cm');
  const before = api.seen.filter((each) => each.url === '/apis').length;
  await run('kubectl get cm');
  expect(api.seen.filter((each) => each.url === '/apis').length).toBe(before);
  forgetDiscovery();
  expect((await run('kubectl get boats')).stderr).toBe(
    'error: the server doesn\'t have a resource type "boats"\n',
  );
});

test('ages follow the clock of the server', async () => {
  api.hooks.push((seen) =>
    seen.url.startsWith('/api/v1/namespaces/default/pods/term')
      ? {
          status: 200,
          body: api.objects.get('/api/v1/namespaces/default/pods/term') ?? {},
          headers: { Date: 'Mon, 23 Nov 2026 20:00:42 GMT' },
        }
      : undefined,
  );
  api.hooks.push((seen) =>
    seen.url.includes('/events')
      ? { status: 200, body: { items: [] }, headers: { Date: 'Mon, 23 Nov 2026 20:00:42 GMT' } }
      : undefined,
  );
  expect((await run('kubectl describe pod term')).stdout).toContain('Terminating (lasts 42s)');
});

test('contexts are switched and changed in the file', async () => {
  expect((await run('kubectl config use-context other')).stdout).toBe('Switched to context "other".\n');
  await run('kubectl get cm');
  expect(api.seen.at(-1)?.url).toContain('/namespaces/kube-system/');
  expect((await run('kubectl config set-context --current --namespace=team')).stdout).toBe(
    'Context "other" modified.\n',
  );
  expect((await run('kubectl config view --minify -o jsonpath={..namespace}')).stdout).toBe('team');
  expect((await run('kubectl config use-context nope')).stderr).toBe(
    'error: no context exists with the name: "nope"\n',
  );
});

test('edit sends what the editor changed, and nothing when nothing changed', async () => {
  const editing =
    (change: (text: string) => string): CommandIo['spawn'] =>
    async (argv) => {
      const file = argv.at(-1) ?? '';
      await fs.writeFile(file, change(await fs.readText(file)));
      return 0;
    };
  const environment = { ...env, EDITOR: 'ed' };
  expect(
    await run('kubectl edit cm e', {
      env: environment,
      spawn: editing((text) => `${text}data:\n  a: "1"\n`),
    }),
  ).toEqual({ code: 0, stdout: 'configmap/e edited\n', stderr: '' });
  expect(api.objects.get('/api/v1/namespaces/default/configmaps/e')).toMatchObject({ data: { a: '1' } });
  expect((await run('kubectl edit cm e', { env: environment, spawn: editing((text) => text) })).stderr).toBe(
    'Edit cancelled, no changes made.\n',
  );
  expect((await run('kubectl edit cm e')).stderr).toContain('there is no terminal here to edit in');
});

test('drain evicts, says what stands in the way, and needs --force for lone Pods', async () => {
  api.put('/api/v1/namespaces/default/pods/lone', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'lone', namespace: 'default' },
    spec: { nodeName: 'n1', containers: [] },
    status: { phase: 'Running' },
  });
  api.hooks.push((seen) => {
    if (!seen.url.includes('/eviction')) return undefined;
    api.remove('/api/v1/namespaces/default/pods/lone');
    return { status: 201, body: { kind: 'Status', status: 'Success' } };
  });
  const lone = api.objects.get('/api/v1/namespaces/default/pods/lone') ?? {};
  api.hooks.push((seen) =>
    seen.method === 'GET' && seen.url.startsWith('/api/v1/pods?')
      ? {
          status: 200,
          body: {
            kind: 'PodList',
            items: api.objects.has('/api/v1/namespaces/default/pods/lone') ? [lone] : [],
          },
        }
      : undefined,
  );
  const refused = await run('kubectl drain n1');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('Pods that declare no controller (use --force to override): default/lone');
  const done = await run('kubectl drain n1 --force');
  expect(done).toEqual({
    code: 0,
    stdout: 'node/n1 already cordoned\nevicting pod default/lone\npod/lone evicted\nnode/n1 drained\n',
    stderr: 'Warning: deleting Pods that declare no controller: default/lone\n',
  });
});

test('drain that is ended with Ctrl-C does not say that the Pods are gone', async () => {
  const lone = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'lone', namespace: 'default', uid: 'u1' },
    spec: { nodeName: 'n1', containers: [] },
    status: { phase: 'Running' },
  };
  api.put('/api/v1/namespaces/default/pods/lone', lone);
  api.hooks.push((seen) =>
    seen.url.includes('/eviction') ? { status: 201, body: { kind: 'Status', status: 'Success' } } : undefined,
  );
  api.hooks.push((seen) =>
    seen.method === 'GET' && seen.url.startsWith('/api/v1/pods?')
      ? { status: 200, body: { kind: 'PodList', items: [lone] } }
      : undefined,
  );
  const controller = new AbortController();
  const ended = run('kubectl drain n1 --force', { signal: controller.signal });
  await until(() => api.seen.some((each) => each.url.includes('watch=true')));
  controller.abort();
  expect((await ended).stdout).toBe('node/n1 already cordoned\nevicting pod default/lone\n');
});

test('a stream that the server refuses is told in its words', async () => {
  const status = {
    kind: 'Status',
    status: 'Failure',
    reason: 'BadRequest',
    code: 400,
    message: 'no such door',
  };
  api.hooks.push((seen) =>
    seen.url.includes('/pods/web-1/exec?') ? { status: 400, body: status } : undefined,
  );
  expect(await run('kubectl exec web-1 -c main -- ls -l')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Error from server (BadRequest): no such door\n',
  });
  expect(api.seen.at(-1)?.url).toBe(
    '/api/v1/namespaces/default/pods/web-1/exec?command=ls&command=-l&container=main&stdout=true&stderr=true',
  );
  expect((await run('kubectl exec nope -- ls')).stderr).toBe(
    'Error from server (NotFound): pods "nope" not found\n',
  );
});

test('-v=6 tells each request, -v=8 its body; credentials stay hidden', async () => {
  expect((await run('kubectl get cm -v=6')).stderr).toMatch(
    /round_trippers\.go:632\] "Response" verb="GET" url="http:\S+configmaps\?limit=500" status="200 OK" milliseconds=\d+\n/,
  );
  const loud = (await run('kubectl get cm -v=8')).stderr;
  expect(loud).toContain('Authorization: Bearer <masked>');
  expect(loud).not.toContain('secret-token');
  expect(loud).toContain('"Response Body"');
});

test('help comes in the language of the person', async () => {
  expect((await run('kubectl get --help')).stdout).toContain('List objects, or show some of them.');
  expect((await run('kubectl get -h', { env: { ...env, LANG: 'pt_BR.UTF-8' } })).stdout).toContain(
    'Lista objetos, ou mostra alguns deles.',
  );
});

test('completion offers commands, flags and their values, types, names and contexts', async () => {
  const complete = async (line: string): Promise<string[]> => {
    const words = line.split(' ');
    return (
      (await kubectl.complete?.(words, words.length - 1, {
        env,
        cwd: '/home/u',
        fs,
        signal: new AbortController().signal,
      })) ?? []
    );
  };
  expect(await complete('kubectl ro')).toContain('rollout');
  expect(await complete('kubectl rollout ')).toEqual([
    'history',
    'pause',
    'restart',
    'resume',
    'status',
    'undo',
  ]);
  expect(await complete('kubectl get --o')).toContain('--output=');
  expect(await complete('kubectl get pods -o ')).toContain('wide');
  expect(await complete('kubectl get ')).toEqual(expect.arrayContaining(['pods', 'deployments']));
  expect(await complete('kubectl get pods ')).toEqual(['pend', 'term', 'web-1']);
  expect(await complete('kubectl get -n ')).toEqual(['default', 'ns2']);
  expect(await complete('kubectl logs -c main deploy/')).toEqual(['deploy/web']);
  expect(await complete('kubectl config use-context ')).toEqual(['test', 'other']);
  expect(await complete('kubectl create deployment x --nope ')).toEqual([]);
});
