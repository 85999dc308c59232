import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenOptions, OpenOutcome, Workspace } from './interface.ts';
import { StorageError } from './interface.ts';
import { FORMAT_VERSION, MIGRATIONS } from './migrations/all.ts';
import { migrate, openWorkspace } from './open-workspace.ts';
import { openSqlite } from './sqlite.ts';

let folder: string;
let path: string;
const open: Workspace[] = [];
const options: OpenOptions = { timestamp: '2026-11-23T22-30-00Z' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leme-storage-'));
  path = join(folder, 'workspace.leme');
});

afterEach(() => {
  for (const workspace of open.splice(0)) workspace.dispose();
  rmSync(folder, { recursive: true });
});

function opened(outcome: OpenOutcome): Workspace {
  if (outcome.outcome !== 'opened') throw new Error(outcome.message);
  open.push(outcome.workspace);
  return outcome.workspace;
}

const openAgain = (more: Partial<OpenOptions> = {}): Workspace =>
  opened(openWorkspace(path, { ...options, ...more }));
const kind = (expected: string): unknown => expect.objectContaining({ name: 'StorageError', kind: expected });

/** A copy of the file and its logs as a kill at this moment would leave them. */
function asIfKilled(): Workspace {
  const copy = join(mkdtempSync(join(folder, 'copy-')), 'workspace.leme');
  for (const suffix of ['', '-wal', '-redo'])
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  return opened(openWorkspace(copy, options));
}

describe('a workspace', () => {
  it('is created, kept and opened again', () => {
    const first = openWorkspace(path, options);
    expect(first).toMatchObject({ outcome: 'opened', created: true });
    const workspace = opened(first);
    expect(workspace.formatVersion).toBe(FORMAT_VERSION);
    workspace.meta.set('seed', 42);
    workspace.meta.set('topology', { name: 'kubeadm-1-2' });
    workspace.meta.set('gone', true);
    workspace.meta.delete('gone');
    workspace.settings.set('locale', 'pt-BR');
    const cp = workspace.machineState('cp-1');
    cp.set('file:/etc/hosts', 'nada\n');
    cp.set('unit:kubelet', { enabled: true });
    cp.set('unit:kubelet', { enabled: false });
    workspace.machineState('worker-1').set('x', [1, null]);
    workspace.machineState('worker-1').set('y', 1);
    workspace.machineState('worker-1').delete('y');
    workspace.dispose();

    const second = openWorkspace(path, options);
    expect(second).toMatchObject({ outcome: 'opened', created: false });
    const again = opened(second);
    expect(again.meta.get('seed')).toBe(42);
    expect(again.meta.get('topology')).toEqual({ name: 'kubeadm-1-2' });
    expect(again.meta.get('gone')).toBeUndefined();
    expect(again.settings.all()).toEqual({ locale: 'pt-BR' });
    expect(again.machineNames()).toEqual(['cp-1', 'worker-1']);
    expect([...again.machineState('cp-1').load()]).toEqual([
      ['file:/etc/hosts', 'nada\n'],
      ['unit:kubelet', { enabled: false }],
    ]);
    expect([...again.machineState('worker-1').load()]).toEqual([['x', [1, null]]]);
  });

  it('writes all since the last commit together, or nothing', () => {
    const workspace = openAgain();
    const commits: number[] = [];
    workspace.onDidCommit(({ writes }) => commits.push(writes));
    workspace.meta.set('a', 1);
    workspace.settings.set('b', 2);
    expect(workspace.pendingWrites).toBe(2);
    expect(workspace.meta.get('a')).toBe(1);
    expect(asIfKilled().meta.get('a')).toBeUndefined();
    expect(workspace.commit().writes).toBe(2);
    expect(workspace.pendingWrites).toBe(0);
    workspace.meta.set('a', 3);
    const killed = asIfKilled();
    expect([killed.meta.get('a'), killed.settings.get('b')]).toEqual([1, 2]);
    workspace.commit();
    expect(workspace.commit().writes).toBe(0);
    expect(commits).toEqual([2, 1]);
  });

  it('speaks up when a commit is slow', () => {
    const lines: string[] = [];
    const workspace = openAgain({
      slowCommit: -1,
      log: ({ level, message }) => lines.push(`${level} ${message}`),
    });
    workspace.meta.set('a', 1);
    workspace.commit();
    expect(lines[0]).toBe('info workspace format 1 (initial)');
    expect(lines.at(-1)).toMatch(/^warn slow commit: 1 writes took \d+ ms$/);
  });

  it('refuses everything once it is closed', () => {
    const workspace = openAgain();
    workspace.dispose();
    workspace.dispose();
    expect(() => workspace.meta.set('a', 1)).toThrow(kind('closed') as Error);
    expect(() => workspace.meta.get('a')).toThrow(kind('closed') as Error);
    expect(() => workspace.commit()).toThrow(StorageError);
  });

  it('refuses every write after one has failed, and keeps the last commit', () => {
    const workspace = openAgain();
    workspace.meta.set('a', 1);
    workspace.commit();
    workspace.database.prepare('PRAGMA max_page_count = 30').get();
    expect(() => {
      for (let index = 0; index < 1000; index += 1) workspace.meta.set(`k${index}`, 'x'.repeat(10_000));
    }).toThrow(kind('full') as Error);
    expect(() => workspace.meta.set('a', 2)).toThrow(kind('full') as Error);
    expect(() => workspace.commit()).toThrow(/The disk is full\. Free some space/);
    expect(workspace.meta.get('a')).toBe(1);
    workspace.dispose();
    expect(openAgain().meta.get('a')).toBe(1);
  });

  it("can begin a new cluster and keep what is the learner's", () => {
    const workspace = openAgain();
    workspace.meta.set('seed', 1);
    workspace.machineState('cp-1').set('a', 1);
    workspace.inputs.append({ time: 1, actor: 'learner', action: 'x', detail: null });
    workspace.causalLog.append({ firstId: 1, lastId: 2, firstTime: 0, lastTime: 1, data: '[]' });
    workspace.console.addHistory('kubectl get pods');
    workspace.console.setReplay('main', '$ ');
    workspace.attempts.put({ id: 'a', labId: 'l', state: 'finished', score: 80, updatedAt: 1, document: {} });
    workspace.commit();
    workspace.resetCluster();
    workspace.commit();
    expect(workspace.meta.get('seed')).toBeUndefined();
    expect(workspace.machineNames()).toEqual([]);
    expect(workspace.causalLog.bounds()).toBeUndefined();
    expect(workspace.console.terminals()).toEqual([]);
    expect(workspace.inputs.append({ time: 1, actor: 'learner', action: 'x', detail: null })).toBe(1);
    workspace.causalLog.append({ firstId: 1, lastId: 2, firstTime: 0, lastTime: 1, data: '[]' });
    expect(workspace.console.history(10)).toEqual(['kubectl get pods']);
    expect(workspace.attempts.list()).toHaveLength(1);
  });
});

describe('repositories', () => {
  it('keep the causal log in order and within its bound', () => {
    const workspace = openAgain({ causalLogBytes: 250 });
    const chunk = (firstId: number, lastId: number): void =>
      workspace.causalLog.append({
        firstId,
        lastId,
        firstTime: firstId,
        lastTime: lastId + 0.5,
        data: 'x'.repeat(100),
      });
    chunk(1, 10);
    chunk(11, 20);
    expect(() => chunk(20, 25)).toThrow('causal log chunk 20-25 does not follow 20');
    chunk(21, 30);
    expect(workspace.causalLog.bounds()).toEqual({ firstId: 11, lastId: 30, bytes: 200 });
    expect(workspace.causalLog.read(15).map((item) => item.firstId)).toEqual([11, 21]);
    expect(workspace.causalLog.read(15, 21).map((item) => item.firstId)).toEqual([11]);
    expect(workspace.causalLog.readNewest(5)).toEqual([
      { firstId: 21, lastId: 30, firstTime: 21, lastTime: 30.5, data: 'x'.repeat(100) },
    ]);
    expect(workspace.causalLog.readNewest(11).map((item) => item.firstId)).toEqual([11, 21]);
    workspace.dispose();
    const again = openAgain({ causalLogBytes: 250 });
    again.causalLog.append({ firstId: 31, lastId: 31, firstTime: 0, lastTime: 0, data: 'x'.repeat(1000) });
    expect(again.causalLog.bounds()).toEqual({ firstId: 31, lastId: 31, bytes: 1000 });
  });

  it('number inputs, list attempts newest first, bound the history', () => {
    const workspace = openAgain();
    const entry = { time: 1.5, actor: 'learner', action: 'kill', detail: { process: 'cp-1/etcd' } };
    expect([workspace.inputs.append(entry), workspace.inputs.append(entry)]).toEqual([1, 2]);
    expect(workspace.inputs.read(2)).toEqual([{ ...entry, number: 2 }]);

    const attempt = (id: string, labId: string, updatedAt: number): void =>
      workspace.attempts.put({
        id,
        labId,
        state: 'running',
        score: undefined,
        updatedAt,
        document: { steps: [updatedAt] },
      });
    attempt('a', 'first-look', 1);
    attempt('b', 'reconcile-loop', 2);
    attempt('a', 'first-look', 3);
    expect(workspace.attempts.list().map((item) => item.id)).toEqual(['a', 'b']);
    expect(workspace.attempts.list('reconcile-loop')).toMatchObject([
      { id: 'b', score: undefined, document: { steps: [2] } },
    ]);
    workspace.attempts.delete('a');
    expect(workspace.attempts.get('a')).toBeUndefined();

    for (let index = 0; index < 10_250; index += 1) workspace.console.addHistory(`echo ${index}`);
    expect(workspace.console.history(2)).toEqual(['echo 10248', 'echo 10249']);
    expect(workspace.console.history(100_000)).toHaveLength(10_000);
    workspace.console.setReplay('main', '\u001b[1m\0ü');
    expect(workspace.console.replay('main')).toBe('\u001b[1m\0ü');
    workspace.console.deleteReplay('main');
    expect(workspace.console.replay('main')).toBeUndefined();
  });
});

describe('a file that cannot be used', () => {
  /** Creates a workspace holding one fact, closed. */
  function filled(): void {
    const workspace = openAgain();
    for (let index = 0; index < 200; index += 1) workspace.meta.set(`k${index}`, 'x'.repeat(1000));
    workspace.dispose();
  }
  const aside = (): string => `${path}.set-aside-${options.timestamp}`;

  it('is set aside when it is no database, with its log, and a new one can be begun', () => {
    writeFileSync(path, 'not a database at all, but precious\n'.repeat(100));
    writeFileSync(`${path}-wal`, 'its log');
    expect(openWorkspace(path, options)).toEqual({
      outcome: 'set-aside',
      reason: 'not-a-database',
      movedTo: aside(),
      message: `The workspace file ${path} is not a database. It was kept as ${aside()}.`,
    });
    expect(readFileSync(aside(), 'utf8')).toContain('precious');
    expect(readFileSync(`${aside()}-wal`, 'utf8')).toBe('its log');
    openAgain().meta.set('a', 1);
  });

  it('never overwrites what was set aside before', () => {
    for (const text of ['one, longer than a header', 'two, longer than a header']) {
      writeFileSync(path, text);
      expect(openWorkspace(path, options).outcome).toBe('set-aside');
    }
    expect(readFileSync(aside(), 'utf8')).toMatch(/^one/);
    expect(readFileSync(`${aside()}-2`, 'utf8')).toMatch(/^two/);
  });

  it('is set aside when a newer version wrote it, unharmed', () => {
    filled();
    const handle = openSqlite(path);
    handle.pragma(`user_version = ${FORMAT_VERSION + 1}`);
    handle.close();
    const outcome = openWorkspace(path, options);
    expect(outcome).toMatchObject({ outcome: 'set-aside', reason: 'newer-version' });
    expect(outcome).toHaveProperty(
      'message',
      expect.stringContaining(
        `newer version of Leme (format ${FORMAT_VERSION + 1}, this one knows ${FORMAT_VERSION})`,
      ),
    );
    const kept = openSqlite(aside());
    expect(kept.prepare('SELECT count(*) AS n FROM meta').get()).toEqual({ n: 200 });
    kept.close();
    expect(existsSync(path)).toBe(false);
  });

  it("is set aside when it is another application's database", () => {
    const handle = openSqlite(path);
    handle.exec('CREATE TABLE songs (name TEXT)');
    handle.close();
    expect(openWorkspace(path, options)).toMatchObject({ outcome: 'set-aside', reason: 'foreign-database' });
  });

  it.each(['a page overwritten', 'the end cut off', 'the header broken'])(
    'is set aside when it is damaged: %s',
    (how) => {
      filled();
      const { size } = statSync(path);
      if (how === 'the end cut off') truncateSync(path, Math.floor(size / 2));
      else {
        const bytes = readFileSync(path);
        const [from, to] =
          how === 'the header broken' ? [40, 100] : [Math.floor(size / 2), Math.floor(size / 2) + 20_000];
        bytes.fill(0x5a, from, to);
        writeFileSync(path, bytes);
      }
      const outcome = openWorkspace(path, options);
      expect(outcome).toMatchObject({ outcome: 'set-aside', movedTo: aside() });
      expect(outcome).toHaveProperty(
        'message',
        expect.stringMatching(/is damaged|another application|newer version/),
      );
      expect(existsSync(aside())).toBe(true);
      openAgain();
    },
  );

  it('is left alone when it is only locked', () => {
    filled();
    const holder = openAgain();
    holder.meta.set('a', 1);
    const outcome = openWorkspace(path, options);
    expect(outcome.outcome).toBe('busy');
    holder.commit();
    expect(readdirSync(folder).filter((name) => name.includes('set-aside'))).toEqual([]);
  });

  it('is reported busy to another process, also before anything was written', () => {
    openAgain();
    const script = join(dirname(new URL(import.meta.url).pathname), 'open.testing.ts');
    const child = spawnSync(process.execPath, ['--experimental-strip-types', '--no-warnings', script, path], {
      encoding: 'utf8',
    });
    expect(child.stdout).toBe(
      `busy: The workspace ${path} is open in another Leme. Close it there, or choose another folder.\n`,
    );
  });

  it('is reported, not touched, when the folder is not there or it is no file', () => {
    expect(openWorkspace(join(folder, 'no', 'such', 'file'), options)).toMatchObject({ outcome: 'failed' });
    expect(openWorkspace(folder, options)).toEqual({
      outcome: 'failed',
      message: `The workspace ${folder} could not be opened: not a file.`,
    });
  });

  it.skipIf(process.getuid?.() === 0)('is reported when it may not be written', () => {
    filled();
    chmodSync(path, 0o400);
    expect(openWorkspace(path, options)).toMatchObject({ outcome: 'failed' });
  });
});

describe('migrations', () => {
  /** Never change an entry: files of that format exist. */
  const CHECKSUMS = [
    'd28f6506258d0546ae1f30356fbb9dfb750474c1211d575588abbd5fe21f6812',
    '9a818c445e9b0c3fa4be1ec364e01ff77f6ad3d12fc872f94fb1d0620dd8d84b',
    '906471cef069e6ead9ad12c06f3638536e6eee6b5ad56cba3feb5b9ef3265404',
  ];

  it('that were shipped do not change', () => {
    expect(MIGRATIONS.map(({ sql }) => createHash('sha256').update(sql).digest('hex'))).toEqual(CHECKSUMS);
    expect(MIGRATIONS.map(({ number }) => number)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  it('are applied one by one and each as a whole', () => {
    openAgain().meta.set('kept', 1);
    for (const workspace of open.splice(0)) workspace.dispose();
    const handle = openSqlite(path);
    const second = {
      number: FORMAT_VERSION + 1,
      name: 'second',
      sql: 'ALTER TABLE meta ADD COLUMN note TEXT',
    };
    const broken = {
      number: FORMAT_VERSION + 2,
      name: 'broken',
      sql: 'CREATE TABLE half (x); INSERT INTO no_such_table VALUES (1)',
    };
    expect(() => migrate(handle, FORMAT_VERSION, [...MIGRATIONS, second, broken], {})).toThrow(
      /no_such_table/,
    );
    expect(handle.pragma('user_version', { simple: true })).toBe(FORMAT_VERSION + 1);
    expect(handle.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'half'").get()).toEqual({
      n: 0,
    });
    expect(handle.prepare('SELECT key, value, note FROM meta').get()).toEqual({
      key: 'kept',
      value: '1',
      note: null,
    });
    handle.close();
  });
});
