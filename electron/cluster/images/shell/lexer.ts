import { IncompleteScript } from './ast.ts';

export interface Token {
  readonly type: 'word' | 'op' | 'newline' | 'heredoc';
  readonly text: string;
  /** Of a word: has quotes, so it is no keyword. Of a here-document: its delimiter had, so it is literal. */
  readonly quoted: boolean;
  /** Of a redirection: the file descriptor before it. */
  readonly fd: number | undefined;
}

const OPERATORS = [
  '&&',
  '||',
  ';;',
  '<<-',
  '<<',
  '>>',
  '>&',
  '<&',
  '>|',
  '&>',
  '|',
  '&',
  ';',
  '(',
  ')',
  '<',
  '>',
];

/** Index after the closing delimiter of what begins at `at`. */
function skipTo(text: string, at: number, close: string): number {
  const end = text.indexOf(close, at);
  if (end < 0) throw new IncompleteScript(`unterminated quoted string`);
  return end + close.length;
}

/** Index after a `$(…)`, `$((…))`, `${…}` that begins at `at`, else `at`. */
export function skipExpansion(text: string, at: number): number {
  const open = text[at + 1];
  if (text[at] !== '$' || (open !== '(' && open !== '{')) return at;
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let index = at + 1; index < text.length;) {
    const char = text[index] ?? '';
    if (char === '\\') index += 2;
    else if (char === "'" && open === '(') index = skipTo(text, index + 1, "'");
    else if (char === '"') index = skipDouble(text, index);
    else {
      if (char === open) depth += 1;
      if (char === close && --depth === 0) return index + 1;
      index += 1;
    }
  }
  throw new IncompleteScript('unexpected end of file');
}

/** Index after the double-quoted text that begins at `at`. */
export function skipDouble(text: string, at: number): number {
  for (let index = at + 1; index < text.length;) {
    const char = text[index] ?? '';
    if (char === '"') return index + 1;
    if (char === '\\') index += 2;
    else if (char === '`') index = skipTo(text, index + 1, '`');
    else index = Math.max(skipExpansion(text, index), index + 1);
  }
  throw new IncompleteScript('unterminated quoted string');
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const char = text[at] ?? '';
    if (/[\s;&|()<>]/.test(char)) break;
    if (char === '\\') at += 2;
    else if (char === "'") at = skipTo(text, at + 1, "'");
    else if (char === '"') at = skipDouble(text, at);
    else if (char === '`') at = skipTo(text, at + 1, '`');
    else at = Math.max(skipExpansion(text, at), at + 1);
  }
  return Math.min(at, text.length);
}

interface PendingHeredoc {
  readonly index: number;
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
}

/** Takes a script apart into words, operators and newlines. @throws IncompleteScript */
export function tokenize(script: string): Token[] {
  const tokens: Token[] = [];
  let pending: PendingHeredoc[] = [];
  let at = 0;
  const push = (type: Token['type'], text: string, quoted = false, fd?: number): void =>
    void tokens.push({ type, text, quoted, fd });
  while (at < script.length) {
    const char = script[at] ?? '';
    if (char === '\\' && script[at + 1] === '\n') at += 2;
    else if (char === ' ' || char === '\t' || char === '\r') at += 1;
    else if (char === '#') while (at < script.length && script[at] !== '\n') at += 1;
    else if (char === '\n') {
      at += 1;
      for (const heredoc of pending) at = readHeredoc(script, at, heredoc, tokens);
      pending = [];
      push('newline', '\n');
    } else {
      const redirect = /^(\d)(?=[<>])/.exec(script.slice(at, at + 2));
      const start = at + (redirect === null ? 0 : 1);
      const operator = OPERATORS.find((text) => script.startsWith(text, start));
      if (operator === undefined) {
        const end = wordEnd(script, at);
        const text = script.slice(at, end);
        push('word', text, /["'\\]/.test(text));
        at = end;
        continue;
      }
      push('op', operator, false, redirect === null ? undefined : Number(redirect[1]));
      at = start + operator.length;
      if (operator !== '<<' && operator !== '<<-') continue;
      while (script[at] === ' ') at += 1;
      const end = wordEnd(script, at);
      const raw = script.slice(at, end);
      at = end;
      const delimiter = raw.replace(/["'\\]/g, '');
      pending.push({
        index: tokens.length,
        delimiter,
        quoted: delimiter !== raw,
        stripTabs: operator === '<<-',
      });
      push('heredoc', '', delimiter !== raw);
    }
  }
  if (pending.length > 0) throw new IncompleteScript('unexpected end of file in here-document');
  return tokens;
}

function readHeredoc(script: string, from: number, heredoc: PendingHeredoc, tokens: Token[]): number {
  let text = '';
  let at = from;
  for (;;) {
    if (at >= script.length) throw new IncompleteScript('unexpected end of file in here-document');
    const end = script.indexOf('\n', at);
    const raw = script.slice(at, end < 0 ? script.length : end);
    const line = heredoc.stripTabs ? raw.replace(/^\t+/, '') : raw;
    at = end < 0 ? script.length : end + 1;
    if (line === heredoc.delimiter) break;
    text += `${line}\n`;
  }
  tokens[heredoc.index] = { type: 'heredoc', text, quoted: heredoc.quoted, fd: undefined };
  return at;
}
