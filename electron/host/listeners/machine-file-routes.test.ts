import type { TunnelRequest } from './machine-tunnels.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeSnapshot } from '../../cluster/etcd/snapshot/encode-snapshot.ts';
import { sampleState } from '../../cluster/etcd/snapshot/sample-state.testing.ts';
import { bytesToFile } from '../../base/file-bytes.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { FileSystem } from '../../cluster/machine/interface.ts';
import { volatileStore } from '../../cluster/machine/local-state.ts';
import { SimulatedMachine } from '../../cluster/machine/machine.ts';
import { SimulatedNetwork } from '../../cluster/network/network.ts';
import { accessTo } from '../machine-file-access.ts';
import { MachineFs } from '../../shell/net/machine-fs.ts';
import { MachinesClient } from '../../shell/net/machines-client.ts';
import { testShell, type TestShell } from '../../shell/shell.testing.ts';
import { openMachinesServer, type MachinesServer } from './machines-server.ts';

const never = new AbortController().signal;
let files: FileSystem;
let server: MachinesServer;
let shell: TestShell;
let dialled: TunnelRequest[];
let interrupted: PromiseWithResolvers<void>;

const SPEC = {
  name: 'cp-1', role: 'control-plane', ip: '10.0.0.10', os: 'linux', cpus: 1, memory: 1, disk: 10_000_000_000, isNode: true,
} as const; // prettier-ignore

beforeEach(async () => {
  dialled = [];
  interrupted = Promise.withResolvers();
  const simulation = newTestSimulation();
  ({ files } = new SimulatedMachine(SPEC, simulation, new SimulatedNetwork(simulation), volatileStore()));
  files.write('/etc/motd', 'olá\n');
  files.write('/var/lib/etcd/member/snap/db', '\0\xff');
  server = await openMachinesServer({
    token: 'secret',
    machines: () => [
      {
        name: 'cp-1',
        address: '10.0.0.10',
        os: 'Debian',
        powered: true,
        reachable: true,
        loopback: { 2379: 1 },
      },
    ],
    exec: (_machine, { argv }, sink) => {
      if (argv[0] === 'sleep') return { interrupt: () => interrupted.resolve(), typed: () => undefined };
      sink.stdout(`ran ${argv.join(' ')}\n`);
      sink.exit(0);
      return { interrupt: () => undefined, typed: () => undefined };
    },
    power: () => Promise.resolve(false),
    connect: (request, handlers) => {
      dialled.push(request);
      handlers.onRefused({ code: 'ECONNREFUSED', elapsed: 0 });
      return () => undefined;
    },
    files: (machine) =>
      machine === 'cp-1' ? accessTo(files, (work) => Promise.resolve().then(work)) : undefined,
    lab: () => Promise.resolve(undefined),
    scheduling: () => undefined,
    controllers: () => undefined,
    onCommand: () => undefined,
  });
  shell = await testShell({ env: { LEME_MACHINES_URL: server.url, LEME_MACHINES_TOKEN: 'secret' } });
});

afterEach(async () => {
  shell.dispose();
  await server.close();
});

const ran = async (line: string): Promise<{ code: number; out: string; err: string }> => {
  const code = await shell.start(line).done;
  return { code, out: shell.stdout.text, err: shell.stderr.text };
};

describe('files of a machine over the host', () => {
  it('are read, listed, written, renamed and removed as bytes', async () => {
    const fs = new MachineFs(new MachinesClient(server.url, 'secret'), 'cp-1', never);
    expect(await fs.readText('/etc/motd')).toBe('olá\n');
    expect([...(await fs.readFile('/var/lib/etcd/member/snap/db'))]).toEqual([0, 0xff]);
    expect(await fs.stat('/etc/motd')).toMatchObject({ kind: 'file', size: 5 });
    expect(await fs.readdir('/var/lib')).toEqual(['etcd']);
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    await fs.writeFile('/tmp/b', all);
    await fs.rename('/tmp/b', '/tmp/c');
    expect(new Uint8Array(await fs.readFile('/tmp/c'))).toEqual(all);
    await fs.rm('/tmp/c');
    expect(await fs.exists('/tmp/c')).toBe(false);
  });

  it('that are not there, and folders read as files, fail as on a disk', async () => {
    const fs = new MachineFs(new MachinesClient(server.url, 'secret'), 'cp-1', never);
    await expect(fs.readFile('/none')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(fs.readFile('/etc')).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(fs.rm('/none')).rejects.toMatchObject({ code: 'ENOENT' });
    const other = new MachineFs(new MachinesClient(server.url, 'secret'), 'cp-9', never);
    await expect(other.readFile('/etc/motd')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are nobody else’s', async () => {
    const answer = await fetch(`${server.url}/machines/cp-1/files?path=/etc/motd`);
    expect(answer.status).toBe(401);
  });
});

describe('the file system of a machine', () => {
  const fs = (): MachineFs => new MachineFs(new MachinesClient(server.url, 'secret'), 'cp-1', never);

  it('has modes, owners, times and links', async () => {
    const on = fs();
    await on.symlink('motd', '/etc/alias');
    await on.chmod('/etc/alias', 0o600);
    await on.chown('/etc/motd', 'etcd', undefined);
    await on.utimes('/etc/motd', 5000);
    expect(await on.stat('/etc/alias')).toEqual({
      kind: 'file', size: 5, mode: 0o600, mtimeMs: 5000, owner: 'etcd', group: 'root',
    }); // prettier-ignore
    expect(await on.lstat('/etc/alias')).toMatchObject({ kind: 'symlink', size: 4 });
    expect([await on.readlink('/etc/alias'), await on.realpath('/etc/alias')]).toEqual(['motd', '/etc/motd']);
    await on.appendFile('/etc/alias', 'x');
    expect(files.read('/etc/motd')).toBe('olá\nx');
    await on.rm('/etc/alias');
    expect(await on.exists('/etc/motd')).toBe(true);
  });

  it('refuses as a kernel does', async () => {
    const on = fs();
    await expect(on.writeFile('/nope/x', 'a')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(on.writeFile('/etc/motd/x', 'a')).rejects.toMatchObject({ code: 'ENOTDIR' });
    await expect(on.mkdir('/etc')).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(on.readlink('/etc/motd')).rejects.toMatchObject({ code: 'EINVAL' });
    await expect(on.rm('/var/lib/etcd')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
    await on.symlink('/tmp/b', '/tmp/a');
    await on.symlink('/tmp/a', '/tmp/b');
    await expect(on.readFile('/tmp/a')).rejects.toMatchObject({ code: 'ELOOP' });
    await on.allocate('/var/tmp/big', 7_000_000_000);
    await expect(on.allocate('/var/tmp/more', 7_000_000_000)).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('keeps a folder when the last file is moved out of it, and moves folders with all in them', async () => {
    await ran(
      `ssh cp-1 'mkdir -p /srv/m; echo a > /srv/m/a.yaml; mv /srv/m/a.yaml /root; ls /srv; mv /root/a.yaml /srv/m/'`,
    );
    expect(files.list('/srv/m')).toEqual(['a.yaml']);
    await ran(`ssh cp-1 'mv /srv/m /srv/n'`);
    expect([files.list('/srv'), files.read('/srv/n/a.yaml')]).toEqual([['n/'], 'a\n']);
  });
});

describe('a shell on a machine', () => {
  it('interrupts what runs there when its client hangs up while the terminal’s line is still open', async () => {
    const stop = new AbortController();
    const client = new MachinesClient(server.url, 'secret');
    const asked = { argv: ['sleep', '100'], cwd: '/', terminal: { columns: 80, rows: 24 } };
    const running = await client.exec('cp-1', asked, stop.signal);
    stop.abort();
    await interrupted.promise;
    await expect(running?.pieces.next()).rejects.toThrow();
  });

  it('has globs, variables, loops, redirections and tests on the machine’s own files', async () => {
    const { out, err } = await ran(
      `ssh cp-1 'cd /var/lib/etcd; for f in member/*; do echo "$PWD/$f"; done; [ -f /etc/motd ] && cat < /etc/motd; echo two > /etc/two; cat /etc/mo* /etc/two | grep -c .; false; echo $?; wc -l < /etc/two; frob'`,
    );
    expect(out).toBe('/var/lib/etcd/member/snap\nolá\n2\n1\n1\n');
    expect(err).toBe('bash: line 1: frob: command not found\n');
    expect(files.read('/etc/two')).toBe('two\n');
  });

  it('says what the kernel says', async () => {
    files.allocate('/var/tmp/big', 7_745_000_000);
    const { err } = await ran(
      `ssh cp-1 'cat /none; cd /nope; echo x > /nope/y; mkdir /etc; rmdir /var/lib/etcd; head -c 900000 /dev/zero > /root/x'`,
    );
    expect(err).toBe(
      "cat: /none: No such file or directory\nbash: line 1: cd: /nope: No such file or directory\nbash: line 1: /nope/y: No such file or directory\nmkdir: cannot create directory '/etc': File exists\nrmdir: failed to remove '/var/lib/etcd': Directory not empty\nhead: write error: No space left on device\n",
    );
  });
});

describe('scp', () => {
  it('copies bytes both ways, folders with -r', async () => {
    await ran(
      'scp cp-1:/var/lib/etcd/member/snap/db db && scp db root@10.0.0.10:copy && scp -r cp-1:/var/lib/etcd data && ls data/member/snap',
    );
    expect(shell.stdout.text).toBe('db\n');
    expect(files.read('/root/copy')).toBe('\0\xff');
  });

  it('says what it cannot do', async () => {
    expect(await ran('scp cp-1:/none x')).toMatchObject({
      code: 1,
      err: 'scp: cp-1:/none: No such file or directory\n',
    });
    expect((await ran('scp cp-1:/etc x')).err).toContain('scp: cp-1:/etc: not a regular file\n');
    expect((await ran('scp nobody:/etc/motd x')).err).toContain(
      'ssh: Could not resolve hostname nobody: Name or service not known\n',
    );
  });
});

describe('programs that run in a machine’s name', () => {
  it('see the machine’s files, in plain lines, with sudo and among variables', async () => {
    files.write('/root/s.db', bytesToFile(encodeSnapshot(sampleState)));
    const { out } = await ran(
      `ssh cp-1 'etcdutl snapshot status s.db && sudo etcdutl snapshot status /root/s.db' && ssh cp-1 'F=s.db; etcdutl snapshot status $F | cut -d, -f2'`,
    );
    expect(out).toMatch(/^([0-9a-f]+, 4, 21, 16 kB, 3\.6\.0\n)\1 4\n$/);
    await ran(`ssh cp-1 'etcdutl snapshot restore s.db --data-dir /var/lib/new'`);
    expect([files.list('/var/lib/new/member/snap'), files.list('/var/lib/new/member/wal')]).toEqual([
      ['0000000000000001-0000000000000001.snap', 'db'],
      ['0000000000000000-0000000000000000.wal'],
    ]);
  });

  it('are addressed as the cluster knows the machine, also by 127.0.0.1', async () => {
    const client = new MachinesClient(server.url, 'secret');
    const at = (host: string, port: number, self?: string) => client.loopback(host, port, self, never);
    const inside = { host: '127.0.0.1', port: 1, authority: '10.0.0.10:2379' };
    expect(await at('127.0.0.1', 2379, 'cp-1')).toEqual(inside);
    expect(await at('localhost', 2379)).toEqual(inside);
    expect(await at('cp-1', 2379)).toEqual({ ...inside, authority: 'cp-1:2379' });
    expect(await at('cp-1', 22)).toBeUndefined();
    expect(await at('127.0.0.1', 2379, 'worker-1')).toBeUndefined();
  });

  it('reach only what the machine serves', async () => {
    const { err } = await ran(`ssh cp-1 'etcdctl --command-timeout=1s --endpoints=10.9.9.9:2379 get a'`);
    expect(err).toContain('Error: context deadline exceeded\n');
    expect((await ran(`ssh cp-1 'curl -sS http://127.0.0.1:6443/'`)).err).toContain(
      "curl: (7) Failed to connect to 127.0.0.1 port 6443 after 0 ms: Couldn't connect to server\n",
    );
    expect(dialled).toEqual([{ from: 'cp-1', program: 'curl', host: '127.0.0.1', port: 6443 }]);
  });
});
