import type { FlagSpec } from '../kubectl/flags.ts';
import { children, findCommand } from './command-line.ts';
import type { Program } from './interface.ts';
import { versionOf } from './version.ts';

/** Candidates for a word: subcommands, flags, and values of flags that have a fixed set. */
export function completions(
  program: Program,
  words: readonly string[],
  index: number,
  env: Readonly<Record<string, string>>,
): string[] {
  const version = versionOf(env);
  const word = words[index] ?? '';
  const before = words.slice(1, index);
  if (before.includes('--')) return [];
  const found = findCommand(program, before, version);
  const awaiting = awaitsValue(found.flags, before.at(-1) ?? '');
  if (awaiting !== undefined) return [...(awaiting.values ?? [])];
  const inline = /^(--([\w-]+)=)/.exec(word);
  if (inline !== null) {
    const values = found.flags.find(({ name }) => name === inline[2])?.values ?? [];
    return values.map((value) => `${inline[1]}${value}`);
  }
  if (word.startsWith('-')) {
    return found.flags.flatMap((flag) => [
      `--${flag.name}${flag.kind === 'bool' ? '' : '='}`,
      ...(flag.short === undefined || word.startsWith('--') ? [] : [`-${flag.short}`]),
    ]);
  }
  return found.rest.some((each) => !each.startsWith('-'))
    ? []
    : children(found.command, version).map(({ name }) => name);
}

function awaitsValue(flags: readonly FlagSpec[], last: string): FlagSpec | undefined {
  if (!last.startsWith('-') || last.includes('=')) return undefined;
  const flag = flags.find(({ name, short }) => last === `--${name}` || last === `-${short}`);
  return flag?.kind === 'bool' ? undefined : flag;
}
