// Builds everything into dist/: the app (vite), the programs (esbuild). Does nothing when nothing changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeBinary, root } from './node-binary.mjs';
import { ensureInstalled } from './setup.mjs';

const { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } = fs;
const SOURCES = ['electron/**/*.{ts,json}', 'app/**/*', 'types/*.ts', 'package.json', 'scripts/build.mjs'];

/** Programs: output below dist/, and the source it is made from. */
const PROGRAMS = {
  'host/serve.mjs': 'electron/host/entry-node.ts',
  'host/shell.mjs': 'electron/host/entry-shell.ts',
  'host/utility.mjs': 'electron/host/entry-utility.ts',
  'labs/lab.mjs': 'electron/host/entry-lab.ts',
  'main/main.mjs': 'electron/main/main.ts',
};
/** The lab shell starts often and uses few of its tools at a time: they are chunks, loaded when needed. kubectl and etcdctl alone are for checkers. */
const SHELL = {
  shell: 'electron/shell/main.ts',
  kubectl: 'electron/shell/kubectl/main.ts',
  etcdctl: 'electron/shell/etcdctl/main.ts',
};
const PRELOAD = { 'preload/preload.cjs': 'electron/preload/preload.ts' };
/** Not bundled: native modules. These and nothing else are in a release as packages (electron-builder.yml). */
const EXTERNAL = ['electron', 'better-sqlite3', '@lydell/node-pty'];
/** Asked for by tools of just-bash that the lab shell does not offer (js-exec, sqlite3, xz, zstd): left out. */
const LEFT_OUT = ['quickjs-emscripten', 'sql.js', 'node-liblzma', '@mongodb-js/zstd'];

function fingerprint() {
  const hash = createHash('sha256');
  for (const pattern of SOURCES) {
    for (const file of globSync(pattern, { cwd: root }).sort()) {
      if (file.endsWith('.test.ts')) continue;
      const stat = statSync(join(root, file));
      if (stat.isFile()) hash.update(`${file} ${stat.size} ${stat.mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

async function bundle() {
  const { build } = await import('esbuild');
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22',
    external: EXTERNAL,
    sourcemap: 'linked',
    logLevel: 'warning',
    // A quarter smaller; names stay, so that a stack says where something happened also without the map.
    minifyWhitespace: true,
    minifySyntax: true,
  };
  const esm = {
    ...common,
    format: 'esm',
    banner: {
      // Packages that are CommonJS inside ask for these.
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  };
  const existing = (entries) =>
    Object.entries(entries).filter(([, source]) => existsSync(join(root, source)));
  for (const [output, source] of existing(PROGRAMS)) {
    await build({ ...esm, entryPoints: [source], outfile: join('dist', output) });
  }
  rmSync(join(root, 'dist', 'shell'), { recursive: true, force: true });
  await build({
    ...esm,
    entryPoints: SHELL,
    outdir: 'dist/shell',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    external: [...EXTERNAL, ...LEFT_OUT],
  });
  for (const [output, source] of existing(PRELOAD)) {
    await build({ ...common, entryPoints: [source], outfile: join('dist', output), format: 'cjs' });
  }
}

async function buildApp() {
  const config = join(root, 'app', 'vite.config.ts');
  if (!existsSync(config)) return;
  const vite = await import('vite');
  await vite.build({ configFile: config, logLevel: 'warn' });
}

/** Builds when sources changed since the last build. Runs under Node >= 22 (see node-binary.mjs). */
export async function build() {
  const stamp = join(root, 'dist', '.fingerprint');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Leme: building …');
  rmSync(stamp, { force: true });
  mkdirSync(join(root, 'dist'), { recursive: true });
  await bundle();
  await buildApp();
  writeFileSync(stamp, wanted);
}

/** From any Node: installs, then builds in a process of the Node that the tools need. */
export function ensureBuilt() {
  ensureInstalled();
  const { status } = spawnSync(nodeBinary(), [join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', process.stderr.fd, 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (typeof globSync !== 'function') ensureBuilt();
  else await build();
}
