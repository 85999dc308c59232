import { PassThrough, Writable } from 'node:stream';
import { Exec, KubeConfig, Log } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, hasStockKubectl, ServedHost, temporaryFolder } from '../harness/serve.ts';

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
    // A tunnel for port-forward is not served, and the client hears it.
    expect(host.kubectl(['port-forward', 'pod/web', ':80']).stderr).toContain('unable to upgrade');
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
