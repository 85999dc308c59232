import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { describeBackend } from '../../electron/cluster/etcd/backend/contract.testing.ts';
import { SqliteBackend } from '../../electron/cluster/etcd/backend/sqlite.ts';
import { ServerHarness } from '../../electron/cluster/etcd/server/harness.testing.ts';
import type { Workspace } from '../../electron/storage/interface.ts';
import { MIGRATIONS } from '../../electron/storage/migrations/all.ts';
import { migrate, openWorkspace } from '../../electron/storage/open-workspace.ts';
import { openSqlite } from '../../electron/storage/sqlite.ts';

const folders: string[] = [];
const open: Workspace[] = [];

function workspaceAt(path: string): Workspace {
  const opened = openWorkspace(path, { timestamp: 'test' });
  if (opened.outcome !== 'opened') throw new Error(opened.message);
  open.push(opened.workspace);
  return opened.workspace;
}

function newPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leme-etcd-'));
  folders.push(folder);
  return join(folder, 'workspace.leme');
}

afterEach(() => {
  for (const workspace of open.splice(0)) workspace.dispose();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describeBackend('SqliteBackend', () => {
  const path = newPath();
  const workspace = workspaceAt(path);
  return {
    backend: new SqliteBackend(workspace.database, 'cp-1'),
    reopen: () => {
      workspace.commit();
      workspace.dispose();
      return new SqliteBackend(workspaceAt(path).database, 'cp-1');
    },
  };
});

describe('a workspace of format 1', () => {
  it('gives a member whose log begins after what it had', () => {
    const path = newPath();
    const handle = openSqlite(path);
    migrate(handle, 0, MIGRATIONS.slice(0, 1), {});
    handle.exec(`INSERT INTO etcd_member VALUES (1, 'cp-1');
      INSERT INTO etcd_meta VALUES (1, 'memberId', '18446744073709551615'), (1, 'clusterId', '7'),
        (1, 'term', '3'), (1, 'consistentIndex', '120')`);
    handle.close();
    const backend = new SqliteBackend(workspaceAt(path).database, 'cp-1');
    const confState = {
      voters: ['18446744073709551615'],
      learners: [],
      votersOutgoing: [],
      learnersNext: [],
      autoLeave: false,
    };
    expect(backend.wal.metadata).toEqual({ memberId: '18446744073709551615', clusterId: '7' });
    expect(backend.wal.hardState).toEqual({ term: 3, vote: '0', commit: 120 });
    expect(backend.wal.snapshot).toEqual({ index: 120, term: 3, confState });
    expect(backend.wal.entries()).toEqual([]);
    expect([...backend.bucket('members').keys()]).toEqual(['18446744073709551615']);
    expect(JSON.parse(backend.getMeta('confState') ?? '')).toEqual(confState);
  });
});

describe('members on SQLite', () => {
  it('keep apart in one workspace', () => {
    const workspace = workspaceAt(newPath());
    const one = new ServerHarness(new SqliteBackend(workspace.database, 'cp-1'));
    const two = new ServerHarness(new SqliteBackend(workspace.database, 'cp-2'));
    one.put('k', '1');
    two.put('k', '2');
    two.put('k', '3');
    one.restart();
    expect(one.call('Range', { key: 'k' }).kvs[0]).toMatchObject({ value: '1', modRevision: 2 });
    expect(two.server.revision).toBe(3);
  });

  it('go on after the workspace was closed, compaction and leases included', async () => {
    const path = newPath();
    const first = workspaceAt(path);
    const before = new ServerHarness(new SqliteBackend(first.database, 'cp-1'));
    const { id } = before.call('LeaseGrant', { ttl: 60 });
    for (const value of ['1', '2', 'três']) before.put('k', value);
    before.call('Put', { key: 'leased', value: 'v', lease: id });
    before.call('Compact', { revision: 4 });
    first.commit();
    first.dispose();
    const after = new ServerHarness(new SqliteBackend(workspaceAt(path).database, 'cp-1'));
    expect(after.server.revision).toBe(5);
    expect(after.server.memberId).toBe(before.server.memberId);
    expect(after.call('Range', { key: 'k' }).kvs[0]).toMatchObject({ value: 'três', version: 3 });
    expect(() => after.call('Range', { key: 'k', revision: 3 })).toThrow(
      'etcdserver: mvcc: required revision has been compacted',
    );
    await after.advance(61_000);
    expect(after.call('Range', { key: 'leased' }).count).toBe(0);
  });
});
