import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
const after: (() => unknown)[] = [];
afterAll(() => {
  for (const end of after) end();
  folder.remove();
});

/** A project folder that has the scripts and nothing that could be installed or changed by accident. */
function project(name: string, ...scripts: string[]): string {
  const path = join(folder.path, name);
  mkdirSync(join(path, 'scripts'), { recursive: true });
  mkdirSync(join(path, 'node_modules'));
  mkdirSync(join(path, 'bin'));
  for (const script of scripts) cpSync(join(root, 'scripts', script), join(path, 'scripts', script));
  return path;
}

describe.skipIf(process.platform !== 'linux')('npm start without a display', () => {
  it('says so in one line, prints the address, and ends with Ctrl-C', async () => {
    const path = project('start', 'start.mjs', 'electron-path.mjs', 'node-binary.mjs', 'pass-signals.mjs');
    writeFileSync(join(path, 'scripts/build.mjs'), 'export function ensureBuilt() {}\n');
    symlinkSync(join(root, 'dist'), join(path, 'dist'));
    const child = spawn(
      process.execPath,
      [join(path, 'scripts/start.mjs'), '--data', join(path, 'data'), '--api-port', '0'],
      // Nothing on the PATH: no xdg-open either.
      {
        env: { PATH: join(path, 'bin'), HOME: path, LEME_NO_ELECTRON_DOWNLOAD: '1' },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    after.push(() => child.kill('SIGTERM'));
    let output = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (output.includes('get nodes')) resolve();
      });

      child.once('exit', () => resolve());
    });
    const lines = output.trim().split('\n');
    expect(lines[0]).toBe('Leme: there is no display; opening the same app in your browser.');
    expect(lines[1]).toMatch(/^Leme: http:\/\/(127\.0\.0\.1|localhost):\d+\/#token=\S+$/);
    expect(lines).toHaveLength(3);
    const url = (lines[1] as string).slice('Leme: '.length);
    expect((await fetch(url)).status).toBe(200);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe.skipIf(process.platform !== 'linux')('npm start with an Electron that cannot run', () => {
  it('says so and opens the browser instead', async () => {
    const path = project('broken', 'start.mjs', 'electron-path.mjs', 'node-binary.mjs', 'pass-signals.mjs');
    writeFileSync(join(path, 'scripts/build.mjs'), 'export function ensureBuilt() {}\n');
    symlinkSync(join(root, 'dist'), join(path, 'dist'));
    // As the loader ends a program whose libraries are missing.
    writeFileSync(join(path, 'bin/electron'), '#!/bin/sh\nexit 127\n');
    chmodSync(join(path, 'bin/electron'), 0o755);
    const child = spawn(
      process.execPath,
      [join(path, 'scripts/start.mjs'), '--data', join(path, 'data'), '--api-port', '0'],
      {
        env: {
          PATH: join(path, 'bin'),
          HOME: path,
          DISPLAY: ':0',
          ELECTRON_OVERRIDE_DIST_PATH: join(path, 'bin'),
        },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    after.push(() => child.kill('SIGTERM'));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let output = '';
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
        if (output.includes('get nodes')) resolve();
      });
      child.once('exit', () => resolve());
    });
    expect(output.split('\n')[0]).toBe(
      'Leme: Electron ended as soon as it started (code 127); opening the same app in your browser.',
    );
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe.skipIf(process.platform === 'win32')('set-up', () => {
  const run = (path: string): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const { ensureInstalled } = await import(${JSON.stringify(join(path, 'scripts/setup.mjs'))}); ensureInstalled();`,
      ],
      { encoding: 'utf8', env: { PATH: `${join(path, 'bin')}:/usr/bin:/bin` } },
    );

  function withNpm(name: string, exit: number): string {
    const path = project(name, 'setup.mjs', 'node-binary.mjs');
    writeFileSync(join(path, 'package-lock.json'), '{}');
    const npm = join(path, 'bin/npm');
    writeFileSync(npm, `#!/bin/sh\necho "$@" >> ${join(path, 'calls')}\nexit ${exit}\n`);
    chmodSync(npm, 0o755);
    return path;
  }
  const calls = (path: string): number => readFileSync(join(path, 'calls'), 'utf8').trim().split('\n').length;

  it('installs once, and again when the lock file changes', () => {
    const path = withNpm('installs', 0);
    expect(run(path).status).toBe(0);
    expect(run(path).status).toBe(0);
    expect(calls(path)).toBe(1);
    writeFileSync(join(path, 'package-lock.json'), '{ }');
    expect(run(path).status).toBe(0);
    expect(calls(path)).toBe(2);
    expect(readFileSync(join(path, 'calls'), 'utf8')).toMatch(/^ci /);
  });

  it('says what to do when it fails, and tries again the next time', () => {
    const path = withNpm('fails', 1);
    const { status, stderr } = run(path);
    expect(status).toBe(1);
    expect(stderr).toBe(
      'Leme: npm ci failed. It needs the npm registry once; check the connection and run the same command again.\n',
    );
    run(path);
    expect(calls(path)).toBe(2);
  });
});
