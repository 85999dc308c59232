import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { root, ServedHost, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
const hosts: ServedHost[] = [];

afterAll(async () => {
  for (const host of hosts) await host.stop('SIGKILL');
  folder.remove();
});

function serve(...flags: string[]): { code: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'dist/host/serve.mjs'), ...flags], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: status, stderr };
}

async function start(dataDir: string): Promise<ServedHost> {
  const host = await ServedHost.start(dataDir);
  hosts.push(host);
  return host;
}

/** A workspace folder whose file was made by `write`. */
function workspace(name: string, write: (file: string) => void): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  write(join(path, 'workspace.leme'));
  return path;
}

function setAside(dataDir: string): string[] {
  return readdirSync(dataDir).filter(
    (name) => /\.set-aside-[^.]*$/.test(name) && !/-(wal|shm|journal)$/.test(name),
  );
}

describe('flags that make no sense', () => {
  it.each([
    [['--speed', '1000'], '--speed must be between 0.5 and 100, not 1000'],
    [['--speed', 'fast'], '--speed must be between 0.5 and 100, not fast'],
    [['--port', 'x'], '--port must be a port number from 0 to 65535, not x'],
    [['--api-port', '70000'], '--api-port must be a port number from 0 to 65535, not 70000'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('%j: what is wrong, the usage, and no stack', (flags, message) => {
    const { code, stderr } = serve('--data', join(folder.path, 'flags'), ...flags);
    expect(code).toBe(1);
    expect(stderr).toContain(`leme: ${message}`);
    expect(stderr).toContain('usage: npm run serve');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('a workspace', () => {
  it('in use is refused, and the first goes on', async () => {
    const dataDir = join(folder.path, 'busy');
    const first = await start(dataDir);
    const { code, stderr } = serve('--data', dataDir, '--api-port', '0', '--json');
    expect(code).toBe(1);
    expect(stderr).toContain('is open in another Leme. Close it there, or choose another folder.');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(setAside(dataDir)).toEqual([]);
    expect((await fetch(first.served.url)).status).toBe(200);
    await first.stop();
  });

  it('that is damaged is kept under another name, and the app starts', async () => {
    const dataDir = workspace('corrupt', (file) => writeFileSync(file, 'this is no database'));
    const host = await start(dataDir);
    const kept = setAside(dataDir);
    expect(kept).toHaveLength(1);
    expect(readFileSync(join(dataDir, kept[0] as string), 'utf8')).toBe('this is no database');
    expect(host.stderr.join('')).toContain('is not a database. It was kept as');
    await host.stop();
  });

  it('of a newer version is kept under another name, and the app starts', async () => {
    const dataDir = workspace('newer', (file) => {
      const database = new DatabaseSync(file);
      database.exec(
        `PRAGMA application_id = ${0x4c454d45}; PRAGMA user_version = 999; CREATE TABLE later (x)`,
      );
      database.close();
    });
    const host = await start(dataDir);
    expect(setAside(dataDir)).toHaveLength(1);
    expect(host.stderr.join('')).toContain('was written by a newer version of Leme (format 999');
    await host.stop();
  });
});
