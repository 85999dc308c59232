import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HostConfig } from './host.ts';
import type { HostOptions } from './options.ts';

/** Where things lie beside the built programs: `dist/host/serve.mjs` → the folder that holds `dist` and `labs`. */
export function installation(moduleFolder: string): {
  root: string;
  dist: string;
  labs: string;
  version: string;
} {
  const dist = join(moduleFolder, '..');
  const root = join(dist, '..');
  // In a packaged app, labs lie beside the archive.
  const packaged = (process as { resourcesPath?: string }).resourcesPath;
  const besides = packaged === undefined ? undefined : join(packaged, 'labs');
  const labs = besides !== undefined && existsSync(besides) ? besides : join(root, 'labs');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { root, dist, labs, version };
}

/** The platform's folder for an application's data. */
export function defaultDataDir(): string {
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? homedir(), 'Leme', 'workspace');
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'Leme', 'workspace');
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'leme', 'workspace');
}

export function hostConfig(
  options: HostOptions,
  moduleFolder: string,
  log: (line: string) => void,
): HostConfig {
  const { dist, labs, version } = installation(moduleFolder);
  return {
    dataDir: options.dataDir,
    labsRoot: labs,
    shell: { command: process.execPath, args: [join(dist, 'shell', 'shell.mjs')] },
    appVersion: version,
    topology: options.topology,
    seed: options.seed,
    speed: options.speed,
    apiPort: options.apiPort,
    etcdPort: options.etcdPort,
    etcdPlain: options.etcdPlain,
    locale: Intl.DateTimeFormat().resolvedOptions().locale.startsWith('pt') ? 'pt-BR' : 'en',
    log,
  };
}
