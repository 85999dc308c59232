import type { ByteSink, ByteSource, CommandIo, FileStat, ShellFs } from '../../interface.ts';
import { FsError } from '../../errors.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Files in memory, enough for what kubectl asks of a file system. */
export class MemoryFs implements ShellFs {
  readonly files = new Map<string, string>();

  readFile(path: string): Promise<Uint8Array> {
    return this.readText(path).then((text) => new TextEncoder().encode(text));
  }
  readText(path: string): Promise<string> {
    const text = this.files.get(path);
    return text === undefined ? Promise.reject(new FsError('ENOENT', path)) : Promise.resolve(text);
  }
  open(path: string): Promise<ByteSource> {
    return Promise.reject(new FsError('ENOENT', path));
  }
  writeFile(path: string, data: string | Uint8Array): Promise<void> {
    this.files.set(path, typeof data === 'string' ? data : new TextDecoder().decode(data));
    return Promise.resolve();
  }
  async appendFile(path: string, data: string | Uint8Array): Promise<void> {
    await this.writeFile(
      path,
      (this.files.get(path) ?? '') + (typeof data === 'string' ? data : new TextDecoder().decode(data)),
    );
  }
  stat(path: string): Promise<FileStat> {
    if (this.files.has(path)) return Promise.resolve({ kind: 'file', size: 0, mode: 0o600, mtimeMs: 0 });
    const folder = [...this.files.keys()].some((file) => file.startsWith(`${path}/`));
    return folder
      ? Promise.resolve({ kind: 'directory', size: 0, mode: 0o700, mtimeMs: 0 })
      : Promise.reject(new FsError('ENOENT', path));
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
  readdir(path: string): Promise<string[]> {
    const names = [...this.files.keys()]
      .filter((file) => file.startsWith(`${path}/`))
      .map((file) => file.slice(path.length + 1).split('/')[0] ?? '');
    return Promise.resolve([...new Set(names)]);
  }
  mkdir(): Promise<void> {
    return Promise.resolve();
  }
  rm(path: string): Promise<void> {
    this.files.delete(path);
    return Promise.resolve();
  }
  async rename(from: string, to: string): Promise<void> {
    await this.copyFile(from, to);
    this.files.delete(from);
  }
  async copyFile(from: string, to: string): Promise<void> {
    this.files.set(to, await this.readText(from));
  }
  symlink(): Promise<void> {
    return Promise.reject(new FsError('EPERM', ''));
  }
  readlink(path: string): Promise<string> {
    return Promise.reject(new FsError('EINVAL', path));
  }
  chmod(): Promise<void> {
    return Promise.resolve();
  }
  utimes(): Promise<void> {
    return Promise.resolve();
  }
}

export interface TestIo extends CommandIo {
  readonly out: string[];
  readonly errors: string[];
}

/** Streams that collect what is written, over files in memory. */
export function testIo(
  argv: readonly string[],
  fs: MemoryFs,
  options: {
    stdin?: string;
    env?: Record<string, string>;
    signal?: AbortSignal;
    onOut?: (text: string) => void;
    spawn?: CommandIo['spawn'];
  } = {},
): TestIo {
  const never = new AbortController().signal;
  const collect = (into: string[], tell?: (text: string) => void): ByteSink => ({
    write: (chunk) => {
      const text = typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
      into.push(text);
      tell?.(text);
      return Promise.resolve();
    },
    isTty: false,
    closed: never,
  });
  const out: string[] = [];
  const errors: string[] = [];
  const input = options.stdin ?? '';
  const stdin: ByteSource = {
    read: () => Promise.resolve(null),
    text: () => Promise.resolve(input),
    async *lines() {
      yield* input.split('\n');
    },
    cancel: () => undefined,
    isTty: false,
    async *[Symbol.asyncIterator]() {
      yield new TextEncoder().encode(input);
    },
  };
  return {
    argv,
    env: { HOME: '/home/u', ...options.env },
    cwd: '/home/u',
    stdin,
    stdout: collect(out, options.onOut),
    stderr: collect(errors),
    fs,
    signal: options.signal ?? never,
    path: (typed) => (typed.startsWith('/') ? typed : `/home/u/${typed.replace(/^\.\//, '')}`),
    sleep: () => Promise.resolve(),
    spawn: options.spawn ?? (() => Promise.resolve(127)),
    out,
    errors,
  };
}

/** A kubeconfig with one context for a server. */
export function kubeconfigFor(url: string): string {
  return `apiVersion: v1
kind: Config
current-context: test
clusters:
- name: test
  cluster: {server: "${url}"}
contexts:
- name: test
  context: {cluster: test, user: admin}
- name: other
  context: {cluster: test, user: admin, namespace: kube-system}
users:
- name: admin
  user: {token: secret-token}
`;
}
