import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'yaml';
import { runKubectl } from '../../electron/shell/kubectl/kubectl.ts';
import { nodeIo } from '../../electron/shell/kubectl/node-io.ts';
import type { ByteSink, ByteSource } from '../../electron/shell/interface.ts';
import { BrokenPipe } from '../../electron/shell/errors.ts';
import type { Outcome, OwnNames } from './kubectl-outcome.testing.ts';
import { differs } from './kubectl-outcome.testing.ts';
import type { Http, Scenario, Step, Wait } from './kubectl-scenario-file.testing.ts';
import { python } from './kubectl-scenario-file.testing.ts';

/** A command whose answers differ. */
export interface Difference {
  readonly step: number;
  readonly argv: readonly string[];
  readonly part: 'exit' | 'stdout' | 'stderr';
  readonly stock: Outcome;
  readonly ours: Outcome;
}

const reading = [
  'get',
  'describe',
  'explain',
  'api-resources',
  'api-versions',
  'cluster-info',
  'logs',
  'diff',
];
const readingPairs = ['auth can-i', 'auth whoami', 'rollout history', 'config view'];

function onlyReads(argv: readonly string[]): boolean {
  if (argv.some((word) => /^(-w|--watch|--watch-only)(=true)?$/.test(word))) return false;
  return reading.includes(argv[0] ?? '') || readingPairs.includes(argv.slice(0, 2).join(' '));
}

interface Client {
  readonly server: string;
  readonly kubeconfig: string;
  readonly ca: Buffer;
  readonly token: string;
}

function clientOf(kubeconfig: string): Client {
  const text = readFileSync(kubeconfig, 'utf8');
  const config = parse(text) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  const cluster = config.clusters[0]?.cluster;
  const user = config.users[0]?.user;
  return {
    server: cluster?.['server'] ?? '',
    kubeconfig: text,
    ca: Buffer.from(cluster?.['certificate-authority-data'] ?? '', 'base64'),
    token: user?.['token'] ?? '',
  };
}

let made = 0;
/** Files and programs of this computer; the streams and all that is of one command are given anew. */
const io = nodeIo([], new AbortController().signal);

/** One run of a scenario in a namespace of its own. */
class Run {
  readonly namespace: string;
  readonly folder: string;
  private readonly scenario: Scenario;
  private readonly client: Client;
  private readonly cache: string;
  private readonly variables: Map<string, string>;
  private readonly background = new Map<string, () => Promise<readonly [Outcome, Outcome]>>();

  constructor(scenario: Scenario, client: Client, nodes: readonly string[], work: string) {
    this.scenario = scenario;
    this.client = client;
    this.cache = join(work, 'cache');
    this.namespace = `c-${scenario.id.slice(0, 30)}-${'aeiou'[made % 5] ?? 'a'}${String(made++ % 1000).padStart(3, '0')}a`;
    this.folder = mkdtempSync(join(work, 's-'));
    const config = parse(client.kubeconfig) as { contexts: { context: Record<string, string> }[] };
    for (const { context } of config.contexts) context['namespace'] = this.namespace;
    writeFileSync(join(this.folder, '.kubeconfig'), JSON.stringify(config), { mode: 0o600 });
    this.variables = new Map([
      ['NS', this.namespace],
      ['SERVER', client.server],
      ...[1, 2, 3].map((i): [string, string] => [`NODE${i}`, nodes[i - 1] ?? `node-${i}-missing`]),
    ]);
  }

  get own(): OwnNames {
    return [
      [`${this.folder}/`, ''],
      [this.folder, '.'],
      [this.namespace, 'NS'],
    ];
  }

  private env(more?: Readonly<Record<string, string>>): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: dirname(this.cache),
      KUBECACHEDIR: this.cache,
      KUBECONFIG: join(this.folder, '.kubeconfig'),
      TMPDIR: this.folder,
      LANG: 'C',
      LC_ALL: 'C',
      TZ: 'UTC',
      COLUMNS: '250',
      ...more,
    };
  }

  private filled<T>(value: T): T {
    if (typeof value === 'string')
      return value.replace(/\$\{(\w+)\}/g, (all, name: string) => this.variables.get(name) ?? all) as T;
    if (Array.isArray(value)) return value.map((each: unknown) => this.filled(each)) as T;
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, each]) => [this.filled(key), this.filled(each as unknown)]),
      ) as T;
    return value;
  }

  /** The stock client, until it ends or the signal fires. */
  stock(
    argv: readonly string[],
    input = '',
    env?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
    seen?: (text: string) => void,
  ): Promise<Outcome> {
    const child: ChildProcess = spawn('kubectl', [...argv], { cwd: this.folder, env: this.env(env) });
    const parts = { stdout: '', stderr: '' };
    for (const part of ['stdout', 'stderr'] as const)
      child[part]?.on('data', (chunk: Buffer) => {
        parts[part] += chunk.toString('utf8');
        seen?.(parts.stdout);
      });
    child.stdin?.end(input);
    const late = setTimeout(() => child.kill('SIGKILL'), 90_000);
    signal?.addEventListener('abort', () => child.kill('SIGINT'));
    return new Promise((done) =>
      child.once('close', (code) => {
        clearTimeout(late);
        done({ exit: code ?? 130, ...parts });
      }),
    );
  }

  /** Our client, in this process. */
  async ours(
    argv: readonly string[],
    input = '',
    env?: Readonly<Record<string, string>>,
    signal: AbortSignal = new AbortController().signal,
    seen?: (text: string) => void,
  ): Promise<Outcome> {
    const parts = { stdout: '', stderr: '' };
    const collect = (part: 'stdout' | 'stderr'): ByteSink => ({
      isTty: false,
      closed: new AbortController().signal,
      write: (chunk) => {
        parts[part] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
        seen?.(parts.stdout);
        return Promise.resolve();
      },
    });
    const exit = await runKubectl({
      ...io,
      argv: ['kubectl', ...argv],
      signal,
      sleep: (ms) => wait(ms, undefined, { signal }).catch(() => undefined),
      env: this.env(env),
      cwd: this.folder,
      path: (typed) => resolve(this.folder, typed),
      stdin: textSource(input),
      stdout: collect('stdout'),
      stderr: collect('stderr'),
    }).catch((error: unknown) => {
      if (error instanceof BrokenPipe) return 141;
      throw error;
    });
    return { exit, ...parts };
  }

  private http({ method = 'GET', path, headers = {}, body, noAuth, readFor }: Http): Promise<Outcome> {
    const url = new URL(this.client.server + path);
    const { ca, token } = this.client;
    const given = Object.fromEntries(
      Object.entries(headers).filter((pair): pair is [string, string] => pair[1] !== null),
    );
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    return new Promise((done, fail) => {
      const call = request(
        url,
        {
          method,
          ca,
          headers: {
            ...(noAuth ? {} : { Authorization: `Bearer ${token}` }),
            Accept: 'application/json',
            ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...given,
          },
          timeout: 30_000,
        },
        (response) => {
          let stdout = '';
          const end = (): void => done({ exit: response.statusCode ?? 0, stdout, stderr: '' });
          response.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
          response.on('end', end);
          response.on('error', end);
          if (readFor !== undefined) setTimeout(() => call.destroy(), readFor * 1000).unref();
        },
      );
      call.on('error', fail);
      call.end(text);
    });
  }

  private async waitFor(each: Wait): Promise<void> {
    const argv = each.argv && [
      ...this.filled(each.argv),
      ...(each.jsonpath === undefined ? [] : ['-o', `jsonpath=${this.filled(each.jsonpath)}`]),
    ];
    const end = Date.now() + (each.timeout ?? 30) * 1000;
    for (;;) {
      const { exit, stdout, stderr } = await (argv
        ? this.ours(argv)
        : this.http(this.filled(each.http ?? { path: '/' })));
      const met =
        (each.regex === undefined ||
          python(this.filled(each.regex)).test(stdout + (each.stderr ? stderr : ''))) &&
        (each.notRegex === undefined || !python(this.filled(each.notRegex)).test(stdout + stderr)) &&
        (each.exit === undefined || exit === each.exit);
      if (met) return;
      if (Date.now() > end)
        throw new Error(
          `${this.scenario.id}: waited in vain for ${each.regex ?? ''} ${argv?.join(' ') ?? ''}: ${stdout}${stderr}`,
        );
      await wait(250);
    }
  }

  async begin(): Promise<void> {
    if (this.scenario.noNamespace) return;
    await this.ours(['create', 'namespace', this.namespace]);
    await this.waitFor({ argv: ['get', 'sa', 'default', '-o', 'name'], regex: 'default', timeout: 20 });
  }

  async end(): Promise<void> {
    for (const argv of this.scenario.cleanup ?? []) await this.ours(this.filled(argv));
    if (!this.scenario.noNamespace) {
      await this.ours(['delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found']);
      const until = Date.now() + 20_000;
      while (Date.now() < until && (await this.ours(['get', 'ns', this.namespace])).exit === 0)
        await wait(300);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs the steps, each command by `client`; what is read only once is left out unless `reads`. */
  async *commands(client: 'stock' | 'ours'): AsyncGenerator<{
    readonly step: number;
    readonly argv: readonly string[];
    readonly outcome: Outcome;
    readonly other?: Outcome;
  }> {
    for (const [index, step] of this.scenario.steps.entries()) {
      for (const [name, content] of Object.entries(step.files ?? {})) {
        const file = join(this.folder, name);
        mkdirSync(dirname(file), { recursive: true });
        const value = this.filled(content);
        writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
      }
      if (step.sleep !== undefined) await wait(step.sleep * 1000);
      for (const each of step.waitFor === undefined ? [] : [step.waitFor].flat())
        await this.waitFor(each as Wait);
      if (step.http) {
        this.capture(step, await this.http(this.filled(step.http)));
        continue;
      }
      if (step.collect !== undefined) {
        const [stock, ours] = (await this.background.get(step.collect)?.()) ?? [];
        const argv = ['collect', step.collect];
        if (client === 'ours' && stock && ours) yield { step: index, argv, outcome: ours, other: stock };
        continue;
      }
      if (!step.argv) continue;
      const argv = this.filled(step.argv);
      if (step.background !== undefined) {
        if (client === 'ours') await this.watch(step.background, argv, this.untilOf(step.background));
        continue;
      }
      const input = step.stdin === undefined ? '' : this.filled(step.stdin);
      const text = typeof input === 'string' ? input : JSON.stringify(input);
      if (!onlyReads(argv)) {
        const outcome = await this[client](argv, text, step.env);
        this.capture(step, outcome);
        yield { step: index, argv, outcome };
      } else if (client === 'ours') {
        const [stock, ours] = await this.readTwice(argv, text, step.env);
        this.capture(step, ours);
        yield { step: index, argv, outcome: ours, other: stock };
      } else if (step.capture) this.capture(step, await this.ours(argv, text, step.env));
    }
  }

  /** A command that only reads, asked by both; again while the cluster moves between the two. */
  private async readTwice(
    argv: readonly string[],
    input: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<readonly [Outcome, Outcome]> {
    let ours = await this.ours(argv, input, env);
    let stock = await this.stock(argv, input, env);
    for (let again = 0; again < 2 && differs(stock, ours, this.own) !== undefined; again++) {
      ours = await this.ours(argv, input, env);
      if (differs(stock, ours, this.own) !== undefined) stock = await this.stock(argv, input, env);
    }
    return [stock, ours];
  }

  private untilOf(name: string): RegExp {
    return python(this.filled(this.scenario.steps.find((each) => each.collect === name)?.until ?? 'never'));
  }

  /** Both clients watch the same namespace at the same time. */
  private async watch(name: string, argv: readonly string[], until: RegExp): Promise<void> {
    const stop = new AbortController();
    const waiting = new Set(['stock', 'ours']);
    let met: () => void = () => undefined;
    const both = new Promise<void>((done) => (met = done));
    const look = (side: string) => (text: string) => {
      if (until.test(text)) waiting.delete(side);
      if (waiting.size === 0) met();
    };
    const stock = this.stock(argv, '', undefined, stop.signal, look('stock'));
    const ours = this.ours(argv, '', undefined, stop.signal, look('ours'));
    await wait(2500);
    this.background.set(name, async () => {
      await Promise.race([both, wait(20_000)]);
      await wait(300);
      stop.abort();
      const [a, b] = [await stock, await ours];
      // One is ended by a signal, the other by its own hand: the code says nothing.
      return [
        { ...a, exit: 0 },
        { ...b, exit: 0 },
      ];
    });
  }

  private capture(step: Step, { stdout, stderr }: Outcome): void {
    for (const [name, how] of Object.entries(step.capture ?? {})) {
      if (how === 'all') this.variables.set(name, stdout.trim());
      else if (how.startsWith('$')) {
        const value = how
          .slice(2)
          .split('.')
          .reduce<unknown>(
            (here, key) => (here as Record<string, unknown> | undefined)?.[key],
            JSON.parse(stdout),
          );
        this.variables.set(name, typeof value === 'string' ? value : JSON.stringify(value));
      } else this.variables.set(name, python(how).exec(stdout + stderr)?.[1] ?? '');
    }
  }
}

function textSource(text: string): ByteSource {
  const bytes = new TextEncoder().encode(text);
  let left: Uint8Array | null = bytes.length === 0 ? null : bytes;
  const read = (): Promise<Uint8Array | null> => {
    const chunk = left;
    left = null;
    return Promise.resolve(chunk);
  };
  return {
    isTty: false,
    read,
    text: async () => Buffer.from((await read()) ?? []).toString('utf8'),
    async *lines() {
      for (const line of await Promise.resolve(text.split('\n'))) yield line;
    },
    cancel: () => undefined,
    async *[Symbol.asyncIterator]() {
      const chunk = await read();
      if (chunk) yield chunk;
    },
  };
}

/**
 * Runs a scenario by the stock client in one namespace, then by ours in another, and compares what each command that
 * changes something answered; commands that only read are asked by both in the second. Throws when the scenario cannot run.
 */
export async function compareScenario(
  scenario: Scenario,
  kubeconfig: string,
  nodes: readonly string[],
  work: string,
): Promise<Difference[]> {
  const client = clientOf(kubeconfig);
  const expected = new Map<number, Outcome>();
  const first = new Run(scenario, client, nodes, work);
  try {
    await first.begin();
    for await (const { step, outcome } of first.commands('stock')) expected.set(step, outcome);
  } finally {
    await first.end();
  }
  const second = new Run(scenario, client, nodes, work);
  const found: Difference[] = [];
  try {
    await second.begin();
    for await (const { step, argv, outcome, other } of second.commands('ours')) {
      const stock = other ?? expected.get(step);
      if (!stock) throw new Error(`${scenario.id}: step ${step} has no answer of the stock client`);
      const part = differs(stock, outcome, other ? second.own : first.own, second.own);
      if (part !== undefined) found.push({ step, argv, part, stock, ours: outcome });
    }
  } finally {
    await second.end();
  }
  return found;
}
