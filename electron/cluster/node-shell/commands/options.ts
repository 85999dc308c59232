import { CommandError } from '../interface.ts';

export interface Parsed {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
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
      continue;
    }
    const flag = known.flags?.[name];
    if (flag !== undefined) {
      flags.add(flag);
      continue;
    }
    const letters = /^-([a-zA-Z]+)$/.exec(name)?.[1] ?? '';
    const attached =
      known.values?.[`-${letters[0] ?? ''}`] ??
      (/^-[a-zA-Z]\d+$/.test(name) ? known.values?.[name.slice(0, 2)] : undefined);
    if (attached !== undefined && name.length > 2) values.set(attached, name.slice(2));
    else if (
      letters.length > 1 &&
      [...letters].every((letter) => known.flags?.[`-${letter}`] !== undefined)
    ) {
      for (const letter of letters) flags.add(known.flags?.[`-${letter}`] ?? '');
    } else {
      const what = name.startsWith('--')
        ? `unrecognized option '${name}'`
        : `invalid option -- '${name.slice(1)}'`;
      throw new CommandError(`${command}: ${what}\n`, 2);
    }
  }
  return { flags, values, rest };
}
