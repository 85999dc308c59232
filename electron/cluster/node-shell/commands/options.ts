import { CommandError } from '../interface.ts';

export interface Parsed {
  readonly flags: ReadonlySet<string>;
  /** The last of each. */
  readonly values: ReadonlyMap<string, string>;
  /** All of each, in their order. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

/**
 * Takes options apart. `flags`: those without a value; `values`: those with one, by any of their names (`-n`, `--lines`),
 * each mapped to the name it is reported under. @throws CommandError for others, with code 2
 */
export function parseOptions(
  command: string,
  args: readonly string[],
  known: {
    readonly flags?: Readonly<Record<string, string>>;
    readonly values?: Readonly<Record<string, string>>;
  },
): Parsed {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--') {
      rest.push(...args.slice(index + 1));
      break;
    }
    if (arg === '-' || !arg.startsWith('-')) {
      rest.push(arg);
      continue;
    }
    const [name = '', given] =
      arg.startsWith('--') && arg.includes('=')
        ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]
        : [arg];
    const value = known.values?.[name];
    if (value !== undefined) {
      const text = given ?? args[++index];
      if (text === undefined)
        throw new CommandError(
          `${command}: option requires an argument -- '${name.replace(/^-+/, '')}'\n`,
          2,
        );
      values.set(value, text);
      lists.set(value, [...(lists.get(value) ?? []), text]);
      continue;
    }
    const flag = known.flags?.[name];
    if (flag !== undefined) {
      flags.add(flag);
      continue;
    }
    if (name.startsWith('--')) throw unknown(command, `unrecognized option '${name}'`);
    index += bundle(command, arg, args[index + 1], known, flags, values);
  }
  return { flags, values, lists, rest };
}

/** `-xeu kubelet`, `-n5`: letters in one word. Answers how many further words it took. */
function bundle(
  command: string,
  word: string,
  next: string | undefined,
  known: Parameters<typeof parseOptions>[2],
  flags: Set<string>,
  values: Map<string, string>,
): 0 | 1 {
  for (let at = 1; at < word.length; at += 1) {
    const letter = `-${word[at] ?? ''}`;
    const flag = known.flags?.[letter];
    const value = known.values?.[letter];
    if (flag !== undefined) flags.add(flag);
    else if (value !== undefined) {
      const attached = word.slice(at + 1);
      const text = attached === '' ? next : attached;
      if (text === undefined)
        throw new CommandError(`${command}: option requires an argument -- '${letter.slice(1)}'\n`, 2);
      values.set(value, text);
      return attached === '' ? 1 : 0;
    } else throw unknown(command, `invalid option -- '${letter.slice(1)}'`);
  }
  return 0;
}

function unknown(command: string, what: string): CommandError {
  return new CommandError(`${command}: ${what}\nTry '${command} --help' for more information.\n`, 2);
}
