import type { FileStat } from '../../machine/interface.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { resolvePath } from '../paths.ts';
import { gnuSize, modeText, parseGnuSize } from './file-listing.ts';
import { ls } from './ls.ts';
import { parseOptions } from './options.ts';

const NONE = 'No such file or directory';
const FULL = 'No space left on device';
const KINDS: Readonly<Record<FileStat['kind'], string>> = {
  file: 'regular file',
  folder: 'directory',
  link: 'symbolic link',
};

const at = (context: CommandContext, path: string): string => resolvePath(context.cwd, path);

/** `2026-11-27 02:34:12.915000000 +0000` */
function statTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}000000 +0000`;
}

/** A number that stays with a path, as an inode does with a file. */
function inodeOf(path: string): number {
  let hash = 2_166_136_261;
  for (const char of path) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return (hash % 4_000_000) + 11;
}

function formatted(format: string, name: string, path: string, stat: FileStat): string {
  const fields: Readonly<Record<string, string>> = {
    n: name,
    N: `'${name}'`,
    s: String(stat.size),
    a: stat.mode.toString(8),
    A: modeText(stat),
    U: stat.owner,
    G: stat.group,
    u: stat.owner === 'root' ? '0' : stat.owner,
    g: stat.group === 'root' ? '0' : stat.group,
    F: stat.kind === 'file' && stat.size === 0 ? 'regular empty file' : KINDS[stat.kind],
    i: String(inodeOf(path)),
    y: statTime(stat.modifiedAt),
    Y: String(Math.floor(stat.modifiedAt / 1000)),
    h: '1',
    b: String(Math.ceil(stat.size / 4096) * 8),
    '%': '%',
  };
  return format.replace(/%([A-Za-z%])/g, (all, letter: string) => fields[letter] ?? all);
}

/** `stat [-L] [-c FORMAT] FILE…` */
const stat: MachineCommand = (args, context) => {
  const { flags, values, rest } = parseOptions('stat', args, {
    flags: { '-L': 'L', '--dereference': 'L' },
    values: { '-c': 'c', '--format': 'c', '--printf': 'c' },
  });
  if (rest.length === 0)
    throw new CommandError("stat: missing operand\nTry 'stat --help' for more information.\n");
  const { files } = context.machine;
  let code = 0;
  for (const name of rest) {
    const path = at(context, name);
    const found = flags.has('L') ? files.stat(path) : files.lstat(path);
    if (found === undefined) {
      context.err(`stat: cannot statx '${name}': ${NONE}\n`);
      code = 1;
      continue;
    }
    const format = values.get('c');
    if (format !== undefined) {
      context.out(`${formatted(format, name, path, found)}\n`);
      continue;
    }
    const target = found.kind === 'link' ? ` -> ${files.readLink(path) ?? ''}` : '';
    const time = statTime(found.modifiedAt);
    const who = (label: string, owner: string): string =>
      `${label}: (${(owner === 'root' ? '0' : '1000').padStart(5)}/${owner.padStart(8)})`;
    context.out(
      `  File: ${name}${target}\n` +
        `  Size: ${String(found.size).padEnd(10)}\tBlocks: ${String(Math.ceil(found.size / 4096) * 8).padEnd(10)} IO Block: 4096   ${formatted('%F', name, path, found)}\n` +
        `Device: 253,1\tInode: ${String(inodeOf(path)).padEnd(11)} Links: 1\n` +
        `Access: (${found.mode.toString(8).padStart(4, '0')}/${modeText(found)})  ${who('Uid', found.owner)}   ${who('Gid', found.group)}\n` +
        `Access: ${time}\nModify: ${time}\nChange: ${time}\n Birth: ${time}\n`,
    );
  }
  return code;
};

/** `touch [-c] [-d @SECONDS|DATE] FILE…` */
const touch: MachineCommand = (args, context) => {
  const { flags, values, rest } = parseOptions('touch', args, {
    flags: { '-c': 'c', '--no-create': 'c', '-a': 'a', '-m': 'm' },
    values: { '-d': 'd', '--date': 'd' },
  });
  if (rest.length === 0)
    throw new CommandError("touch: missing file operand\nTry 'touch --help' for more information.\n");
  const date = values.get('d');
  const time =
    date === undefined
      ? context.process.clock.now()
      : date.startsWith('@')
        ? Number(date.slice(1)) * 1000
        : Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(date) ? date : `${date}Z`);
  if (Number.isNaN(time)) throw new CommandError(`touch: invalid date format ‘${date ?? ''}’\n`);
  const { files } = context.machine;
  let code = 0;
  for (const name of rest) {
    const path = at(context, name);
    if (!files.exists(path)) {
      if (flags.has('c')) continue;
      if (!files.isFolder(resolvePath(path, '..'))) {
        context.err(`touch: cannot touch '${name}': ${NONE}\n`);
        code = 1;
        continue;
      }
      files.write(path, '');
    }
    files.touch(path, time);
  }
  return code;
};

/** `chown [-R] OWNER[:GROUP] FILE…` */
const chown: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('chown', args, {
    flags: { '-R': 'R', '--recursive': 'R', '-h': 'h' },
  });
  const [who = '', ...names] = rest;
  if (names.length === 0)
    throw new CommandError(
      `chown: missing operand${who === '' ? '' : ` after '${who}'`}\nTry 'chown --help' for more information.\n`,
    );
  const [owner = '', group] = who.split(':');
  const { files } = context.machine;
  let code = 0;
  const change = (path: string): void => {
    const before = files.stat(path);
    if (before === undefined) return;
    files.chown(path, owner === '' ? before.owner : owner, group ?? before.group);
    if (!flags.has('R') || before.kind !== 'folder') return;
    for (const name of files.list(path)) change(resolvePath(path, name));
  };
  for (const name of names) {
    const path = at(context, name);
    if (files.exists(path)) change(path);
    else {
      context.err(`chown: cannot access '${name}': ${NONE}\n`);
      code = 1;
    }
  }
  return code;
};

interface Filesystem {
  readonly source: string;
  readonly type: string;
  readonly size: number;
  readonly used: number;
  /** Default: what is not used. */
  readonly available?: number;
  readonly on: string;
}

function filesystems({ machine }: CommandContext): readonly Filesystem[] {
  const { memory } = machine.spec;
  const { capacity: size, used, available } = machine.disk;
  return [
    { source: 'tmpfs', type: 'tmpfs', size: memory / 10, used: 1_118_208, on: '/run' },
    { source: '/dev/vda1', type: 'ext4', size, used, available, on: '/' },
    { source: 'tmpfs', type: 'tmpfs', size: memory / 2, used: 0, on: '/dev/shm' },
    { source: 'tmpfs', type: 'tmpfs', size: 5_242_880, used: 0, on: '/run/lock' },
  ];
}

/** `df [-h] [-T] [FILE…]` */
const df: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('df', args, {
    flags: {
      '-h': 'h',
      '--human-readable': 'h',
      '-T': 'T',
      '--print-type': 'T',
      '-k': 'k',
      '-P': 'P',
      '-a': 'a',
    },
  });
  let code = 0;
  const all = filesystems(context);
  const asked = rest.flatMap((name) => {
    const path = at(context, name);
    if (!context.machine.files.exists(path)) {
      context.err(`df: ${name}: ${NONE}\n`);
      code = 1;
      return [];
    }
    const within = all.filter(({ on }) => on === '/' || path === on || path.startsWith(`${on}/`));
    return within.sort((a, b) => b.on.length - a.on.length).slice(0, 1);
  });
  const shown = rest.length === 0 ? all : asked;
  if (shown.length === 0) return code;
  const human = flags.has('h');
  const size = (bytes: number): string => (human ? gnuSize(bytes) : String(Math.ceil(bytes / 1024)));
  const rows = shown.map(({ source, type, size: total, used, available = total - used, on }) => [
    source,
    type,
    size(total),
    size(used),
    size(available),
    total === 0 ? '-' : `${Math.ceil((used / total) * 100)}%`,
    on,
  ]);
  const header = [
    'Filesystem',
    'Type',
    human ? 'Size' : '1K-blocks',
    'Used',
    human ? 'Avail' : 'Available',
    'Use%',
    'Mounted on',
  ];
  const table = [header, ...rows].map((row) => row.filter((_cell, column) => column !== 1 || flags.has('T')));
  const left = flags.has('T') ? 2 : 1;
  const widths = header
    .filter((_cell, column) => column !== 1 || flags.has('T'))
    .map((_cell, column) =>
      Math.max(
        column === 0 ? 14 : column > left - 1 && human ? 5 : 0,
        ...table.map((row) => row[column]?.length ?? 0),
      ),
    );
  for (const row of table)
    context.out(
      `${row
        .map((cell, column) =>
          column === row.length - 1
            ? cell
            : column < left
              ? cell.padEnd(widths[column] ?? 0)
              : cell.padStart(cell.endsWith('%') ? 4 : (widths[column] ?? 0)),
        )
        .join(' ')}\n`,
    );
  return code;
};

/** `du [-h] [-s] [-a] [-c] [-d N] [FILE…]` */
const du: MachineCommand = (args, context) => {
  const { flags, values, rest } = parseOptions('du', args, {
    flags: {
      '-h': 'h',
      '--human-readable': 'h',
      '-s': 's',
      '--summarize': 's',
      '-a': 'a',
      '--all': 'a',
      '-c': 'c',
      '--total': 'c',
      '-k': 'k',
      '-x': 'x',
    },
    values: { '-d': 'd', '--max-depth': 'd' },
  });
  const { files } = context.machine;
  const deepest = flags.has('s') ? 0 : Number(values.get('d') ?? Infinity);
  const say = (bytes: number, name: string): void =>
    context.out(`${flags.has('h') ? gnuSize(bytes) : String(bytes / 1024)}\t${name}\n`);
  const measure = (path: string, name: string, depth: number): number => {
    const found = files.lstat(path);
    if (found === undefined) return 0;
    let bytes = found.kind === 'link' ? 0 : Math.ceil(found.size / 4096) * 4096;
    if (found.kind === 'folder')
      for (const entry of files.list(path)) {
        const below = entry.replace(/\/$/, '');
        bytes += measure(resolvePath(path, below), `${name.replace(/\/$/, '')}/${below}`, depth + 1);
      }
    if (depth === 0 || (depth <= deepest && (found.kind === 'folder' || flags.has('a')))) say(bytes, name);
    return bytes;
  };
  let code = 0;
  let total = 0;
  for (const name of rest.length === 0 ? ['.'] : rest) {
    const path = at(context, name);
    if (files.lstat(path) === undefined) {
      context.err(`du: cannot access '${name}': ${NONE}\n`);
      code = 1;
    } else total += measure(path, name, 0);
  }
  if (flags.has('c')) say(total, 'total');
  return code;
};

/** `fallocate -l SIZE FILE`: a file of zeros. */
const fallocate: MachineCommand = (args, context) => {
  const { values, rest } = parseOptions('fallocate', args, { values: { '-l': 'l', '--length': 'l' } });
  const [name] = rest;
  if (name === undefined) throw new CommandError('fallocate: no filename specified\n');
  const length = values.get('l');
  if (length === undefined) throw new CommandError('fallocate: no length argument specified\n');
  const bytes = parseGnuSize(length);
  if (bytes === undefined || bytes === 0)
    throw new CommandError('fallocate: invalid length value specified\n');
  const { machine } = context;
  const path = at(context, name);
  if (!machine.files.isFolder(resolvePath(path, '..')))
    throw new CommandError(`fallocate: cannot open ${name}: ${NONE}\n`);
  if (bytes > machine.disk.available) throw new CommandError(`fallocate: fallocate failed: ${FULL}\n`);
  machine.files.allocate(path, bytes);
  return 0;
};

export const fileCommands: Readonly<Record<string, MachineCommand>> = {
  ls,
  stat,
  touch,
  chown,
  df,
  du,
  fallocate,
};
