import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSnapshot } from '../../electron/cluster/etcd/snapshot/decode-snapshot.ts';
import { encodeSnapshot } from '../../electron/cluster/etcd/snapshot/encode-snapshot.ts';
import { sampleState } from '../../electron/cluster/etcd/snapshot/sample-state.testing.ts';
import { etcdctlProgram } from '../../electron/shell/etcdctl/program.ts';
import { BinaryFs, runInMemory } from '../../electron/shell/etcdctl/testing/memory-io.testing.ts';
import { etcdutlProgram } from '../../electron/shell/etcdutl/program.ts';
import { hasRealEtcd, RealEtcd } from './real-etcd.testing.ts';

// Our etcdctl and a stock one (3.4), the same words to the same real etcd: bytes and exit codes must be the same.
// Without both installed there is nothing to compare with, and these tests say that they were skipped.

const hasStock =
  spawnSync('etcdctl', ['version'], { env: { ...process.env, ETCDCTL_API: '3' } }).status === 0;
const env = { LEME_ETCDCTL_VERSION: '3.4' };

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Log lines of the clients (retries) carry addresses of memory and times: not compared. */
function withoutLog(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('{"level"'))
    .join('\n')
    .replace(/took = ?\S+/g, 'took =');
}

function stock(args: readonly string[], stdin: string, cwd: string): Said {
  const { status, stdout, stderr } = spawnSync('etcdctl', args, {
    cwd,
    input: stdin,
    env: { PATH: process.env['PATH'] ?? '', ETCDCTL_API: '3' },
    encoding: 'latin1',
  });
  return { code: status ?? -1, stdout, stderr: withoutLog(stderr) };
}

async function ours(args: readonly string[], stdin: string, fs?: BinaryFs): Promise<Said> {
  const { code, bytes, stderr } = await runInMemory(etcdctlProgram, args, {
    stdin,
    env,
    ...(fs === undefined ? {} : { fs }),
  });
  return {
    code,
    stdout: bytes.toString('latin1'),
    stderr: Buffer.from(withoutLog(stderr)).toString('latin1'),
  };
}

const words = (line: string): string[] => line.split(' ').map((word) => word.replaceAll('_', ' '));
const formats = ['simple', 'json', 'fields', 'table', 'protobuf'];
const readings = [
  'get a', 'get none', 'get k --prefix', 'get k --prefix --limit=1', 'get k --prefix --keys-only', 'get bin', 'get bin --hex',
  'get k --prefix --order=DESCEND --sort-by=VERSION', 'get k1 --rev=2', 'get k2 --consistency=s', 'del none --prev-kv',
  'lease list', 'lease timetolive 1', 'lease timetolive 77 --keys', 'member list', 'endpoint status', 'endpoint hashkv',
  'user list', 'user get u', 'role list', 'role get r', 'move-leader 1', 'member remove 1', 'member promote 1',
]; // prettier-ignore
const mistakes = [
  'get', 'get a --print-value-only -w json', 'get a b --prefix', 'get a --rev=999999', 'put', 'put a b --lease=1', 'del',
  'compaction 999999', 'compaction x', 'lease grant x', 'lease revoke 1', 'lease revoke zz', 'lease keep-alive --once 1', 'lease keep-alive 1',
  'user add', 'user add :p', 'user add u:p', 'user get none', 'user grant-role a', 'user revoke-role u none', 'user delete none',
  'role add r', 'role get none', 'role delete none', 'role grant-permission r bad k', 'role grant-permission r read k e --prefix',
  'role grant-permission r read k --prefix --from-key', 'role revoke-permission a', 'elect', 'elect boss', 'elect -l a b', 'lock',
  'member add', 'member add m', 'member add m --peer-urls=x', 'member add m --peer-urls=http://a/b', 'member update 1', 'member promote zz',
  'move-leader', 'move-leader zz', 'auth enable x', 'auth disable x', 'alarm list x', 'watch', 'watch a b --prefix', 'watch a --',
  'snapshot save', 'snapshot status', 'snapshot status none', 'snapshot save /nonexistent/x', 'check perf --load=q', 'get a --cert x',
  '--cert= get a', '--cacert /none get a', 'version', 'endpoint health', 'defrag', 'alarm disarm',
]; // prettier-ignore
const transactions = [
  'value("a") = "1"\n\nget a\nget k --prefix\n\nget b\n\n',
  'version("a") > "9"\n\nget a\n\nget k1\nget none\n\n',
  '\nget "" --from-key --order=DESCEND\n\n\n',
  'value("a") = "caf\\u00e9"\n\n\nget bin\n\n',
  'mod("a") != "0"\ncreate("a") < "1"\n\n\n\n',
  'bogus("a") = "0"\n\n\n\n', 'value(a) = "0"\n', 'value("a")\n', 'value("a") "x"\n', '\nfrob a\n', '\nput a\n', '\nput\n', '', 'value("a") = "1"',
]; // prettier-ignore

describe.skipIf(!hasRealEtcd || !hasStock)('etcdctl beside a stock one', () => {
  let etcd: RealEtcd;
  let folder: string;
  const at = (line: string): string[] => [`--endpoints=${etcd.url}`, ...words(line)];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'etcdctl-'));
    etcd = await RealEtcd.start();
    for (const line of ['put a 1', 'put k1 one', 'put k2 two', 'put k1 uno', 'role add r', 'role grant-permission r readwrite a b',
      'role grant-permission r read c --prefix', 'role grant-permission r write zz', 'user add u:p', 'user grant-role u r']) {
      expect(await ours(at(line), '')).toMatchObject({ code: 0, stderr: '' });
    } // prettier-ignore
    await etcd.call('kv/put', {
      key: Buffer.from('bin').toString('base64'),
      value: Buffer.from([0, 1, 255, 10, 34]).toString('base64'),
    });
    await etcd.call('lease/grant', { TTL: 100_000, ID: 0x77 });
    await etcd.call('kv/put', { key: Buffer.from('leased').toString('base64'), value: '', lease: 0x77 });
  }, 60_000);

  afterAll(async () => {
    await etcd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(readings)(
    '%s, in every form',
    async (line) => {
      for (const format of formats) {
        const args = [...at(line), '-w', format];
        const [expected, got] = [stock(args, '', folder), await ours(args, '')];
        // A second may pass between the two, and asking is what moves the Raft index on.
        const plain = (said: Said): Said => ({ ...said, stdout: said.stdout.replace(/\b99\d{3}\b/g, 'TTL') });
        expect({ format, ...plain(got) }).toEqual({ format, ...plain(expected) });
      }
    },
    60_000,
  );

  it.each(mistakes)(
    '%s',
    async (line) => {
      expect(await ours(at(line), '')).toEqual(stock(at(line), '', folder));
    },
    30_000,
  );

  it.each(transactions)(
    'txn %j',
    async (stdin) => {
      for (const format of formats) {
        const args = [...at('txn'), '-w', format];
        expect({ format, ...(await ours(args, stdin)) }).toEqual({ format, ...stock(args, stdin, folder) });
      }
    },
    60_000,
  );

  it('stores the same snapshot, which both read alike', async () => {
    const fs = new BinaryFs();
    expect(await ours(at('snapshot save s.db'), '', fs)).toMatchObject({
      code: 0,
      stdout: 'Snapshot saved at s.db\n',
    });
    const bytes = fs.files.get('/console/s.db') as Uint8Array;
    writeFileSync(join(folder, 's.db'), bytes);
    for (const format of formats) {
      const args = ['snapshot', 'status', 's.db', '-w', format];
      expect({ format, ...(await ours(args, '', fs)) }).toEqual({ format, ...stock(args, '', folder) });
    }
    const state = decodeSnapshot(bytes);
    expect(state.records.filter(({ kv }) => kv.key === 'k1').map(({ kv }) => kv.value)).toEqual([
      'one',
      'uno',
    ]);
    expect(state.auth.roles.map(({ name }) => name)).toEqual(['r']);
    expect(state.leases).toEqual([{ id: '119', ttl: 100_000, remainingTtl: 0 }]);
  });

  it('is told apart when it answers something else', async () => {
    expect(await ours(at('get a'), '')).not.toEqual(stock(at('get k1'), '', folder));
  });
});

describe.skipIf(!hasRealEtcd || !hasStock)('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etcdutl-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const snapshot = encodeSnapshot({
    ...sampleState,
    alarms: [],
    auth: { ...sampleState.auth, enabled: false },
  });

  async function restored(name: string, flags: string): Promise<string> {
    const fs = new BinaryFs();
    fs.files.set('/console/s.db', snapshot);
    const { code } = await runInMemory(
      etcdutlProgram,
      words(`snapshot restore s.db --data-dir ${name} ${flags}`.trim()),
      { fs, env },
    );
    expect(code).toBe(0);
    for (const [path, bytes] of fs.files) {
      const target = join(folder, path.slice('/console/'.length));
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      writeFileSync(target, bytes, { mode: 0o600 });
    }
    return join(folder, name);
  }

  it('of ours are read and restored by a stock etcdctl, to the same bytes of log and Raft snapshot', async () => {
    await restored('ours', '');
    expect(stock(['snapshot', 'status', 's.db'], '', folder)).toEqual(
      await ours(
        ['snapshot', 'status', '/s.db'],
        '',
        Object.assign(new BinaryFs(), { files: new Map([['/s.db', snapshot]]) }),
      ),
    );
    expect(stock(['snapshot', 'restore', 's.db', '--data-dir', 'stock'], '', folder).code).toBe(0);
    const read = (path: string): Buffer => readFileSync(join(folder, path));
    const [snap, wal] = [
      'snap/0000000000000001-0000000000000001.snap',
      'wal/0000000000000000-0000000000000000.wal',
    ];
    expect(read(`ours/member/${snap}`).equals(read(`stock/member/${snap}`))).toBe(true);
    const log = read(`ours/member/${wal}`);
    expect(log.equals(read(`stock/member/${wal}`).subarray(0, log.length))).toBe(true);
    const [mine, theirs] = ['ours', 'stock'].map((dir) => decodeSnapshot(read(`${dir}/member/snap/db`)));
    // 3.4 leaves the old members in the database and reads the new ones from the Raft snapshot.
    expect(mine?.records).toEqual(theirs?.records);
    expect(mine?.consistentIndex).toBe(theirs?.consistentIndex);
  });

  it('restored by us are what a real etcd starts from', async () => {
    const data = await restored('start', '');
    const port = 20_000 + (process.pid % 20_000);
    const url = `http://127.0.0.1:${port}`;
    const etcd = spawn(
      'etcd',
      [`--data-dir=${data}`, `--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--listen-peer-urls=http://127.0.0.1:${port + 1}`,
        '--initial-advertise-peer-urls=http://localhost:2380', '--logger=zap', '--log-outputs=/dev/null'], // prettier-ignore
      { stdio: 'ignore' },
    );
    const ended = new Promise((resolve) => etcd.once('exit', resolve));
    try {
      const args = [`--endpoints=${url}`, '--command-timeout=15s'];
      expect(await ours([...args, 'get', '/registry/', '--prefix'], '')).toEqual({
        code: 0,
        stdout: '/registry/x\nv\n',
        stderr: '',
      });
      expect((await ours([...args, 'put', 'after', 'restore'], '')).stdout).toBe('OK\n');
      const list = await ours([...args, 'member', 'list'], '');
      expect(list.stdout).toBe(`8e9e05c52164694d, started, default, http://localhost:2380, ${url}, false\n`);
    } finally {
      etcd.kill('SIGKILL');
      await ended;
    }
  }, 60_000);
});
