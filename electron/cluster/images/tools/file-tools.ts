import { readAll } from '../container/byte-pipe.ts';
import type { Task, Tool } from '../container/interface.ts';
import { FileError } from '../container/interface.ts';
import { patternToRegExp } from '../shell/pattern.ts';
import { parseArguments, pathIn, ToolError } from './arguments.ts';

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Runs `work` for each operand; what the files refuse becomes a line and exit code 1. */
async function each(
  task: Task,
  operands: readonly string[],
  prefix: (operand: string) => string,
  work: (operand: string) => Promise<void> | void,
): Promise<number> {
  let code = 0;
  for (const operand of operands) {
    try {
      await work(operand);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      task.stderr.write(`${prefix(operand)}: ${error.message}\n`);
      code = 1;
    }
  }
  return code;
}

/** `complaint` begins what is said of a file that cannot be read. */
function catSaying(complaint: (operand: string) => string): Tool {
  return (task) => {
    const { rest } = parseArguments(task, 'nuvAbeEst');
    return each(
      task,
      rest.length === 0 ? ['-'] : rest,
      (operand) => complaint(operand.startsWith('-') ? '-' : operand),
      async (operand) => {
        if (operand !== '-') {
          task.stdout.write(task.world.files.read(pathIn(task, operand)));
          return;
        }
        for (;;) {
          const chunk = await task.stdin.read();
          if (chunk === undefined) return;
          task.stdout.write(chunk);
        }
      },
    );
  };
}

export const cat: Tool = catSaying((operand) => `cat: ${operand}`);
export const busyboxCat: Tool = catSaying((operand) => `cat: can't open '${operand}'`);

export const ls: Tool = (task) => {
  const { flags, rest } = parseArguments(task, 'laA1hdRFtrn');
  const { files } = task.world;
  const row = (path: string, name: string): string => {
    if (!flags.has('l')) return `${name}\n`;
    const info = files.stat(path);
    const folder = info?.kind === 'directory';
    const mode = folder ? 'drwxr-xr-x' : info?.executable === true ? '-rwxr-xr-x' : '-rw-r--r--';
    return `${mode} ${folder ? '   2' : '   1'} root     root     ${String(info?.size ?? 0).padStart(9)} ${name}\n`;
  };
  const targets = rest.length === 0 ? ['.'] : rest;
  return each(
    task,
    targets,
    (target) => `ls: ${target}`,
    (target) => {
      const path = pathIn(task, target);
      const info = files.stat(path);
      if (info === undefined) throw new FileError('ENOENT');
      if (info.kind === 'file' || flags.has('d')) {
        task.stdout.write(row(path, target));
        return;
      }
      if (targets.length > 1) task.stdout.write(`${target}:\n`);
      if (flags.has('l')) task.stdout.write('total 0\n');
      if (flags.has('a')) for (const name of ['.', '..']) task.stdout.write(row(path, name));
      for (const name of files.list(path))
        if (!name.startsWith('.') || flags.has('a') || flags.has('A'))
          task.stdout.write(row(`${path}/${name}`, name));
    },
  );
};

export const mkdir: Tool = (task) => {
  const { flags, rest } = parseArguments(task, 'pv', 'm');
  if (rest.length === 0) throw new ToolError('mkdir: missing operand');
  return each(
    task,
    rest,
    (path) => `mkdir: can't create directory '${path}'`,
    (typed) => {
      const path = pathIn(task, typed);
      if (!flags.has('p')) {
        task.world.files.makeFolder(path);
        return;
      }
      let made = '';
      for (const part of path.split('/').slice(1)) {
        made += `/${part}`;
        if (task.world.files.stat(made)?.kind !== 'directory') task.world.files.makeFolder(made);
      }
    },
  );
};

export const touch: Tool = (task) => {
  const { rest } = parseArguments(task, 'acm', 'dtr');
  return each(
    task,
    rest,
    (path) => `touch: ${path}`,
    (typed) => {
      const path = pathIn(task, typed);
      if (task.world.files.stat(path) === undefined) task.world.files.write(path, '');
    },
  );
};

export const rm: Tool = (task) => {
  const { flags, rest } = parseArguments(task, 'rRfvi');
  if (rest.length === 0 && !flags.has('f')) throw new ToolError('rm: missing operand');
  return each(
    task,
    rest,
    (path) => `rm: can't remove '${path}'`,
    (typed) => {
      const path = pathIn(task, typed);
      const info = task.world.files.stat(path);
      if (info === undefined && flags.has('f')) return;
      if (info?.kind === 'directory' && !flags.has('r') && !flags.has('R')) throw new FileError('EISDIR');
      task.world.files.remove(path);
    },
  );
};

/** A folder and all below it, files by their path within. */
export function walk(task: Task, path: string, visit: (path: string, folder: boolean) => void): void {
  const { files } = task.world;
  const folder = files.stat(path)?.kind === 'directory';
  visit(path, folder);
  if (folder)
    for (const name of files.list(path)) walk(task, path === '/' ? `/${name}` : `${path}/${name}`, visit);
}

function transfer(name: 'cp' | 'mv'): Tool {
  return (task) => {
    const { flags, rest } = parseArguments(task, 'rRafvpin');
    const { files } = task.world;
    const target = rest.at(-1);
    if (target === undefined || rest.length < 2) throw new ToolError(`${name}: missing file operand`);
    const into = pathIn(task, target);
    return each(
      task,
      rest.slice(0, -1),
      (source) => `${name}: can't stat '${source}'`,
      (source) => {
        const from = pathIn(task, source);
        const info = files.stat(from);
        if (info === undefined) throw new FileError('ENOENT');
        const recursive = name === 'mv' || ['r', 'R', 'a'].some((flag) => flags.has(flag));
        if (info.kind === 'directory' && !recursive) {
          task.stderr.write(`cp: omitting directory '${source}'\n`);
          return;
        }
        const to =
          files.stat(into)?.kind === 'directory' ? `${into === '/' ? '' : into}/${baseName(from)}` : into;
        walk(task, from, (path, folder) => {
          const copy = to + path.slice(from.length);
          if (!folder) files.write(copy, files.read(path));
          else if (files.stat(copy) === undefined) files.makeFolder(copy);
        });
        if (name === 'mv') files.remove(from);
      },
    );
  };
}

export const cp = transfer('cp');
export const mv = transfer('mv');

export const find: Tool = (task) => {
  const args = task.argv.slice(1);
  const first = args.findIndex((arg) => arg.startsWith('-'));
  const starts = first < 0 ? args : args.slice(0, first);
  const tests = first < 0 ? [] : args.slice(first);
  let name: RegExp | undefined;
  let type: string | undefined;
  for (let at = 0; at < tests.length; at += 2) {
    if (tests[at] === '-name') name = patternToRegExp(tests[at + 1] ?? '');
    else if (tests[at] === '-type') type = tests[at + 1];
    else throw new ToolError(`find: ${tests[at] ?? ''} is not modelled`);
  }
  return each(
    task,
    starts.length === 0 ? ['.'] : starts,
    (start) => `find: ${start}`,
    (start) => {
      const root = pathIn(task, start);
      if (task.world.files.stat(root) === undefined) throw new FileError('ENOENT');
      walk(task, root, (path, folder) => {
        if (name !== undefined && !name.test(baseName(path))) return;
        if (type !== undefined && (type === 'd') !== folder) return;
        const below = path.slice(root === '/' ? 1 : root.length + 1);
        task.stdout.write(`${path === root ? start : `${start.replace(/\/$/, '')}/${below}`}\n`);
      });
    },
  );
};

export const tee: Tool = async (task) => {
  const { flags, rest } = parseArguments(task, 'ai');
  const text = await readAll(task.stdin);
  task.stdout.write(text);
  return each(
    task,
    rest,
    (path) => `tee: ${path}`,
    (typed) => {
      const path = pathIn(task, typed);
      const before =
        flags.has('a') && task.world.files.stat(path) !== undefined ? task.world.files.read(path) : '';
      task.world.files.write(path, before + text);
    },
  );
};
