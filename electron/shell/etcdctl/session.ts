import { FsError } from '../errors.ts';
import type { CommandIo } from '../interface.ts';
import type { FlagSet } from '../kubectl/flags.ts';
import { dialer } from './client/dial.ts';
import { parseEndpoint, type Endpoint } from './client/endpoint.ts';
import { EtcdClient, type TlsFiles } from './client/etcd-client.ts';
import { CallError, ExitError, exitCode } from './errors.ts';
import { readSecret } from './read-secret.ts';
import { FieldsPrinter } from './print/fields-printer.ts';
import type { Printer, Shown, ShownKind, Version } from './print/interface.ts';
import { JsonPrinter } from './print/json-printer.ts';
import { ProtobufPrinter } from './print/protobuf-printer.ts';
import { SimplePrinter } from './print/simple-printer.ts';
import { TablePrinter } from './print/table-printer.ts';
import { logLine } from './log.ts';

/** One run of a command: its streams, its flags, the connection it opens when it needs one, and how it shows answers. */
export class Session {
  readonly io: CommandIo;
  readonly flags: FlagSet;
  readonly version: Version;
  #client: EtcdClient | undefined;
  #printer: Printer | undefined;
  readonly #others: EtcdClient[] = [];
  readonly #closed = new AbortController();

  constructor(io: CommandIo, flags: FlagSet, version: Version) {
    this.io = io;
    this.flags = flags;
    this.version = version;
  }

  /** Milliseconds that a short command may take. */
  get timeout(): number {
    return this.flags.number('command-timeout');
  }

  /** The connection, signed in when there is a user. @throws ExitError for flags that make none */
  async client(): Promise<EtcdClient> {
    if (this.#client === undefined) {
      this.#client = await this.open(this.endpoints());
      try {
        await this.#client.authenticate();
      } catch (error) {
        if (error instanceof CallError) throw new ExitError(exitCode.badConnection, error.message);
        throw error;
      }
    }
    return this.#client;
  }

  /** As {@link client}, but still usable after Ctrl-C, for what has to be put in order then. */
  async clientUntilClosed(): Promise<EtcdClient> {
    const client = await this.open(this.endpoints(), this.#closed.signal);
    await client.authenticate();
    return client;
  }

  /** A connection of its own to some endpoints; closed with the session. */
  async open(endpoints: readonly Endpoint[], signal: AbortSignal = this.io.signal): Promise<EtcdClient> {
    this.printer();
    const { flags, io } = this;
    const tls = await this.tls();
    const user = await this.#user();
    const client = new EtcdClient({
      endpoints,
      ...(tls === undefined ? {} : { tls }),
      ...(user === undefined ? {} : { user }),
      dialTimeout: flags.number('dial-timeout'),
      keepAliveTime: flags.number('keepalive-time'),
      keepAliveTimeout: flags.number('keepalive-timeout'),
      dial: dialer(io.env, io.signal),
      onRetry: (about) => void this.#logRetry(about),
      signal,
    });
    this.#others.push(client);
    return client;
  }

  /** @throws ExitError */
  endpoints(): readonly Endpoint[] {
    const texts = this.flags.list('endpoints').filter((text) => text !== '');
    if (texts.length === 0) throw new ExitError(exitCode.badArgs, 'etcdclient: no available endpoints');
    return texts.map((text) => this.endpoint(text));
  }

  /** @throws ExitError for what cannot be an address */
  endpoint(text: string): Endpoint {
    const endpoint = parseEndpoint(text);
    if (endpoint === undefined)
      throw new ExitError(exitCode.badConnection, `parse "${text}": invalid endpoint`);
    return endpoint;
  }

  /** @throws ExitError for an unknown `--write-out` */
  printer(): Printer {
    if (this.#printer === undefined) {
      const hex = this.flags.bool('hex');
      const format = this.flags.string('write-out');
      if (format === 'simple') this.#printer = new SimplePrinter(this.version, hex);
      else if (format === 'json') this.#printer = new JsonPrinter(this.version, hex);
      else if (format === 'fields') this.#printer = new FieldsPrinter(this.version);
      else if (format === 'table') this.#printer = new TablePrinter(this.version);
      else if (format === 'protobuf') this.#printer = new ProtobufPrinter();
      else throw new ExitError(exitCode.badFeature, 'unsupported output format');
    }
    return this.#printer;
  }

  /** Shows an answer. @throws ExitError when the format does not know it */
  async show<K extends ShownKind>(kind: K, shown: Shown[K]): Promise<void> {
    const output = this.printer().show(kind, shown);
    if (output === undefined) {
      throw new ExitError(
        exitCode.badFeature,
        `${this.flags.string('write-out')} not supported as output format`,
      );
    }
    if (output.stdout.length > 0) await this.io.stdout.write(output.stdout);
    if (output.stderr !== undefined && output.stderr !== '') await this.io.stderr.write(output.stderr);
  }

  /** @throws ExitError when the chosen form never shows this */
  mustShow(kind: 'Watch'): void {
    this.printer();
    const format = this.flags.string('write-out');
    if (kind === 'Watch' && format === 'table') {
      throw new ExitError(exitCode.badFeature, `${format} not supported as output format`);
    }
  }

  async print(text: string): Promise<void> {
    await this.io.stdout.write(text);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const client of this.#others) await client.close();
  }

  /** What the TLS flags say; undefined: no TLS. @throws ExitError */
  async tls(): Promise<TlsFiles | undefined> {
    const { flags } = this;
    const [cert, key, ca] = ['cert', 'key', 'cacert'].map((name) => {
      const value = flags.string(name);
      if (value === '' && flags.changed(name))
        throw new ExitError(exitCode.badArgs, `empty string is passed to --${name} option`);
      return value;
    }) as [string, string, string];
    const skipVerify = flags.bool('insecure-skip-tls-verify');
    if (cert === '' && key === '' && ca === '') {
      return flags.bool('insecure-transport') && !skipVerify ? undefined : { skipVerify };
    }
    if ((cert === '') !== (key === '')) {
      throw new ExitError(
        exitCode.badArgs,
        `KeyFile and CertFile must both be present[key: ${key}, cert: ${cert}]`,
      );
    }
    return {
      ...(ca === '' ? {} : { ca: await this.#file(ca) }),
      ...(cert === '' ? {} : { cert: await this.#file(cert), key: await this.#file(key) }),
      skipVerify,
    };
  }

  async #file(path: string): Promise<Buffer> {
    try {
      return Buffer.from(await this.io.fs.readFile(this.io.path(path)));
    } catch (error) {
      throw new ExitError(exitCode.badArgs, openError(path, error));
    }
  }

  async #user(): Promise<{ name: string; password: string } | undefined> {
    const given = this.flags.string('user');
    if (given === '') return undefined;
    const password = this.flags.string('password');
    if (password !== '') return { name: given, password };
    const colon = given.indexOf(':');
    if (colon >= 0) return { name: given.slice(0, colon), password: given.slice(colon + 1) };
    return { name: given, password: await readSecret(this.io, 'Password: ') };
  }

  async #logRetry(about: {
    endpoint: string;
    method: string;
    attempt: number;
    error: string;
  }): Promise<void> {
    const { method, attempt, error } = about;
    const target = `etcd-endpoints://0xc0000b0000/${about.endpoint.replace(/^\w+:\/\//, '')}`;
    const line =
      this.version === '3.4'
        ? logLine({ level: 'warn', caller: 'clientv3/retry_interceptor.go:62', msg: 'retrying of unary invoker failed', target, attempt, error })
        : logLine({
            level: 'warn', logger: 'etcd-client', caller: 'v3@v3.6.4/retry_interceptor.go:65', msg: 'retrying of unary invoker failed',
            target, method, attempt, error,
          }); // prettier-ignore
    try {
      await this.io.stderr.write(line);
    } catch {
      // Nobody reads stderr any more: the command itself will say so where it matters.
    }
  }
}

/** Go's text of a file that cannot be opened. */
export function openError(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const text =
    error instanceof FsError
      ? error.text.toLowerCase()
      : code === 'ENOENT'
        ? 'no such file or directory'
        : code === 'EISDIR'
          ? 'is a directory'
          : error instanceof Error
            ? error.message
            : String(error);
  return `open ${path}: ${text}`;
}
