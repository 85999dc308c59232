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
  terminal?: { columns: number; rows: number },
): Promise<{ out: string; err: string; code: number | undefined }> {
  const result = { out: '', err: '', code: undefined as number | undefined };
  const io = {
    stdout: (text: string) => void (result.out += text),
    stderr: (text: string) => void (result.err += text),
    ...(stdin === undefined ? {} : { stdin }),
    ...(terminal === undefined ? {} : { terminal: { size: terminal, want: () => undefined } }),
  };
  const { done } = execOnMachine(node.machine, line.split(' '), io, after);
  void done.then((code) => (result.code = code));
  await node.test.run(ms);
  return result;
}

describe('files', () => {
  beforeEach(() => {
    const { files } = node.machine;
    files.write('/srv/a/one', 'one\n', 0o600);
    files.write('/srv/a/two.sh', 'x'.repeat(5000));
    files.chmod('/srv/a/two.sh', 0o755);
    files.makeFolder('/srv/a/.hidden');
    files.link('/srv/a/link', 'one');
    files.touch('/srv/a/one', Date.UTC(2024, 1, 3));
  });

  it('are listed as coreutils lists them', async () => {
    expect(await run('ls /srv/a')).toEqual({ out: 'link\none\ntwo.sh\n', err: '', code: 0 });
    expect((await run('ls -lA /srv/a')).out).toMatch(
      /^total 16\ndrwxr-xr-x 2 root root 4096 Jan {2}1 00:00 \.hidden\nlrwxrwxrwx 1 root root {4}3 Jan {2}1 00:00 link -> one\n-rw------- 1 root root {4}4 Feb {2}3 {2}2024 one\n-rwxr-xr-x 1 root root 5000 Jan {2}1 00:00 two\.sh\n$/,
    );
    expect((await run('ls -lh /srv/a/two.sh')).out).toBe(
      '-rwxr-xr-x 1 root root 4.9K Jan  1 00:00 /srv/a/two.sh\n',
    );
    expect((await run('ls -ld /tmp')).out).toMatch(/^drwxrwxrwt \d+ root root 4096 Jan {2}1 00:00 \/tmp\n$/);
    expect((await run('ls -a /srv/a', undefined, 100, { columns: 30, rows: 24 })).out).toBe(
      '.   .hidden  one\n..  link     two.sh\n',
    );
    expect((await run('ls -F /srv')).out).toBe('a/\n');
    expect(await run('ls /nope')).toEqual({
      out: '',
      err: "ls: cannot access '/nope': No such file or directory\n",
      code: 2,
    });
    expect((await run('ls -% /')).err).toBe(
      "ls: invalid option -- '%'\nTry 'ls --help' for more information.\n",
    );
  });

  it('have their details, owners and times', async () => {
    await run('chown etcd:etcd /srv/a/one');
    expect((await run('stat -c %a:%A:%U:%s:%F:%n /srv/a/one')).out).toBe(
      '600:-rw-------:etcd:4:regular file:/srv/a/one\n',
    );
    expect((await run('stat /srv/a/link')).out).toMatch(
      /^ {2}File: \/srv\/a\/link -> one\n {2}Size: 3 {9}\tBlocks: 8 {10}IO Block: 4096 {3}symbolic link\nDevice: 253,1\tInode: \d+ +Links: 1\nAccess: \(0777\/lrwxrwxrwx\) {2}Uid: \( {4}0\/ {4}root\) {3}Gid: \( {4}0\/ {4}root\)\n/,
    );
    expect((await run('stat /nope')).err).toBe("stat: cannot statx '/nope': No such file or directory\n");
    await run('touch -d @86400 /srv/a/one');
    expect((await run('stat -c %y /srv/a/one')).out).toBe('1970-01-02 00:00:00.000000000 +0000\n');
    expect((await run('touch /nope/x')).err).toBe(
      "touch: cannot touch '/nope/x': No such file or directory\n",
    );
  });

  it('fill the disk, and nothing more can be written', async () => {
    const { disk, files } = node.machine;
    const before = disk.used;
    expect(await run('fallocate -l 10G /var/tmp/big')).toMatchObject({ code: 0 });
    expect(disk.used - before).toBe(10 * 1024 ** 3);
    expect((await run('ls -lh /var/tmp/big')).out).toContain(' 10G ');
    expect((await run('du -sh /var/tmp')).out).toBe('11G\t/var/tmp\n');
    expect((await run('fallocate -l 2000G /var/tmp/more')).err).toBe(
      'fallocate: fallocate failed: No space left on device\n',
    );
    files.allocate('/var/tmp/rest', disk.available);
    expect((await run('touch /srv/a/empty')).code).toBe(0);
    expect(() => files.write('/srv/a/full', 'x')).toThrow('write /srv/a/full: no space left on device');
    expect((await run('df -h /')).out).toMatch(
      /^Filesystem {6}Size {2}Used Avail Use% Mounted on\n\/dev\/vda1 .* +0 100% \/\n$/,
    );
    files.remove('/var/tmp/rest');
    files.write('/srv/a/full', 'x');
    files.remove('/var/tmp/big');
    expect(disk.used - before).toBe(1);
  });
});

describe('the system', () => {
  it('tells what it is', async () => {
    expect((await run('uname -sr')).out).toBe('Linux 6.8.0-60-generic\n');
    expect((await run('id')).out).toBe('uid=0(root) gid=0(root) groups=0(root)\n');
    expect((await run('ip -br addr')).out).toContain('10.0.0.21/24');
    expect((await run('ps -ef')).out).toMatch(
      /^UID {10}PID {4}PPID {2}C STIME TTY {10}TIME CMD\nroot {11}1 {7}0 {2}0 00:00 \? {8}00:00:00 \/usr\/lib\/systemd\/systemd/,
    );
    expect((await run('free -m')).out).toMatch(
      /^ {15}total {8}used {8}free {6}shared {2}buff\/cache {3}available\nMem: +\d+/,
    );
    expect((await run('top -b -n 1')).out).toMatch(/^top - 00:\d\d:\d\d up \d min, {2}1 user/);
    expect((await run('ss -lxH')).out).toContain('/run/containerd/containerd.sock');
    expect(await run('foo --bar')).toEqual({
      out: '',
      err: 'bash: line 1: foo: command not found\n',
      code: 127,
    });
  });

  it('has a clock that can be set', async () => {
    expect((await run('date -s 2030-05-06T07:08:09Z')).out).toBe('Mon May  6 07:08:09 UTC 2030\n');
    expect((await run('date +%F')).out).toBe('2030-05-06\n');
    expect((await run('timedatectl')).out).toMatch(/System clock synchronized: no\n/);
    await run('timedatectl set-ntp true');
    expect((await run('date +%Y')).out).toBe('2026\n');
    expect(await run('date -d nonsense')).toMatchObject({ err: 'date: invalid date ‘nonsense’\n', code: 1 });
  });

  it('shows live processes until q', async () => {
    let out = '';
    const exec = execOnMachine(node.machine, ['top'], {
      stdout: (text) => (out += text),
      stderr: () => undefined,
      terminal: { size: { columns: 40, rows: 5 }, want: (what) => (out += `<${what}>`) },
    }, after); // prettier-ignore
    let code: number | undefined;
    void exec.done.then((value) => (code = value));
    await node.test.run(4_000);
    expect(out).toContain('<keys>');
    after(0, () => exec.typed({ columns: 30, rows: 5 }));
    after(1, () => exec.typed({ keys: 'q' }));
    await node.test.run(10);
    expect(code).toBe(0);
    expect(out.endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
  });
});

describe('systemctl and journalctl', () => {
  it('stop and start what they name', async () => {
    expect((await run('systemctl is-active containerd')).out).toBe('active\n');
    const { out } = await run('systemctl status containerd');
    expect(out).toMatch(
      /^● containerd\.service - container runtime\n {5}Loaded: loaded .*; enabled; preset: enabled\)\n {5}Active: active \(running\) since Thu 2026-01-01 00:00:00 UTC; \d+s ago\n/,
    );
    expect(await run('systemctl stop containerd')).toEqual({ out: '', err: '', code: 0 });
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
    expect(await run('systemctl enable foo')).toMatchObject({
      err: 'Failed to enable unit: Unit file foo.service does not exist.\n',
      code: 1,
    });
    expect(await run('systemctl cat foo')).toMatchObject({
      err: 'No files found for foo.service.\n',
      code: 1,
    });
    expect(await run('systemctl is-active foo')).toMatchObject({ out: 'inactive\n', code: 4 });
    const both = await run('systemctl is-active foo containerd');
    expect(both).toMatchObject({ out: 'inactive\nactive\n', code: 0 });
    expect(await run('systemctl reload containerd')).toMatchObject({
      err: 'Failed to reload containerd.service: Job type reload is not applicable for unit containerd.service.\n',
      code: 1,
    });
    expect(await run('systemctl frob foo')).toMatchObject({ err: "Unknown command verb 'frob'.\n", code: 1 });
  });
});

describe('units and their journal', () => {
  it('are masked, disabled and shown', async () => {
    expect(await run('systemctl mask --now containerd')).toMatchObject({
      err: 'Created symlink /etc/systemd/system/containerd.service → /dev/null.\n',
      code: 0,
    });
    expect((await run('systemctl status containerd')).out).toMatch(
      /^○ containerd\.service\n {5}Loaded: masked \(Reason: Unit containerd\.service is masked\.\)\n {5}Active: inactive \(dead\) since /,
    );
    expect(await run('systemctl start containerd')).toMatchObject({
      err: 'Failed to start containerd.service: Unit containerd.service is masked.\n',
      code: 1,
    });
    expect((await run('systemctl unmask containerd')).err).toBe(
      'Removed "/etc/systemd/system/containerd.service".\n',
    );
    expect((await run('systemctl disable containerd')).err).toBe(
      'Removed "/etc/systemd/system/multi-user.target.wants/containerd.service".\n',
    );
    expect((await run('systemctl is-enabled containerd')).out).toBe('disabled\n');
    expect((await run('systemctl list-unit-files --no-legend')).out).toContain(
      'containerd.service disabled enabled\n',
    );
    expect((await run('systemctl show -p ActiveState --value containerd')).out).toBe('inactive\n');
    expect((await run('systemctl cat containerd')).out).toMatch(
      /^# \/usr\/lib\/systemd\/system\/containerd\.service\n\[Unit\]\n/,
    );
  });

  it('are filtered by priority, time and text, in several formats', async () => {
    node.machine.units.get('containerd')?.process?.kill('SIGKILL');
    await node.test.run(100);
    expect((await run('journalctl -u containerd -p warning -o cat')).out).toBe(
      "containerd.service: Failed with result 'signal'.\n",
    );
    expect((await run('journalctl -u containerd -p notice -o cat')).out).toContain(
      'code=killed, status=9/KILL\n',
    );
    const json = JSON.parse((await run('journalctl -u containerd -n 1 -p 4 -o json')).out) as Record<
      string,
      string
    >;
    expect(json).toMatchObject({
      PRIORITY: '4',
      SYSLOG_IDENTIFIER: 'systemd',
      _PID: '1',
      _HOSTNAME: 'worker-1',
    });
    expect((await run('journalctl -u containerd --since 2099-01-01')).out).toBe('-- No entries --\n');
    expect((await run('journalctl -xeu containerd -g Failed -o short-iso --no-pager')).out).toMatch(
      /^2026-01-01T00:\d\d:\d\d\+00:00 worker-1 systemd\[1\]: containerd\.service: Failed/,
    );
    expect(await run('journalctl --since nonsense')).toMatchObject({
      err: 'Failed to parse timestamp: nonsense\n',
      code: 1,
    });
  });
});

describe('crictl', () => {
  beforeEach(async () => {
    node.machine.files.write(
      '/etc/crictl.yaml',
      'runtime-endpoint: unix:///run/containerd/containerd.sock\n',
    );
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
      ['journalctl', '-u', 'containerd', '-f', '-n', '0'],
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
