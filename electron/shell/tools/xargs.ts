import type { Command, CommandIo } from '../interface.ts';
import { emptySource } from '../streams/sources.ts';

interface XargsOptions {
  words: string[];
  perCall: number;
  replace: string | null;
  zero: boolean;
  delimiter: string | null;
  skipEmpty: boolean;
  verbose: boolean;
  lines: number;
  parallel: number;
}

function readOptions(argv: readonly string[]): XargsOptions | string {
  const out: XargsOptions = {
    words: [],
    perCall: Infinity,
    replace: null,
    zero: false,
    delimiter: null,
    skipEmpty: false,
    verbose: false,
    lines: Infinity,
    parallel: 1,
  };
  const args = argv.slice(1);
  while (/^-./.test(args[0] ?? '')) {
    const word = args.shift() as string;
    const letter = word.charAt(1);
    if (word === '--null') out.zero = true;
    else if (word === '--no-run-if-empty') out.skipEmpty = true;
    else if ('0rt'.includes(letter)) {
      if (word.includes('0')) out.zero = true;
      if (word.includes('r')) out.skipEmpty = true;
      if (word.includes('t')) out.verbose = true;
    } else if (letter === 'i') out.replace = word.length > 2 ? word.slice(2) : '{}';
    else if ('nILPd'.includes(letter)) {
      const value = word.length > 2 ? word.slice(2) : args.shift();
      if (value === undefined) return `option requires an argument -- '${letter}'`;
      if (letter === 'n') out.perCall = Number(value);
      else if (letter === 'I') out.replace = value;
      else if (letter === 'L') out.lines = Number(value);
      else if (letter === 'P') out.parallel = Number(value) || Infinity;
      else out.delimiter = value === '\\n' ? '\n' : value === '\\0' ? '\0' : value;
    } else return `invalid option -- '${letter}'`;
  }
  out.words = args.length === 0 ? ['echo'] : args;
  return out;
}

/** Splits input as xargs does: blanks and newlines, with quotes and backslashes. */
function splitQuoted(text: string): string[] | string {
  const out: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "'" || char === '"') {
      const end = text.indexOf(char, at + 1);
      if (end < 0)
        return `unmatched ${char === "'" ? 'single' : 'double'} quote; by default quotes are special to xargs unless you use the -0 option`;
      word = (word ?? '') + text.slice(at + 1, end);
      at = end;
    } else if (char === '\\') word = (word ?? '') + text.charAt(++at);
    else if (/\s/.test(char)) {
      if (word !== null) out.push(word);
      word = null;
    } else word = (word ?? '') + char;
  }
  if (word !== null) out.push(word);
  return out;
}

export const xargs: Command = {
  name: 'xargs',
  summary: {
    en: 'Run a command with arguments from input',
    'pt-BR': 'Roda um comando com argumentos vindos da entrada',
  },
  async run(io) {
    const options = readOptions(io.argv);
    if (typeof options === 'string') {
      await io.stderr.write(`xargs: ${options}\nTry 'xargs --help' for more information.\n`);
      return 1;
    }
    const batches =
      options.replace !== null || options.lines !== Infinity ? byLine(io, options) : byWord(io, options);
    let code = 0;
    const running = new Set<Promise<void>>();
    for await (const argv of batches) {
      if (io.signal.aborted) break;
      if (typeof argv === 'string') {
        await io.stderr.write(`xargs: ${argv}\n`);
        return 1;
      }
      if (options.verbose) await io.stderr.write(`${argv.join(' ')}\n`);
      const one = io.spawn(argv, { stdin: emptySource() }).then((exit) => {
        code =
          exit === 0
            ? code
            : exit === 127 || exit === 126
              ? exit
              : exit === 255
                ? 124
                : exit > 128
                  ? 125
                  : 123;
      });
      running.add(one);
      void one.finally(() => running.delete(one));
      if (running.size >= options.parallel) await Promise.race(running);
      if (code >= 124) break;
    }
    await Promise.all(running);
    return io.signal.aborted ? 130 : code;
  },
};

/** One call for each line (`-I`, `-L`): starts as soon as the line is there. */
async function* byLine(io: CommandIo, options: XargsOptions): AsyncGenerator<string[] | string> {
  let held: string[] = [];
  for await (const line of io.stdin.lines()) {
    if (line.trim() === '') continue;
    if (options.replace !== null) {
      const text = line.trim();
      yield options.words.map((word) => word.replaceAll(options.replace as string, text));
      continue;
    }
    held.push(line);
    if (held.length < options.lines) continue;
    yield words(options, held.join('\n'));
    held = [];
  }
  if (held.length > 0) yield words(options, held.join('\n'));
}

function words(options: XargsOptions, text: string): string[] | string {
  const found = splitQuoted(text);
  return typeof found === 'string' ? found : [...options.words, ...found];
}

async function* byWord(io: CommandIo, options: XargsOptions): AsyncGenerator<string[] | string> {
  const text = await io.stdin.text();
  const separator = options.zero ? '\0' : options.delimiter;
  const items =
    separator === null
      ? splitQuoted(text)
      : text.split(separator).filter((item, at, all) => item !== '' || at < all.length - 1);
  if (typeof items === 'string') {
    yield items;
    return;
  }
  if (items.length === 0) {
    if (!options.skipEmpty) yield options.words;
    return;
  }
  const size = Number.isFinite(options.perCall) ? options.perCall : 1000;
  for (let at = 0; at < items.length; at += size) yield [...options.words, ...items.slice(at, at + size)];
}
