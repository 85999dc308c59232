import type { IFileSystem } from 'just-bash';
import { FsError } from '../errors.ts';
import { resolvePath } from '../fs/resolve-path.ts';
import type { FileStat, ShellFs } from '../interface.ts';

type LibraryStat = Awaited<ReturnType<IFileSystem['stat']>>;

/** The console's file system in the shape the library's tools expect. */
export class FiniteFs implements IFileSystem {
  readonly #fs: ShellFs;

  constructor(fs: ShellFs) {
    this.#fs = fs;
  }

  readFile(path: string): Promise<string> {
    return this.#named(this.#fs.readText(path), 'open');
  }

  readFileBuffer(path: string): Promise<Uint8Array> {
    return this.#named(this.#fs.readFile(path), 'open');
  }

  writeFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void> {
    return this.#named(this.#fs.writeFile(path, bytes(content, options)), 'open');
  }

  appendFile(path: string, content: string | Uint8Array, options?: unknown): Promise<void> {
    return this.#named(this.#fs.appendFile(path, bytes(content, options)), 'open');
  }

  exists(path: string): Promise<boolean> {
    return this.#fs.exists(path);
  }

  async stat(path: string): Promise<LibraryStat> {
    return toLibrary(await this.#named(this.#fs.stat(path), 'stat'));
  }

  async lstat(path: string): Promise<LibraryStat> {
    return toLibrary(await this.#named(this.#fs.lstat(path), 'lstat'));
  }

  mkdir(path: string, options?: { recursive?: boolean }): Promise<void> {
    return this.#named(this.#fs.mkdir(path, options), 'mkdir');
  }

  readdir(path: string): Promise<string[]> {
    return this.#named(this.#fs.readdir(path), 'scandir');
  }

  async rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void> {
    if (options?.force === true && !(await this.#fs.lstat(path).catch(() => null))) return;
    await this.#named(this.#fs.rm(path, options), 'rm');
  }

  async cp(from: string, to: string, options?: { recursive?: boolean }): Promise<void> {
    const stat = await this.#named(this.#fs.stat(from), 'cp');
    if (stat.kind !== 'directory') return this.#named(this.#fs.copyFile(from, to), 'cp');
    if (options?.recursive !== true) throw new Error(`EISDIR: is a directory, cp '${from}'`);
    await this.#fs.mkdir(to, { recursive: true });
    for (const name of await this.#fs.readdir(from))
      await this.cp(`${from}/${name}`, `${to}/${name}`, options);
  }

  mv(from: string, to: string): Promise<void> {
    return this.#named(this.#fs.rename(from, to), 'rename');
  }

  resolvePath(base: string, path: string): string {
    return resolvePath(base, path);
  }

  getAllPaths(): string[] {
    return [];
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.#named(this.#fs.chmod(path, mode), 'chmod');
  }

  symlink(target: string, path: string): Promise<void> {
    return this.#named(this.#fs.symlink(target, path), 'symlink');
  }

  link(from: string, to: string): Promise<void> {
    return this.#named(this.#fs.copyFile(from, to), 'link');
  }

  readlink(path: string): Promise<string> {
    return this.#named(this.#fs.readlink(path), 'readlink');
  }

  async realpath(path: string): Promise<string> {
    if (!(await this.#fs.exists(path)))
      throw new Error(`ENOENT: no such file or directory, realpath '${path}'`);
    return path;
  }

  utimes(path: string, _atime: Date, mtime: Date): Promise<void> {
    return this.#named(this.#fs.utimes(path, mtime.getTime()), 'utimes');
  }

  /** The library reads Node's error texts (`ENOENT: no such file …`). */
  async #named<T>(work: Promise<T>, call: string): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const text = error.text.charAt(0).toLowerCase() + error.text.slice(1);
      throw Object.assign(new Error(`${error.code}: ${text}, ${call} '${error.path}'`), { code: error.code });
    }
  }
}

function bytes(content: string | Uint8Array, options: unknown): string | Uint8Array {
  const encoding =
    typeof options === 'string'
      ? options
      : typeof options === 'object' && options !== null && 'encoding' in options
        ? options.encoding
        : undefined;
  return typeof content === 'string' && (encoding === 'binary' || encoding === 'latin1')
    ? Buffer.from(content, 'latin1')
    : content;
}

function toLibrary(stat: FileStat): LibraryStat {
  return {
    isFile: stat.kind === 'file' || stat.kind === 'device',
    isDirectory: stat.kind === 'directory',
    isSymbolicLink: stat.kind === 'symlink',
    mode: stat.mode,
    size: stat.size,
    mtime: new Date(stat.mtimeMs),
  };
}
