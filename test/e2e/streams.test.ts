import { PassThrough, Writable } from 'node:stream';
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import {
  Attach,
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  makeInformer,
  Metrics,
  PortForward,
  Watch,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, hasStockKubectl, root, ServedHost, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
let host: ServedHost;

beforeAll(async () => {
  host = await ServedHost.start(folder.path, '--topology', 'oke-3', '--seed', '1', '--speed', '25');
  if (!hasStockKubectl()) return;
  host.kubectl(['run', 'web', '--image=nginx']);
  host.kubectl([
    'run',
    'ticks',
    '--image=busybox',
    '--',
    'sh',
    '-c',
    'while true; do echo tick; sleep 5; done',
  ]);
  host.kubectl(['wait', '--for=condition=Ready', 'pod/web', 'pod/ticks', '--timeout=60s']);
});
afterAll(async () => {
  await host?.stop();
  folder.remove();
});

/** Collects what is written to it. */
class Collected extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

describe.skipIf(!hasStockKubectl())('streams into containers with a stock kubectl', () => {
  it('exec: output, exit code, standard input, what the image lacks', () => {
    expect(host.kubectl(['exec', 'web', '--', 'sh', '-c', 'hostname; echo bad >&2; exit 3'])).toEqual({
      code: 3,
      stdout: 'web\n',
      stderr: 'bad\ncommand terminated with exit code 3\n',
    });
    expect(host.kubectl(['exec', '-i', 'ticks', '--', 'sh'], 'x=1\necho "x is $x" | cat\n')).toMatchObject({
      code: 0,
      stdout: 'x is 1\n',
    });
    const missing = host.kubectl(['exec', 'web', '--', 'foo']);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(
      /OCI runtime exec failed: exec failed: unable to start container process: exec: "foo": executable file not found in \$PATH: unknown\n$/,
    );
  });

  it('a request that is wrong is told so, whatever it would be carried by', () => {
    expect(host.kubectl(['exec', 'web', '-c', 'nosuch', '--', 'ls']).stderr).toBe(
      'Error from server (BadRequest): container nosuch is not valid for pod web\n',
    );
    expect(host.kubectl(['port-forward', 'pod/web', ':http']).stderr).toBe(
      "error: Pod 'web' does not have a named port 'http'\n",
    );
  });

  it('logs: what the process wrote, and upstream texts for what there is not', () => {
    host.kubectl(['exec', 'web', '--', 'curl', '-s', '-o', '/dev/null', 'localhost/nope']);
    expect(host.kubectl(['logs', 'web', '--tail=1']).stdout).toMatch(
      /^127\.0\.0\.1 - - \[.*\] "GET \/nope HTTP\/1\.1" 404 \d+ "-" "curl\/\S+" "-"\n$/,
    );
    expect(host.kubectl(['logs', 'ticks', '--tail=1', '--timestamps']).stdout).toMatch(/^\d{4}-\S+Z tick\n$/);
    expect(host.kubectl(['logs', 'web', '-p'])).toMatchObject({
      code: 1,
      stderr: 'Error from server (BadRequest): previous terminated container "web" in pod "web" not found\n',
    });
    expect(host.kubectl(['get', '--raw', '/api/v1/namespaces/default/pods/web:80/proxy/']).stdout).toContain(
      'Welcome to nginx!',
    );
    expect(host.kubectl(['get', '--raw', '/api/v1/namespaces/default/pods/web:81/proxy/']).stderr).toMatch(
      /^Error from server \(ServiceUnavailable\): error trying to reach service: dial tcp \S+:81: connect: connection refused\n$/,
    );
  });

  it('cp: out of a container and into it', () => {
    expect(host.kubectl(['cp', 'web:/etc/debian_version', `${folder.path}/version`]).code).toBe(0);
    expect(host.kubectl(['cp', `${folder.path}/version`, 'ticks:/tmp/copied']).code).toBe(0);
    expect(host.kubectl(['exec', 'ticks', '--', 'cat', '/tmp/copied']).stdout).toBe('12.11\n');
  });
});

const ours = [process.execPath, join(root, 'electron/shell/kubectl/main.ts')] as const;

/** Starts a client that forwards ports and answers those it says it listens on, with what it has said so far. */
async function forwarding(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ child: ChildProcess; ports: number[]; said: () => string }> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { ...process.env, ...env, KUBECONFIG: host.served.kubeconfig },
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const found = (): number[] =>
    [...text.matchAll(/^Forwarding from 127\.0\.0\.1:(\d+) -> \d+$/gm)].map((match) => Number(match[1]));
  const wanted = args.filter((word) => /^:\d+$/.test(word)).length;
  await eventually(found, (ports) => ports.length === wanted);
  return { child, ports: found(), said: () => text };
}

function page(port: number): Promise<string> {
  return new Promise((resolve) => {
    const call = get({ host: '127.0.0.1', port, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve(`${String(response.statusCode)} ${body}`));
    });
    call.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe.skipIf(!hasStockKubectl())('port-forward and SPDY', () => {
  it.each([
    ['the stock client in a tunnel', ['kubectl'], {}],
    ['the stock client over SPDY', ['kubectl'], { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }],
    ['our own client', ours, {}],
  ] as const)('%s carries many connections, and says why one cannot be', async (_who, command, env) => {
    const { child, ports, said } = await forwarding(
      [...command, 'port-forward', 'pod/web', ':80', ':81'],
      env,
    );
    const [open = 0, shut = 0] = ports;
    const pages = await Promise.all([page(open), page(open), page(open)]);
    expect(pages.map((text) => text.slice(0, 3))).toEqual(['200', '200', '200']);
    expect(pages[0]).toContain('Welcome to nginx!');
    expect(await page(shut)).toBe('ECONNRESET');
    await eventually(said, (text) => text.includes('lost connection to pod'));
    expect(said()).toMatch(
      /an error occurred forwarding \d+ -> 81: error forwarding port 81 to pod [0-9a-f]{64}, uid : failed to execute portforward in network namespace/,
    );
    expect(said()).toContain('dial tcp4 127.0.0.1:81: connect: connection refused');
    child.kill();
  });

  it('exec over SPDY: output, exit code, standard input', () => {
    const spdy = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' };
    const run = (args: readonly string[], input = ''): { code: number | null; out: string; err: string } => {
      const ended = spawnSync('kubectl', args, {
        input,
        encoding: 'utf8',
        env: { ...process.env, ...spdy, KUBECONFIG: host.served.kubeconfig },
      });
      return { code: ended.status, out: ended.stdout, err: ended.stderr };
    };
    expect(run(['exec', 'web', '--', 'sh', '-c', 'echo out; echo bad >&2; exit 3'])).toEqual({
      code: 3,
      out: 'out\n',
      err: 'bad\ncommand terminated with exit code 3\n',
    });
    expect(run(['exec', '-i', 'ticks', '--', 'sh'], 'echo $((20+3))\n')).toMatchObject({
      code: 0,
      out: '23\n',
    });
    expect(run(['exec', 'web', '-c', 'nosuch', '--', 'ls']).err).toContain(
      'container nosuch is not valid for pod web',
    );
  });

  it('our own exec, run and cp', () => {
    const run = (args: readonly string[], input = ''): { code: number | null; out: string; err: string } => {
      const ended = spawnSync(ours[0], [ours[1], ...args], {
        input,
        encoding: 'utf8',
        cwd: folder.path,
        env: { ...process.env, LANG: 'C', KUBECONFIG: host.served.kubeconfig },
      });
      return { code: ended.status, out: ended.stdout, err: ended.stderr };
    };
    expect(run(['exec', '-i', 'web', '--', 'sh'], 'echo out; echo bad >&2\nexit 3\n')).toEqual({
      code: 3,
      out: 'out\n',
      err: 'bad\ncommand terminated with exit code 3\n',
    });
    expect(
      run(
        [
          'run',
          'once',
          '--image=busybox',
          '--restart=Never',
          '-i',
          '--rm',
          '--',
          'sh',
          '-c',
          'read x; echo $x; exit 4',
        ],
        'hey\n',
      ),
    ).toEqual({
      code: 4,
      out: 'hey\npod "once" deleted\n',
      err: "If you don't see a command prompt, try pressing enter.\npod default/once terminated (Error)\n",
    });
    writeFileSync(join(folder.path, 'page'), 'one\n');
    expect(run(['cp', 'page', 'web:/tmp'])).toEqual({ code: 0, out: '', err: '' });
    expect(run(['cp', 'web:/tmp/page', 'back'])).toMatchObject({ code: 0 });
    expect(run(['exec', 'web', '--', 'cat', '/tmp/page']).out).toBe('one\n');
    expect(run(['cp', 'page', 'nosuch:/tmp'])).toEqual({
      code: 1,
      out: '',
      err: 'Error from server (NotFound): pods "nosuch" not found\n',
    });
  });
});

describe.skipIf(!hasStockKubectl())('streams with @kubernetes/client-node', () => {
  const config = (): KubeConfig => {
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromFile(host.served.kubeconfig);
    return kubeconfig;
  };

  it('Exec gives output and status', async () => {
    const out = new Collected();
    const status = await new Promise<{ status?: string; message?: string }>((resolve, reject) => {
      new Exec(config())
        .exec('default', 'web', 'web', ['sh', '-c', 'echo out; exit 2'], out, null, null, false, resolve)
        .catch(reject);
    });
    expect(out.text).toBe('out\n');
    expect(status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
  });

  it('Exec with a terminal knows its size', async () => {
    const out = Object.assign(new Collected(), { rows: 33, columns: 111 });
    const stdin = new PassThrough();
    const ended = new Promise<void>((resolve, reject) => {
      new Exec(config())
        .exec('default', 'web', 'web', ['sh'], out, null, stdin, true, () => resolve())
        .catch(reject);
    });
    // The client sends its size once it is connected, after what was typed before.
    await eventually(
      () => out.text,
      (text) => text.startsWith('# '),
    );
    stdin.write('stty size; tput cols\r');
    await eventually(
      () => out.text,
      (text) => text.includes('111\r\n'),
    );
    expect(out.text).toContain('33 111\r\n111\r\n');
    stdin.write('exit\r');
    await ended;
  });

  it('Attach joins the process that runs', async () => {
    const out = new Collected();
    const socket = await new Attach(config()).attach('default', 'ticks', 'ticks', out, null, null, false);
    await eventually(
      () => out.text,
      (text) => text.startsWith('tick\n'),
    );
    socket.close();
  });

  it('PortForward carries one connection', async () => {
    const out = new Collected();
    const input = new PassThrough();
    const socket = await new PortForward(config()).portForward('default', 'web', [80], out, null, input);
    input.write('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
    await eventually(
      () => out.text,
      (text) => text.includes('</html>'),
    );
    expect(out.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    (socket as { close(): void }).close();
  });

  it('an informer and a watch hear of what comes and goes', async () => {
    const api = config().makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const informer = makeInformer(config(), '/api/v1/namespaces/default/configmaps', () =>
      api.listNamespacedConfigMap({ namespace: 'default' }),
    );
    for (const event of ['add', 'update', 'delete'] as const)
      informer.on(event, (object) => {
        if (object.metadata?.name === 'watched') seen.push(`${event} ${object.data?.['a'] ?? ''}`);
      });
    await informer.start();
    const told: string[] = [];
    const watch = await new Watch(config()).watch(
      '/api/v1/namespaces/default/configmaps',
      { fieldSelector: 'metadata.name=watched' },
      (phase) => told.push(phase),
      () => undefined,
    );
    const body = { metadata: { name: 'watched' }, data: { a: '1' } };
    await api.createNamespacedConfigMap({ namespace: 'default', body });
    await api.replaceNamespacedConfigMap({
      namespace: 'default',
      name: 'watched',
      body: { ...body, data: { a: '2' } },
    });
    await api.deleteNamespacedConfigMap({ namespace: 'default', name: 'watched' });
    await eventually(
      () => [seen.length, told.length],
      ([a, b]) => a === 3 && b === 3,
    );
    expect(seen).toEqual(['add 1', 'update 2', 'delete 2']);
    expect(told).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
    watch.abort();
    await informer.stop();
  });

  it('Metrics hears that there is no such API', async () => {
    await expect(new Metrics(config()).getNodeMetrics()).rejects.toThrow(/404/);
  });

  it('Log follows', async () => {
    const stream = new PassThrough();
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    let ended = false;
    stream.on('end', () => (ended = true));
    await new Log(config()).log('default', 'ticks', 'ticks', stream, {
      follow: true,
      tailLines: 1,
    });
    await eventually(
      () => text,
      (seen) => seen.startsWith('tick\ntick\ntick\n'),
    );
    // The client has no clean way to stop; the end of the container is one.
    host.kubectl(['delete', 'pod', 'ticks', '--now']);
    await eventually(
      () => ended,
      (seen) => seen,
    );
  });
});
