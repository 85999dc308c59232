// Installs what the project needs, once per lock file. Uses only Node itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './node-binary.mjs';

/** Runs `npm ci` when node_modules does not match the lock file. Exits with a clear message when that fails. */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.leme-installed');
  const wanted = `${lock} ${process.platform} ${process.arch}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Leme: installing packages (once) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status, error } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(
      `Leme: npm ci failed${error ? ` (${error.message})` : ''}. It needs the npm registry once; ` +
        'check the connection and run the same command again.',
    );
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

/** Whether a program is on the PATH. */
export function hasProgram(name) {
  const probe = process.platform === 'win32' ? ['where', [name]] : ['sh', ['-c', `command -v ${name}`]];
  return spawnSync(probe[0], probe[1], { stdio: 'ignore' }).status === 0;
}

/** Path of a Chromium-like browser, or undefined. */
export function findChromium() {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
    existsSync(path),
  );
}

/** Installs Debian packages when this is a Debian and we are allowed to. True when they are there afterwards. */
export function installDebian(packages) {
  if (!hasProgram('apt-get') || process.getuid?.() !== 0) return false;
  const quiet = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  return (
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet).status === 0
  );
}
