import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import { runKubectl } from '../kubectl.ts';
import { forgetDiscovery } from '../session.ts';
import { FakeApi } from '../testing/fake-api.testing.ts';
import { pathOf } from '../testing/paths.testing.ts';
import type { Ran } from '../testing/test-io.testing.ts';
import { kubeconfigFor, MemoryFs, testIo } from '../testing/test-io.testing.ts';
import { closeConnections } from '../agents.ts';

let api: FakeApi;
let fs: MemoryFs;
let url: string;

const namespace = 'default';
const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'site', namespace, uid: 'u1' },
  spec: {
    template: {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'nginx', image: 'nginx:1' }] },
    },
  },
};
const service: JsonObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'site', namespace, uid: 'u2' },
  spec: { selector: { a: 'b' }, ports: [{ port: 80 }] },
};
const settings: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace, uid: 'u3' },
  data: { 'a.b': '1', z: '2' },
};

beforeEach(async () => {
  api = new FakeApi();
  const objects = JSON.parse(
    readFileSync(new URL('../testing/objects.json', import.meta.url), 'utf8'),
  ) as JsonObject[];
  for (const object of [...objects, deployment, service, settings]) api.put(pathOf(object), object);
  url = await api.start();
  fs = new MemoryFs();
  fs.files.set('/home/u/config', kubeconfigFor(url));
  forgetDiscovery();
});

afterEach(async () => {
  closeConnections();
  await api.stop();
});

async function run(args: readonly string[], options: Parameters<typeof testIo>[2] = {}): Promise<Ran> {
  const io = testIo(['kubectl', ...args], fs, { env: { KUBECONFIG: '/home/u/config' }, ...options });
  const code = await runKubectl(io);
  return { code, stdout: io.out.join(''), stderr: io.errors.join('') };
}

const ok = (stdout: string): Ran => ({ code: 0, stdout, stderr: '' });
const failed = (stderr: string): Ran => ({ code: 1, stdout: '', stderr });

// Texts of kubectl 1.32 for the same command lines.
describe('set', () => {
  test.each([
    ['image deploy/site nginx=nginx:2', ok('deployment.apps/site image updated\n')],
    ['image deploy/site nosuch=x', failed('error: unable to find container named "nosuch"\n')],
    ['image deploy/site', failed('error: at least one image update is required\n')],
    [
      'image deploy/site *=a b=c',
      failed(
        'error: all containers are already specified by *, but saw more than one container_name=container_image pairs\n',
      ),
    ],
    [
      'image cm/settings nginx=b',
      failed(
        'error: configmaps/settings the object is not a pod or does not have a pod template: *v1.ConfigMap\n',
      ),
    ],
    [
      'resources deploy/site --limits=cpu=200m,memory=512Mi',
      ok('deployment.apps/site resource requirements updated\n'),
    ],
    [
      'resources deploy/site',
      failed(
        'error: you must specify an update to requests or limits (in the form of --requests/--limits)\n',
      ),
    ],
    [
      'resources deploy/site --limits=cpu',
      failed('error: Invalid argument syntax cpu, expected <resource>=<value>\n'),
    ],
    ['selector svc/site app=other', ok('service/site selector updated\n')],
    ['selector deploy/site a=b', failed('error: setting a selector is only supported for Services\n')],
    ['serviceaccount deploy site robot', ok('deployment.apps/site serviceaccount updated\n')],
    ['serviceaccount', failed('error: serviceaccount is required\n')],
    [
      'subject deploy site --user=bob',
      failed(
        'error: deployments/site setting subjects is only supported for RoleBinding/ClusterRoleBinding\n',
      ),
    ],
    [
      'env A=1 deploy/site',
      failed('error: all resources must be specified before environment changes: A=1 deploy/site\n'),
    ],
  ])('set %s', async (line, expected) => {
    expect(await run(['set', ...line.split(' ')])).toEqual(expected);
  });

  test('env refers to every key of a config map, and says what the names became', async () => {
    expect(await run(['set', 'env', '--from=configmap/settings', 'deploy/site'])).toEqual({
      code: 0,
      stdout: 'deployment.apps/site env updated\n',
      stderr: 'Warning: key a.b transferred to A_B\nWarning: key z transferred to Z\n',
    });
    expect(await run(['set', 'env', 'deploy/site', '--list'])).toEqual(
      ok(
        '# Deployment site, container nginx\n# A_B from configmap settings, key a.b\n# Z from configmap settings, key z\n',
      ),
    );
    expect(await run(['set', 'env', 'deploy/site', '--list', '--resolve'])).toEqual(
      ok('# Deployment site, container nginx\nA_B=1\nZ=2\n'),
    );
  });

  test('--local asks nothing of the server', async () => {
    fs.files.set(
      '/home/u/rb.yaml',
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: rb}\n',
    );
    const { stdout } = await run(['set', 'subject', '--local', '-f', 'rb.yaml', '--user=foo', '-o', 'yaml']);
    expect(stdout).toBe(
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  creationTimestamp: null\n  name: rb\nsubjects:\n- apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: foo\n',
    );
    expect(api.seen).toEqual([]);
  });
});

describe('create and run', () => {
  test('--append-hash names the content', async () => {
    expect(
      await run([
        'create',
        'cm',
        'settings',
        '--from-literal=a=1',
        '--append-hash',
        '--dry-run=client',
        '-o',
        'name',
      ]),
    ).toEqual(ok('configmap/settings-gd4k275f27\n'));
    expect(
      await run([
        'create',
        'secret',
        'generic',
        's',
        '--from-literal=a=1',
        '--append-hash',
        '--dry-run=client',
        '-o',
        'name',
      ]),
    ).toEqual(ok('secret/s-gtkfk5m49d\n'));
  });

  test('--overrides is laid over the Pod', async () => {
    const line = [
      'run',
      'r',
      '--image=nginx',
      '--dry-run=client',
      '-o',
      'jsonpath={.spec.nodeName} {.spec.containers[*].image}',
    ];
    expect(await run([...line, '--overrides={"spec":{"nodeName":"x"}}'])).toEqual(ok('x nginx'));
    expect(await run([...line, '--overrides={"spec":{"containers":[{"image":"b"}]}}'])).toEqual(ok(' b'));
    expect(await run([...line, '--overrides={'])).toEqual(failed('error: Invalid JSON Patch\n'));
  });
});

describe('autoscale', () => {
  test('builds an autoscaler for a workload', async () => {
    expect(
      await run([
        'autoscale',
        'deploy',
        'site',
        '--max=3',
        '--cpu-percent=50',
        '--min=2',
        '--dry-run=client',
        '-o',
        'yaml',
      ]),
    ).toEqual(
      ok(
        'apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata:\n  creationTimestamp: null\n  name: site\nspec:\n  maxReplicas: 3\n  minReplicas: 2\n  scaleTargetRef:\n    apiVersion: apps/v1\n    kind: Deployment\n    name: site\n  targetCPUUtilizationPercentage: 50\nstatus:\n  currentReplicas: 0\n  desiredReplicas: 0\n',
      ),
    );
  });

  test('refuses bounds that contradict each other', async () => {
    expect(await run(['autoscale', 'deploy', 'site', '--max=2', '--min=5'])).toEqual(
      failed('error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 2, min: 5\n'),
    );
  });
});

describe('config', () => {
  test('sets, renames and removes entries', async () => {
    const said: string[] = [];
    for (const line of [
      'set-cluster lab --server=https://127.0.0.2:6443',
      'set-credentials ann --token=t',
      'set-context lab --cluster=lab --user=ann',
      'set contexts.lab.namespace team-a',
      'rename-context lab lab2',
      'unset contexts.lab2.namespace',
      'delete-cluster lab',
      'delete-user ann',
    ])
      said.push((await run(['config', ...line.split(' ')])).stdout);
    expect(said).toEqual([
      'Cluster "lab" set.\n',
      'User "ann" set.\n',
      'Context "lab" created.\n',
      'Property "contexts.lab.namespace" set.\n',
      'Context "lab" renamed to "lab2".\n',
      'Property "contexts.lab2.namespace" unset.\n',
      'deleted cluster lab from /home/u/config\n',
      'deleted user ann from /home/u/config\n',
    ]);
    expect((await run(['config', 'get-contexts', 'lab2', '--no-headers'])).stdout.trim()).toMatch(
      /^lab2 +lab +ann$/,
    );
  });

  test('says what it cannot find', async () => {
    expect(await run(['config', 'delete-user', 'nosuch'])).toEqual(
      failed('error: cannot delete user nosuch, not in /home/u/config\n'),
    );
    expect(await run(['config', 'rename-context', 'nosuch', 'x'])).toEqual(
      failed(`error: cannot rename the context "nosuch", it's not in /home/u/config\n`),
    );
  });
});

describe('debug', () => {
  test.each([
    ['', 'error: you must specify --image when not using --copy-to.\n'],
    ['web-1 -t --image=b', 'error: -i/--stdin is required for containers with -t/--tty=true\n'],
    ['web-1 --image=b --set-image=a=b', 'error: --set-image may only be used with --copy-to.\n'],
    ['web-1 --copy-to=w', 'error: you must specify --image, --set-image or command arguments.\n'],
    ['web-1 --image=b --profile=nosuch', 'error: unknown profile: nosuch\n'],
  ])('debug %s is refused', async (line, stderr) => {
    expect(await run(['debug', ...line.split(' ').filter((word) => word !== '')])).toEqual(failed(stderr));
  });

  test('a copy has the container, the rights of the profile and none of the labels', async () => {
    expect(
      await run(['debug', 'web-1', '--copy-to=w', '--image=busybox', '-c', 'dbg', '--profile=general']),
    ).toEqual(ok(''));
    const made = api.seen.find((each) => each.method === 'POST' && each.url.includes('/pods'));
    const body = JSON.parse(made?.body ?? '{}') as JsonObject;
    expect(body['metadata']).toEqual({ name: 'w' });
    expect(body['spec']).toMatchObject({ shareProcessNamespace: true });
    expect((body['spec'] as { containers: JsonObject[] }).containers.at(-1)).toEqual({
      name: 'dbg',
      image: 'busybox',
      resources: {},
      securityContext: { capabilities: { add: ['SYS_PTRACE'] } },
      terminationMessagePolicy: 'File',
    });
  });
});

test('plugin list finds programs on the path', async () => {
  fs.files.set('/bin/kubectl-hello', '');
  expect(await run(['plugin', 'list'], { env: { PATH: '/bin:/none' } })).toEqual(
    ok('The following compatible plugins are available:\n\n/bin/kubectl-hello\n'),
  );
  expect(await run(['plugin', 'list'], { env: { PATH: '/none' } })).toEqual(
    failed('error: unable to find any kubectl plugins in your PATH\n'),
  );
});

test('an unknown command is looked for among plugins, the longest name first', async () => {
  fs.files.set('/bin/kubectl-hello', '');
  fs.files.set('/bin/kubectl-hello-big_world', '');
  const spawned: (readonly string[])[] = [];
  const spawn = (argv: readonly string[]): Promise<number> => {
    spawned.push(argv);
    return Promise.resolve(3);
  };
  const options = { env: { PATH: '/bin' }, spawn };
  expect((await run(['hello', 'big-world', 'x', '--loud'], options)).code).toBe(3);
  expect((await run(['hello', '--help'], options)).code).toBe(3);
  expect(spawned).toEqual([
    ['/bin/kubectl-hello-big_world', 'x', '--loud'],
    ['/bin/kubectl-hello', '--help'],
  ]);
  expect(await run(['nosuch'], options)).toEqual(failed('error: unknown command "nosuch" for "kubectl"\n'));
  // Ours exists only where a host can be asked.
  const own = { env: { PATH: '/usr/bin', LEME_MACHINES_URL: 'http://127.0.0.1:1' }, spawn };
  expect((await run(['explain-scheduling', 'web'], own)).code).toBe(3);
  expect(spawned.at(-1)).toEqual(['/usr/bin/kubectl-explain_scheduling', 'web']);
  expect((await run(['explain-scheduling', 'web'], options)).code).toBe(1);
  expect((await run(['explain-controller', 'job'], own)).code).toBe(3);
  expect(spawned.at(-1)).toEqual(['/usr/bin/kubectl-explain_controller', 'job']);
});

test('proxy serves the API on loopback and refuses what it is told to', async () => {
  const controller = new AbortController();
  let address: (text: string) => void = () => undefined;
  const started = new Promise<string>((done) => (address = done));
  const ended = run(['proxy', '--port=0'], {
    signal: controller.signal,
    onOut: (text) => address(/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ''),
  });
  const host = await started;
  const answer = await fetch(`http://${host}/api/v1/namespaces/default/configmaps/settings`);
  expect(((await answer.json()) as { data: unknown }).data).toEqual({ 'a.b': '1', z: '2' });
  expect((await fetch(`http://${host}/api/v1/namespaces/default/pods/x/exec`)).status).toBe(403);
  controller.abort();
  expect((await ended).code).toBe(130);
  await expect(fetch(`http://${host}/api`)).rejects.toThrow();
});

test('proxy listens on loopback only', async () => {
  expect(await run(['proxy', '--address=0.0.0.0'])).toEqual(
    failed('error: only addresses of loopback can be served here, not 0.0.0.0\n'),
  );
});

describe('completion', () => {
  test('prints a script for a shell, and says which it has not', async () => {
    expect((await run(['completion', 'bash'])).stdout).toContain('complete -F __kubectl_complete kubectl\n');
    expect((await run(['completion', 'zsh'])).stdout).toContain('compdef _kubectl kubectl\n');
    expect(await run(['completion'])).toEqual(
      failed("error: Shell not specified.\nSee 'kubectl completion -h' for help and examples\n"),
    );
    expect(await run(['completion', 'nosuch'])).toEqual(
      failed(
        'error: Unsupported shell type "nosuch".\nSee \'kubectl completion -h\' for help and examples\n',
      ),
    );
  });

  test.each([
    [['auto'], 'autoscale\n'],
    [['set', 'im'], 'image\n'],
    [['get', 'configmaps', 'sett'], 'settings\n'],
    [['get', 'pods', '-o', 'js'], 'json\njsonpath=\n'],
  ])('the script is told how %j may go on', async (words, stdout) => {
    expect(await run(['__complete', ...words])).toEqual(ok(stdout));
  });
});
