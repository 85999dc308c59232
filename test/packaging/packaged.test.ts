import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../harness/serve.ts';
import { readFuses, writeFakeElectron } from './fake-electron.ts';

// The real packager packs the built tree around a stand-in for Electron's own files: what is in a release, and what is not.

const require = createRequire(join(root, 'node_modules', 'electron-builder', 'package.json'));
interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
  readonly size?: number;
  readonly unpacked?: boolean;
}
const asar = require('@electron/asar') as {
  getRawHeader(archive: string): { readonly header: Entry };
  extractFile(archive: string, file: string): Buffer;
};

/** Megabytes that the app's own part of a release may have. */
const LIMIT = 16;
const folder = temporaryFolder();
const resources = join(folder.path, 'release', 'linux-unpacked', 'resources');
const archive = join(resources, 'app.asar');
let entries: Map<string, Entry>;

function flatten(entry: Entry, path: string, into: Map<string, Entry>): Map<string, Entry> {
  if (entry.files === undefined) return into.set(path, entry);
  for (const [name, child] of Object.entries(entry.files))
    flatten(child, path === '' ? name : `${path}/${name}`, into);
  return into;
}

function below(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));
}

beforeAll(() => {
  const electron = join(folder.path, 'electron');
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: { electron: string };
  };
  writeFakeElectron(electron, devDependencies.electron);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      '--linux',
      '--x64',
      '--dir',
      '--publish',
      'never',
      `-c.electronDist=${electron}`,
      `-c.directories.output=${join(folder.path, 'release')}`,
    ],
    { cwd: root, encoding: 'utf8', timeout: 300_000 },
  );
  if (status !== 0) throw new Error(`the packager ended with ${status}: ${stdout}${stderr}`);
  entries = flatten(asar.getRawHeader(archive).header, '', new Map());
}, 330_000);
afterAll(() => folder.remove());

describe.skipIf(process.platform !== 'linux')('a release', () => {
  it('holds what is on the list and nothing else', () => {
    const allowed = [
      /^package\.json$/,
      /^dist\/main\/main\.mjs$/,
      /^dist\/preload\/preload\.cjs$/,
      /^dist\/host\/utility\.mjs$/,
      /^dist\/shell\/shell\.mjs$/,
      /^dist\/shell\/chunks\/[\w.-]+\.mjs$/,
      /^dist\/app\/index\.html$/,
      /^dist\/app\/assets\/[\w.-]+\.(js|css|woff2|svg|png)$/,
      /^node_modules\/better-sqlite3\/(package\.json|LICENSE|lib\/.+\.js|prebuilds\/linux-x64\.node)$/,
      /^node_modules\/@lydell\/node-pty(-linux-x64)?\/.+$/,
    ];
    const others = [...entries.keys()].filter((path) => !allowed.some((pattern) => pattern.test(path)));
    expect(others).toEqual([]);
    for (const path of [
      'dist/main/main.mjs',
      'dist/preload/preload.cjs',
      'dist/host/utility.mjs',
      'dist/shell/shell.mjs',
    ])
      expect(entries.has(path), path).toBe(true);
  });

  it('has no development package, no second Node, no server for browsers and no source maps', () => {
    const packages = new Set(
      [...entries.keys()].flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []),
    );
    expect([...packages].sort()).toEqual([
      '@lydell/node-pty',
      '@lydell/node-pty-linux-x64',
      'better-sqlite3',
    ]);
    for (const path of entries.keys()) {
      expect(path).not.toMatch(/\.map$|\.d\.ts$|\.test\./);
      expect(path).not.toMatch(/^dist\/host\/(serve|shell)\.mjs$|^dist\/labs\//);
    }
  });

  it('needs no package that it does not hold', () => {
    const missing = new Set<string>();
    for (const path of entries.keys()) {
      if (!/^dist\/.*\.[mc]js$/.test(path) || path.startsWith('dist/app/')) continue;
      const text = asar.extractFile(archive, path).toString('utf8');
      for (const [, name = ''] of text.matchAll(
        /(?<=^|[;}]\s*)(?:import|export)\b[^'"\n;]*?from ?["']([^."'][^"']*)["'](?=;|$)/gm,
      ))
        if (!name.startsWith('node:')) missing.add(name);
    }
    // `electron` is the runtime; sql.js is asked for by a tool of just-bash that the lab shell does not offer.
    expect([...missing].filter((name) => !BUILT_IN.has(name)).sort()).toEqual([
      '@lydell/node-pty',
      'better-sqlite3',
      'electron',
      'sql.js',
    ]);
  });

  it('has its native modules beside the archive, and the labs', () => {
    const native = [...entries].filter(([path]) => path.endsWith('.node'));
    expect(native.map(([path]) => path).sort()).toEqual([
      'node_modules/@lydell/node-pty-linux-x64/pty.node',
      'node_modules/better-sqlite3/prebuilds/linux-x64.node',
    ]);
    for (const [path, { unpacked }] of native) {
      expect(unpacked, path).toBe(true);
      expect(existsSync(join(resources, 'app.asar.unpacked', path)), path).toBe(true);
    }
    expect(below(join(resources, 'labs')).sort()).toEqual(below(join(root, 'labs')).sort());
  });

  it('has its fuses as described, read back from the binary', () => {
    const stated = readFuses(readFileSync(join(resources, '..', 'leme')));
    expect(stated).toEqual({
      runAsNode: true,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    // Before packing they were otherwise: the packager did it.
    expect(readFuses(readFileSync(join(folder.path, 'electron', 'electron')))).toMatchObject({
      enableCookieEncryption: false,
      onlyLoadAppFromAsar: false,
    });
  });

  it(`is smaller than ${LIMIT} MB without Electron`, () => {
    const files = below(resources).map((path) => join(resources, path));
    const megabytes = files.reduce((sum, path) => sum + statSync(path).size, 0) / 1e6;
    console.log(`the app's own part of a release: ${megabytes.toFixed(1)} MB in ${files.length} files`);
    expect(megabytes).toBeLessThan(LIMIT);
  });
});

const BUILT_IN: ReadonlySet<string> = new Set(
  (createRequire(import.meta.url)('node:module') as { builtinModules: string[] }).builtinModules,
);
