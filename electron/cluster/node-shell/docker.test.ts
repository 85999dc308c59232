import { beforeEach, describe, expect, it } from 'vitest';
import { containerdProgram } from '../cri/containerd.ts';
import { criDockerdProgram } from '../cri/docker/cri-dockerd.ts';
import { dockerdProgram } from '../cri/docker/dockerd.ts';
import { NodeRuntime } from '../cri/node-runtime.ts';
import { RuntimeHarness, runContainer } from '../cri/runtime.testing.ts';
import { CRI_DOCKERD_SOCKET } from '../cri/variants/docker.ts';
import { PackageDatabase } from '../machine/packages.ts';
import type { Process } from '../machine/interface.ts';
import { execOnMachine } from './exec-on-machine.ts';

let node: RuntimeHarness;
let daemon: Process;
let id: string;

beforeEach(async () => {
  node = new RuntimeHarness('docker');
  const { machine, test, runtime } = node;
  machine.files.write('/etc/containerd/config.toml', 'disabled_plugins = ["cri"]\n');
  new PackageDatabase(machine.files).put({ name: 'docker-ce', version: '5:28.4.0', hold: false });
  new PackageDatabase(machine.files).put({ name: 'containerd.io', version: '2.1.4', hold: false });
  node.start('containerd', containerdProgram(new NodeRuntime(machine, runtime.images, () => test.simulation.now)));
  daemon = node.start('docker', dockerdProgram(runtime));
  node.start('cri-docker', criDockerdProgram);
  id = (await node.as((cri) => runContainer(cri, 'nginx:1.27'), { socket: CRI_DOCKERD_SOCKET, ms: 20_000 })).containerId;
}); // prettier-ignore

async function run(line: string | readonly string[], ms = 3_000) {
  const result = { out: '', err: '', code: undefined as number | undefined };
  const io = {
    stdout: (text: string) => void (result.out += text),
    stderr: (text: string) => void (result.err += text),
  };
  const argv = typeof line === 'string' ? line.split(' ') : line;
  void execOnMachine(node.machine, argv, io, () => undefined).done.then((code) => (result.code = code));
  await node.test.run(ms);
  return result;
}

describe('docker', () => {
  it('shows containers of Pods and their pause containers under names of the kubelet', async () => {
    const [header, ...rows] = (await run('docker ps')).out.trimEnd().split('\n');
    expect(header).toMatch(/^CONTAINER ID {3}IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES$/);
    expect(rows).toEqual([
      expect.stringMatching(new RegExp(`^${id.slice(0, 12)} {3}[0-9a-f]{12} +"/docker-entrypoint\\.…" +\\d+ seconds ago +Up \\d+ seconds +k8s_main_web_default_uid-of-web_0$`)),
      expect.stringMatching(/^[0-9a-f]{12} {3}registry\.k8s\.io\/pause:3\.10\.1 +"\/pause" .* k8s_POD_web_default_uid-of-web_0$/),
    ]);
    expect((await run('docker images')).out).toMatch(/\nnginx +1\.27 +[0-9a-f]{12} +N\/A +\d+(\.\d)?MB\n/);
    expect((await run('docker ps -aq --filter name=POD')).out).toMatch(/^[0-9a-f]{12}\n$/);
  }); // prettier-ignore

  it('logs, executes, inspects and stops by name or id', async () => {
    const name = 'k8s_main_web_default_uid-of-web_0';
    expect((await run(`docker logs ${name}`)).out).toBe('start worker processes\n');
    expect(await run(['docker', 'exec', id.slice(0, 12), 'sh', '-c', 'echo hi; exit 4'])).toEqual({ out: 'hi\n', err: '', code: 4 });
    expect(await run(`docker exec ${name} nosuch`)).toMatchObject({
      code: 126,
      err: 'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown\n',
    });
    expect(JSON.parse((await run(`docker inspect ${name}`)).out)).toMatchObject([{ Id: id, Name: `/${name}`, State: { Status: 'running', Running: true }, Config: { Hostname: 'web' } }]);
    expect(await run(`docker rm ${name}`)).toMatchObject({
      code: 1,
      err: `Error response from daemon: cannot remove container "/${name}": container is running: stop the container before removing or force remove\n`,
    });
    expect((await run(`docker stop ${name}`)).out).toBe(`${name}\n`);
    expect((await run('docker ps -a')).out).toMatch(/Exited \(0\) \d+ seconds? ago|Exited \(0\) Less than a second ago/);
    expect((await run(`docker rm ${name}`)).out).toBe(`${name}\n`);
  }); // prettier-ignore

  it('says what is not there', async () => {
    expect(await run('docker logs nope')).toMatchObject({ code: 1, err: 'Error response from daemon: No such container: nope\n' });
    expect(await run('docker inspect nope')).toEqual({ out: '[]\n', err: 'Error: No such object: nope\n', code: 1 });
    expect((await run('docker pull nginx:nope')).err).toBe('Error response from daemon: manifest for nginx:nope not found: manifest unknown: manifest unknown\n');
    expect((await run('docker frob')).err).toBe("docker: unknown command: docker frob\n\nRun 'docker --help' for more information\n");
    daemon.kill('SIGKILL');
    await node.test.run(100);
    expect(await run('docker ps')).toEqual({
      out: '', err: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n', code: 1,
    });
  }); // prettier-ignore

  it('tells of itself, and of the disk', async () => {
    expect((await run('docker version')).out).toContain('Server: Docker Engine - Community\n Engine:\n  Version:          28.4.0\n');
    expect((await run('docker info')).out).toMatch(/ Containers: 2\n {2}Running: 2\n[^]* Cgroup Driver: systemd\n/);
    expect((await run('docker system df')).out).toMatch(/^TYPE +TOTAL +ACTIVE +SIZE +RECLAIMABLE\nImages +2 +1 /);
    // Docker's containerd has no CRI: what Docker made is in a namespace of its own.
    expect((await run('ctr -n k8s.io c ls')).out).toBe('');
    expect((await run('ctr ns ls')).out).toBe('NAME    LABELS\nmoby\n');
  }); // prettier-ignore
});
