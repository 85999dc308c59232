import { beforeEach, describe, expect, it } from 'vitest';
import { ImageSpec } from '../../shared/images/image-schema.ts';
import { KubeletHarness } from '../kubelet/kubelet.testing.ts';
import { volatileStore } from '../machine/local-state.ts';
import { HttpClientConnection } from '../network/http-client.ts';
import { execOnMachine } from './exec-on-machine.ts';
import type { MachineExec } from './interface.ts';

const CONFIG = '/etc/crictl.yaml';
const DEFAULTS =
  '[unix:///run/containerd/containerd.sock unix:///run/crio/crio.sock unix:///var/run/cri-dockerd.sock]';
let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
  node.machine.files.write(CONFIG, 'runtime-endpoint: unix:///run/containerd/containerd.sock\n');
  node.createPod('web-1', { containers: [{ name: 'web', image: 'nginx:1.25' }] });
  await node.test.run(10_000);
});

interface Result {
  out: string;
  err: string;
  code: number | undefined;
}

function begin(
  argv: readonly string[],
  terminal?: { columns: number; rows: number },
): Result & { exec: MachineExec } {
  const result = { out: '', err: '', code: undefined as number | undefined };
  const io = {
    stdout: (text: string) => void (result.out += text),
    stderr: (text: string) => void (result.err += text),
    ...(terminal === undefined ? {} : { terminal: { size: terminal, want: () => undefined } }),
  };
  const exec = execOnMachine(node.machine, argv, io, () => undefined);
  void exec.done.then((code) => (result.code = code));
  return Object.assign(result, { exec });
}

async function run(line: string | readonly string[], ms = 3_000): Promise<Result> {
  const started = begin(typeof line === 'string' ? line.split(' ') : line);
  await node.test.run(ms);
  const { out, err, code } = started;
  return { out, err, code };
}

/** What answers at a port of the machine. */
async function get(port: number): Promise<string> {
  let text = '';
  node.machine.spawn({
    name: 'client',
    program: async ({ net, machine }) => {
      const http = new HttpClientConnection(
        await net.dial({ host: machine.ip, port }, { protocol: 'https' }),
      );
      const { body } = await http.call({ method: 'GET', target: '/', headers: {} });
      text = body?.type === 'text' ? body.text : '';
      return 0;
    },
  });
  await node.test.run(1_000);
  return text;
}

const idOf = async (what: string): Promise<string> =>
  (await run(`crictl ${what} -q`)).out.trim().split('\n')[0] ?? '';

describe('crictl exec and attach', () => {
  it('run a command, with its output and its end', async () => {
    const id = await idOf('ps');
    expect(await run(['crictl', 'exec', id, 'sh', '-c', 'echo $HOSTNAME; echo no >&2; exit 2'])).toEqual({
      out: 'web-1\n',
      err: `no\nFATA[0000] execing command in container ${id}: command terminated with exit code 2\n`,
      code: 1,
    });
    expect(await run(['crictl', 'exec', '-s', id, 'hostname'])).toEqual({
      out: 'web-1\n\n\n',
      err: '',
      code: 0,
    });
    expect((await run(`crictl exec ${id.slice(0, 6)} hostname`)).out).toBe('web-1\n');
    expect((await run('crictl exec --name web hostname')).out).toBe(`${id}:\nweb-1\n`);
  });

  it('give a terminal to a shell, with its keys and its size', async () => {
    const id = await idOf('ps');
    const shell = begin(['crictl', 'exec', '-it', id, 'sh'], { columns: 100, rows: 40 });
    await node.test.run(500);
    expect(shell.out).toBe('# ');
    shell.exec.typed({ keys: 'stty size\r' });
    await node.test.run(500);
    shell.exec.typed({ columns: 90, rows: 20 });
    shell.exec.typed({ keys: 'stty size; exit 3\r' });
    await node.test.run(500);
    expect(shell.out).toContain('40 100\r\n# ');
    expect(shell.out).toContain('20 90\r\n');
    expect(shell.code).toBe(1);
    expect(shell.err).toBe(
      `FATA[0000] execing command in container ${id}: command terminated with exit code 3\n`,
    );
  });

  it('refuse in the words of crictl and containerd', async () => {
    const id = await idOf('ps');
    expect((await run(`crictl exec -it ${id} sh`)).err).toBe(`FATA[0000] execing command in container ${id}: input is not a terminal\n`);
    expect((await run(`crictl exec -t ${id} sh`)).err).toBe('FATA[0000] tty=true must be specified with interactive=true\n');
    expect((await run(`crictl exec ${id} nosuch`)).err).toMatch(/OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \$PATH: unknown\n$/);
    expect((await run('crictl exec abc sh')).err).toBe(
      'FATA[0000] execing command in container abc: rpc error: code = NotFound desc = an error occurred when try to find container "abc": not found\n',
    );
  }); // prettier-ignore

  it('show what the main process writes until it is interrupted', async () => {
    node.createPod('ticker', { containers: [{ name: 'tick', image: 'busybox', command: ['sh', '-c', 'while true; do echo tick; sleep 1; done'] }] });
    await node.test.run(5_000);
    const attached = begin(['crictl', 'attach', await idOf('ps --name tick')]);
    await node.test.run(2_500);
    attached.exec.interrupt();
    await node.test.run(100);
    expect(attached.out).toMatch(/^tick\ntick\n(tick\n)?$/);
  }); // prettier-ignore
});

describe('crictl and what it prints', () => {
  it('shows statistics of containers and Pods between two samples', async () => {
    node.createPod('busy', { containers: [{ name: 'busy', image: 'polinux/stress', command: ['stress', '--cpu', '2'] }] });
    await node.test.run(8_000);
    const rows = (await run('crictl stats')).out.split('\n');
    expect(rows[0]).toBe('CONTAINER           NAME                CPU %               MEM                 DISK                INODES');
    expect(rows.find((row) => row.includes('busy'))).toMatch(/^[0-9a-f]{13} {7}busy {16}200\.00 /);
    expect(rows.find((row) => row.includes('web'))).toMatch(/^[0-9a-f]{13} {7}web {17}0\.00 {16}8\.39MB /);
    expect((await run('crictl statsp')).out).toMatch(/^POD {17}POD ID {14}CPU % {15}MEM\n/);
  }); // prettier-ignore

  it('prints JSON, YAML and fields of a template', async () => {
    const id = await idOf('ps');
    const { containers } = JSON.parse((await run('crictl ps -o json')).out) as { containers: Record<string, unknown>[] };
    expect(containers[0]).toMatchObject({ id, state: 'CONTAINER_RUNNING', metadata: { name: 'web', attempt: 0 }, createdAt: expect.stringMatching(/^\d{19}$/) as string });
    expect((await run('crictl pods -o yaml')).out).toMatch(/^items:\n {2}- id: /);
    expect((await run(['crictl', 'inspect', '-o', 'go-template', '--template', '{{.status.state}} {{.status.metadata.name}}', id])).out).toBe('CONTAINER_RUNNING web\n');
    expect((await run(['crictl', 'inspect', '-o', 'go-template', '--template', '{{range .x}}', id])).err).toBe(
      'FATA[0000] leme: of templates only fields such as {{.status.state}} are modelled, not {{range .x}}\n',
    );
    expect(JSON.parse((await run(`crictl inspecti nginx:1.25`)).out)).toMatchObject({ status: { repoTags: ['docker.io/library/nginx:1.25'], pinned: false } });
    expect((await run('crictl inspecti nope')).err).toBe('FATA[0000] no such image "nope" present\n');
    expect((await run('crictl ps -o xml')).err).toBe(`FATA[0000] don't know the format "xml"\n`);
  }); // prettier-ignore
});

describe('crictl and what it changes', () => {
  it('removes images that nothing uses, but not the one of sandboxes', async () => {
    await run('crictl pull redis:7', 20_000);
    const pruned = await run('crictl rmi --prune');
    expect(pruned.out).toBe('Deleted: docker.io/library/redis:7\n');
    expect((await run('crictl images -q')).out.trim().split('\n')).toHaveLength(2);
    expect(await run('crictl rmi nope')).toMatchObject({ err: 'ERRO[0000] no such image nope\nFATA[0000] unable to remove the image(s)\n', code: 1 });
  }); // prettier-ignore

  it('makes a Pod and a container from files, which the kubelet does not know', async () => {
    const { files } = node.machine;
    files.write('/root/pod.json', JSON.stringify({ metadata: { name: 'sandbox', namespace: 'default', uid: 'u1' }, log_directory: '/tmp' }));
    files.write('/root/container.yaml', 'metadata: { name: busy }\nimage: { image: busybox }\ncommand: [sleep, "600"]\nlog_path: busy.log\n');
    const pod = (await run('crictl runp pod.json')).out.trim();
    expect(pod).toMatch(/^[0-9a-f]{64}$/);
    const id = (await run(`crictl create --with-pull ${pod} container.yaml pod.json`, 10_000)).out.trim();
    expect((await run(`crictl ps -a --pod ${pod}`)).out).toMatch(/Created +busy/);
    expect(await run(`crictl start ${id}`)).toEqual({ out: `${id}\n`, err: '', code: 0 });
    expect((await run(`crictl exec ${id} hostname`)).out).toBe('sandbox\n');
    expect((await run(`crictl rm ${id}`)).err).toBe(`FATA[0000] container "${id}" is running, please stop it first\n`);
    expect((await run(`crictl rm -f ${id}`)).out).toBe(`${id}\n`);
    expect((await run(`crictl rmp -f ${pod}`)).out).toBe(`Stopped sandbox ${pod}\nRemoved sandbox ${pod}\n`);
    expect((await run('crictl runp -r kata pod.json')).err).toBe(
      'FATA[0000] run pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "kata" is configured\n',
    );
    expect((await run('crictl runp nope.json')).err).toBe('FATA[0000] load podSandboxConfig: open config at nope.json: open nope.json: no such file or directory\n');
  }); // prettier-ignore

  it('forwards a port of the machine to the Pod', async () => {
    const pod = await idOf('pods');
    const forward = begin(['crictl', 'port-forward', pod, '8080:80']);
    await node.test.run(500);
    expect(forward.out).toBe('Forwarding from 127.0.0.1:8080 -> 80\n');
    const got = await get(8080);
    expect(got).toContain('Welcome to nginx!');
    expect(forward.out).toContain('Handling connection for 8080\n');
    forward.exec.interrupt();
    await node.test.run(100);
    expect(forward.code).toBeGreaterThan(128);
  });
});

describe('where crictl finds its runtime', () => {
  it('warns without a configuration, and tries one after the other', async () => {
    node.machine.files.remove(CONFIG);
    const { err, code } = await run('crictl pods');
    expect([err, code]).toEqual([
      `WARN[0000] Config "/etc/crictl.yaml" does not exist, trying next: "/usr/bin/crictl.yaml"\nWARN[0000] runtime connect using default endpoints: ${DEFAULTS}. As the default settings are now deprecated, you should set the endpoint instead.\n`,
      0,
    ]);
    node.machine.units.stop('containerd');
    await node.test.run(100);
    const failed = (await run('crictl images')).err.split('\n');
    expect(failed[1]).toMatch(/^WARN\[0000\] Image connect using default endpoints: /);
    expect(failed[2]).toMatch(/^ERRO\[0000\] validate service connection: validate CRI v1 image API for endpoint "unix:\/\/\/run\/containerd\/containerd\.sock": rpc error: code = Unavailable/);
    expect(failed[4]).toMatch(/^FATA\[0000\] validate service connection: validate CRI v1 image API for endpoint "unix:\/\/\/var\/run\/cri-dockerd\.sock"/);
  }); // prettier-ignore

  it('obeys the file and the flag, and says that a file cannot be read', async () => {
    node.machine.files.write(CONFIG, 'runtime-endpoint: unix:///run/crio/crio.sock\n');
    expect((await run('crictl ps')).err).toMatch(/^FATA\[0000\] validate service connection: validate CRI v1 runtime API for endpoint "unix:\/\/\/run\/crio\/crio\.sock": rpc error/);
    expect((await run('crictl -r unix:///run/containerd/containerd.sock version')).out).toMatch(/^Version: {2}0\.1\.0\nRuntimeName: {2}containerd\n/);
    node.machine.files.write(CONFIG, 'runtime-endpoint: [\n');
    expect((await run('crictl ps')).err).toMatch(/^FATA\[0000\] get server config from file: /);
  }); // prettier-ignore
});

it('pulls what is private with the account that it is given', async () => {
  const credentials = { username: 'ana', password: 'a:b' };
  const name = 'images.shop.example/web';
  const image = ImageSpec.parse({
    repository: name, tags: ['1'], layers: ['1MB'], cmd: ['/web'], behaviour: { type: 'service' }, credentials,
  }); // prettier-ignore
  node = new KubeletHarness(volatileStore(), [image]);
  await node.start();
  node.machine.files.write(CONFIG, 'runtime-endpoint: unix:///run/containerd/containerd.sock\n');
  expect((await run(`crictl pull ${name}:1`)).err).toContain('no basic auth credentials');
  expect((await run(`crictl pull --creds ana:wrong ${name}:1`)).err).toContain('401 Unauthorized');
  expect((await run(`crictl pull --creds ana:a:b ${name}:1`)).out).toMatch(
    /^Image is up to date for sha256:/,
  );
  expect((await run(`crictl pull --auth YW5hOmE6Yg== ${name}:1`)).code).toBe(0);
  expect((await run(`crictl pull --creds :x ${name}:1`)).err).toContain("username can't be empty");
});

describe('ctr and nerdctl', () => {
  it('see nothing in the namespace that they look into by themselves', async () => {
    const id = await idOf('ps');
    expect((await run('ctr containers ls')).out).toBe('CONTAINER    IMAGE    RUNTIME\n');
    expect((await run('ctr -n k8s.io c ls')).out).toContain(`${id}    docker.io/library/nginx:1.25`);
    expect((await run('ctr ns ls')).out).toBe('NAME      LABELS\nk8s.io\n');
    expect((await run('ctr -n k8s.io t ls')).out).toMatch(new RegExp(`${id} +\\d+ +RUNNING`));
    expect((await run('nerdctl ps')).out).toMatch(/^CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\n$/);
    expect((await run('nerdctl -n k8s.io ps')).out).toMatch(/docker\.io\/library\/nginx:1\.25 +"\/docker-entrypoint\.…" +\d+ seconds ago +Up \d+ seconds +k8s:\/\/default\/web-1\/web\n/);
    expect((await run('nerdctl -n k8s.io logs k8s://default/web-1/web')).out).toBe('start worker processes\n');
    expect((await run('ctr -n k8s.io i pull nginx')).err).toBe('ctr: failed to resolve reference "nginx": object required\n');
  }); // prettier-ignore

  it('cannot do without containerd', async () => {
    node.machine.units.stop('containerd');
    await node.test.run(100);
    expect(await run('ctr -n k8s.io c ls')).toMatchObject({
      code: 1,
      err: 'ctr: failed to dial "/run/containerd/containerd.sock": context deadline exceeded: connection error: desc = "transport: error while dialing: dial unix:///run/containerd/containerd.sock: timeout"\n',
    });
    expect(await run('docker ps')).toEqual({
      out: '',
      err: 'bash: line 1: docker: command not found\n',
      code: 127,
    });
  });
});
