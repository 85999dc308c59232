/** A piece of an expanded word; quoted text never acts as a pattern and is never split. */
export interface Fragment {
  text: string;
  quoted: boolean;
}

const special = /[\\*?[\]!@+()|{}^-]/gu;

/** The pattern text of a word: quoted characters are escaped with a backslash. */
export function patternOf(fragments: readonly Fragment[]): string {
  return fragments.map((part) => (part.quoted ? part.text.replace(special, '\\$&') : part.text)).join('');
}

/** True when unquoted text contains something a file name pattern is made of. */
export function hasPattern(fragments: readonly Fragment[]): boolean {
  return fragments.some((part) => !part.quoted && /[*?[]|[@+!]\(/.test(part.text));
}

export interface PatternOptions {
  /** `*` and `?` do not match `/`. */
  path?: boolean;
  ignoreCase?: boolean;
  /** Match anywhere / only at the start / only at the end / the whole text (default). */
  anchor?: 'none' | 'start' | 'end' | 'both';
  /** Shortest match for `*`. */
  lazy?: boolean;
  global?: boolean;
}

const cache = new Map<string, RegExp>();
const cacheLimit = 500;

/** A shell pattern as a regular expression. Models bash's `glob/smatch.c` (5.2), extended patterns included. */
export function patternToRegExp(pattern: string, options: PatternOptions = {}): RegExp {
  const anchor = options.anchor ?? 'both';
  const key = `${anchor}${options.path === true ? 'p' : ''}${options.lazy === true ? 'l' : ''}${options.ignoreCase === true ? 'i' : ''}${options.global === true ? 'g' : ''} ${pattern}`;
  const known = cache.get(key);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const body = translate(pattern, options);
  const source = `${anchor === 'start' || anchor === 'both' ? '^' : ''}(?:${body})${anchor === 'end' || anchor === 'both' ? '$' : ''}`;
  const made = new RegExp(
    source,
    `su${options.ignoreCase === true ? 'i' : ''}${options.global === true ? 'g' : ''}`,
  );
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(key, made);
  return made;
}

const classes: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '0-9',
  alnum: '\\p{L}\\p{N}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9A-Fa-f',
  cntrl: '\\x00-\\x1f\\x7f',
  print: '\\x20-\\x7e\\u{a0}-\\u{10ffff}',
  graph: '\\x21-\\x7e\\u{a1}-\\u{10ffff}',
  word: '\\p{L}\\p{N}_',
};

/** The inside of a bracket expression for a `u` regular expression; `null` when it is not closed. */
export function bracketAt(text: string, start: number): { source: string; end: number } | null {
  let at = start + 1;
  let negated = false;
  if (text[at] === '!' || text[at] === '^') {
    negated = true;
    at++;
  }
  let body = '';
  let first = true;
  for (; at < text.length; at++) {
    const char = text[at] as string;
    if (char === ']' && !first) return { source: `[${negated ? '^' : ''}${body}]`, end: at };
    first = false;
    const named = char === '[' && text[at + 1] === ':' ? /^\[:([a-z]+):\]/.exec(text.slice(at)) : null;
    if (named !== null) {
      body += classes[named[1] ?? ''] ?? '';
      at += named[0].length - 1;
    } else if (char === '\\' && at + 1 < text.length) {
      at++;
      body += escapeInClass(text[at] as string);
    } else if (char === '-' && body !== '' && text[at + 1] !== ']' && at + 1 < text.length) {
      body += '-';
    } else body += escapeInClass(char);
  }
  return null;
}

function escapeInClass(char: string): string {
  return /[\\\]^[\-&~|{}()$/.*+?]/.test(char) ? `\\${char}` : char;
}

function escapeLiteral(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function translate(pattern: string, options: PatternOptions): string {
  const any = options.path === true ? '[^/]' : '.';
  let out = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] as string;
    if (char === '\\') {
      at++;
      out += at < pattern.length ? escapeLiteral(pattern[at] as string) : '\\\\';
      continue;
    }
    if ('@?*+!'.includes(char) && pattern[at + 1] === '(') {
      const end = closingParen(pattern, at + 1);
      if (end > 0) {
        const inner = alternatives(pattern.slice(at + 2, end)).map((item) => translate(item, options));
        const group = `(?:${inner.join('|')})`;
        if (char === '!') out += `(?:(?!${group}$)${any}*)`;
        else out += char === '@' ? group : `${group}${char}`;
        at = end;
        continue;
      }
    }
    if (char === '*') {
      while (pattern[at + 1] === '*') at++;
      out += `${any}*${options.lazy === true ? '?' : ''}`;
    } else if (char === '?') out += any;
    else if (char === '[') {
      const bracket = bracketAt(pattern, at);
      if (bracket === null) out += '\\[';
      else {
        out += bracket.source;
        at = bracket.end;
      }
    } else out += escapeLiteral(char);
  }
  return out;
}

function closingParen(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return -1;
}

function alternatives(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (text[at] === '|' && depth === 0) {
      out.push(text.slice(from, at));
      from = at + 1;
    }
  }
  out.push(text.slice(from));
  return out;
}
