import type { CommandIo } from '../interface.ts';
import type { ClientConfig } from './client-config.ts';
import { clientConfig } from './client-config.ts';
import type { Discovery } from './discovery.ts';
import { discover } from './discovery.ts';
import { KubectlError } from './errors.ts';
import type { FlagSet } from './flags.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { kubeconfigPlaces, loadKubeconfig } from './kubeconfig.ts';
import { klogLine, RequestLog } from './request-log.ts';
import { RestMapper } from './rest-mapper.ts';
import { Transport } from './transport.ts';

interface CachedDiscovery {
  readonly discovery: Discovery;
  readonly atMs: number;
}

/** Discovery answers of this process by server and identity: kubectl keeps them on disk, we in memory. */
const cache = new Map<string, CachedDiscovery>();
const cacheMs = 10 * 60_000;

/** Forgets what was discovered (tests, or a server that came back as another). */
export function forgetDiscovery(): void {
  cache.clear();
}

/** One run of one command: its streams and flags, and what is loaded on demand. */
export class Session {
  readonly io: CommandIo;
  readonly flags: FlagSet;
  /** `kubectl rollout status` */
  readonly path: string;
  private kubeconfigOnce: Promise<Kubeconfig> | undefined;
  private configOnce: Promise<ClientConfig> | undefined;
  private transportOnce: Promise<Transport> | undefined;
  private mapperOnce: Promise<RestMapper> | undefined;
  private freshDiscovery = false;
  private readonly warned = new Set<string>();
  private pendingErr: Promise<void> = Promise.resolve();
  warnings = 0;

  constructor(io: CommandIo, flags: FlagSet, path: string) {
    this.io = io;
    this.flags = flags;
    this.path = path;
  }

  async out(text: string): Promise<void> {
    if (text !== '') await this.io.stdout.write(text);
  }

  async err(text: string): Promise<void> {
    await this.pendingErr;
    if (text !== '') await this.io.stderr.write(text);
  }

  /** A warning of our own, each text once per command. */
  async warnOnce(text: string): Promise<void> {
    if (this.warned.has(text)) return;
    this.warned.add(text);
    await this.err(`Warning: ${text}\n`);
  }

  /** Writes to stderr from where nothing can be awaited; `settled` waits for it. */
  private errSoon(text: string): void {
    this.pendingErr = this.pendingErr.then(() => this.io.stderr.write(text));
    this.pendingErr.catch(() => undefined);
  }

  async settled(): Promise<void> {
    await this.pendingErr;
  }

  kubeconfig(): Promise<Kubeconfig> {
    this.kubeconfigOnce ??= loadKubeconfig(
      this.io.fs,
      kubeconfigPlaces(this.flags.string('kubeconfig'), this.io.env, (typed) => this.io.path(typed)),
      this.flags.string('kubeconfig'),
    );
    return this.kubeconfigOnce;
  }

  config(): Promise<ClientConfig> {
    this.configOnce ??= this.kubeconfig().then(async (config) => {
      if (this.flags.number('v') >= 6) {
        for (const file of config.files)
          if (await this.io.fs.exists(file))
            this.errSoon(klogLine('I', 'loader.go:402', `Config loaded from file:  ${file}`));
      }
      return clientConfig(this.io.fs, (typed) => this.io.path(typed), config, this.flags);
    });
    return this.configOnce;
  }

  transport(): Promise<Transport> {
    this.transportOnce ??= this.config().then((config) => {
      const level = this.flags.number('v');
      return new Transport(config, this.io.signal, {
        env: this.io.env,
        sleep: (ms) => this.io.sleep(ms),
        onWarning: (text) => {
          this.warnings++;
          // Each text once per command, as kubectl's deduplicating writer does.
          if (!this.warned.has(text)) this.errSoon(`Warning: ${text}\n`);
          this.warned.add(text);
        },
        ...(level >= 6 ? { log: new RequestLog(level, (line) => this.errSoon(line)) } : {}),
      });
    });
    return this.transportOnce;
  }

  /** The namespace to work in. */
  async namespace(): Promise<string> {
    return this.flags.string('namespace') || (await this.config()).namespace;
  }

  /** True when the person named the namespace: objects of another one are then refused. */
  get namespaceGiven(): boolean {
    return this.flags.string('namespace') !== '';
  }

  mapper(): Promise<RestMapper> {
    this.mapperOnce ??= this.loadMapper(false);
    return this.mapperOnce;
  }

  /** Asks the server again, once per command: a type may have been added since. Undefined when the answer is already fresh. */
  async refreshMapper(): Promise<RestMapper | undefined> {
    if (this.freshDiscovery) return undefined;
    this.mapperOnce = this.loadMapper(true);
    return this.mapperOnce;
  }

  private async loadMapper(fresh: boolean): Promise<RestMapper> {
    const config = await this.config();
    const key = JSON.stringify([config.server, config.ca, config.cert, config.token, config.asUser]);
    const known = cache.get(key);
    if (known && !fresh && Date.now() - known.atMs < cacheMs) return new RestMapper(known.discovery);
    const discovery = await discover(await this.transport());
    this.freshDiscovery = true;
    if (cache.size > 50) cache.clear();
    if (discovery.resources.length > 0) cache.set(key, { discovery, atMs: Date.now() });
    return new RestMapper(discovery);
  }

  /** A file the person named, as text. */
  async readFile(typed: string): Promise<string> {
    try {
      return await this.io.fs.readText(this.io.path(typed));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      const why =
        code === 'ENOENT'
          ? 'no such file or directory'
          : code === 'EISDIR'
            ? 'is a directory'
            : code === 'EACCES'
              ? 'permission denied'
              : String(error instanceof Error ? error.message : error);
      throw new KubectlError(`open ${typed}: ${why}`);
    }
  }
}
