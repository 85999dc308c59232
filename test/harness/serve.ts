import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The line that `npm run serve -- --json` prints when ready. */
export interface Served {
  readonly url: string;
  readonly kubeconfig: string;
  readonly apiServer: string;
  readonly etcdEndpoints: readonly string[];
  readonly dataDir: string;
  readonly pid: number;
}

/** A host in a process of its own, as tools start it. */
export class ServedHost {
  readonly served: Served;
  readonly stderr: string[];
  readonly #child: ChildProcess;

  private constructor(served: Served, child: ChildProcess, stderr: string[]) {
    this.served = served;
    this.#child = child;
    this.stderr = stderr;
  }

  static start(dataDir: string, ...flags: readonly string[]): Promise<ServedHost> {
    return ServedHost.#launch(['--enable-source-maps'], { LEME_CHECK_OUTPUT: '1' }, dataDir, flags);
  }

  /** For measuring: with this process's flags of Node, and without the checks that tests ask for. */
  static startPlain(dataDir: string, ...flags: readonly string[]): Promise<ServedHost> {
    return ServedHost.#launch(process.execArgv, {}, dataDir, flags);
  }

  static async #launch(
    nodeFlags: readonly string[],
    environment: Readonly<Record<string, string>>,
    dataDir: string,
    flags: readonly string[],
  ): Promise<ServedHost> {
    const child = spawn(
      process.execPath,
      [
        ...nodeFlags,
        join(root, 'dist/host/serve.mjs'),
        '--data',
        dataDir,
        '--api-port',
        '0',
        '--etcd-port',
        '0',
        '--json',
        ...flags,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } },
    );
    const stderr: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString('utf8')));
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', (code) => reject(new Error(`the host ended with ${code}: ${stderr.join('')}`)));
    });
    return new ServedHost(JSON.parse(line) as Served, child, stderr);
  }

  /** Ends it as a person would (SIGTERM), or as a power cut (SIGKILL). */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill(signal);
    await ended;
  }

  /** Runs the stock kubectl against it. */
  kubectl(args: readonly string[], stdin?: string): { code: number; stdout: string; stderr: string } {
    const { status, stdout, stderr } = spawnSync(
      'kubectl',
      ['--kubeconfig', this.served.kubeconfig, ...args],
      {
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: this.served.dataDir,
          KUBECACHEDIR: join(this.served.dataDir, 'cache'),
        },
        ...(stdin === undefined ? {} : { input: stdin }),
        timeout: 60_000,
      },
    );
    return { code: status ?? -1, stdout, stderr };
  }
}

/** A folder that is removed when the returned function is called. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'leme-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

export function hasStockKubectl(): boolean {
  return spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status === 0;
}

export function hasStockEtcdctl(): boolean {
  return spawnSync('etcdctl', ['version'], { stdio: 'ignore' }).status === 0;
}

/** Asks until it holds; the simulation runs in real time in another process, so there is nothing to step. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  holds: (value: T) => boolean,
  timeout = 30_000,
): Promise<T> {
  const end = performance.now() + timeout;
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    if (performance.now() > end)
      throw new Error(`did not happen within ${timeout} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
}
