import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { resolvePath } from '../paths.ts';
import { parseOptions } from './options.ts';

/** Lines of the named files, or of standard input. */
function input(name: string, paths: readonly string[], context: CommandContext): string[] {
  const texts =
    paths.length === 0
      ? [context.stdin]
      : paths.map((path) => {
          const full = resolvePath(context.cwd, path);
          if (path === '-') return context.stdin;
          if (!context.machine.files.exists(full))
            throw new CommandError(`${name}: ${path}: No such file or directory\n`, name === 'grep' ? 2 : 1);
          return context.machine.files.read(full);
        });
  return texts.flatMap((text) => (text === '' ? [] : text.replace(/\n$/, '').split('\n')));
}

function print(lines: readonly string[], context: CommandContext): void {
  if (lines.length > 0) context.out(`${lines.join('\n')}\n`);
}

function count(text: string | undefined): number {
  const value = Number(text ?? '10');
  if (!Number.isInteger(value)) throw new CommandError(`invalid number of lines: '${text ?? ''}'\n`);
  return value;
}

const head: MachineCommand = (args, context) => {
  const { values, rest } = parseOptions(
    'head',
    args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')),
    { values: { '-n': 'n', '--lines': 'n' } },
  );
  print(input('head', rest, context).slice(0, count(values.get('n'))), context);
  return 0;
};

const tail: MachineCommand = async (args, context) => {
  const { flags, values, rest } = parseOptions(
    'tail',
    args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1')),
    { flags: { '-f': 'f', '-F': 'f' }, values: { '-n': 'n', '--lines': 'n' } },
  );
  const lines = input('tail', rest, context);
  print(lines.slice(-count(values.get('n'))), context);
  const [path] = rest;
  if (!flags.has('f') || path === undefined) return 0;
  let seen = lines.length;
  const full = resolvePath(context.cwd, path);
  context.process.files.watch(full.slice(0, full.lastIndexOf('/') + 1), (changed) => {
    if (changed !== full || !context.machine.files.exists(full)) return;
    const now = input('tail', [path], context);
    print(now.slice(now.length < seen ? 0 : seen), context);
    seen = now.length;
  });
  await context.interrupted;
  return 130;
};

const grep: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('grep', args, {
    flags: {
      '-i': 'i',
      '-v': 'v',
      '-c': 'c',
      '-q': 'q',
      '-n': 'n',
      '-E': 'E',
      '-o': 'o',
      '-w': 'w',
      '-F': 'F',
    },
  });
  const [pattern, ...paths] = rest;
  if (pattern === undefined) throw new CommandError('Usage: grep [OPTION]... PATTERNS [FILE]...\n', 2);
  const source = flags.has('F')
    ? pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    : flags.has('E')
      ? pattern
      : pattern.replace(/\\([|+?(){}])/g, '$1');
  const expression = new RegExp(flags.has('w') ? `\\b(?:${source})\\b` : source, flags.has('i') ? 'i' : '');
  const found = input('grep', paths, context)
    .map((line, index) => ({ line, index }))
    .filter(({ line }) => expression.test(line) !== flags.has('v'));
  if (flags.has('c')) context.out(`${found.length}\n`);
  else if (!flags.has('q')) {
    print(
      found.map(
        ({ line, index }) =>
          (flags.has('n') ? `${index + 1}:` : '') +
          (flags.has('o') ? (expression.exec(line)?.[0] ?? '') : line),
      ),
      context,
    );
  }
  return found.length > 0 ? 0 : 1;
};

const wc: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('wc', args, { flags: { '-l': 'l', '-w': 'w', '-c': 'c' } });
  const lines = input('wc', rest, context);
  const words = lines
    .join(' ')
    .split(/\s+/)
    .filter((word) => word !== '').length;
  const bytes = lines.reduce((sum, line) => sum + line.length + 1, 0);
  const counts = [
    ['l', lines.length],
    ['w', words],
    ['c', bytes],
  ] as const;
  context.out(
    `${counts
      .filter(([flag]) => flags.size === 0 || flags.has(flag))
      .map(([, value]) => value)
      .join(' ')}\n`,
  );
  return 0;
};

const sort: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('sort', args, { flags: { '-r': 'r', '-n': 'n', '-u': 'u' } });
  let lines = input('sort', rest, context).sort((a, b) =>
    flags.has('n') ? Number.parseFloat(a) - Number.parseFloat(b) : a < b ? -1 : a > b ? 1 : 0,
  );
  if (flags.has('u')) lines = [...new Set(lines)];
  print(flags.has('r') ? lines.reverse() : lines, context);
  return 0;
};

const sed: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('sed', args, {
    flags: { '-i': 'i', '-E': 'E', '-r': 'E' },
    values: { '-e': 'e' },
  });
  const [script, ...paths] = rest;
  const match = /^s([/|#,])((?:\\.|(?!\1).)*)\1((?:\\.|(?!\1).)*)\1([gi]*)$/.exec(script ?? '');
  if (match === null)
    throw new CommandError(`sed: only s/…/…/ is modelled here, not ${JSON.stringify(script ?? '')}\n`);
  const expression = new RegExp(
    flags.has('E') ? (match[2] ?? '') : (match[2] ?? '').replace(/\\([|+?(){}])/g, '$1'),
    match[4],
  );
  const replacement = (match[3] ?? '')
    .replace(/\\(\d)/g, '$$$1')
    .replace(/(^|[^\\])&/g, '$1$$&')
    .replace(/\\([/&])/g, '$1');
  const change = (lines: readonly string[]): string[] =>
    lines.map((line) => line.replace(expression, replacement));
  if (!flags.has('i')) {
    print(change(input('sed', paths, context)), context);
    return 0;
  }
  for (const path of paths) {
    const lines = change(input('sed', [path], context));
    context.machine.files.write(
      resolvePath(context.cwd, path),
      lines.length === 0 ? '' : `${lines.join('\n')}\n`,
    );
  }
  return 0;
};

const echo: MachineCommand = (args, context) => {
  const bare = args[0] === '-n';
  context.out(args.slice(bare ? 1 : 0).join(' ') + (bare ? '' : '\n'));
  return 0;
};

export const textCommands: Readonly<Record<string, MachineCommand>> = {
  head,
  tail,
  grep,
  wc,
  sort,
  sed,
  echo,
};
