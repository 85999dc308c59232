// The same Deployment here and in npm's @ngrok/webernetes, one after the other in processes of their own, the same number of
// nodes. Theirs has a clock that goes with the wall's; ours runs at full speed. Arguments: REPLICAS NODES.
// The package is fetched into a folder that is removed afterwards: it is no dependency. Where it cannot be had, ours is told alone.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { BenchCluster } from '../bench-cluster.ts';
import { cpuMs, report, residentMB, threadMs, withFolder } from '../measure.ts';

const PACKAGE = '@ngrok/webernetes';
const VERSION = '0.3.5';
/** Real milliseconds that theirs may take. */
const PATIENCE = 600_000;

interface Outcome {
  readonly nodesMs: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly threadMs: number;
  readonly listMs: number;
  readonly residentMB: number;
}

interface PeerPod {
  readonly metadata?: { readonly name?: string };
  readonly status?: { readonly phase?: string };
}

interface PeerProcess {
  waitUntilKilled(): Promise<number>;
}

/** What is used of the package (its dist/index.d.ts). */
interface Peer {
  readonly BaseImage: new () => object;
  readonly Cluster: new (options: { readonly nodes: number }) => {
    readonly api: {
      readonly corev1: {
        listNode(): Promise<{
          readonly items: readonly {
            readonly status?: {
              readonly conditions?: readonly { readonly type: string; readonly status: string }[];
            };
          }[];
        }>;
        listNamespacedPod(query: {
          readonly namespace: string;
        }): Promise<{ readonly items: readonly PeerPod[] }>;
      };
    };
    init(): Promise<void>;
    registerImage(image: unknown): void;
    apply(resources: readonly object[]): Promise<unknown>;
    informer(resource: 'pods', callback: (type: string, pod: PeerPod) => void): unknown;
  };
}

const [, , first = '1000', second = '10', ...more] = process.argv;

function measured(begin: { readonly wall: number; readonly cpu: number; readonly thread: number }) {
  return {
    wallMs: performance.now() - begin.wall,
    cpuMs: cpuMs() - begin.cpu,
    threadMs: threadMs() - begin.thread,
  };
}

const start = () => ({ wall: performance.now(), cpu: cpuMs(), thread: threadMs() });

/** Ends with a line of JSON. */
function finish(outcome: Outcome): void {
  console.log(JSON.stringify(outcome));
}

async function ours(replicas: number, nodes: number): Promise<void> {
  const begin = start();
  const bench = new BenchCluster({ workers: nodes });
  await bench.ready();
  const nodesMs = measured(begin).wallMs;
  await bench.until(() => bench.virtualTime >= 10_000, 10_000, 'settled');
  const created = start();
  bench.createDeployment('web', replicas);
  await bench.until(() => bench.runningPods >= replicas, 3_600_000, `${replicas} Pods Running`);
  const took = measured(created);
  const listed = start();
  const { value } = await bench.ask('GET', '/api/v1/namespaces/default/pods');
  const listMs = measured(listed).wallMs;
  const { items } = value as { readonly items: readonly unknown[] };
  if (items.length !== replicas) throw new Error(`${items.length} Pods are listed`);
  finish({ nodesMs, ...took, listMs, residentMB: residentMB() });
}

async function theirs(replicas: number, nodes: number, file: string): Promise<void> {
  const { BaseImage, Cluster } = (await import(pathToFileURL(file).href)) as Peer;
  class Server extends BaseImage {
    static readonly imageName = 'nginx';
    static readonly imageVersion = 'latest';
    readonly defaultCommand = ['nginx'];

    exec(process: PeerProcess): Promise<number> {
      return process.waitUntilKilled();
    }
  }
  const begin = start();
  const cluster = new Cluster({ nodes });
  cluster.registerImage(Server);
  await cluster.init();
  const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 20));
  for (;;) {
    const { items } = await cluster.api.corev1.listNode();
    const ready = items.filter(({ status }) =>
      status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    );
    if (ready.length >= nodes) break;
    await pause();
  }
  const nodesMs = measured(begin).wallMs;
  const running = new Set<string>();
  cluster.informer('pods', (_, { metadata, status }) => {
    const name = metadata?.name ?? '';
    if (status?.phase === 'Running' && name.startsWith('web-')) running.add(name);
  });
  const created = start();
  await cluster.apply([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'web', image: 'nginx' }] },
        },
      },
    },
  ]);
  while (running.size < replicas) {
    if (measured(created).wallMs > PATIENCE)
      throw new Error(`${running.size} of ${replicas} Pods are Running after ${PATIENCE} ms`);
    await pause();
  }
  const took = measured(created);
  const listed = start();
  const { items } = await cluster.api.corev1.listNamespacedPod({ namespace: 'default' });
  const listMs = measured(listed).wallMs;
  if (items.length !== replicas) throw new Error(`${items.length} Pods are listed`);
  finish({ nodesMs, ...took, listMs, residentMB: residentMB() });
  // It keeps timers of its own.
  process.exit(0);
}

/** This program again, in a process of its own. */
function inOwnProcess(args: readonly string[]): Outcome {
  const child = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.status !== 0) throw new Error(`${args.join(' ')}: exit code ${child.status}`);
  return JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '') as Outcome;
}

/** Fetches the package and puts it into one file, as a browser's bundler does. Says why not when it cannot be had. */
async function fetched(folder: string): Promise<{ readonly file: string } | { readonly why: string }> {
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder];
  const npm = spawnSync('npm', ['install', ...flags, `${PACKAGE}@${VERSION}`], {
    encoding: 'utf8',
    timeout: 120_000,
    shell: process.platform === 'win32',
  });
  if (npm.error !== undefined) return { why: npm.error.message };
  if (npm.status !== 0) return { why: npm.stderr.trim().split('\n')[0] ?? `exit code ${npm.status}` };
  const file = join(folder, 'webernetes.mjs');
  await build({
    entryPoints: [join(folder, 'node_modules', PACKAGE, 'dist', 'index.js')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  });
  return { file };
}

function named(prefix: string, outcome: Outcome): Record<string, number> {
  return Object.fromEntries(
    Object.entries(outcome).map(([name, value]: [string, number]) => [
      `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
}

async function sideBySide(replicas: string, nodes: string): Promise<void> {
  const own = inOwnProcess(['ours', replicas, nodes]);
  await withFolder(async (folder) => {
    const peer = await fetched(folder);
    if ('why' in peer) {
      console.error(`${PACKAGE} ${VERSION} is left out, npm cannot fetch it: ${peer.why}`);
      report(named('ours', own));
      return;
    }
    const other = inOwnProcess(['theirs', replicas, nodes, peer.file]);
    const ratios = Object.keys(own).map((name) => [
      `${name.replace(/(Ms|MB)$/, '')}Ratio`,
      own[name as keyof Outcome] / other[name as keyof Outcome],
    ]);
    report({
      ...named('ours', own),
      ...named('theirs', other),
      ...(Object.fromEntries(ratios) as Record<string, number>),
    });
  });
}

if (first === 'ours') await ours(Number(second), Number(more[0]));
else if (first === 'theirs') await theirs(Number(second), Number(more[0]), more[1] ?? '');
else await sideBySide(first, second);
