import type { TunnelRequest } from './machine-tunnels.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeSnapshot } from '../../cluster/etcd/snapshot/encode-snapshot.ts';
import { sampleState } from '../../cluster/etcd/snapshot/sample-state.testing.ts';
import { bytesToFile, fileToBytes } from '../../base/file-bytes.ts';
import { MachineFs } from '../../shell/net/machine-fs.ts';
import { MachinesClient } from '../../shell/net/machines-client.ts';
import { testShell, type TestShell } from '../../shell/shell.testing.ts';
import type { MachineFileAccess } from './machine-file-routes.ts';
import { openMachinesServer, type MachinesServer } from './machines-server.ts';

const never = new AbortController().signal;
let files: Map<string, string>;
let server: MachinesServer;
let shell: TestShell;
let dialled: TunnelRequest[];

function access(): MachineFileAccess {
  const below = (path: string): string[] =>
    [...files.keys()].filter((file) => file.startsWith(path === '/' ? '/' : `${path}/`));
  const list = (path: string): string[] => [
    ...new Set(
      below(path).map((file) => {
        const rest = file.slice(path === '/' ? 1 : path.length + 1);
        return rest.includes('/') ? rest.slice(0, rest.indexOf('/') + 1) : rest;
      }),
    ),
  ];
  const read = (path: string): Uint8Array | undefined => {
    const text = files.get(path);
    return text === undefined ? undefined : fileToBytes(text);
  };
  return {
    stat: async (path) =>
      list(path).length > 0
        ? { kind: 'directory', size: 0 }
        : files.has(path)
          ? { kind: 'file', size: (read(path) as Uint8Array).length }
          : undefined,
    list: async (path) => list(path),
    read: async (path) => read(path),
    write: async (path, bytes) => void files.set(path, bytesToFile(bytes)),
    remove: async (path) => void files.delete(path),
    rename: async (from, to) => {
      files.set(to, files.get(from) as string);
      files.delete(from);
    },
  };
}

beforeEach(async () => {
  dialled = [];
  files = new Map([
    ['/etc/motd', 'olá\n'],
    ['/var/lib/etcd/member/snap/db', '\0\xff'],
  ]);
  server = await openMachinesServer({
    token: 'secret',
    machines: () => [
      { name: 'cp-1', address: '10.0.0.10', os: 'Debian', powered: true, loopback: { 2379: 1 } },
    ],
    exec: (_machine, argv, _stdin, sink) => {
      sink.stdout(`ran ${argv.join(' ')}\n`);
      sink.exit(0);
      return () => undefined;
    },
    power: () => Promise.resolve(false),
    connect: (request, handlers) => {
      dialled.push(request);
      handlers.onRefused({ code: 'ECONNREFUSED', elapsed: 0 });
      return () => undefined;
    },
    files: (machine) => (machine === 'cp-1' ? access() : undefined),
    lab: () => Promise.resolve(undefined),
    scheduling: () => undefined,
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

describe('scp', () => {
  it('copies bytes both ways, folders with -r', async () => {
    await ran(
      'scp cp-1:/var/lib/etcd/member/snap/db db && scp db root@10.0.0.10:copy && scp -r cp-1:/var/lib/etcd data && ls data/member/snap',
    );
    expect(shell.stdout.text).toBe('db\n');
    expect(files.get('/root/copy')).toBe('\0\xff');
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
    files.set('/root/s.db', bytesToFile(encodeSnapshot(sampleState)));
    const { out } = await ran(
      `ssh cp-1 'etcdutl snapshot status s.db && sudo etcdutl snapshot status /root/s.db' && ssh cp-1 'F=s.db; etcdutl snapshot status $F | cut -d, -f2'`,
    );
    expect(out).toMatch(/^([0-9a-f]+, 4, 21, 16 kB, 3\.6\.0\n)\1 4\n$/);
    await ran(`ssh cp-1 'etcdutl snapshot restore s.db --data-dir /var/lib/new'`);
    expect([...files.keys()].filter((file) => file.startsWith('/var/lib/new/')).sort()).toEqual([
      '/var/lib/new/member/snap/0000000000000001-0000000000000001.snap',
      '/var/lib/new/member/snap/db',
      '/var/lib/new/member/wal/0000000000000000-0000000000000000.wal',
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
