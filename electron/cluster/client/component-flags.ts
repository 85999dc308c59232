/** A component's command line is wrong. The message is what it prints before it exits with 1. */
export class FlagError extends Error {}

export type FlagDefaults = Readonly<Record<string, string | number | boolean>>;

/** Values of the flags, with the types of their defaults. */
export type FlagValues<D extends FlagDefaults> = {
  readonly [K in keyof D]: D[K] extends string ? string : D[K] extends number ? number : boolean;
};

/**
 * Reads `--name=value`, `--name value` and `--name` (for booleans), as pflag does. `argv` is without the
 * program's own name. Durations stay texts. @throws FlagError
 */
export function parseFlags<D extends FlagDefaults>(argv: readonly string[], defaults: D): FlagValues<D> {
  const values: Record<string, string | number | boolean> = { ...defaults };
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] as string;
    if (!argument.startsWith('--')) throw new FlagError(`unknown command ${JSON.stringify(argument)}`);
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals < 0 ? undefined : equals);
    const fallback = defaults[name];
    if (fallback === undefined || !Object.hasOwn(defaults, name))
      throw new FlagError(`unknown flag: --${name}`);
    let text = equals < 0 ? undefined : argument.slice(equals + 1);
    if (text === undefined && typeof fallback !== 'boolean') {
      index += 1;
      text = argv[index];
      if (text === undefined) throw new FlagError(`flag needs an argument: --${name}`);
    }
    values[name] = convert(name, fallback, text ?? 'true');
  }
  return values as FlagValues<D>;
}

function convert(name: string, fallback: string | number | boolean, text: string): string | number | boolean {
  const invalid = (why: string): FlagError =>
    new FlagError(`invalid argument ${JSON.stringify(text)} for "--${name}" flag: ${why}`);
  if (typeof fallback === 'boolean') {
    if (/^(1|t|true)$/i.test(text)) return true;
    if (/^(0|f|false)$/i.test(text)) return false;
    throw invalid(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (typeof fallback === 'number') {
    if (text === '' || !Number.isFinite(Number(text)))
      throw invalid(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
    return Number(text);
  }
  return text;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration such as `40s` or `1m30s`. @throws FlagError */
export function parseDuration(name: string, text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  if (text !== '0' && parts.map((part) => part[0]).join('') !== text) {
    throw new FlagError(
      `invalid argument ${JSON.stringify(text)} for "--${name}" flag: time: invalid duration ${JSON.stringify(text)}`,
    );
  }
  return parts.reduce((sum, part) => sum + Number(part[1]) * (units[part[2] as string] as number), 0);
}
