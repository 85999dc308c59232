import type { CommandSpec } from './command-spec.ts';
import type { FlagSpec } from './flags.ts';
import { takesNextWord } from './flags.ts';
import { globalFlags } from './global-flags.ts';
import { quote } from './go-format.ts';

/** The command a line means, its full name, and what remains for its flags and arguments. */
export interface FoundCommand {
  readonly command: CommandSpec;
  /** `kubectl rollout status` */
  readonly path: string;
  readonly rest: readonly string[];
  /** The words that are neither flags nor subcommands, when the command only holds subcommands. */
  readonly unknown?: string;
}

/** Finds the command among flags and arguments. Models cobra's `Find`. */
export function findCommand(root: CommandSpec, words: readonly string[]): FoundCommand {
  let command = root;
  let path = root.name;
  let rest = [...words];
  for (;;) {
    const specs: readonly FlagSpec[] = [...globalFlags, ...(command.flags ?? [])];
    const index = firstWord(specs, rest);
    const word = index < 0 ? undefined : rest[index];
    const child = word === undefined ? undefined : childNamed(command, word);
    if (!child || index < 0) {
      const onlyHolds = command.subcommands !== undefined && command.run === undefined;
      const unknown =
        onlyHolds && word !== undefined
          ? command === root
            ? word
            : wordsOf(specs, rest).join(' ')
          : undefined;
      return { command, path, rest, ...(unknown === undefined ? {} : { unknown }) };
    }
    rest = [...rest.slice(0, index), ...rest.slice(index + 1)];
    command = child;
    path += ` ${child.name}`;
  }
}

export function childNamed(command: CommandSpec, word: string): CommandSpec | undefined {
  return command.subcommands?.find((each) => each.name === word || each.aliases?.includes(word));
}

function firstWord(specs: readonly FlagSpec[], words: readonly string[]): number {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') return -1;
    if (!word.startsWith('-') || word === '-') return i;
    if (takesNextWord(specs, word)) i++;
  }
  return -1;
}

function wordsOf(specs: readonly FlagSpec[], words: readonly string[]): string[] {
  const index = firstWord(specs, words);
  const word = index < 0 ? undefined : words[index];
  return word === undefined ? [] : [word, ...wordsOf(specs, words.slice(index + 1))];
}

/** Levenshtein distance, ignoring case. */
function distance(from: string, to: string): number {
  const a = from.toLowerCase();
  const b = to.toLowerCase();
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The message for a first word that names no command, with look-alikes. */
export function unknownCommand(root: CommandSpec, word: string): string {
  const alike = (root.subcommands ?? []).filter(
    (each) =>
      distance(word, each.name) <= 2 ||
      each.name.toLowerCase().startsWith(word.toLowerCase()) ||
      (each.suggestFor ?? []).some((other) => other.toLowerCase() === word.toLowerCase()),
  );
  const message = `unknown command ${quote(word)} for ${quote(root.name)}`;
  if (alike.length === 0) return message;
  return `${message}\n\nDid you mean this?\n${alike.map((each) => `\t${each.name}\n`).join('')}`;
}
