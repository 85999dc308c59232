import { FsError } from '../errors.ts';
import type { ByteSource, FileStat, ShellFs } from '../interface.ts';
import { BytesSource } from '../streams/sources.ts';
import type { MachinesClient } from './machines-client.ts';

/** The files of a machine of the lab, for commands that run on this side in the machine's name. Links and modes do not exist there. */
export class MachineFs implements ShellFs {
  readonly #client: MachinesClient;
  readonly #machine: string;
  readonly #signal: AbortSignal;

  constructor(client: MachinesClient, machine: string, signal: AbortSignal) {
    this.#client = client;
    this.#machine = machine;
    this.#signal = signal;
  }

  async #ask(
    method: string,
    path: string,
    query: Record<string, string> = {},
    body?: Uint8Array,
  ): Promise<Response> {
    const answer = await this.#client.file(this.#machine, method, { path, ...query }, body, this.#signal);
    if (answer.status === 404) throw new FsError('ENOENT', path);
    if (answer.status === 409) throw new FsError('EISDIR', path);
    if (!answer.ok) throw new FsError('EIO', path);
    return answer;
  }

  async readFile(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#ask('GET', path)).arrayBuffer());
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder().decode(await this.readFile(path));
  }

  async open(path: string): Promise<ByteSource> {
    return new BytesSource(await this.readFile(path));
  }

  async writeFile(path: string, data: string | Uint8Array): Promise<void> {
    await this.#ask('PUT', path, {}, typeof data === 'string' ? new TextEncoder().encode(data) : data);
  }

  async appendFile(path: string, data: string | Uint8Array): Promise<void> {
    const before = (await this.exists(path)) ? await this.readFile(path) : new Uint8Array();
    await this.writeFile(path, Buffer.concat([before, Buffer.from(data as string)]));
  }

  async stat(path: string): Promise<FileStat> {
    const found = (await (await this.#ask('GET', path, { what: 'stat' })).json()) as Pick<
      FileStat,
      'kind' | 'size'
    >;
    return { ...found, mode: found.kind === 'directory' ? 0o755 : 0o600, mtimeMs: 0 };
  }

  lstat(path: string): Promise<FileStat> {
    return this.stat(path);
  }

  exists(path: string): Promise<boolean> {
    return this.stat(path).then(
      () => true,
      (error: unknown) => {
        if (error instanceof FsError && error.code === 'ENOENT') return false;
        throw error;
      },
    );
  }

  async readdir(path: string): Promise<string[]> {
    const names = (await (await this.#ask('GET', path, { what: 'list' })).json()) as string[];
    return names.map((name) => name.replace(/\/$/, ''));
  }

  /** Folders are there when something is in them. */
  mkdir(): Promise<void> {
    return Promise.resolve();
  }

  async rm(path: string): Promise<void> {
    await this.#ask('DELETE', path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#ask('POST', from, { to });
  }

  async copyFile(from: string, to: string): Promise<void> {
    await this.writeFile(to, await this.readFile(from));
  }

  symlink(_target: string, path: string): Promise<void> {
    return Promise.reject(new FsError('EPERM', path));
  }

  readlink(path: string): Promise<string> {
    return Promise.reject(new FsError('EINVAL', path));
  }

  async chmod(path: string): Promise<void> {
    await this.stat(path);
  }

  async utimes(path: string): Promise<void> {
    await this.stat(path);
  }
}
