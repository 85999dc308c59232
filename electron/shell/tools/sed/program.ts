import { PatternError, posixToRegExp } from '../posix-regexp.ts';

export type Address =
  | { kind: 'line'; line: number }
  | { kind: 'last' }
  | { kind: 'step'; first: number; step: number }
  | { kind: 'match'; pattern: RegExp | null }
  | { kind: 'plus'; count: number }
  | { kind: 'multiple'; of: number };

export interface SedCommand {
  name: string;
  from?: Address;
  to?: Address;
  negated: boolean;
  /** Text of `a i c`, label of `b t T :`, file of `r w`, exit code of `q Q`. */
  text: string;
  pattern?: RegExp | null;
  replacement?: ReplacementPart[];
  map?: ReadonlyMap<string, string>;
  flags?: { global: boolean; print: boolean; nth: number; file: string };
  /** Index of the matching `}`. */
  jump?: number;
  /** A range is open, until this line when known. */
  active?: boolean;
  endLine?: number;
}

export type ReplacementPart = { text: string } | { group: number } | { change: 'U' | 'L' | 'u' | 'l' | 'E' };

/** Raised for a script that cannot be read; the message is GNU sed's. */
export class SedError extends Error {
  override readonly name = 'SedError';
}

/** Reads a sed script. Supported: `{ } = a b : c d D g G h H i l n N p P q Q r s t T w x y`. */
export function parseSed(script: string, extended: boolean): SedCommand[] {
  return new Parser(script, extended).all();
}

class Parser {
  readonly #text: string;
  readonly #extended: boolean;
  #at = 0;

  constructor(text: string, extended: boolean) {
    this.#text = text;
    this.#extended = extended;
  }

  all(): SedCommand[] {
    const out: SedCommand[] = [];
    const open: number[] = [];
    for (;;) {
      this.#skip(/[\s;]/);
      if (this.#at >= this.#text.length) break;
      if (this.#peek() === '#') {
        this.#line();
        continue;
      }
      const command = this.#command();
      if (command.name === '{') open.push(out.length);
      if (command.name === '}') {
        const start = open.pop();
        if (start === undefined) throw this.#wrong("unexpected `}'");
        (out[start] as SedCommand).jump = out.length;
      }
      out.push(command);
    }
    if (open.length > 0) throw new SedError("-e expression #1, char 0: unmatched `{'");
    for (const command of out) {
      if (
        'btT'.includes(command.name) &&
        command.text !== '' &&
        !out.some((item) => item.name === ':' && item.text === command.text)
      ) {
        throw new SedError(
          `-e expression #1, char ${String(this.#text.length)}: can't find label for jump to \`${command.text}'`,
        );
      }
    }
    return out;
  }

  #wrong(text: string): SedError {
    return new SedError(`-e expression #1, char ${String(this.#at)}: ${text}`);
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #skip(what: RegExp): void {
    while (this.#at < this.#text.length && what.test(this.#peek())) this.#at++;
  }

  #line(): string {
    const end = this.#text.indexOf('\n', this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return text;
  }

  #number(): number {
    const match = /^\d+/.exec(this.#text.slice(this.#at));
    this.#at += match?.[0].length ?? 0;
    return Number(match?.[0] ?? '0');
  }

  #address(second: boolean): Address | undefined {
    const char = this.#peek();
    if (/\d/.test(char)) {
      const line = this.#number();
      if (this.#peek() !== '~' || second) return { kind: 'line', line };
      this.#at++;
      return { kind: 'step', first: line, step: this.#number() };
    }
    if (char === '$') {
      this.#at++;
      return { kind: 'last' };
    }
    if (second && (char === '+' || char === '~')) {
      this.#at++;
      const value = this.#number();
      return char === '+' ? { kind: 'plus', count: value } : { kind: 'multiple', of: value };
    }
    if (char !== '/' && char !== '\\') return undefined;
    if (char === '\\') this.#at++;
    const delimiter = this.#peek();
    this.#at++;
    const pattern = this.#until(delimiter, 'unterminated address regex', true);
    let ignoreCase = false;
    while (/[IM]/.test(this.#peek())) {
      ignoreCase ||= this.#peek() === 'I';
      this.#at++;
    }
    return { kind: 'match', pattern: this.#regExp(pattern, ignoreCase) };
  }

  /** Text up to a delimiter; `\delimiter` is the delimiter itself, other escapes stay. */
  #until(delimiter: string, problem: string, pattern: boolean): string {
    let out = '';
    let bracket = false;
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#peek();
      if (char === '\\') {
        const next = this.#text.charAt(this.#at + 1);
        out += next === delimiter ? delimiter : char + next;
        this.#at++;
      } else if (pattern && char === '[' && !bracket) {
        bracket = true;
        out += char;
        if (this.#text.charAt(this.#at + 1) === '^') out += this.#text.charAt(++this.#at);
        if (this.#text.charAt(this.#at + 1) === ']') out += this.#text.charAt(++this.#at);
      } else if (bracket && char === ']' && !/\[[:.=][^\]]*$/.test(out)) {
        bracket = false;
        out += char;
      } else if (char === delimiter && !bracket) {
        this.#at++;
        return out;
      } else out += char;
    }
    throw this.#wrong(problem);
  }

  #regExp(pattern: string, ignoreCase: boolean): RegExp | null {
    if (pattern === '') return null;
    try {
      return posixToRegExp(pattern, { extended: this.#extended, ignoreCase, global: true });
    } catch (error) {
      if (error instanceof PatternError) throw this.#wrong(error.message);
      throw error;
    }
  }

  #command(): SedCommand {
    const command: SedCommand = { name: '', negated: false, text: '' };
    const from = this.#address(false);
    if (from !== undefined) {
      command.from = from;
      this.#skip(/ /);
      if (this.#peek() === ',') {
        this.#at++;
        this.#skip(/ /);
        const to = this.#address(true);
        if (to === undefined) throw this.#wrong("unexpected `,'");
        command.to = to;
      }
    }
    this.#skip(/ /);
    while (this.#peek() === '!') {
      command.negated = true;
      this.#at++;
      this.#skip(/ /);
    }
    command.name = this.#peek();
    this.#at++;
    if (command.name === '') throw this.#wrong('missing command');
    this.#arguments(command);
    return command;
  }

  #arguments(command: SedCommand): void {
    if ('aic'.includes(command.name)) command.text = this.#inserted();
    else if (':btT'.includes(command.name)) {
      this.#skip(/ /);
      const end = command.name === ':' ? /[\n;]/ : /[\n;}]/;
      const start = this.#at;
      while (this.#at < this.#text.length && !end.test(this.#peek())) this.#at++;
      command.text = this.#text.slice(start, this.#at).trim();
    } else if ('rw'.includes(command.name)) {
      this.#skip(/ /);
      command.text = this.#line();
    } else if ('qQ'.includes(command.name)) {
      this.#skip(/ /);
      command.text = String(this.#number());
    } else if (command.name === 's') this.#substitution(command);
    else if (command.name === 'y') this.#transliteration(command);
    else if (!'{}=dDgGhHlnNpPx'.includes(command.name))
      throw this.#wrong(`unknown command: \`${command.name}'`);
    if ('{}aicrw:'.includes(command.name)) return;
    this.#skip(/ /);
    if (this.#at < this.#text.length && !/[\n;}#]/.test(this.#peek()))
      throw this.#wrong('extra characters after command');
  }

  #inserted(): string {
    this.#skip(/[ \t]/);
    if (this.#peek() === '\\') {
      this.#at++;
      this.#skip(/[ \t]/);
      if (this.#peek() === '\n') this.#at++;
    }
    let out = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#peek();
      if (char === '\\' && this.#at + 1 < this.#text.length) {
        this.#at++;
        out += this.#peek();
      } else if (char === '\n') {
        this.#at++;
        break;
      } else out += char;
    }
    return out;
  }

  #substitution(command: SedCommand): void {
    const delimiter = this.#peek();
    this.#at++;
    const pattern = this.#until(delimiter, "unterminated `s' command", true);
    command.replacement = replacementParts(this.#until(delimiter, "unterminated `s' command", false));
    const flags = { global: false, print: false, nth: 1, file: '' };
    let ignoreCase = false;
    for (; this.#at < this.#text.length;) {
      const char = this.#peek();
      if (/\d/.test(char)) {
        flags.nth = this.#number();
        continue;
      }
      if (/[\s;}#]/.test(char)) break;
      this.#at++;
      if (char === 'g') flags.global = true;
      else if (char === 'p') flags.print = true;
      else if (char === 'i' || char === 'I') ignoreCase = true;
      else if (char === 'w') {
        this.#skip(/ /);
        flags.file = this.#line();
        break;
      } else throw this.#wrong("unknown option to `s'");
    }
    command.flags = flags;
    command.pattern = this.#regExp(pattern, ignoreCase);
  }

  #transliteration(command: SedCommand): void {
    const delimiter = this.#peek();
    this.#at++;
    const clean = (text: string): string[] => [...text.replace(/\\n/g, '\n').replace(/\\\\/g, '\\')];
    const from = clean(this.#until(delimiter, "unterminated `y' command", false));
    const to = clean(this.#until(delimiter, "unterminated `y' command", false));
    if (from.length !== to.length) throw this.#wrong("strings for `y' command are different lengths");
    command.map = new Map(from.map((char, at) => [char, to[at] as string]));
  }
}

function replacementParts(text: string): ReplacementPart[] {
  const out: ReplacementPart[] = [];
  let plain = '';
  const add = (part: ReplacementPart): void => {
    if (plain !== '') out.push({ text: plain });
    plain = '';
    out.push(part);
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '&') add({ group: 0 });
    else if (char === '\\') {
      const next = text.charAt(++at);
      if (/\d/.test(next)) add({ group: Number(next) });
      else if (next !== '' && 'ULulE'.includes(next)) add({ change: next as 'U' });
      else plain += next === 'n' ? '\n' : next === 't' ? '\t' : next === 'r' ? '\r' : next;
    } else plain += char;
  }
  if (plain !== '') out.push({ text: plain });
  return out;
}
