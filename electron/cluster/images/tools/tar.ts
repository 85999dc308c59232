import { readAll } from '../container/byte-pipe.ts';
import type { Tool } from '../container/interface.ts';
import { FileError } from '../container/interface.ts';
import { pathIn, ToolError } from './arguments.ts';
import { walk } from './file-tools.ts';

const BLOCK = 512;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;
const field = (text: string, width: number): string => text.slice(0, width).padEnd(width, '\0');

function header(name: string, size: number, folder: boolean, seconds: number): string {
  const long = name.length > 100 ? name.lastIndexOf('/', 155) : -1;
  const head =
    field(long < 0 ? name : name.slice(long + 1), 100) +
    octal(folder ? 0o755 : 0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(seconds, 12) + '        ' +
    (folder ? '5' : '0') + field('', 100) + 'ustar\x0000' + field('root', 32) + field('root', 32) + octal(0, 8) + octal(0, 8) +
    field(long < 0 ? '' : name.slice(0, long), 155) + field('', 12); // prettier-ignore
  let sum = 0;
  for (const char of head) sum += char.charCodeAt(0);
  return `${head.slice(0, 148)}${sum.toString(8).padStart(6, '0')}\0 ${head.slice(156)}`;
}

const padded = (bytes: string): string => bytes.padEnd(Math.ceil(bytes.length / BLOCK) * BLOCK, '\0');

interface Entry {
  readonly name: string;
  readonly folder: boolean;
  readonly bytes: string;
}

/** Files and folders of an archive (ustar; links and devices are left out). */
export function* readTar(archive: string): Generator<Entry> {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const head = archive.slice(at, at + BLOCK);
    if (head[0] === '\0') return;
    const text = (from: number, to: number): string => (head.slice(from, to).split('\0')[0] ?? '').trim();
    const size = Number.parseInt(text(124, 136), 8) || 0;
    const bytes = archive.slice(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = head[156] ?? '0';
    if (type === 'L') longName = bytes.replace(/\0+$/, '');
    else if (type === 'x') longName = /\d+ path=([^\n]*)\n/.exec(bytes)?.[1] ?? longName;
    else {
      const prefix = text(345, 500);
      const name = longName ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`);
      longName = undefined;
      if (type === '0' || type === '\0' || type === '5') yield { name, folder: type === '5', bytes };
    }
  }
}

/** `tar` as `kubectl cp` and people use it: `-c`, `-x`, `-t` with `-f`, `-C`; no compression. */
export const tar: Tool = async (task) => {
  const args = task.argv.slice(1);
  let letters = '';
  let file: string | undefined;
  let folder = task.cwd;
  const names: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (arg === '-C') folder = pathIn(task, args[++at] ?? '');
    else if (/^--no-same|^--warning/.test(arg)) continue;
    else if (at === 0 || (arg.startsWith('-') && arg !== '-')) {
      const flags = arg.replace(/^-/, '');
      letters += flags;
      if (flags.includes('f')) file = args[++at];
    } else names.push(arg);
  }
  if (/[zjJ]/.test(letters))
    throw new ToolError('leme: compressed archives are not modelled in simulated containers', 127);
  const at = (name: string): string => pathIn({ ...task, cwd: folder }, name);
  const { files } = task.world;
  if (letters.includes('c')) {
    let archive = '';
    const seconds = Math.floor(task.process.clock.now() / 1000);
    let code = 0;
    for (const name of names) {
      const start = at(name);
      try {
        if (files.stat(start) === undefined) throw new FileError('ENOENT');
        const shown = name.replace(/^\/+/, '').replace(/\/+$/, '');
        walk(task, start, (path, isFolder) => {
          const inside = `${shown === '' ? '.' : shown}${path.slice(start === '/' ? 0 : start.length)}`;
          const bytes = isFolder ? '' : files.read(path);
          archive +=
            header(isFolder ? `${inside}/` : inside, bytes.length, isFolder, seconds) + padded(bytes);
        });
        if (name.startsWith('/')) task.stderr.write("tar: removing leading '/' from member names\n");
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        task.stderr.write(`tar: ${name}: ${error.message}\n`);
        code = 1;
      }
    }
    archive += '\0'.repeat(2 * BLOCK);
    if (file === undefined || file === '-') task.stdout.write(archive);
    else files.write(pathIn(task, file), archive);
    return code;
  }
  const archive =
    file === undefined || file === '-' ? await readAll(task.stdin) : files.read(pathIn(task, file));
  for (const entry of readTar(archive)) {
    if (letters.includes('t')) {
      task.stdout.write(`${entry.name}\n`);
      continue;
    }
    if (letters.includes('v')) task.stdout.write(`${entry.name}\n`);
    const path = at(entry.name.replace(/^\/+/, ''));
    let made = '';
    for (const part of path.split('/').slice(1, entry.folder ? undefined : -1)) {
      made += `/${part}`;
      if (files.stat(made) === undefined) files.makeFolder(made);
    }
    if (!entry.folder) files.write(path, entry.bytes);
  }
  return 0;
};
