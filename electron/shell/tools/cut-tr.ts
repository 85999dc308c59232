import type { Command } from '../interface.ts';
import { lineBatches } from '../streams/readable-base.ts';
import { inputs } from './inputs.ts';
import { parseOptions, usageError } from './options.ts';

type Ranges = readonly { from: number; to: number }[];

function parseRanges(text: string): Ranges | null {
  const out: { from: number; to: number }[] = [];
  for (const part of text.split(',')) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (match === null || part === '' || part === '-') return null;
    const from = match[1] === '' ? 1 : Number(match[1]);
    const to = match[2] === '' ? from : match[3] === '' ? Infinity : Number(match[3]);
    if (from < 1 || to < from) return null;
    out.push({ from, to });
  }
  return out;
}

export const cut: Command = {
  name: 'cut',
  summary: { en: 'Select parts of lines', 'pt-BR': 'Seleciona partes das linhas' },
  async run(io) {
    const options = parseOptions(io.argv, 'b:c:d:f:ns', {
      'bytes:': 'b',
      'characters:': 'c',
      'delimiter:': 'd',
      'fields:': 'f',
      'only-delimited': 's',
      complement: 'C',
      'output-delimiter:': 'o',
    });
    if (options.problem !== undefined) return usageError(io, options.problem);
    const fields = options.last('f');
    const list = fields ?? options.last('c', 'b');
    if (list === undefined)
      return usageError(io, 'cut: you must specify a list of bytes, characters, or fields');
    const ranges = parseRanges(list);
    if (ranges === null)
      return usageError(
        io,
        fields !== undefined
          ? 'cut: invalid field value ‘' + list + '’'
          : 'cut: invalid byte/character position ‘' + list + '’',
      );
    const delimiter = options.last('d') ?? '\t';
    if ([...delimiter].length !== 1) return usageError(io, 'cut: the delimiter must be a single character');
    const complement = options.has('C');
    const chosen = (at: number): boolean =>
      ranges.some((range) => at >= range.from && at <= range.to) !== complement;
    const glue = options.last('o') ?? (fields === undefined ? '' : delimiter);
    const change = (line: string): string | null => {
      if (fields === undefined) return [...line].filter((_, at) => chosen(at + 1)).join(glue);
      if (!line.includes(delimiter)) return options.has('s') ? null : line;
      return line
        .split(delimiter)
        .filter((_, at) => chosen(at + 1))
        .join(glue);
    };
    let code = 0;
    for await (const { source } of inputs(io, options.operands, () => (code = 1))) {
      for await (const batch of lineBatches(source)) {
        const out = batch.lines.map(change).filter((line) => line !== null);
        if (out.length > 0) await io.stdout.write(`${out.join('\n')}\n`);
      }
    }
    return code;
  },
};

const classes: Readonly<Record<string, string>> = {
  digit: '0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  alpha: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  alnum: '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  blank: '\t ',
  space: '\t\n\v\f\r ',
  punct: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  xdigit: '0123456789ABCDEFabcdef',
  cntrl: [...Array(32).keys(), 127].map((code) => String.fromCharCode(code)).join(''),
};

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
};

/** The characters a `tr` set stands for, in order. `fill` is a character to repeat to the other set's length (`[x*]`). */
function expandSet(text: string): { chars: string[]; fill?: string } {
  const chars: string[] = [];
  let fill: string | undefined;
  const source = [...text];
  const take = (at: number): { char: string; next: number } => {
    if (source[at] !== '\\' || at + 1 >= source.length) return { char: source[at] as string, next: at + 1 };
    const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1, at + 4).join(''));
    if (octal !== null)
      return { char: String.fromCharCode(parseInt(octal[0], 8)), next: at + 1 + octal[0].length };
    const letter = source[at + 1] as string;
    return { char: escapes[letter] ?? letter, next: at + 2 };
  };
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at).join('');
    const named = /^\[:(\w+):\]/.exec(rest);
    const repeat = /^\[(.)\*(\d*)\]/su.exec(rest);
    if (named !== null) {
      chars.push(...(classes[named[1] ?? ''] ?? ''));
      at += named[0].length;
    } else if (repeat !== null) {
      if (repeat[2] === '' || repeat[2] === '0') fill = repeat[1] as string;
      else for (let count = Number(repeat[2]); count > 0; count--) chars.push(repeat[1] as string);
      at += [...repeat[0]].length;
    } else {
      const first = take(at);
      if (source[first.next] === '-' && first.next + 1 < source.length) {
        const last = take(first.next + 1);
        for (let code = first.char.codePointAt(0) ?? 0; code <= (last.char.codePointAt(0) ?? 0); code++)
          chars.push(String.fromCodePoint(code));
        at = last.next;
      } else {
        chars.push(first.char);
        at = first.next;
      }
    }
  }
  return { chars, ...(fill === undefined ? {} : { fill }) };
}

export const tr: Command = {
  name: 'tr',
  summary: { en: 'Translate or delete characters', 'pt-BR': 'Troca ou apaga caracteres' },
  async run(io) {
    const options = parseOptions(io.argv, 'cCdst', {
      complement: 'c',
      delete: 'd',
      'squeeze-repeats': 's',
      'truncate-set1': 't',
    });
    if (options.problem !== undefined) return usageError(io, options.problem);
    const [one, two] = options.operands;
    const remove = options.has('d');
    const squeeze = options.has('s');
    if (one === undefined) return usageError(io, 'tr: missing operand');
    if (two === undefined && !remove && !squeeze)
      return usageError(
        io,
        `tr: missing operand after ‘${one}’\nTwo strings must be given when translating.`,
      );
    const complement = options.has('c', 'C');
    const first = new Set(expandSet(one).chars);
    const second = two === undefined ? null : expandSet(two);
    const inFirst = (char: string): boolean => first.has(char) !== complement;
    const map = new Map<string, string>();
    const target = second === null ? [] : second.chars;
    const last = second?.fill ?? target.at(-1);
    if (!remove && second !== null && !complement)
      expandSet(one).chars.forEach((char, at) => map.set(char, target[at] ?? last ?? char));
    const squeezed = squeeze ? (second === null ? null : new Set(target)) : undefined;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let before = '';
    for await (const chunk of io.stdin) {
      let out = '';
      for (const char of decoder.decode(chunk, { stream: true })) {
        if (remove && inFirst(char)) continue;
        const changed =
          remove || second === null
            ? char
            : complement
              ? inFirst(char)
                ? (last ?? char)
                : char
              : (map.get(char) ?? char);
        const candidate =
          squeezed !== undefined && (squeezed === null ? inFirst(changed) : squeezed.has(changed));
        if (candidate && changed === before) continue;
        before = changed;
        out += changed;
      }
      await io.stdout.write(out);
    }
    return 0;
  },
};
