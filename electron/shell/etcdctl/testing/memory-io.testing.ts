import { FsError } from '../../errors.ts';
import type { ByteSink, ByteSource, CommandIo, FileStat, ShellFs } from '../../interface.ts';
import type { Program } from '../interface.ts';
import { runProgram } from '../run.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

/** Files of bytes in memory; folders exist when made or when something is in them. */
export class BinaryFs implements ShellFs {
  readonly files = new Map<string, Uint8Array>();
  readonly folders = new Set<string>();

  async readFile(path: string): Promise<Uint8Array> {
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new FsError('ENOENT', path);
    return bytes;
  }
  async readText(path: string): Promise<string> {
    return Buffer.from(await this.readFile(path)).toString();
  }
  open(path: string): Promise<ByteSource> {
    return Promise.reject(new FsError('EINVAL', path));
  }
  async writeFile(path: string, data: string | Uint8Array): Promise<void> {
    if (path.startsWith('/nonexistent/')) throw new FsError('ENOENT', path);
    this.files.set(path, Buffer.from(data as string));
  }
  async appendFile(path: string, data: string | Uint8Array): Promise<void> {
    const before = this.files.get(path) ?? new Uint8Array();
    this.files.set(path, Buffer.concat([before, Buffer.from(data as string)]));
  }
  async stat(path: string): Promise<FileStat> {
    const bytes = this.files.get(path);
    if (bytes !== undefined) return { kind: 'file', size: bytes.length, mode: 0o600, mtimeMs: 0 };
    if (!this.folders.has(path) && (await this.readdir(path)).length === 0) throw new FsError('ENOENT', path);
    return { kind: 'directory', size: 0, mode: 0o700, mtimeMs: 0 };
  }
  lstat(path: string): Promise<FileStat> {
    return this.stat(path);
  }
  exists(path: string): Promise<boolean> {
    return this.stat(path).then(
      () => true,
      () => false,
    );
  }
  async readdir(path: string): Promise<string[]> {
    const below = [...this.files.keys()].filter((file) => file.startsWith(`${path}/`));
    return [...new Set(below.map((file) => file.slice(path.length + 1).split('/')[0] ?? ''))];
  }
  async mkdir(path: string): Promise<void> {
    this.folders.add(path);
  }
  async rm(path: string): Promise<void> {
    this.files.delete(path);
  }
  async rename(from: string, to: string): Promise<void> {
    this.files.set(to, await this.readFile(from));
    this.files.delete(from);
  }
  async copyFile(from: string, to: string): Promise<void> {
    this.files.set(to, await this.readFile(from));
  }
  symlink(_target: string, path: string): Promise<void> {
    return Promise.reject(new FsError('EPERM', path));
  }
  readlink(path: string): Promise<string> {
    return Promise.reject(new FsError('EINVAL', path));
  }
  async chmod(): Promise<void> {}
  async utimes(): Promise<void> {}
}

export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly fs?: BinaryFs;
  readonly signal?: AbortSignal;
  /** Told of each piece of standard output. */
  readonly onOutput?: (text: string) => void;
  readonly spawn?: CommandIo['spawn'];
}

/** Runs a program's command line in memory; its working folder is `/work`. */
export async function runInMemory(
  program: Program,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const never = new AbortController().signal;
  const sink = (to: Buffer[], tell?: (text: string) => void): ByteSink => ({
    isTty: false,
    closed: never,
    write: async (chunk) => {
      to.push(Buffer.from(chunk as string));
      tell?.(Buffer.from(chunk as string).toString());
    },
  });
  const io: CommandIo = {
    argv: [program.root.name, ...argv],
    env: options.env ?? {},
    cwd: '/work',
    stdin: source(Buffer.from((options.stdin ?? '') as string)),
    stdout: sink(out, options.onOutput),
    stderr: sink(err),
    fs: options.fs ?? new BinaryFs(),
    signal: options.signal ?? never,
    path: (typed) => (typed.startsWith('/') ? typed : `/console/${typed}`),
    sleep: () => Promise.resolve(),
    spawn: options.spawn ?? (() => Promise.resolve(127)),
  };
  const code = await runProgram(program, io);
  const bytes = Buffer.concat(out);
  return { code, stdout: bytes.toString(), stderr: Buffer.concat(err).toString(), bytes };
}

function source(bytes: Buffer): ByteSource {
  let rest: Buffer | null = bytes.length === 0 ? null : bytes;
  const read = (): Promise<Uint8Array | null> => {
    const chunk = rest;
    rest = null;
    return Promise.resolve(chunk);
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let chunk = await read(); chunk !== null; chunk = await read()) yield chunk;
  }
  return {
    read,
    text: async () => Buffer.from((await read()) ?? []).toString(),
    async *lines() {
      const text = Buffer.from((await read()) ?? []).toString();
      yield* text === '' ? [] : text.replace(/\n$/, '').split('\n');
    },
    cancel: () => undefined,
    isTty: false,
    [Symbol.asyncIterator]: chunks,
  };
}
