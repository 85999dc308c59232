import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqliteBackend } from '../../electron/cluster/etcd/backend/sqlite.ts';
import { ServerHarness } from '../../electron/cluster/etcd/server/harness.testing.ts';
import { openWorkspace } from '../../electron/storage/open-workspace.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leme-sigkill-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the writer until it has acknowledged `lines` writes, kills it, and returns what it had acknowledged. */
async function writeAndKill(path: string, kind: string, lines: number): Promise<string[]> {
  const script = new URL('storage-writer.testing.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--experimental-strip-types', '--no-warnings', script, path, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  let killed = false;
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (killed || text.split('\n').length <= lines) continue;
    killed = true;
    child.kill('SIGKILL');
  }
  // The last line may be cut.
  return text.slice(0, text.lastIndexOf('\n')).split('\n').slice(1);
}

/** What is missing of what was acknowledged; throws when the file is not sound. */
function missing(path: string, acknowledged: readonly string[]): string[] {
  const outcome = openWorkspace(path, { timestamp: 'test' });
  if (outcome.outcome !== 'opened') throw new Error(outcome.message);
  const { workspace } = outcome;
  expect(workspace.database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  const backend = new SqliteBackend(workspace.database, 'cp-1');
  const revision = Math.max(1, ...[...backend.records()].map((record) => record.kv.modRevision));
  const state = Object.fromEntries(workspace.machineState('cp-1').load())['last'];
  expect(state ?? 1).toBe(revision);
  const member = new ServerHarness(backend);
  const lost = acknowledged.filter((line) => {
    const [at, key, length] = line.split(' ') as [string, string, string];
    if (Number(at) > revision) return true;
    const compacted = Number(backend.getMeta('scheduledCompactRevision') ?? -1);
    if (Number(at) < compacted) return false;
    const [kv] = member.call('Range', { key, revision: Number(at) }).kvs;
    return kv?.modRevision !== Number(at) || kv.value.length !== Number(length);
  });
  workspace.dispose();
  return lost;
}

describe('a workspace whose process is killed', () => {
  it('holds everything that was acknowledged, again and again', async () => {
    const path = join(folder, 'sqlite.leme');
    let total = 0;
    for (let round = 0; round < 6; round += 1) {
      const acknowledged = await writeAndKill(path, 'sqlite', 30 + round * 70);
      total += acknowledged.length;
      expect(missing(path, acknowledged)).toEqual([]);
    }
    expect(total).toBeGreaterThan(6 * 30);
  }, 60_000);

  it('would be caught if it were not kept at all', async () => {
    const path = join(folder, 'memory.leme');
    const acknowledged = await writeAndKill(path, 'memory', 50);
    const outcome = openWorkspace(path, { timestamp: 'test' });
    if (outcome.outcome !== 'opened') throw new Error(outcome.message);
    const backend = new SqliteBackend(outcome.workspace.database, 'cp-1');
    expect(acknowledged.length).toBeGreaterThan(30);
    expect([...backend.records()]).toEqual([]);
    outcome.workspace.dispose();
  }, 60_000);
});
