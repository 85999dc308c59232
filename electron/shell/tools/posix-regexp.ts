import { bracketAt } from '../expand/pattern.ts';

export interface PosixOptions {
  extended: boolean;
  ignoreCase?: boolean;
  global?: boolean;
  /** Match whole words (`grep -w`) or whole lines (`grep -x`). */
  whole?: 'word' | 'line';
  /** Treat the pattern as plain text. */
  fixed?: boolean;
}

/** Raised for a pattern that POSIX refuses; the message is the C library's. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/**
 * A POSIX basic or extended regular expression, with GNU's `\w \b \< \> \+ \?`, as a JavaScript one. Alternatives
 * take the first that matches, not the longest (a known difference).
 */
export function posixToRegExp(pattern: string, options: PosixOptions): RegExp {
  const body =
    options.fixed === true
      ? pattern.split('\n').map(escapeAll).join('|')
      : translate(pattern, options.extended);
  const source =
    options.whole === 'line'
      ? `^(?:${body})$`
      : options.whole === 'word'
        ? `(?<![\\p{L}\\p{N}_])(?:${body})(?![\\p{L}\\p{N}_])`
        : body;
  try {
    return new RegExp(
      source,
      `u${options.ignoreCase === true ? 'i' : ''}${options.global === true ? 'g' : ''}`,
    );
  } catch (error) {
    const text = error instanceof Error ? error.message : '';
    if (/[Uu]nterminated group/.test(text)) throw new PatternError('Unmatched ( or \\(');
    if (/[Uu]nmatched '\)'/.test(text)) throw new PatternError('Unmatched ) or \\)');
    throw new PatternError('Invalid preceding regular expression');
  }
}

function escapeAll(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function translate(pattern: string, extended: boolean): string {
  let out = '';
  let canRepeat = false;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    const next = pattern[at + 1];
    if (char === '\\') {
      at++;
      if (next === undefined) throw new PatternError('Trailing backslash');
      const escape = escaped(next, extended);
      if (escape.repeats && !canRepeat) out += escapeAll(next);
      else out += escape.source;
      canRepeat = escape.atom;
      if (!extended && next === '{') {
        const end = pattern.indexOf('\\}', at);
        if (end < 0) throw new PatternError('Unmatched { or \\{');
        out = `${out.slice(0, -1)}{${interval(pattern.slice(at + 1, end))}}`;
        at = end + 1;
        canRepeat = true;
      }
      continue;
    }
    if (char === '[') {
      const bracket = bracketAt(pattern.replace(/\\/g, '\u0000'), at);
      if (bracket === null) throw new PatternError('Unmatched [, [^, [:, [., or [=');
      out += bracket.source.replace(/\0/g, '\\\\');
      at = bracket.end;
      canRepeat = true;
      continue;
    }
    if (char === '*' && !canRepeat) {
      out += '\\*';
      canRepeat = true;
      continue;
    }
    if (char === '^' || char === '$') {
      const anchor =
        extended ||
        (char === '^'
          ? at === 0 || /\\[(|]$/.test(pattern.slice(0, at))
          : next === undefined || /^\\[)|]/.test(pattern.slice(at + 1)));
      out += anchor ? char : `\\${char}`;
      canRepeat = !anchor;
      continue;
    }
    if (extended && char === '{') {
      const end = pattern.indexOf('}', at);
      const inside = pattern.slice(at + 1, end);
      if (end > 0 && /^\d*(,\d*)?$/.test(inside) && inside !== '' && canRepeat) {
        out += `{${interval(inside)}}`;
        at = end;
      } else out += '\\{';
      canRepeat = true;
      continue;
    }
    if (extended ? '}/]'.includes(char) : '+?(){}|/]'.includes(char)) {
      out += `\\${char}`;
      canRepeat = true;
      continue;
    }
    if (extended && (char === '+' || char === '?') && !canRepeat) {
      out += `\\${char}`;
      canRepeat = true;
      continue;
    }
    if (char === '*' || (extended && (char === '+' || char === '?'))) {
      while (pattern[at + 1] === '*' || (extended && (pattern[at + 1] === '+' || pattern[at + 1] === '?'))) {
        out = `${out}`;
        at++;
      }
      out += char;
      canRepeat = true;
      continue;
    }
    out += char;
    canRepeat = !(extended && (char === '(' || char === '|'));
  }
  return out;
}

function interval(text: string): string {
  return text.startsWith(',') ? `0${text}` : text;
}

function escaped(char: string, extended: boolean): { source: string; atom: boolean; repeats?: boolean } {
  if (!extended && '(|'.includes(char)) return { source: char, atom: false };
  if (!extended && char === ')') return { source: ')', atom: true };
  if (!extended && (char === '+' || char === '?')) return { source: char, atom: true, repeats: true };
  if (!extended && char === '{') return { source: '{', atom: false };
  if (/[1-9]/.test(char)) return { source: `\\${char}`, atom: true };
  const known: Readonly<Record<string, string>> = {
    w: '[\\p{L}\\p{N}_]',
    W: '[^\\p{L}\\p{N}_]',
    s: '\\s',
    S: '\\S',
    n: '\\n',
    t: '\\t',
    r: '\\r',
  };
  if (known[char] !== undefined) return { source: known[char], atom: true };
  const edges: Readonly<Record<string, string>> = {
    b: '(?:(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_])|(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_]))',
    '<': '(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_])',
    '>': '(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_])',
    B: '\\B',
    '`': '^',
    "'": '$',
  };
  if (edges[char] !== undefined) return { source: edges[char], atom: false };
  return { source: /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char, atom: true };
}
