import { beforeEach, describe, expect, it } from 'vitest';
import { KubeletHarness } from '../kubelet/kubelet.testing.ts';
import { execOnMachine } from './exec-on-machine.ts';

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

const after = (ms: number, run: () => void): void =>
  void node.test.simulation.schedule(node.test.simulation.now + ms, run);

async function run(
  line: string,
  stdin?: string,
  ms = 2_000,
): Promise<{ out: string; err: string; code: number | undefined }> {
  const result = { out: '', err: '', code: undefined as number | undefined };
  const io = {
    stdout: (text: string) => void (result.out += text),
    stderr: (text: string) => void (result.err += text),
    stdin,
  };
  const { done } = execOnMachine(node.machine, [line], io, after);
  void done.then((code) => (result.code = code));
  await node.test.run(ms);
  return result;
}

describe('files', () => {
  it('are written from standard input, read, moved and removed', async () => {
    expect(await run('cat > /etc/x/a.yaml', 'one\ntwo\n')).toEqual({ out: '', err: '', code: 0 });
    expect((await run('cat /etc/x/a.yaml | grep -n tw && echo ok')).out).toBe('2:two\nok\n');
    expect(await run('mv /etc/x/a.yaml /tmp/')).toEqual({ out: '', err: '', code: 0 });
    expect((await run('ls /tmp')).out).toBe('a.yaml\n');
    expect((await run('echo three | tee -a /tmp/a.yaml; wc -l /tmp/a.yaml')).out).toBe('three\n3\n');
    expect(
      await run("sed -i 's/t\\(wo\\)/T\\1/' /tmp/a.yaml; cat /tmp/a.yaml | head -2 | tail -1"),
    ).toMatchObject({ out: 'Two\n', code: 0 });
    expect(await run('rm /tmp/a.yaml; cat /tmp/a.yaml')).toEqual({
      out: '',
      err: 'cat: /tmp/a.yaml: No such file or directory\n',
      code: 1,
    });
  });

  it('lie in folders that stay when they are empty', async () => {
    expect(await run('mkdir /srv/a; ls /srv; ls /srv/a; ls /tmp')).toEqual({ out: 'a\n', err: '', code: 0 });
    expect(await run('mkdir /srv/x/y')).toMatchObject({
      err: "mkdir: cannot create directory '/srv/x/y': No such file or directory\n",
      code: 1,
    });
    expect(await run('touch /srv/a/f; rmdir /srv/a')).toMatchObject({
      err: "rmdir: failed to remove '/srv/a': Directory not empty\n",
    });
    expect(await run('mkdir -p /srv/b/c; mv /srv/a /srv/b/c; find /srv')).toMatchObject({
      out: '/srv\n/srv/b\n/srv/b/c\n/srv/b/c/a\n/srv/b/c/a/f\n',
    });
    expect(await run('rm /srv/b/c/a/f; rmdir /srv/b/c/a; rm -r /srv/b; ls /srv')).toEqual({
      out: '',
      err: '',
      code: 0,
    });
  });

  it('say what is wrong', async () => {
    expect(await run('ls /nope')).toMatchObject({
      err: "ls: cannot access '/nope': No such file or directory\n",
      code: 2,
    });
    expect(await run('rm /var/lib')).toMatchObject({
      err: "rm: cannot remove '/var/lib': Is a directory\n",
      code: 1,
    });
    expect(await run('foo --bar')).toEqual({ out: '', err: 'bash: foo: command not found\n', code: 127 });
    expect(await run('cat |')).toMatchObject({
      err: "bash: -c: line 1: syntax error near unexpected token `newline'\n",
      code: 2,
    });
    expect(await run('echo $HOME')).toMatchObject({
      err: 'leme: "$HOME" is not modelled in the shell of a machine\n',
      code: 2,
    });
  });
});

describe('systemctl and journalctl', () => {
  it('stop and start what they name', async () => {
    expect((await run('systemctl is-active containerd')).out).toBe('active\n');
    const { out } = await run('systemctl status containerd');
    expect(out).toMatch(
      /^● containerd\.service - container runtime\n {5}Loaded: loaded .*; enabled; preset: enabled\)\n {5}Active: active \(running\) since Thu 2026-01-01 00:00:00 UTC; \d+s ago\n/,
    );
    expect(await run('sudo systemctl stop containerd')).toEqual({ out: '', err: '', code: 0 });
    expect(await run('systemctl is-active containerd')).toEqual({ out: 'inactive\n', err: '', code: 3 });
    expect(await run('systemctl start containerd.service')).toMatchObject({ code: 0 });
    expect((await run('journalctl -u containerd -n 2')).out).toMatch(/containerd successfully booted/);
  });

  it('refuse a unit that is not there', async () => {
    expect(await run('systemctl status foo')).toEqual({
      out: '',
      err: 'Unit foo.service could not be found.\n',
      code: 4,
    });
    expect(await run('systemctl start foo')).toMatchObject({
      err: 'Failed to start foo.service: Unit foo.service not found.\n',
      code: 5,
    });
    expect(await run('systemctl frob foo')).toMatchObject({ err: "Unknown command verb 'frob'.\n", code: 1 });
  });
});

describe('crictl', () => {
  beforeEach(async () => {
    node.createPod('web-1', { containers: [{ name: 'web', image: 'nginx:1.25' }] });
    await node.test.run(10_000);
  });

  it('lists containers, Pods and images in its columns', async () => {
    const [header, row] = (await run('crictl ps')).out.split('\n');
    expect(header).toBe(
      'CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD                 NAMESPACE',
    );
    expect(row).toMatch(
      /^[0-9a-f]{13} {7}[0-9a-f]{13} {7}\d+ seconds ago {6,8}Running {13}web {17}0 {19}[0-9a-f]{13} {7}web-1 {15}default$/,
    );
    expect((await run('crictl pods')).out.split('\n')[1]).toMatch(
      /^[0-9a-f]{13} .* Ready +web-1 +default +0 +\(default\)$/,
    );
    expect((await run('crictl images')).out).toMatch(
      /docker\.io\/library\/nginx +1\.25 +[0-9a-f]{13} +7\dMB|docker\.io\/library\/nginx +1\.25 +[0-9a-f]{13} +7[\d.]+MB/,
    );
  });

  it('stops a container, which the kubelet starts again', async () => {
    const id = (await run('crictl ps -q')).out.trim();
    expect(await run(`crictl stop ${id.slice(0, 10)}`)).toEqual({
      out: `${id.slice(0, 10)}\n`,
      err: '',
      code: 0,
    });
    expect((await run('crictl ps -q --name web')).out.trim()).not.toBe(id);
    expect((await run('crictl ps -a')).out).toMatch(/Exited +web +0/);
    expect(node.pod('web-1')?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
    expect((await run('crictl logs ' + (await run('crictl ps -q')).out.trim())).out).toBe(
      'start worker processes\n',
    );
  });

  it('says what containerd says, or that it cannot be reached', async () => {
    expect(await run('crictl rm 123')).toMatchObject({
      code: 1,
      err: expect.stringContaining('code = NotFound') as string,
    });
    const id = (await run('crictl ps -q')).out.trim();
    expect((await run(`crictl rm ${id}`)).err).toContain('is running, please stop it first');
    expect((await run('crictl pull nope/nope')).err).toMatch(
      /^FATA\[0000\] pulling image: rpc error: code = Unknown desc = failed to pull/,
    );
    node.machine.units.stop('containerd');
    expect((await run('crictl ps')).err).toMatch(
      /^FATA\[0000\] validate service connection: validate CRI v1 runtime API for endpoint "unix:\/\/\/run\/containerd\/containerd\.sock": rpc error: code = Unavailable/,
    );
    expect((await run('crictl frob')).err).toBe("No help topic for 'frob'\n");
  });
});

describe('following', () => {
  it('shows what comes and ends when interrupted', async () => {
    let out = '';
    const exec = execOnMachine(
      node.machine,
      ['journalctl -u containerd -f -n 0'],
      {
        stdout: (text) => (out += text),
        stderr: () => undefined,
      },
      after,
    );
    let code: number | undefined;
    void exec.done.then((value) => (code = value));
    await node.test.run(1_000);
    node.machine.units.restart('containerd');
    await node.test.run(2_000);
    expect(out).toMatch(/starting containerd/);
    expect(code).toBeUndefined();
    exec.interrupt();
    await node.test.run(100);
    expect(code).not.toBe(0);
    expect(code).toBeDefined();
  });
});

describe('power', () => {
  it('goes off with poweroff, shutdown and systemctl poweroff, and takes the command with it', async () => {
    for (const line of ['poweroff', 'shutdown -h now', 'systemctl poweroff']) {
      expect(await run(line)).toMatchObject({ code: 255 });
      expect(node.machine.powered).toBe(false);
      node.machine.powerOn();
      await node.test.run(2_000);
    }
  });

  it('comes back by itself after reboot', async () => {
    await run('reboot', undefined, 1_000);
    expect(node.machine.powered).toBe(false);
    await node.test.run(5_000);
    expect(node.machine.powered).toBe(true);
  });

  it('says what it does not do', async () => {
    expect(await run('shutdown -h +10')).toEqual({
      out: '',
      err: 'shutdown: "+10" is not modelled; "now" is\n',
      code: 1,
    });
    expect(node.machine.powered).toBe(true);
  });
});
