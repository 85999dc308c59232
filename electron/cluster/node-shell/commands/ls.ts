import type { FileStat } from '../../machine/interface.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { resolvePath } from '../paths.ts';
import { gnuSize, inColumns, listingTime, modeText } from './file-listing.ts';
import { parseOptions } from './options.ts';

interface Row {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

const FLAGS = Object.fromEntries(
  [...'lah1ARdtrSnFpgo'].map((letter) => [`-${letter}`, letter]).concat([['--all', 'a'], ['--human-readable', 'h'], ['--almost-all', 'A'], ['--recursive', 'R'], ['--directory', 'd'], ['--reverse', 'r'], ['--color', 'c'], ['--color=auto', 'c'], ['--color=never', 'c'], ['--full-time', 'f']]),
) as Readonly<Record<string, string>>; // prettier-ignore

/** `ls [-lahARdtrS1nFp] [FILE…]`; no colours. */
export const ls: MachineCommand = (args, context) => {
  const { flags, rest } = parseOptions('ls', args, { flags: FLAGS });
  const listing = new Listing(flags, context);
  const { files } = context.machine;
  let code = 0;
  const alone: Row[] = [];
  const folders: Row[] = [];
  const targets = rest.length === 0 ? ['.'] : [...rest].sort();
  for (const name of targets) {
    const path = resolvePath(context.cwd, name);
    // A link that is named with -l is shown itself.
    const stat =
      flags.has('l') && !name.endsWith('/') ? files.lstat(path) : (files.stat(path) ?? files.lstat(path));
    if (stat === undefined) {
      context.err(`ls: cannot access '${name}': No such file or directory\n`);
      code = 2;
    } else (stat.kind === 'folder' && !flags.has('d') ? folders : alone).push({ name, path, stat });
  }
  listing.print(listing.sorted(alone), false);
  for (const [at, folder] of folders.entries()) {
    if (alone.length > 0 || at > 0) context.out('\n');
    listing.folder(folder, folders.length > 1 || alone.length > 0 || code !== 0);
  }
  return code;
};

class Listing {
  readonly #flags: ReadonlySet<string>;
  readonly #context: CommandContext;

  constructor(flags: ReadonlySet<string>, context: CommandContext) {
    this.#flags = flags;
    this.#context = context;
  }

  folder(folder: Row, titled: boolean): void {
    const { files } = this.#context.machine;
    const deep = this.#flags.has('R');
    if (titled || deep) this.#context.out(`${folder.name}:\n`);
    const below = (name: string): Row | undefined => {
      const path = resolvePath(folder.path, name);
      const stat = files.lstat(path);
      return stat === undefined ? undefined : { name, path, stat };
    };
    const all = this.#flags.has('a') || this.#flags.has('A');
    const names = files.list(folder.path).map((name) => name.replace(/\/$/, ''));
    const rows = names
      .filter((name) => all || !name.startsWith('.'))
      .map(below)
      .filter((row) => row !== undefined);
    const dots = this.#flags.has('a') ? ['.', '..'].map(below).filter((row) => row !== undefined) : [];
    const sorted = this.sorted(rows);
    this.print([...dots, ...sorted], true);
    if (!deep) return;
    for (const row of sorted) {
      if (row.stat.kind !== 'folder') continue;
      this.#context.out('\n');
      this.folder({ ...row, name: `${folder.name.replace(/\/$/, '')}/${row.name}` }, true);
    }
  }

  sorted(rows: readonly Row[]): readonly Row[] {
    const by = [...rows];
    if (this.#flags.has('t')) by.sort((a, b) => b.stat.modifiedAt - a.stat.modifiedAt);
    else if (this.#flags.has('S')) by.sort((a, b) => b.stat.size - a.stat.size);
    return this.#flags.has('r') ? by.reverse() : by;
  }

  print(rows: readonly Row[], withTotal: boolean): void {
    const { out, terminal } = this.#context;
    const long = this.#flags.has('l') || this.#flags.has('n') || this.#flags.has('f');
    if (long) {
      if (withTotal) out(`total ${this.#total(rows)}\n`);
      out(this.#long(rows));
    } else if (terminal !== undefined && !this.#flags.has('1')) {
      out(
        inColumns(
          rows.map((row) => this.#shown(row)),
          terminal.size.columns,
        ),
      );
    } else out(rows.map((row) => `${this.#shown(row)}\n`).join(''));
  }

  #total(rows: readonly Row[]): string {
    const kilobytes = rows.reduce(
      (sum, { stat }) => sum + (stat.kind === 'link' ? 0 : Math.ceil(stat.size / 4096) * 4),
      0,
    );
    return this.#flags.has('h') ? gnuSize(kilobytes * 1024) : String(kilobytes);
  }

  #long(rows: readonly Row[]): string {
    const now = this.#context.process.clock.now();
    const { files } = this.#context.machine;
    const cells = rows.map((row) => {
      const { stat, path } = row;
      const links =
        stat.kind === 'folder' ? 2 + files.list(path).filter((name) => name.endsWith('/')).length : 1;
      const target = stat.kind === 'link' ? ` -> ${files.readLink(path) ?? ''}` : '';
      const numeric = this.#flags.has('n');
      return {
        mode: modeText(stat),
        links: String(links),
        owner: numeric ? idOf(stat.owner) : stat.owner,
        group: numeric ? idOf(stat.group) : stat.group,
        size: this.#flags.has('h') ? gnuSize(stat.size) : String(stat.size),
        end: `${listingTime(stat.modifiedAt, now)} ${this.#shown(row)}${target}`,
      };
    });
    const width = (key: 'links' | 'owner' | 'group' | 'size'): number =>
      Math.max(...cells.map((cell) => cell[key].length));
    return cells
      .map(
        ({ mode, links, owner, group, size, end }) =>
          `${mode} ${links.padStart(width('links'))} ${owner.padEnd(width('owner'))} ${group.padEnd(width('group'))} ${size.padStart(width('size'))} ${end}\n`,
      )
      .join('');
  }

  #shown({ name, stat }: Row): string {
    const quoted = this.#context.terminal !== undefined && /[\s'"$&;|<>()*?]/.test(name) ? `'${name}'` : name;
    const mark = this.#flags.has('F') || this.#flags.has('p');
    if (!mark) return quoted;
    if (stat.kind === 'folder') return `${quoted}/`;
    if (!this.#flags.has('F')) return quoted;
    if (stat.kind === 'link') return this.#flags.has('l') ? quoted : `${quoted}@`;
    return (stat.mode & 0o111) !== 0 ? `${quoted}*` : quoted;
  }
}

/** The number of a user or group. */
function idOf(name: string): string {
  return name === 'root' ? '0' : /^\d+$/.test(name) ? name : '1000';
}
