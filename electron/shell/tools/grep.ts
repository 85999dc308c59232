import { FsError } from '../errors.ts';
import type { ByteSource, Command, CommandIo } from '../interface.ts';
import { lineBatches } from '../streams/readable-base.ts';
import { patternToRegExp } from '../expand/pattern.ts';
import { inputs } from './inputs.ts';
import { parseOptions, usageError, type ParsedOptions } from './options.ts';
import { PatternError, posixToRegExp } from './posix-regexp.ts';

const long: Readonly<Record<string, string>> = {
  'regexp:': 'e',
  'file:': 'f',
  'ignore-case': 'i',
  'invert-match': 'v',
  'word-regexp': 'w',
  'line-regexp': 'x',
  count: 'c',
  'files-with-matches': 'l',
  'files-without-match': 'L',
  'line-number': 'n',
  'no-filename': 'h',
  'with-filename': 'H',
  'only-matching': 'o',
  quiet: 'q',
  silent: 'q',
  'no-messages': 's',
  recursive: 'r',
  'extended-regexp': 'E',
  'fixed-strings': 'F',
  'basic-regexp': 'G',
  'perl-regexp': 'P',
  'after-context:': 'A',
  'before-context:': 'B',
  'context:': 'C',
  'max-count:': 'm',
  'line-buffered': 'u',
  'color:': '0',
  color: '0',
  'colour:': '0',
  'include:': '1',
  'exclude:': '2',
  text: 'a',
};

/** `grep`, `egrep`, `fgrep`: prints each batch of lines as it arrives, so it always behaves as with `--line-buffered`. */
export function grepCommand(name: 'grep' | 'egrep' | 'fgrep'): Command {
  return {
    name,
    summary: {
      en: 'Print the lines that match a pattern',
      'pt-BR': 'Mostra as linhas que casam com um padrão',
    },
    async run(io) {
      const options = parseOptions(coloured(io.argv), 'e:f:ivwxclLnhHoqsrREFGPA:B:C:m:u0a', long);
      if (options.problem !== undefined) return usageError(io, options.problem, 2);
      const operands = [...options.operands];
      const patterns = (options.values.get('e') ?? [])
        .filter((value) => typeof value === 'string')
        .flatMap((value) => value.split('\n'));
      const file = options.last('f');
      if (file !== undefined)
        patterns.push(...(await io.fs.readText(io.path(file))).replace(/\n$/, '').split('\n'));
      if (patterns.length === 0 && file === undefined) {
        const first = operands.shift();
        if (first === undefined) {
          await io.stderr.write(
            `Usage: ${name} [OPTION]... PATTERNS [FILE]...\nTry '${name} --help' for more information.\n`,
          );
          return 2;
        }
        patterns.push(...first.split('\n'));
      }
      let matcher: RegExp | null;
      try {
        matcher = compile(name, options, patterns);
      } catch (error) {
        if (!(error instanceof PatternError)) throw error;
        await io.stderr.write(`${name}: ${error.message}\n`);
        return 2;
      }
      return new Grep(io, options, matcher).run(operands);
    },
  };
}

/** `--color` takes its value only with `=`. */
function coloured(argv: readonly string[]): string[] {
  return argv.filter((word, at) => at === 0 || !/^--colou?r(=.*)?$/.test(word));
}

function compile(name: string, options: ParsedOptions, patterns: readonly string[]): RegExp | null {
  if (patterns.length === 0) return null;
  const whole = options.has('x') ? ('line' as const) : options.has('w') ? ('word' as const) : undefined;
  if (options.has('P')) {
    const body = patterns.join('|');
    try {
      return new RegExp(
        options.has('x') ? `^(?:${body})$` : options.has('w') ? `\\b(?:${body})\\b` : body,
        `g${options.has('i') ? 'i' : ''}`,
      );
    } catch (error) {
      throw new PatternError(error instanceof Error ? error.message : 'invalid pattern');
    }
  }
  const fixed = options.has('F') || name === 'fgrep';
  const extended = options.has('E') || name === 'egrep';
  const sources = patterns.map((pattern) => posixToRegExp(pattern, { extended, fixed }).source);
  const body = sources.length === 1 ? (sources[0] ?? '') : sources.map((source) => `(?:${source})`).join('|');
  return new RegExp(wrap(body, whole), `ug${options.has('i') ? 'i' : ''}`);
}

function wrap(source: string, whole: 'word' | 'line' | undefined): string {
  if (whole === 'line') return `^(?:${source})$`;
  return whole === 'word' ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source;
}

class Grep {
  readonly #io: CommandIo;
  readonly #options: ParsedOptions;
  readonly #matcher: RegExp | null;
  #found = false;
  #wrong = false;
  #named = false;
  #printedBefore = false;

  constructor(io: CommandIo, options: ParsedOptions, matcher: RegExp | null) {
    this.#io = io;
    this.#options = options;
    this.#matcher = matcher;
  }

  async run(operands: readonly string[]): Promise<number> {
    const recursive = this.#options.has('r', 'R');
    const files = recursive ? await this.#walk(operands.length === 0 ? ['.'] : operands) : operands;
    this.#named = this.#options.has('H') || ((files.length > 1 || recursive) && !this.#options.has('h'));
    if (recursive && files.length === 0) return this.#wrong ? 2 : 1;
    for await (const { name, source } of inputs(this.#quietIo(), files, () => (this.#wrong = true))) {
      await this.#file(name === '-' ? '(standard input)' : name, source);
      if (this.#found && this.#options.has('q')) return 0;
    }
    return this.#wrong ? 2 : this.#found ? 0 : 1;
  }

  #quietIo(): CommandIo {
    if (!this.#options.has('s')) return this.#io;
    return {
      ...this.#io,
      stderr: { isTty: false, closed: this.#io.stderr.closed, write: () => Promise.resolve() },
    };
  }

  async #walk(operands: readonly string[]): Promise<string[]> {
    const out: string[] = [];
    const includes = this.#options.last('1');
    const excludes = this.#options.last('2');
    const visit = async (shown: string): Promise<void> => {
      try {
        const path = this.#io.path(shown);
        if ((await this.#io.fs.stat(path)).kind === 'directory') {
          for (const name of await this.#io.fs.readdir(path))
            await visit(
              shown === '.' && operands.length === 1 && this.#options.operands.length <= 1
                ? name
                : `${shown.replace(/\/$/, '')}/${name}`,
            );
          return;
        }
        const base = shown.split('/').at(-1) ?? shown;
        if (includes !== undefined && !patternToRegExp(includes).test(base)) return;
        if (excludes !== undefined && patternToRegExp(excludes).test(base)) return;
        out.push(shown);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        this.#wrong = true;
        await this.#io.stderr.write(`${this.#io.argv[0] ?? 'grep'}: ${shown}: ${error.text}\n`);
      }
    };
    for (const operand of operands) await visit(operand);
    return out;
  }

  #matches(line: string): boolean {
    if (this.#matcher === null) return this.#options.has('v');
    this.#matcher.lastIndex = 0;
    return this.#matcher.test(line) !== this.#options.has('v');
  }

  async #file(name: string, source: ByteSource): Promise<void> {
    const options = this.#options;
    const context = Number(options.last('C') ?? '0');
    const before = Number(options.last('B') ?? String(context));
    const after = Number(options.last('A') ?? String(context));
    const limit = Number(options.last('m') ?? 'Infinity');
    const prefix = this.#named ? `${name}:` : '';
    const listing = options.has('l', 'L', 'c', 'q');
    let number = 0;
    let matched = 0;
    let trailing = 0;
    let lastShown = 0;
    const kept: string[] = [];
    for await (const batch of lineBatches(source)) {
      let out = '';
      for (const line of batch.lines) {
        number++;
        const hit = matched < limit && this.#matches(line);
        if (!hit) {
          if (trailing > 0 && !listing) {
            out += `${this.#label(name, number, '-')}${line}\n`;
            lastShown = number;
            trailing--;
          } else if (before > 0) {
            kept.push(line);
            if (kept.length > before) kept.shift();
          }
          if (matched >= limit && trailing === 0) break;
          continue;
        }
        matched++;
        this.#found = true;
        if (options.has('q')) return;
        if (listing) {
          if (options.has('l')) break;
          continue;
        }
        if (
          (before > 0 || after > 0) &&
          (lastShown > 0 || this.#printedBefore) &&
          number - kept.length > lastShown + 1
        )
          out += '--\n';
        for (const [at, line2] of kept.entries())
          out += `${this.#label(name, number - kept.length + at, '-')}${line2}\n`;
        kept.length = 0;
        out += options.has('o')
          ? this.#parts(line, this.#label(name, number, ':'))
          : `${this.#label(name, number, ':')}${line}\n`;
        this.#printedBefore = true;
        lastShown = number;
        trailing = after;
      }
      if (out !== '') await this.#io.stdout.write(out);
      if ((matched >= limit && trailing === 0) || (options.has('l') && matched > 0)) break;
    }
    if (options.has('c')) await this.#io.stdout.write(`${prefix}${String(matched)}\n`);
    if ((options.has('l') && matched > 0) || (options.has('L') && matched === 0))
      await this.#io.stdout.write(`${name}\n`);
  }

  #label(name: string, number: number, mark: string): string {
    return `${this.#named ? `${name}${mark}` : ''}${this.#options.has('n') ? `${String(number)}${mark}` : ''}`;
  }

  #parts(line: string, label: string): string {
    if (this.#matcher === null || this.#options.has('v')) return '';
    let out = '';
    this.#matcher.lastIndex = 0;
    for (const match of line.matchAll(this.#matcher)) if (match[0] !== '') out += `${label}${match[0]}\n`;
    return out;
  }
}
