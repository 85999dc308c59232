import { z } from 'zod';
import { FsError } from '../errors.ts';
import { device, devices, readDevice } from '../fs/devices.ts';
import type { ExecutorFs, FileWriter } from '../fs/executor-fs.ts';
import type { ByteSink, ByteSource, FileStat } from '../interface.ts';
import { BytesSource } from '../streams/sources.ts';
import { MachinesError, type MachinesClient } from './machines-client.ts';

const Refusal = z.object({ code: z.string() });

/** The files of a machine of the lab, for commands that run on this side in the machine's name. */
export class MachineFs implements ExecutorFs {
  readonly virtual = new Map<string, { source?: ByteSource; sink?: ByteSink }>();
  readonly #client: MachinesClient;
  readonly #machine: string;
  readonly #signal: AbortSignal;
  #lost = false;

  constructor(client: MachinesClient, machine: string, signal: AbortSignal) {
    this.#client = client;
    this.#machine = machine;
    this.#signal = signal;
  }

  /** The machine has gone in the meantime. */
  get lost(): boolean {
    return this.#lost;
  }

  async readFile(path: string): Promise<Uint8Array> {
    const stream = this.virtual.get(path)?.source;
    if (stream !== undefined) return Buffer.from(await stream.text());
    if (devices.has(path)) return new Uint8Array(0);
    return new Uint8Array(await (await this.#ask('GET', path)).arrayBuffer());
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await this.readFile(path));
  }

  async open(path: string): Promise<ByteSource> {
    const stream = this.virtual.get(path)?.source;
    if (stream !== undefined) return stream;
    if (devices.has(path)) return readDevice(path);
    return new BytesSource(await this.readFile(path));
  }

  async writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
    if (devices.has(path)) return;
    const stream = this.virtual.get(path)?.sink;
    if (stream !== undefined) return stream.write(data);
    await this.#ask('PUT', path, {}, bytes(data));
    if (mode !== undefined) await this.chmod(path, mode);
  }

  async appendFile(path: string, data: string | Uint8Array): Promise<void> {
    if (!devices.has(path)) await this.#ask('PUT', path, { append: '1' }, bytes(data));
  }

  async openForWriting(path: string, append: boolean): Promise<FileWriter> {
    if (append) await this.appendFile(path, '');
    else await this.writeFile(path, '');
    return {
      writeFile: (chunk) => this.appendFile(path, chunk),
      close: () => Promise.resolve(),
    };
  }

  /** A file of so many bytes without content. */
  async allocate(path: string, size: number): Promise<void> {
    await this.#ask('PUT', path, { allocate: String(size) });
  }

  stat(path: string): Promise<FileStat> {
    return this.#stat(path, 'stat');
  }

  lstat(path: string): Promise<FileStat> {
    return this.#stat(path, 'lstat');
  }

  exists(path: string): Promise<boolean> {
    return this.stat(path).then(
      () => true,
      (error: unknown) => {
        if (error instanceof FsError) return false;
        throw error;
      },
    );
  }

  async readdir(path: string): Promise<string[]> {
    const names = (await (await this.#ask('GET', path, { what: 'list' })).json()) as string[];
    return names.map((name) => name.replace(/\/$/, ''));
  }

  async mkdir(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    if (options.recursive === true) {
      const stat = await this.stat(path).catch(() => null);
      if (stat?.kind === 'directory') return;
      const parent = path.slice(0, path.lastIndexOf('/'));
      if (parent !== '') await this.mkdir(parent, options);
    }
    await this.#ask('PUT', path, { what: 'folder' });
  }

  async rm(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    if (options.recursive !== true && (await this.lstat(path)).kind === 'directory') {
      const names = await this.readdir(path);
      if (names.length > 0) throw new FsError('ENOTEMPTY', path);
    }
    await this.#ask('DELETE', path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#ask('POST', from, { to });
  }

  async copyFile(from: string, to: string): Promise<void> {
    const isNew = !(await this.exists(to));
    const { mode } = await this.stat(from);
    await this.writeFile(to, await this.readFile(from));
    if (isNew && mode !== 0o644) await this.chmod(to, mode);
  }

  async symlink(target: string, path: string): Promise<void> {
    await this.#ask('PUT', path, { link: target });
  }

  async readlink(path: string): Promise<string> {
    return (await (await this.#ask('GET', path, { what: 'link' })).json()) as string;
  }

  async realpath(path: string): Promise<string> {
    return (await (await this.#ask('GET', path, { what: 'real' })).json()) as string;
  }

  async chmod(path: string, mode: number): Promise<void> {
    if (!devices.has(path)) await this.#change(path, { mode });
  }

  async chown(path: string, owner: string | undefined, group: string | undefined): Promise<void> {
    await this.#change(path, { owner, group });
  }

  async utimes(path: string, mtimeMs: number): Promise<void> {
    await this.#change(path, { mtimeMs });
  }

  async #stat(path: string, what: 'stat' | 'lstat'): Promise<FileStat> {
    if (devices.has(path) || this.virtual.has(path)) return device;
    return (await (await this.#ask('GET', path, { what })).json()) as FileStat;
  }

  async #change(path: string, change: object): Promise<void> {
    await this.#ask('PATCH', path, {}, bytes(JSON.stringify(change)));
  }

  async #ask(
    method: string,
    path: string,
    query: Record<string, string> = {},
    body?: Uint8Array,
  ): Promise<Response> {
    const answer = await this.#client.file(this.#machine, method, { path, ...query }, body, this.#signal);
    if (answer.ok) return answer;
    if (answer.status === 404) throw new FsError('ENOENT', path);
    const refusal = Refusal.safeParse(await answer.json().catch(() => undefined));
    const code = refusal.success ? refusal.data.code : 'EIO';
    if (code !== 'EHOSTDOWN') throw new FsError(code, path);
    this.#lost = true;
    throw new MachinesError(`Connection to ${this.#machine} closed by remote host.`);
  }
}

function bytes(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data;
}
