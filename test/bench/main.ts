// npm run bench [-- PART…]: measures, prints a table, writes bench-results/. See README.md beside this file.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface Part {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Runs only when it is asked for by its name: it takes long. */
  readonly onlyByName?: boolean;
}

type Values = Readonly<Record<string, number>>;

const PARTS: readonly Part[] = [
  { name: 'soak, 7 days', program: 'soak', args: ['168', '3'], onlyByName: true },
  { name: 'host start', program: 'host-start', args: [] },
  { name: '100 replicas', program: 'scale', args: ['100', 'memory'] },
  { name: '1,000 replicas', program: 'scale', args: ['1000', 'memory'] },
  { name: '1,000 replicas, no causal log kept', program: 'scale', args: ['1000', 'no-log'] },
  {
    name: '1,000 replicas, workspace without records',
    program: 'scale',
    args: ['1000', 'sqlite-no-records'],
  },
  { name: '1,000 replicas, workspace', program: 'scale', args: ['1000', 'sqlite'] },
  ...[
    ['1,000', '100'],
    ['2,000', '100'],
    ['4,000', '100'],
    ['2,000', '1,000'],
    ['10,000', '1,000'],
  ].map(([pods = '', nodes = '']) => ({
    name: `${pods} Pods on ${nodes} nodes`,
    program: 'scale',
    args: [pods.replace(',', ''), 'memory', nodes.replace(',', '')],
    onlyByName: true,
  })),
  {
    name: 'rolling update of 1,000',
    program: 'upheaval',
    args: ['rolling-update', '1000', '10'],
    onlyByName: true,
  },
  {
    name: 'node failure, 1,000 Pods',
    program: 'upheaval',
    args: ['node-failure', '1000', '20'],
    onlyByName: true,
  },
  {
    name: 'namespace deletion, 5,000 objects',
    program: 'upheaval',
    args: ['namespace-deletion', '5000', '2'],
    onlyByName: true,
  },
  {
    name: '1,000 replicas beside webernetes',
    program: 'webernetes',
    args: ['1000', '10'],
    onlyByName: true,
  },
  { name: '1,000 idle nodes', program: 'idle-nodes', args: ['1000', '2'], onlyByName: true },
  { name: 'idle, kubeadm-3-3', program: 'idle', args: ['kubeadm-3-3', '5'] },
  { name: 'https, 1,000 Pods', program: 'https', args: [] },
  { name: 'api, 500 Pods', program: 'api', args: [] },
  { name: '10,000 Pods, 1,000 watchers', program: 'watchers', args: [] },
  { name: 'console', program: 'console', args: [] },
  { name: 'etcd', program: 'etcd', args: [] },
  { name: 'etcd failover', program: 'failover', args: [] },
  { name: 'raft, 1 member', program: 'raft', args: ['1', '200000'] },
  { name: 'raft, 3 members', program: 'raft', args: ['3', '100000'] },
  { name: 'packet walks, 1 Service', program: 'walks', args: ['1'] },
  { name: 'packet walks, 5,000 Services', program: 'walks', args: ['5000'] },
  ...['plain', 'spread', 'antiaffinity'].flatMap((workload) =>
    [100, 1000, 5000].map((nodes) => {
      // Ten groups that keep apart: a hundred nodes have room for a thousand.
      const pods = nodes === 5000 ? 5000 : 1000;
      return {
        name: `scheduler, ${workload}, ${nodes.toLocaleString('en')} nodes`,
        program: 'scheduler',
        args: [workload, `${nodes}`, `${pods}`, '0'],
      };
    }),
  ),
  ...['plain', 'spread', 'antiaffinity'].flatMap((workload) =>
    [
      [100, 1000],
      [1000, 1000],
      [1000, 5000],
      [5000, 5000],
    ].map(([nodes = 0, pods = 0]) => ({
      name: `scheduler-api, ${workload}, ${nodes.toLocaleString('en')} nodes, ${pods.toLocaleString('en')} Pods`,
      program: 'scheduler-api',
      args: [workload, `${nodes}`, `${pods}`],
    })),
  ),
  {
    name: 'scheduler, plain, 5,000 nodes, all scored',
    program: 'scheduler',
    args: ['plain', '5000', '5000', '100'],
  },
  {
    name: 'scheduler, plain, 5,000 nodes, 50,000 Pods',
    program: 'scheduler',
    args: ['plain', '5000', '50000', '0'],
  },
];
/** Not bundled, as in scripts/build.mjs. */
const EXTERNAL = ['better-sqlite3', '@lydell/node-pty', 'just-bash', 'esbuild'];
const AIMS: Readonly<Record<string, Values>> = {
  'host start': { wallMs: 500 },
  '1,000 replicas': { wallMs: 2000, residentMB: 300 },
  '10,000 Pods on 1,000 nodes': { wallMs: 20_000, residentMB: 1000 },
  'api, 500 Pods': {
    createPerSecond: 3000,
    createAtOncePerSecond: 3000,
    getPerSecond: 6000,
    getAtOncePerSecond: 6000,
    list500P50Ms: 10,
  },
  // A third of upstream's time for plain Pods, no more than upstream's for the others.
  'scheduler, plain, 100 nodes': { podThreadUs: 200 },
  'scheduler, plain, 1,000 nodes': { podThreadUs: 250 },
  'scheduler, plain, 5,000 nodes': { podThreadUs: 347 },
  'scheduler, spread, 5,000 nodes': { podThreadUs: 2200 },
  'scheduler, antiaffinity, 5,000 nodes': { podThreadUs: 3400 },
  'scheduler, plain, 5,000 nodes, all scored': { podThreadUs: 1040 },
  'scheduler, plain, 5,000 nodes, 50,000 Pods': { residentMB: 2000 },
};

/** The flags that scripts/run.mjs starts the host with. */
const { HOST_FLAGS } = (await import('../../scripts/node-binary.mjs' as string)) as {
  HOST_FLAGS: readonly string[];
};
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

async function bundle(program: string): Promise<string> {
  const outfile = join(root, '.cache', 'bench', `${program}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [`test/bench/programs/${program}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    external: EXTERNAL,
    sourcemap: 'linked',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  return outfile;
}

/** Each part runs in a process of its own: memory is its own, nothing is warm. */
async function run(part: Part, nodeFlags: readonly string[]): Promise<Values> {
  const file = await bundle(part.program);
  const { status, stdout, error } = spawnSync(process.execPath, [...nodeFlags, file, ...part.args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LEME_ROOT: root },
  });
  if (error !== undefined) throw error;
  const last = stdout.trim().split('\n').at(-1);
  if (status !== 0 || last === undefined) throw new Error(`${part.name}: exit code ${status}`);
  return JSON.parse(last) as Values;
}

function show(name: string, values: Values): void {
  console.log(`\n${name}`);
  for (const [field, value] of Object.entries(values)) {
    const aim = AIMS[name]?.[field];
    const met = aim === undefined || (field.endsWith('PerSecond') ? value >= aim : value <= aim);
    const verdict = aim === undefined ? '' : `   aim ${aim}${met ? '' : ' (missed)'}`;
    console.log(
      `  ${field.padEnd(18)} ${value.toLocaleString('en', { maximumFractionDigits: 2 }).padStart(12)}${verdict}`,
    );
  }
}

/** Versions of what is measured. */
function versions(): Record<string, string> {
  const { version, dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string;
    dependencies: Record<string, string>;
  };
  return { leme: version, node: process.version, v8: process.versions.v8, ...dependencies };
}

const wanted = process.argv.slice(2);
const parts = PARTS.filter(
  ({ name, program, onlyByName }) =>
    (wanted.length === 0 && onlyByName !== true) ||
    wanted.some((word) => name.includes(word) || program === word),
);
if (parts.length === 0) {
  console.error(`no such part; there are: ${PARTS.map(({ name }) => name).join('; ')}`);
  process.exit(2);
}
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryMB: Math.round(totalmem() / 1e6),
  system: `${process.platform} ${release()}`,
  loadBefore: loadavg()[0] ?? 0,
};
console.log(
  `Node ${process.version}, ${machine.cores} cores (${machine.cpu}), load ${machine.loadBefore.toFixed(1)} before the start`,
);
const results: Record<string, Values> = {};
for (const part of parts) {
  results[part.name] = await run(part, HOST_FLAGS);
  show(part.name, results[part.name] ?? {});
}
const folder = join(root, 'bench-results');
if (!existsSync(folder)) mkdirSync(folder);
const at = new Date().toISOString();
const file = join(folder, `${at.replace(/[:.]/g, '-')}.json`);
writeFileSync(
  file,
  `${JSON.stringify({ at, machine: { ...machine, loadAfter: loadavg()[0] ?? 0 }, versions: versions(), results }, null, 2)}\n`,
);
console.log(`\nWritten to bench-results/${file.slice(folder.length + 1)}`);
