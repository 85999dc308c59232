import { unknownCommand as lookalikes } from '../kubectl/command-line.ts';
import { takesNextWord, type FlagSpec } from '../kubectl/flags.ts';
import type { CommandSpec, Program } from './interface.ts';
import { helpFlag } from './global-flags.ts';
import type { Version } from './print/interface.ts';

export interface Found {
  readonly command: CommandSpec;
  /** `lease grant`, without the program's name. */
  readonly path: string;
  readonly flags: readonly FlagSpec[];
  readonly rest: readonly string[];
  /** A first word that is no command of the program. */
  readonly unknown?: string;
}

/** The subcommands a version has. */
export function children(command: CommandSpec, version: Version): readonly CommandSpec[] {
  return (command.subcommands ?? []).filter((each) => each.since !== '3.6' || version === '3.6');
}

/** Finds the command among flags and arguments; the beginning of a name is enough when it is the only one (EnablePrefixMatching). */
export function findCommand(program: Program, words: readonly string[], version: Version): Found {
  let command = program.root;
  let path = '';
  let rest = [...words];
  let inherited: FlagSpec[] = [...program.globalFlags, helpFlag];
  for (;;) {
    inherited = [...inherited, ...(command.persistentFlags ?? [])];
    const flags = [...(command.flags ?? []), ...inherited].filter(
      ({ name }) => version === '3.6' || !program.newerFlags.has(name),
    );
    const index = firstWord(flags, rest);
    const word = rest[index];
    const child = word === undefined ? undefined : childNamed(children(command, version), word);
    if (child === undefined) {
      const unknown = command === program.root ? word : undefined;
      return { command, path, flags, rest, ...(unknown === undefined ? {} : { unknown }) };
    }
    rest = [...rest.slice(0, index), ...rest.slice(index + 1)];
    command = child;
    path = path === '' ? child.name : `${path} ${child.name}`;
  }
}

function childNamed(all: readonly CommandSpec[], word: string): CommandSpec | undefined {
  const exact = all.find((each) => each.name === word);
  if (exact !== undefined) return exact;
  const begun = all.filter((each) => each.name.startsWith(word));
  return begun.length === 1 ? begun[0] : undefined;
}

function firstWord(specs: readonly FlagSpec[], words: readonly string[]): number {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return at;
    if (takesNextWord(specs, word)) at += 1;
  }
  return -1;
}

/** The message for a word that is no command, with look-alikes. */
export function unknownCommand(program: Program, word: string, version: Version): string {
  const all = children(program.root, version).map(({ name, short }) => ({ name, short, usage: '' }));
  return lookalikes(
    { name: program.root.name, short: program.root.short, usage: '', subcommands: all },
    word,
  );
}
