import { spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { resolve } from 'node:path';
import { BrokenPipe } from '../errors.ts';
import type { ByteSink, CommandIo, FileStat, ShellFs } from '../interface.ts';
import { IterableSource } from '../streams/sources.ts';

/** The streams, files and environment of this process as a command of the lab shell sees them. */
export function nodeIo(argv: readonly string[], signal: AbortSignal): CommandIo {
  const env = Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const cwd = process.cwd();
  return {
    argv,
    env,
    cwd,
    stdin: new IterableSource(() => process.stdin, process.stdin.isTTY),
    stdout: sink(process.stdout),
    stderr: sink(process.stderr),
    fs: nodeFs,
    signal,
    path: (typed) => resolve(cwd, typed),
    sleep: (ms) =>
      new Promise((done) => {
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
      }),
    spawn: (words, over) =>
      new Promise((done) => {
        const [command = '', ...args] = words;
        const child = spawn(command, args, { stdio: 'inherit', env: over?.env ?? env });
        child.on('error', () => done(127));
        child.on('close', (code) => done(code ?? 1));
      }),
  };
}

function sink(stream: NodeJS.WriteStream): ByteSink {
  const gone = new AbortController();
  stream.on('error', () => gone.abort());
  return {
    isTty: stream.isTTY === true,
    closed: gone.signal,
    write: (chunk) =>
      new Promise((done, fail) => {
        if (gone.signal.aborted) {
          fail(new BrokenPipe());
          return;
        }
        stream.write(chunk, (error) => (error ? fail(new BrokenPipe()) : done()));
      }),
  };
}

async function stat(path: string, follow: boolean): Promise<FileStat> {
  const found = await (follow ? fs.stat(path) : fs.lstat(path));
  const kind = found.isDirectory()
    ? 'directory'
    : found.isSymbolicLink()
      ? 'symlink'
      : found.isFile()
        ? 'file'
        : 'device';
  return { kind, size: found.size, mode: found.mode & 0o7777, mtimeMs: found.mtimeMs };
}

const nodeFs: ShellFs = {
  readFile: (path) => fs.readFile(path),
  readText: (path) => fs.readFile(path, 'utf8'),
  open: () => Promise.reject(new Error('streams of files are not needed here')),
  writeFile: (path, data, mode) => fs.writeFile(path, data, mode === undefined ? {} : { mode }),
  appendFile: (path, data) => fs.appendFile(path, data),
  stat: (path) => stat(path, true),
  lstat: (path) => stat(path, false),
  exists: (path) =>
    fs.access(path).then(
      () => true,
      () => false,
    ),
  readdir: (path) => fs.readdir(path),
  mkdir: async (path, options) => void (await fs.mkdir(path, { recursive: options?.recursive === true })),
  rm: (path, options) => fs.rm(path, { recursive: options?.recursive === true }),
  rename: (from, to) => fs.rename(from, to),
  copyFile: (from, to) => fs.copyFile(from, to),
  symlink: (target, path) => fs.symlink(target, path),
  readlink: (path) => fs.readlink(path),
  chmod: (path, mode) => fs.chmod(path, mode),
  utimes: (path, mtimeMs) => fs.utimes(path, mtimeMs / 1000, mtimeMs / 1000),
};
