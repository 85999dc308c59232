import { parseDuration } from './duration.ts';
import { quote } from './go-format.ts';

/** A text a person reads, in both languages. */
export interface Text {
  readonly en: string;
  readonly 'pt-BR': string;
}

export type FlagKind = 'bool' | 'string' | 'int' | 'duration' | 'slice' | 'array' | 'map';

export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  /** As it would be typed. */
  readonly initial?: string;
  /** The value when the flag stands alone (`--dry-run`). Booleans have `true`. */
  readonly alone?: string;
  readonly required?: boolean;
  readonly help: Text;
  /** Values offered by completion. */
  readonly values?: readonly string[];
  /** Not listed by `--help`. */
  readonly hidden?: boolean;
}

/** A wrong flag on the command line; the message is pflag's. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

type FlagValue = string | boolean | number | string[] | Map<string, string>;

function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return undefined;
}

function parseInteger(text: string): number {
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|\d+)$/.test(text))
    throw new Error(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '');
  const value = sign * Number(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (Math.abs(value) > 2 ** 31 && !Number.isSafeInteger(value))
    throw new Error(`strconv.ParseInt: parsing ${quote(text)}: value out of range`);
  return value;
}

/** Splits one CSV record, as pflag's string slices do. */
export function splitCsv(text: string): string[] {
  if (text === '') return [];
  const fields: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"(?:,|$)/.exec(rest);
    const plain = quoted ?? /^([^,]*)(?:,|$)/.exec(rest);
    const raw = plain?.[1] ?? '';
    fields.push(quoted ? raw.replaceAll('""', '"') : raw);
    const used = plain?.[0] ?? rest;
    rest = rest.slice(used.length);
    if (!used.endsWith(',')) return fields;
  }
}

/**
 * The flags of one command and the values given. Models github.com/spf13/pflag: `--name value`, `--name=value`, `-n value`,
 * `-nvalue`, `-n=value`, bundled booleans, flags between arguments, `--` ends them.
 */
export class FlagSet {
  readonly specs: readonly FlagSpec[];
  /** How many arguments stood before `--`, or -1 without one. */
  dashAt = -1;
  private readonly values = new Map<string, FlagValue>();
  private readonly given = new Set<string>();

  constructor(specs: readonly FlagSpec[]) {
    this.specs = specs;
    for (const spec of specs) this.values.set(spec.name, initialValue(spec));
  }

  /** Sets the values from a command line and answers what is left: the arguments. */
  parse(args: readonly string[]): string[] {
    const rest: string[] = [];
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? '';
      const next = (): string | undefined => (i + 1 < args.length ? args[++i] : undefined);
      if (arg === '--') {
        this.dashAt = rest.length;
        rest.push(...args.slice(i + 1));
        break;
      }
      if (arg.startsWith('--')) this.parseLong(arg, next);
      else if (arg.startsWith('-') && arg !== '-') this.parseShort(arg, next);
      else rest.push(arg);
    }
    return rest;
  }

  private parseLong(arg: string, next: () => string | undefined): void {
    const body = arg.slice(2);
    if (body === '' || body.startsWith('-') || body.startsWith('='))
      throw new FlagError(`bad flag syntax: ${arg}`);
    const eq = body.indexOf('=');
    const typed = eq < 0 ? body : body.slice(0, eq);
    const spec = this.find(typed);
    if (!spec) throw new FlagError(`unknown flag: --${typed}`);
    if (eq >= 0) this.set(spec, body.slice(eq + 1));
    else if (aloneValue(spec) !== undefined) this.set(spec, aloneValue(spec) ?? '');
    else {
      const value = next();
      if (value === undefined) throw new FlagError(`flag needs an argument: ${arg}`);
      this.set(spec, value);
    }
  }

  private parseShort(arg: string, next: () => string | undefined): void {
    let rest = arg.slice(1);
    while (rest !== '') {
      const letter = rest[0] ?? '';
      const spec = this.specs.find((each) => each.short === letter);
      if (!spec) throw new FlagError(`unknown shorthand flag: '${letter}' in -${rest}`);
      if (rest.length > 2 && rest[1] === '=') {
        this.set(spec, rest.slice(2));
        return;
      }
      const alone = aloneValue(spec);
      if (alone !== undefined) {
        this.set(spec, alone);
        rest = rest.slice(1);
        continue;
      }
      if (rest.length > 1) {
        this.set(spec, rest.slice(1));
        return;
      }
      const value = next();
      if (value === undefined) throw new FlagError(`flag needs an argument: '${letter}' in -${rest}`);
      this.set(spec, value);
      return;
    }
  }

  find(name: string): FlagSpec | undefined {
    const normal = name.replaceAll('_', '-');
    return this.specs.find((spec) => spec.name === normal);
  }

  private set(spec: FlagSpec, text: string): void {
    try {
      this.values.set(spec.name, this.convert(spec, text));
    } catch (error) {
      const shown = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
      const why = error instanceof Error ? error.message : String(error);
      throw new FlagError(`invalid argument ${quote(text)} for ${quote(shown)} flag: ${why}`);
    }
    this.given.add(spec.name);
  }

  private convert(spec: FlagSpec, text: string): FlagValue {
    const before = this.given.has(spec.name) ? this.values.get(spec.name) : undefined;
    const list = Array.isArray(before) ? before : [];
    switch (spec.kind) {
      case 'bool': {
        const value = parseBool(text);
        if (value === undefined) throw new Error(`strconv.ParseBool: parsing ${quote(text)}: invalid syntax`);
        return value;
      }
      case 'int':
        return parseInteger(text);
      case 'duration':
        return parseDuration(text);
      case 'slice':
        return [...list, ...splitCsv(text)];
      case 'array':
        return [...list, text];
      case 'map': {
        const map = before instanceof Map ? before : new Map<string, string>();
        for (const pair of splitCsv(text)) {
          const eq = pair.indexOf('=');
          if (eq < 0) throw new Error(`${pair} must be formatted as key=value`);
          map.set(pair.slice(0, eq), pair.slice(eq + 1));
        }
        return map;
      }
      case 'string':
        return text;
    }
  }

  /** True when the flag was on the command line. */
  changed(name: string): boolean {
    return this.given.has(name);
  }

  /** The names of required flags that were not given. */
  missing(): string[] {
    return this.specs.filter((spec) => spec.required && !this.given.has(spec.name)).map((spec) => spec.name);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  string(name: string): string {
    const value = this.values.get(name);
    return typeof value === 'string' ? value : '';
  }

  bool(name: string): boolean {
    return this.values.get(name) === true;
  }

  /** An integer, or a duration in milliseconds. */
  number(name: string): number {
    const value = this.values.get(name);
    return typeof value === 'number' ? value : 0;
  }

  list(name: string): string[] {
    const value = this.values.get(name);
    return Array.isArray(value) ? value : [];
  }

  map(name: string): ReadonlyMap<string, string> {
    const value = this.values.get(name);
    return value instanceof Map ? value : new Map();
  }
}

function aloneValue(spec: FlagSpec): string | undefined {
  return spec.alone ?? (spec.kind === 'bool' ? 'true' : undefined);
}

function initialValue(spec: FlagSpec): FlagValue {
  const text = spec.initial;
  switch (spec.kind) {
    case 'bool':
      return text === 'true';
    case 'int':
      return Number(text ?? 0);
    case 'duration':
      return text === undefined ? 0 : parseDuration(text);
    case 'slice':
    case 'array':
      return text === undefined || text === '' ? [] : [text];
    case 'map':
      return new Map();
    case 'string':
      return text ?? '';
  }
}

/**
 * True when the flag as typed (`-n`, `--namespace`) takes its value from the next word, as cobra assumes of a flag it does not
 * know. Used to find the command among flags.
 */
export function takesNextWord(specs: readonly FlagSpec[], typed: string): boolean {
  if (typed.includes('=')) return false;
  if (typed.startsWith('--')) {
    const spec = specs.find((each) => each.name === typed.slice(2).replaceAll('_', '-'));
    return spec === undefined || aloneValue(spec) === undefined;
  }
  if (typed.length !== 2) return false;
  const spec = specs.find((each) => each.short === typed[1]);
  return spec === undefined || aloneValue(spec) === undefined;
}
