import type { CommandIo } from '../interface.ts';

/** Options of a command line: short ones may be bundled (`-nr`), `--name=value` and `--name value` both work. */
export interface ParsedOptions {
  readonly operands: string[];
  /** Each option's values in order; `true` for one without value. */
  readonly values: ReadonlyMap<string, (string | true)[]>;
  /** What GNU tools print for a wrong option; `undefined` when all is well. */
  readonly problem?: string;
  has(...names: string[]): boolean;
  last(...names: string[]): string | undefined;
}

/**
 * `spec`: short options as in getopts (`n:v`), long ones by name with `:` when they take a value, mapped to a short one with
 * `long=short` (`{ 'lines:': 'n', quiet: 'q' }`). Options end at `--`; `-` is an operand.
 */
export function parseOptions(
  argv: readonly string[],
  short: string,
  long: Readonly<Record<string, string>> = {},
): ParsedOptions {
  const operands: string[] = [];
  const values = new Map<string, (string | true)[]>();
  let problem: string | undefined;
  const add = (name: string, value: string | true): void => {
    values.set(name, [...(values.get(name) ?? []), value]);
  };
  const name = argv[0] ?? '';
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] as string;
    if (word === '--') {
      operands.push(...argv.slice(at + 1));
      break;
    }
    if (word === '-' || !word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    if (word.startsWith('--')) {
      const [key = '', ...rest] = word.slice(2).split('=');
      const found = Object.keys(long).find((item) => item.replace(/:$/, '') === key);
      if (found === undefined) problem ??= `${name}: unrecognized option '${word}'`;
      else if (!found.endsWith(':')) add(long[found] ?? key, rest.length > 0 ? rest.join('=') : true);
      else if (rest.length > 0) add(long[found] ?? key, rest.join('='));
      else if (at + 1 < argv.length) add(long[found] ?? key, argv[++at] as string);
      else problem ??= `${name}: option '--${key}' requires an argument`;
      continue;
    }
    for (let letter = 1; letter < word.length; letter++) {
      const option = word.charAt(letter);
      const place = short.indexOf(option);
      if (place < 0 || option === ':') {
        problem ??= `${name}: invalid option -- '${option}'`;
        break;
      }
      if (short.charAt(place + 1) !== ':') add(option, true);
      else {
        const inline = word.slice(letter + 1);
        const value = inline !== '' ? inline : argv[++at];
        if (value === undefined) problem ??= `${name}: option requires an argument -- '${option}'`;
        else add(option, value);
        break;
      }
    }
  }
  return {
    operands,
    values,
    ...(problem === undefined ? {} : { problem }),
    has: (...names) => names.some((item) => values.has(item)),
    last: (...names) => {
      for (const item of names) {
        const value = values.get(item)?.at(-1);
        if (typeof value === 'string') return value;
      }
      return undefined;
    },
  };
}

/** Tells about a wrong option as GNU tools do. */
export async function usageError(io: CommandIo, text: string, code = 1): Promise<number> {
  await io.stderr.write(`${text}\nTry '${io.argv[0] ?? ''} --help' for more information.\n`);
  return code;
}
