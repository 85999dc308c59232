import { windowsPathOf } from '../../base/windows-path.ts';
import { fileObject } from './cmdlets/file-cmdlets.ts';
import type { ShellIo, WindowsHost } from './interface.ts';
import { PsDate, PsError } from './interface.ts';
import { join, namesBelow, resolvePath } from './paths.ts';
import { PsExit } from './session.ts';
import { textOf } from './values.ts';

const NOT_FOUND = 'The system cannot find the path specified.\n';
const NO_FILE = 'The system cannot find the file specified.\n';

interface Streams {
  readonly stdin: string;
  out(text: string): void;
}

/** Words of a line; quotes hold them together. */
function wordsOf(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([whole, quoted]) => quoted ?? whole);
}

/** A line at `&`, `&&`, `||` or `|`, outside quotes. */
function splitAt(line: string, pattern: RegExp): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (let at = 0; at < line.length;) {
    if (line[at] === '"') quoted = !quoted;
    pattern.lastIndex = at;
    const found = quoted ? null : pattern.exec(line)?.[0];
    if (found === null || found === undefined) part += line[at++] ?? '';
    else {
      parts.push(part, found);
      part = '';
      at += found.length;
    }
  }
  return [...parts, part];
}

/** A session of cmd.exe: its own commands, programs, `&`, `&&`, `||`, `|`, `>` and `>>`, variables. Nothing of batch files. */
export class CmdSession {
  readonly #host: WindowsHost;
  readonly #io: ShellIo;
  readonly #variables = new Map<string, string>();
  cwd: string;

  constructor(host: WindowsHost, io: ShellIo, cwd = host.home) {
    this.#host = host;
    this.#io = io;
    this.cwd = cwd;
  }

  get prompt(): string {
    return `${windowsPathOf(this.cwd)}>`;
  }

  /** Resolves to the last exit code. @throws PsExit */
  async run(line: string, interrupted = new Promise<void>(() => undefined)): Promise<number> {
    const parts = splitAt(this.#expanded(line), /&&|\|\||&/y);
    let code = 0;
    for (let at = 0; at < parts.length; at += 2) {
      const before = parts[at - 1];
      if ((before === '&&' && code !== 0) || (before === '||' && code === 0)) continue;
      code = await this.#pipe(parts[at] ?? '', interrupted);
    }
    return code;
  }

  #expanded(line: string): string {
    return line.replace(/%([^%\s]+)%/g, (whole, name: string) => this.#variable(name) ?? whole);
  }

  #variable(name: string): string | undefined {
    const wanted = name.toLowerCase();
    const found = [...this.#host.environment, ...this.#variables].findLast(
      ([key]) => key.toLowerCase() === wanted,
    );
    return found?.[1] ?? (wanted === 'cd' ? windowsPathOf(this.cwd) : undefined);
  }

  async #pipe(text: string, interrupted: Promise<void>): Promise<number> {
    const stages = splitAt(text, /\|/y).filter((_, at) => at % 2 === 0);
    let stdin = '';
    let code = 0;
    for (const [at, stage] of stages.entries()) {
      const [, command = '', append, target] = /^([^>]*?)(?:1?>(>)?\s*(\S+)\s*)?(?:2>\s*\S+)?\s*$/s.exec(stage) ?? ['', stage];
      let written = '';
      const isKept = target !== undefined || at < stages.length - 1;
      const out = (part: string): void => (isKept ? void (written += part) : this.#io.out(part));
      code = await this.#command(command.trim(), { stdin, out }, interrupted);
      stdin = target === undefined ? written : '';
      if (target === undefined || target.toLowerCase() === 'nul') continue;
      const path = resolvePath(this.#access, target, 'cmd');
      const { files } = this.#host;
      const before = append !== undefined && files.stat(path)?.kind === 'file' ? files.read(path) : '';
      files.write(path, before + written);
    }
    return code;
  } // prettier-ignore

  get #access(): { readonly cwd: string; readonly host: WindowsHost } {
    return { cwd: this.cwd, host: this.#host };
  }

  async #command(text: string, { stdin, out }: Streams, interrupted: Promise<void>): Promise<number> {
    if (text === '') return 0;
    const [first = '', ...args] = wordsOf(text);
    const rest = text.slice(first.length).replace(/^ /, '');
    const fail = (message: string): number => {
      this.#io.err(message);
      return 1;
    };
    try {
      switch (first.toLowerCase()) {
        case 'echo':
        case 'echo.':
          out(`${rest}\n`);
          return 0;
        case 'rem':
        case 'title':
          return 0;
        case 'ver':
          out(`\nMicrosoft Windows [Version ${this.#host.osVersion}]\n`);
          return 0;
        case 'cls':
          out('\u001b[H\u001b[2J');
          return 0;
        case 'exit':
          throw new PsExit(Number(args.filter((arg) => !arg.startsWith('/'))[0] ?? 0) || 0);
        case 'set':
          return this.#set(rest, out);
        case 'cd':
        case 'chdir':
          return this.#changeFolder(args.filter((arg) => arg.toLowerCase() !== '/d').join(' '), out, fail);
        case 'dir':
          return this.#list(args.find((arg) => !arg.startsWith('/')) ?? '.', args.includes('/b'), out, fail);
        case 'type':
          return this.#show(args, out, fail);
        case 'md':
        case 'mkdir':
          for (const arg of args) this.#host.files.makeFolder(resolvePath(this.#access, arg, 'cmd'));
          return 0;
        case 'del':
        case 'erase':
          for (const arg of args.filter((one) => !one.startsWith('/'))) {
            const path = resolvePath(this.#access, arg, 'cmd');
            if (this.#host.files.stat(path)?.kind !== 'file') return fail(`Could Not Find ${windowsPathOf(path)}\n`);
            this.#host.files.remove(path);
          }
          return 0;
      } // prettier-ignore
    } catch (error) {
      if (error instanceof PsError) return fail('The system cannot find the drive specified.\n');
      throw error;
    }
    const file = first.slice(Math.max(first.lastIndexOf('\\'), first.lastIndexOf('/')) + 1).toLowerCase();
    const program = this.#host.programs.get(file.replace(/\.exe$/, ''));
    if (program === undefined)
      return (
        fail(
          `'${first}' is not recognized as an internal or external command,\noperable program or batch file.\n`,
        ) && 9009
      );
    return program(args, { stdin, cwd: this.cwd, out, err: (part) => this.#io.err(part), interrupted });
  }

  #set(text: string, out: (text: string) => void): number {
    const equals = text.indexOf('=');
    if (equals > 0) {
      this.#variables.set(text.slice(0, equals).trim(), text.slice(equals + 1));
      return 0;
    }
    const all = new Map([...this.#host.environment, ...this.#variables]);
    const shown = [...all].filter(([name]) => name.toLowerCase().startsWith(text.trim().toLowerCase()));
    if (shown.length === 0) {
      this.#io.err(`Environment variable ${text.trim()} not defined\n`);
      return 1;
    }
    for (const [name, value] of shown.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)))
      out(`${name}=${value}\n`);
    return 0;
  }

  #changeFolder(target: string, out: (text: string) => void, fail: (text: string) => number): number {
    if (target === '') {
      out(`${windowsPathOf(this.cwd)}\n`);
      return 0;
    }
    const path = resolvePath(this.#access, target, 'cmd');
    if (path !== '/' && this.#host.files.stat(path)?.kind !== 'folder') return fail(NOT_FOUND);
    this.cwd = path;
    return 0;
  }

  #list(
    target: string,
    bare: boolean,
    out: (text: string) => void,
    fail: (text: string) => number,
  ): number {
    const { files } = this.#host;
    const path = resolvePath(this.#access, target, 'cmd');
    const stat = files.stat(path);
    if (path !== '/' && stat === undefined) return fail('File Not Found\n');
    const isFile = stat?.kind === 'file';
    const folder = isFile ? path.slice(0, path.lastIndexOf('/')) || '/' : path;
    const names = isFile ? [path.slice(path.lastIndexOf('/') + 1)] : namesBelow(files, path);
    if (bare) {
      out(names.map((name) => `${name}\n`).join(''));
      return 0;
    }
    let [bytes, count, folders] = [0, 0, 0];
    const rows = names.map((name) => {
      const { values } = fileObject({ host: this.#host }, join(folder, name));
      const time = values['LastWriteTime'] instanceof PsDate ? stamp(values['LastWriteTime'].ms) : '';
      const isFolder = values['PSIsContainer'] === true;
      const size = Number(textOf(values['Length'] ?? 0));
      if (isFolder) folders += 1;
      else {
        count += 1;
        bytes += size;
      }
      return `${time}    ${isFolder ? '<DIR>         ' : size.toLocaleString('en-US').padStart(14)} ${name}\n`;
    });
    out(
      ` Volume in drive C has no label.\n\n Directory of ${windowsPathOf(folder)}\n\n${rows.join('')}${`${count} File(s)`.padStart(16)} ${bytes.toLocaleString('en-US').padStart(14)} bytes\n${`${folders} Dir(s)`.padStart(15)}\n`,
    );
    return 0;
  } // prettier-ignore

  #show(args: readonly string[], out: (text: string) => void, fail: (text: string) => number): number {
    for (const arg of args) {
      const path = resolvePath(this.#access, arg, 'cmd');
      if (this.#host.files.stat(path)?.kind !== 'file') return fail(NO_FILE);
      const text = this.#host.files.read(path);
      out(text.endsWith('\n') || text === '' ? text : `${text}\n`);
    }
    return 0;
  }
}

/** `11/27/2026  10:43 PM` */
function stamp(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = new Date(ms);
  const hours = date.getUTCHours();
  return `${two(date.getUTCMonth() + 1)}/${two(date.getUTCDate())}/${date.getUTCFullYear()}  ${two(hours % 12 === 0 ? 12 : hours % 12)}:${two(date.getUTCMinutes())} ${hours < 12 ? 'AM' : 'PM'}`;
}
