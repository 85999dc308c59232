import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenOptions, Workspace } from './interface.ts';
import { MIGRATIONS } from './migrations/all.ts';
import { migrate, openWorkspace } from './open-workspace.ts';
import { readRedoLog, RedoLog } from './redo-log.ts';
import { openSqlite } from './sqlite.ts';

let folder: string;
let path: string;
const open: Workspace[] = [];
const options: OpenOptions = { timestamp: '2026-11-23T22-30-00Z' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leme-redo-'));
  path = join(folder, 'workspace.leme');
});

afterEach(() => {
  for (const workspace of open.splice(0)) workspace.dispose();
  rmSync(folder, { recursive: true });
});

function opened(at = path): Workspace {
  const outcome = openWorkspace(at, options);
  if (outcome.outcome !== 'opened') throw new Error(outcome.message);
  open.push(outcome.workspace);
  return outcome.workspace;
}

/** What a kill at this moment would leave, at another place. */
function copy(): string {
  const target = join(mkdtempSync(join(folder, 'copy-')), 'workspace.leme');
  for (const suffix of ['', '-wal', '-redo']) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, target + suffix);
  }
  return target;
}

const base = { id: 'A', generation: 7 };
const insert = (value: string): { sql: string; values: string[] } => ({ sql: 'INSERT …', values: [value] });
const logged = (log: string, of = base): unknown[] =>
  [...readRedoLog(log, of)].map(({ values }) => values[0]);

describe('the redo log', () => {
  it('gives back what was written, whatever the values', () => {
    const log = new RedoLog(path, base);
    const values = ['é\0\ud800"', 1.5, Infinity, null, 12345678901234567890n, new Uint8Array([0, 255])];
    log.append([
      { sql: 'INSERT …', values },
      { sql: 'DELETE …', values: [] },
    ]);
    const long = ['x'.repeat(100), 'é\0…🙂"'.repeat(100), 'y'.repeat(64)];
    log.append([{ sql: 'INSERT …', values: [2, ...long, 3] }]);
    log.close();
    expect([...readRedoLog(path, base)]).toEqual([
      { sql: 'INSERT …', values: [...values.slice(0, 5), Buffer.from([0, 255])] },
      { sql: 'DELETE …', values: [] },
      { sql: 'INSERT …', values: [2, ...long, 3] },
    ]);
  });

  it('holds nothing for another workspace or another state of it', () => {
    const log = new RedoLog(path, base);
    log.append([insert('a')]);
    log.close();
    expect(logged(path, { id: 'B', generation: 7 })).toEqual([]);
    expect(logged(path, { id: 'A', generation: 8 })).toEqual([]);
    expect(logged(join(folder, 'no such file'))).toEqual([]);
  });

  it('begins anew over the frames of the generation before', () => {
    const log = new RedoLog(path, base);
    for (const value of ['a', 'b', 'c']) log.append([insert(value)]);
    log.begin(8);
    log.append([insert('d')]);
    log.close();
    expect(logged(path)).toEqual([]);
    expect(logged(path, { ...base, generation: 8 })).toEqual(['d']);
  });

  it('ends where a frame is cut off or damaged', () => {
    const log = new RedoLog(path, base);
    log.append([insert('first')]);
    const { bytes } = log;
    log.append([insert('second')]);
    const end = log.bytes;
    log.append([insert('third')]);
    log.close();
    const whole = readFileSync(path);
    for (const cut of [bytes - 1, bytes, bytes + 7, end - 1]) {
      writeFileSync(path, whole);
      truncateSync(path, cut);
      expect(logged(path)).toEqual(cut < bytes ? [] : ['first']);
    }
    const damaged = Buffer.from(whole);
    damaged[end - 5] = 0x5a;
    writeFileSync(path, damaged);
    expect(logged(path)).toEqual(['first']);
  });
});

describe('a workspace with a redo log', () => {
  it('keeps each commit in the log, and after closing in one file only', () => {
    const workspace = opened();
    const { size } = statSync(path);
    for (let index = 0; index < 50; index += 1) {
      workspace.meta.set('last', index);
      workspace.commit();
      if (index % 10 === 0) expect(opened(copy()).meta.get('last')).toBe(index);
    }
    expect(statSync(path).size).toBe(size);
    expect(existsSync(`${path}-redo`)).toBe(true);
    workspace.dispose();
    expect(existsSync(`${path}-redo`)).toBe(false);
    expect(opened().meta.get('last')).toBe(49);
  });

  it('is brought up to the log once, however often it is opened and killed', () => {
    const workspace = opened();
    workspace.inputs.append({ time: 1, actor: 'learner', action: 'x', detail: null });
    workspace.commit();
    const first = copy();
    for (let round = 0; round < 3; round += 1) {
      const killed = opened(first);
      expect(killed.inputs.read()).toHaveLength(1);
      killed.dispose();
    }
  });

  it('moves on to the database when the log is long or a commit is large', () => {
    const workspace = opened();
    const sizes = new Set<number>();
    for (let index = 0; index < 300; index += 1) {
      workspace.machineState('cp-1').set(`file:${index}`, 'x'.repeat(20_000));
      workspace.commit();
      sizes.add(statSync(`${path}-redo`).size);
    }
    expect(Math.max(...sizes)).toBeLessThan(6 * 1024 * 1024);
    for (let index = 0; index < 100; index += 1) workspace.meta.set(`large ${index}`, 'x'.repeat(20_000));
    workspace.commit();
    const killed = opened(copy());
    expect([...killed.machineState('cp-1').load()]).toHaveLength(300);
    expect(killed.meta.get('large 99')).toHaveLength(20_000);
  });

  it('shows the last commit after a write has failed', () => {
    const workspace = opened();
    workspace.meta.set('a', 1);
    workspace.commit();
    workspace.meta.set('a', 2);
    expect(() =>
      workspace.database.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run('a', '3'),
    ).toThrow('The workspace could not be written.');
    expect(workspace.meta.get('a')).toBe(1);
    workspace.dispose();
    expect(opened().meta.get('a')).toBe(1);
  });

  it('sets a log aside whose database is gone', () => {
    writeFileSync(`${path}-redo`, 'precious');
    opened().meta.set('a', 1);
    expect(readFileSync(`${path}.set-aside-${options.timestamp}-redo`, 'utf8')).toBe('precious');
  });

  it('is set aside with a log that does not fit', () => {
    const workspace = opened();
    workspace.database.prepare('CREATE TABLE passing (x)').run();
    workspace.commit();
    workspace.database.prepare('INSERT INTO passing VALUES (1)').run();
    workspace.commit();
    const target = copy();
    const handle = openSqlite(target);
    handle.exec('CREATE TABLE passing (x)');
    handle.close();
    const outcome = openWorkspace(target, options);
    expect(outcome).toMatchObject({ outcome: 'set-aside', reason: 'corrupt' });
    expect(outcome).toHaveProperty(
      'message',
      expect.stringContaining(
        `The redo log of the workspace ${target} does not fit it: table passing already exists.`,
      ),
    );
    expect(existsSync(`${target}.set-aside-${options.timestamp}-redo`)).toBe(true);
  });

  it('opens a workspace of the format before the log', () => {
    const handle = openSqlite(path);
    migrate(handle, 0, MIGRATIONS.slice(0, 2), {});
    handle.exec(`INSERT INTO meta (key, value) VALUES ('seed', '42')`);
    handle.close();
    const workspace = opened();
    expect(workspace.meta.get('seed')).toBe(42);
    workspace.meta.set('seed', 43);
    workspace.commit();
    expect(opened(copy()).meta.get('seed')).toBe(43);
  });
});
