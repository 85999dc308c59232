import { promises as disk, type Stats } from 'node:fs';
import nodePath from 'node:path';
import { FsError } from '../errors.ts';
import type { ByteSink, ByteSource, FileStat } from '../interface.ts';
import { IterableSource } from '../streams/sources.ts';
import { device, devices, readDevice } from './devices.ts';
import type { ExecutorFs, FileWriter } from './executor-fs.ts';

const maxLinks = 40;
/**
 * A folder on disk seen as `/`. Links are followed by hand inside the folder (an absolute target starts at the virtual
 * root), so no path and no link leads out of it. A few devices under `/dev` are simulated.
 */
export class SandboxFs implements ExecutorFs {
  readonly root: string;
  readonly virtual = new Map<string, { source?: ByteSource; sink?: ByteSink }>();

  constructor(root: string) {
    this.root = root;
  }

  /** The real path of a virtual one after following links; the last component may not exist. */
  async resolve(path: string, followLast = true): Promise<string> {
    return nodePath.join(this.root, await this.realpath(path, followLast));
  }

  /** The virtual path with every link followed. */
  async realpath(path: string, followLast = true): Promise<string> {
    let parts = path.split('/').filter((part) => part !== '' && part !== '.');
    let done: string[] = [];
    let links = 0;
    while (parts.length > 0) {
      const part = parts[0] as string;
      parts = parts.slice(1);
      if (part === '..') {
        done.pop();
        continue;
      }
      if (part.includes('\0')) throw new FsError('EINVAL', path);
      const here = nodePath.join(this.root, ...done, part);
      const stat = await disk.lstat(here).catch(() => null);
      if (stat?.isSymbolicLink() === true && (parts.length > 0 || followLast)) {
        if (++links > maxLinks) throw new FsError('ELOOP', path);
        const target = await disk.readlink(here);
        if (target.startsWith('/')) done = [];
        parts = [...target.split('/').filter((item) => item !== '' && item !== '.'), ...parts];
        continue;
      }
      if (stat !== null && !stat.isDirectory() && parts.length > 0) throw new FsError('ENOTDIR', path);
      done.push(part);
    }
    return `/${done.join('/')}`;
  }

  async readFile(path: string): Promise<Uint8Array> {
    const stream = this.virtual.get(path)?.source;
    if (stream !== undefined) return Buffer.from(await stream.text());
    if (devices.has(path)) return new Uint8Array(0);
    return this.#guard(path, async () => disk.readFile(await this.resolve(path)));
  }

  async readText(path: string): Promise<string> {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await this.readFile(path));
  }

  async open(path: string, options: { follow?: boolean; signal?: AbortSignal } = {}): Promise<ByteSource> {
    const stream = this.virtual.get(path)?.source;
    if (stream !== undefined) return stream;
    if (devices.has(path)) return readDevice(path);
    return this.#guard(path, async () => {
      const real = await this.resolve(path);
      if ((await disk.stat(real)).isDirectory()) throw new FsError('EISDIR', path);
      const handle = await disk.open(real, 'r');
      return new IterableSource(() => readChunks(handle, options));
    });
  }

  async writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
    if (devices.has(path)) return;
    const stream = this.virtual.get(path)?.sink;
    if (stream !== undefined) return stream.write(data);
    await this.#guard(path, async () =>
      disk.writeFile(await this.resolve(path), data, mode === undefined ? {} : { mode }),
    );
  }

  async appendFile(path: string, data: string | Uint8Array): Promise<void> {
    if (devices.has(path)) return;
    await this.#guard(path, async () => disk.appendFile(await this.resolve(path), data));
  }

  async openForWriting(path: string, append: boolean): Promise<FileWriter> {
    return this.#guard(path, async () => disk.open(await this.resolve(path), append ? 'a' : 'w'));
  }

  async stat(path: string): Promise<FileStat> {
    if (devices.has(path) || this.virtual.has(path)) return device;
    return this.#guard(path, async () => toStat(await disk.stat(await this.resolve(path))));
  }

  async lstat(path: string): Promise<FileStat> {
    if (devices.has(path)) return device;
    return this.#guard(path, async () => toStat(await disk.lstat(await this.resolve(path, false))));
  }

  async exists(path: string): Promise<boolean> {
    return this.stat(path).then(
      () => true,
      () => false,
    );
  }

  async readdir(path: string): Promise<string[]> {
    return this.#guard(path, async () => (await disk.readdir(await this.resolve(path))).sort());
  }

  async mkdir(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    await this.#guard(path, async () =>
      disk.mkdir(await this.resolve(path, options.recursive === true), options),
    );
  }

  async rm(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    await this.#guard(path, async () => {
      const real = await this.resolve(path, false);
      if (real === this.root || real === `${this.root}/`) throw new FsError('EPERM', path);
      const stat = await disk.lstat(real);
      if (stat.isDirectory() && options.recursive !== true) await disk.rmdir(real);
      else await disk.rm(real, { recursive: options.recursive === true });
    });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#guard(to, async () =>
      disk.rename(await this.resolve(from, false), await this.resolve(to, false)),
    );
  }

  async copyFile(from: string, to: string): Promise<void> {
    if (devices.has(to)) return;
    if (devices.has(from)) return this.writeFile(to, '');
    await this.#guard(to, async () => disk.copyFile(await this.resolve(from), await this.resolve(to)));
  }

  async symlink(target: string, path: string): Promise<void> {
    await this.#guard(path, async () => disk.symlink(target, await this.resolve(path, false)));
  }

  async readlink(path: string): Promise<string> {
    return this.#guard(path, async () => disk.readlink(await this.resolve(path, false)));
  }

  async chmod(path: string, mode: number): Promise<void> {
    await this.#guard(path, async () => disk.chmod(await this.resolve(path), mode & 0o777));
  }

  async utimes(path: string, mtimeMs: number): Promise<void> {
    await this.#guard(path, async () =>
      disk.utimes(await this.resolve(path), mtimeMs / 1000, mtimeMs / 1000),
    );
  }

  /** Turns Node's error into ours, with the virtual path: the real one never reaches the person. */
  async #guard<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof FsError) throw error;
      const code =
        error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
      if (code === undefined) throw error;
      throw new FsError(code, path);
    }
  }
}

function toStat(stat: Stats): FileStat {
  const kind = stat.isDirectory()
    ? 'directory'
    : stat.isSymbolicLink()
      ? 'symlink'
      : stat.isFile()
        ? 'file'
        : 'device';
  return { kind, size: stat.size, mode: stat.mode & 0o7777, mtimeMs: stat.mtimeMs };
}

const followPollMs = 200;

async function* readChunks(
  handle: disk.FileHandle,
  options: { follow?: boolean; signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  try {
    for (;;) {
      if (options.signal?.aborted === true) return;
      const buffer = new Uint8Array(65_536);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (options.follow !== true) return;
      else await pause(followPollMs, options.signal);
    }
  } finally {
    await handle.close();
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
  });
}
