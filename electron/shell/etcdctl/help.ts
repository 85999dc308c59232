import type { FlagSpec, Text } from '../kubectl/flags.ts';
import type { CommandSpec, Program } from './interface.ts';
import { children, type Found } from './command-line.ts';
import { releaseOf } from './version.ts';
import type { Version } from './print/interface.ts';

/** The person's language by the usual variables. */
export function languageOf(env: Readonly<Record<string, string>>): keyof Text {
  const locale = env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '';
  return /^pt/i.test(locale) ? 'pt-BR' : 'en';
}

const titles = {
  en: { name: 'NAME', usage: 'USAGE', api: 'API VERSION', version: 'VERSION', commands: 'COMMANDS', description: 'DESCRIPTION', options: 'OPTIONS', global: 'GLOBAL OPTIONS' },
  'pt-BR': { name: 'NAME', usage: 'USAGE', api: 'API VERSION', version: 'VERSION', commands: 'COMMANDS', description: 'DESCRIPTION', options: 'OPTIONS', global: 'GLOBAL OPTIONS' },
} as const; // prettier-ignore

/** What `--help` shows; headings and flags as upstream's, sentences in the person's language. */
export function helpText(program: Program, found: Found, language: keyof Text, version: Version): string {
  const { command, path } = found;
  const title = titles[language];
  const name = program.root.name;
  const isRoot = command === program.root;
  const { release, api } = releaseOf(version);
  const section = (head: string, body: string): string => `${head}:\n${body}\n`;
  const usage = isRoot
    ? `${name} [flags]`
    : `${name} ${path}${command.usage === '' ? '' : ` ${command.usage}`} [flags]`;
  let out = section(title.name, `\t${isRoot ? name : path} - ${command.short[language]}\n`);
  out += section(title.usage, `\t${usage}\n`);
  if (isRoot) out += section(title.version, `\t${release}\n`);
  if (command.subcommands !== undefined) {
    out += section(title.api, `\t${api}\n\n`);
    out += section(title.commands, aligned(commandList(command, isRoot, language, version)));
  }
  if (command.long !== undefined) {
    out += section(
      title.description,
      `${command.long[language]
        .split('\n')
        .map((line) => `\t${line}`)
        .join('\n')}\n`,
    );
  }
  const globals = new Set(program.globalFlags);
  const own = found.flags.filter((flag) => isRoot || !globals.has(flag));
  out += section(title.options, aligned(own.map((flag) => flagLine(flag, language)).sort(byName)));
  if (!isRoot) {
    out += section(
      title.global,
      aligned(
        found.flags
          .filter((flag) => globals.has(flag))
          .map((flag) => flagLine(flag, language))
          .sort(byName),
      ),
    );
  }
  return out;
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  const [x, y] = [a[0].replace(/^.*--/, ''), b[0].replace(/^.*--/, '')];
  return x < y ? -1 : x > y ? 1 : 0;
}

function commandList(
  command: CommandSpec,
  whole: boolean,
  language: keyof Text,
  version: Version,
): [string, string][] {
  const list: [string, string][] = [];
  const add = (one: CommandSpec, prefix: string): void => {
    if (whole && one.subcommands !== undefined) {
      for (const child of children(one, version)) add(child, `${prefix}${one.name} `);
    } else list.push([`\t${prefix}${one.name}`, one.short[language]]);
  };
  for (const child of children(command, version)) add(child, '');
  return list.sort(([a], [b]) => (a < b ? -1 : 1));
}

function flagLine(flag: FlagSpec, language: keyof Text): [string, string] {
  const value =
    flag.kind === 'bool'
      ? `[=${flag.initial ?? 'false'}]`
      : flag.kind === 'string'
        ? `="${flag.initial ?? ''}"`
        : flag.kind === 'slice'
          ? `=[${flag.initial ?? ''}]`
          : `=${flag.initial ?? '0'}`;
  const name = flag.short === undefined ? `      --${flag.name}` : `  -${flag.short}, --${flag.name}`;
  return [name + value, flag.help[language]];
}

function aligned(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `${left.padEnd(width)}\t${right}\n`).join('');
}
