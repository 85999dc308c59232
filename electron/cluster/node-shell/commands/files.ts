import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { baseName, resolvePath } from '../paths.ts';
import { parseOptions } from './options.ts';

const NONE = 'No such file or directory';

function at(context: CommandContext, path: string): string {
  return resolvePath(context.cwd, path);
}

function isFolder(context: CommandContext, path: string): boolean {
  return context.machine.files.isFolder(path);
}

function isFile(context: CommandContext, path: string): boolean {
  return context.machine.files.exists(path) && !isFolder(context, path);
}

/** A folder stays when the last file goes. */
function keepParent(context: CommandContext, path: string): void {
  context.machine.files.makeFolder(path.slice(0, path.lastIndexOf('/')));
}

/** Where something moved or copied to `target` ends up. */
function destination(context: CommandContext, source: string, target: string): string {
  const full = at(context, target);
  return target.endsWith('/') || isFolder(context, full)
    ? `${full === '/' ? '' : full}/${baseName(source)}`
    : full;
}

const ls: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('ls', args, {
    flags: { '-l': 'l', '-a': 'a', '-h': 'h', '-1': '1', '-A': 'a', '-R': 'R' },
  });
  let code = 0;
  const targets = rest.length === 0 ? ['.'] : rest;
  for (const target of targets) {
    const path = at(context, target);
    const { files } = context.machine;
    if (!files.exists(path) && path !== '/') {
      context.err(`ls: cannot access '${target}': ${NONE}\n`);
      code = 2;
      continue;
    }
    if (targets.length > 1 && isFolder(context, path)) context.out(`${target}:\n`);
    const names = isFile(context, path)
      ? [target]
      : files.list(path).filter((name) => flags.has('a') || !name.startsWith('.'));
    for (const name of names) {
      if (!flags.has('l')) {
        context.out(`${name.replace(/\/$/, '')}\n`);
        continue;
      }
      const folder = name.endsWith('/');
      const size = folder ? 4096 : files.read(isFile(context, path) ? path : `${path}/${name}`).length;
      context.out(
        `${folder ? 'drwxr-xr-x 2' : '-rw------- 1'} root root ${String(size).padStart(6)} ${name.replace(/\/$/, '')}\n`,
      );
    }
  }
  return code;
};

const cat: MachineCommand = (args, context) => {
  const { rest } = parseOptions('cat', args, { flags: { '-n': 'n' } });
  if (rest.length === 0) context.out(context.stdin);
  let code = 0;
  for (const target of rest) {
    const path = at(context, target);
    if (target === '-') context.out(context.stdin);
    else if (isFile(context, path)) context.out(context.machine.files.read(path));
    else {
      context.err(`cat: ${target}: ${isFolder(context, path) ? 'Is a directory' : NONE}\n`);
      code = 1;
    }
  }
  return code;
};

function transfer(name: 'mv' | 'cp'): MachineCommand {
  return (args, context) => {
    const { rest } = parseOptions(name, args, {
      flags: { '-f': 'f', '-v': 'v', '-r': 'r', '-a': 'r', '-p': 'p' },
    });
    const target = rest.at(-1);
    if (target === undefined || rest.length < 2) {
      throw new CommandError(
        `${name}: missing ${rest.length === 0 ? 'file operand' : `destination file operand after '${rest[0]}'`}\n`,
      );
    }
    const { files } = context.machine;
    for (const source of rest.slice(0, -1)) {
      const from = at(context, source);
      if (!files.exists(from)) throw new CommandError(`${name}: cannot stat '${source}': ${NONE}\n`);
      const to = destination(context, from, target);
      if (name === 'mv') keepParent(context, from);
      if (isFile(context, from)) {
        if (name === 'mv') files.rename(from, to);
        else files.write(to, files.read(from));
        continue;
      }
      if (name === 'cp' && !args.some((arg) => /^-\w*[ra]/.test(arg))) {
        throw new CommandError(`cp: -r not specified; omitting directory '${source}'\n`);
      }
      files.makeFolder(to);
      for (const path of below(context, from)) {
        const moved = to + path.slice(from.length);
        if (files.isFolder(path)) files.makeFolder(moved);
        else files.write(moved, files.read(path));
      }
      if (name === 'mv') files.remove(from);
    }
    return 0;
  };
}

/** Everything below a folder, a folder before what is in it. */
function below(context: CommandContext, folder: string): string[] {
  return context.machine.files.list(folder).flatMap((name) => {
    const path = `${folder}/${name.replace(/\/$/, '')}`;
    return name.endsWith('/') ? [path, ...below(context, path)] : [path];
  });
}

const rm: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('rm', args, { flags: { '-f': 'f', '-r': 'r', '-R': 'r', '-v': 'v' } });
  if (rest.length === 0 && !flags.has('f')) throw new CommandError('rm: missing operand\n');
  let code = 0;
  for (const target of rest) {
    const path = at(context, target);
    if (!context.machine.files.exists(path)) {
      if (flags.has('f')) continue;
      context.err(`rm: cannot remove '${target}': ${NONE}\n`);
      code = 1;
    } else if (isFolder(context, path) && !flags.has('r')) {
      context.err(`rm: cannot remove '${target}': Is a directory\n`);
      code = 1;
    } else {
      keepParent(context, path);
      context.machine.files.remove(path);
    }
  }
  return code;
};

const rmdir: MachineCommand = (args, context) => {
  const { rest } = parseOptions('rmdir', args, { flags: {} });
  if (rest.length === 0) throw new CommandError('rmdir: missing operand\n');
  const { files } = context.machine;
  for (const target of rest) {
    const path = at(context, target);
    const why = !files.exists(path)
      ? NONE
      : isFile(context, path)
        ? 'Not a directory'
        : files.list(path).length > 0
          ? 'Directory not empty'
          : '';
    if (why !== '') throw new CommandError(`rmdir: failed to remove '${target}': ${why}\n`);
    keepParent(context, path);
    files.remove(path);
  }
  return 0;
};

const mkdir: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('mkdir', args, { flags: { '-p': 'p' } });
  if (rest.length === 0) throw new CommandError('mkdir: missing operand\n');
  for (const target of rest) {
    const path = at(context, target);
    if (context.machine.files.exists(path) && !flags.has('p')) {
      throw new CommandError(`mkdir: cannot create directory '${target}': File exists\n`);
    }
    if (!flags.has('p') && !isFolder(context, path.slice(0, path.lastIndexOf('/')) || '/'))
      throw new CommandError(`mkdir: cannot create directory '${target}': ${NONE}\n`);
    context.machine.files.makeFolder(path);
  }
  return 0;
};

const tee: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('tee', args, { flags: { '-a': 'a' } });
  const { files } = context.machine;
  for (const target of rest) {
    const path = at(context, target);
    files.write(path, (flags.has('a') && files.exists(path) ? files.read(path) : '') + context.stdin);
  }
  context.out(context.stdin);
  return 0;
};

const touch: MachineCommand = (args, context) => {
  for (const target of args) {
    const path = at(context, target);
    if (!context.machine.files.exists(path)) context.machine.files.write(path, '');
  }
  return 0;
};

const find: MachineCommand = (args, context) => {
  const start = args[0]?.startsWith('-') === false ? args[0] : '.';
  const pattern = args[args.indexOf('-name') + 1];
  const glob =
    args.includes('-name') && pattern !== undefined
      ? new RegExp(
          `^${pattern
            .replace(/[.+^${}()|[\]\\]/g, '\\$&')
            .replaceAll('*', '.*')
            .replaceAll('?', '.')}$`,
        )
      : undefined;
  const root = at(context, start);
  if (!context.machine.files.exists(root)) throw new CommandError(`find: '${start}': ${NONE}\n`);
  for (const path of [root, ...below(context, root === '/' ? '' : root)])
    if (glob === undefined || glob.test(baseName(path))) context.out(`${path}\n`);
  return 0;
};

export const fileCommands: Readonly<Record<string, MachineCommand>> = {
  ls,
  cat,
  rm,
  mkdir,
  rmdir,
  tee,
  touch,
  find,
  mv: transfer('mv'),
  cp: transfer('cp'),
};
