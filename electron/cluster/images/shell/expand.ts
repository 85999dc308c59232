import { evaluate } from './arithmetic.ts';
import { ShellSyntaxError } from './ast.ts';
import { skipDouble, skipExpansion } from './lexer.ts';
import { hasPattern, patternToRegExp } from './pattern.ts';

/** What expansion may look at. */
export interface ExpansionScope {
  /** A variable, `?`, `$`, `!`, `#`, `0` …; undefined when it is not set. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  readonly positional: readonly string[];
  readonly nounset: boolean;
  /** `$(…)` without trailing newlines. */
  substitute(script: string): Promise<string>;
  /** Paths that a pattern matches, sorted; empty when none does. */
  glob(pattern: string): readonly string[];
  readonly home: string;
}

/** `set -u`, `${x:?}`: the shell says so and ends. */
export class ExpansionError extends Error {}

/** A piece of a field. What was quoted is neither split nor a pattern. */
interface Piece {
  readonly text: string;
  readonly quoted: boolean;
  /** Ends the field after it (`"$@"`). */
  readonly breaks?: boolean;
}

const escapePattern = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&');

/** Expands the words of a command to its arguments. */
export async function expandWords(words: readonly string[], scope: ExpansionScope): Promise<string[]> {
  const result: string[] = [];
  for (const word of words) result.push(...(await expandFields(word, scope)));
  return result;
}

/** Expands to one text: no splitting, no patterns (assignments, redirections, here-documents). */
export async function expandText(word: string, scope: ExpansionScope): Promise<string> {
  return (await pieces(word, scope)).map(({ text }) => text).join('');
}

/** Expands to a pattern in which what was quoted is literal. */
export async function expandPattern(word: string, scope: ExpansionScope): Promise<string> {
  return (await pieces(word, scope))
    .map(({ text, quoted }) => (quoted ? escapePattern(text) : text))
    .join('');
}

/** A here-document: as if in double quotes, but quotes mean nothing. */
export function expandHeredoc(text: string, scope: ExpansionScope): Promise<string> {
  return doubleQuoted(text, scope).then((found) => found.map((piece) => piece.text).join(''));
}

async function expandFields(word: string, scope: ExpansionScope): Promise<string[]> {
  const fields: { pattern: string; text: string }[] = [];
  let open: { pattern: string; text: string } | undefined;
  const add = (text: string, quoted: boolean): void => {
    open ??= { pattern: '', text: '' };
    open.text += text;
    open.pattern += quoted ? escapePattern(text) : text;
  };
  const close = (): void => {
    if (open !== undefined) fields.push(open);
    open = undefined;
  };
  for (const piece of await pieces(word, scope)) {
    if (piece.quoted) add(piece.text, true);
    else {
      const parts = piece.text.split(/[ \t\n]+/);
      parts.forEach((part, index) => {
        if (index > 0) close();
        if (part !== '') add(part, false);
      });
    }
    if (piece.breaks === true) close();
  }
  close();
  return fields.flatMap(({ pattern, text }) => {
    const matches = hasPattern(pattern) ? scope.glob(pattern) : [];
    return matches.length > 0 ? matches : [text];
  });
}

async function pieces(word: string, scope: ExpansionScope): Promise<Piece[]> {
  const found: Piece[] = [];
  let at = 0;
  if (/^~(\/|$)/.test(word)) {
    found.push({ text: scope.home, quoted: true });
    at = 1;
  }
  while (at < word.length) {
    const char = word[at] ?? '';
    if (char === "'") {
      const end = word.indexOf("'", at + 1);
      found.push({ text: word.slice(at + 1, end), quoted: true });
      at = end + 1;
    } else if (char === '"') {
      const end = skipDouble(word, at);
      const inner = await doubleQuoted(word.slice(at + 1, end - 1), scope);
      found.push(
        ...(inner.length === 0 && word.slice(at, end) === '""' ? [{ text: '', quoted: true }] : inner),
      );
      at = end;
    } else if (char === '\\') {
      found.push({ text: word[at + 1] ?? '', quoted: true });
      at += 2;
    } else if (char === '$' || char === '`') {
      const { end, values } = await dollar(word, at, scope, false);
      found.push(...values);
      at = end;
    } else {
      let end = at + 1;
      while (end < word.length && !/['"\\$`]/.test(word[end] ?? '')) end += 1;
      // A literal blank cannot be here: words end at it.
      found.push({ text: word.slice(at, end), quoted: false });
      at = end;
    }
  }
  return found;
}

async function doubleQuoted(text: string, scope: ExpansionScope): Promise<Piece[]> {
  const found: Piece[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') found.push({ text: literal, quoted: true });
    literal = '';
  };
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? '';
    if (char === '\\' && /[$`"\\\n]/.test(text[at + 1] ?? '')) {
      if (text[at + 1] !== '\n') literal += text[at + 1] ?? '';
      at += 2;
    } else if (char === '$' || char === '`') {
      flush();
      const { end, values } = await dollar(text, at, scope, true);
      found.push(...values);
      at = end;
    } else {
      literal += char;
      at += 1;
    }
  }
  flush();
  return found;
}

async function dollar(
  text: string,
  at: number,
  scope: ExpansionScope,
  quoted: boolean,
): Promise<{ end: number; values: Piece[] }> {
  const one = (value: string, end: number): { end: number; values: Piece[] } => ({
    end,
    values: value === '' && !quoted ? [] : [{ text: value, quoted }],
  });
  if (text[at] === '`') {
    const end = text.indexOf('`', at + 1);
    return one(await scope.substitute(text.slice(at + 1, end).replace(/\\([`$\\])/g, '$1')), end + 1);
  }
  if (text.startsWith('$((', at)) {
    const end = skipExpansion(text, at);
    const inner = await doubleQuoted(text.slice(at + 3, end - 2), scope);
    const expression = inner.map((piece) => piece.text).join('');
    return one(String(evaluate(expression, (name) => scope.get(name) ?? '')), end);
  }
  if (text[at + 1] === '(') {
    const end = skipExpansion(text, at);
    return one(await scope.substitute(text.slice(at + 2, end - 1)), end);
  }
  if (text[at + 1] === '{') {
    const end = skipExpansion(text, at);
    return parameter(text.slice(at + 2, end - 1), scope, quoted, end);
  }
  const name = /^\$([A-Za-z_]\w*|[@*#?$!\-0-9])/.exec(text.slice(at))?.[1];
  if (name === undefined) return { end: at + 1, values: [{ text: '$', quoted: true }] };
  return parameter(name, scope, quoted, at + 1 + name.length);
}

async function parameter(
  inner: string,
  scope: ExpansionScope,
  quoted: boolean,
  end: number,
): Promise<{ end: number; values: Piece[] }> {
  if (inner === '@' || inner === '*') {
    const all = scope.positional;
    if (inner === '*' && quoted) return { end, values: [{ text: all.join(' '), quoted }] };
    return { end, values: all.map((text, index) => ({ text, quoted, breaks: index < all.length - 1 })) };
  }
  const match = /^(#?)([A-Za-z_]\w*|[?$!\-0-9]+|#)(?:(:?[-=+?]|%%?|##?)([^]*))?$/.exec(inner);
  if (match === null) throw new ShellSyntaxError(`bad substitution`);
  const [, length, name = '', operator, rest = ''] = match;
  const value = scope.get(name);
  const give = (text: string): { end: number; values: Piece[] } => ({
    end,
    values: text === '' && !quoted ? [] : [{ text, quoted }],
  });
  if (length === '#') return give(String((value ?? '').length));
  const unset = value === undefined || (operator?.startsWith(':') === true && value === '');
  switch (operator?.replace(':', '')) {
    case undefined:
      if (value === undefined && scope.nounset) throw new ExpansionError(`${name}: parameter not set`);
      return give(value ?? '');
    case '-':
      return give(unset ? await expandText(rest, scope) : (value ?? ''));
    case '=': {
      if (!unset) return give(value ?? '');
      const text = await expandText(rest, scope);
      scope.set(name, text);
      return give(text);
    }
    case '+':
      return give(unset ? '' : await expandText(rest, scope));
    case '?':
      if (unset)
        throw new ExpansionError(`${name}: ${(await expandText(rest, scope)) || 'parameter not set'}`);
      return give(value ?? '');
    default:
      return give(strip(value ?? '', operator ?? '', await expandPattern(rest, scope)));
  }
}

/** `${x%p}`, `%%`, `#`, `##`. */
function strip(value: string, operator: string, pattern: string): string {
  const matches = patternToRegExp(pattern);
  const suffix = operator.startsWith('%');
  const lengths = Array.from({ length: value.length + 1 }, (_unused, index) => index);
  for (const length of operator.length === 2 ? lengths.reverse() : lengths) {
    const part = suffix ? value.slice(value.length - length) : value.slice(0, length);
    if (matches.test(part)) return suffix ? value.slice(0, value.length - length) : value.slice(length);
  }
  return value;
}
