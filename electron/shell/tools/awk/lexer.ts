import { posixToRegExp } from '../posix-regexp.ts';
import { AwkError } from './ast.ts';

export interface Token {
  kind: 'number' | 'string' | 'regex' | 'name' | 'call' | 'keyword' | 'operator' | 'newline' | 'end';
  text: string;
  line: number;
  /** Blank before it: tells `a -1` from `a-1` nowhere, but `f (x)` from `f(x)`. */
  pattern?: RegExp;
}

const keywords = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'in',
  'getline',
  'print',
  'printf',
]);
const operators = [
  '**=',
  '&&',
  '||',
  '==',
  '!=',
  '<=',
  '>=',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '**',
  '>>',
  '!~',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '<',
  '>',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
];
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Escapes of an awk string constant (also of `-v` values). */
export function awkString(body: string): string {
  return body.replace(/\\([0-7]{1,3}|[\s\S])/g, (whole, code: string) => {
    if (/^[0-7]+$/.test(code)) return String.fromCharCode(parseInt(code, 8));
    return escapes[code] ?? (code === '\n' ? '' : whole);
  });
}

/** Cuts awk source into tokens; a `/` begins a pattern where an operand is expected. */
export function tokenize(source: string): Token[] {
  const out: Token[] = [];
  let line = 1;
  let at = 0;
  const operand = (): boolean => {
    const last = out.at(-1);
    if (last === undefined || last.kind === 'newline' || last.kind === 'keyword') return true;
    return last.kind === 'operator' && ![')', ']', '$', '++', '--'].includes(last.text);
  };
  while (at < source.length) {
    const rest = source.slice(at);
    const blank = /^(?:[ \t\r]|\\\r?\n|#[^\n]*)+/.exec(rest);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    if (rest.startsWith('\n')) {
      out.push({ kind: 'newline', text: '\n', line: line++ });
      at++;
      continue;
    }
    const number = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(rest);
    const name = /^[A-Za-z_]\w*/.exec(rest);
    if (number !== null) {
      out.push({ kind: 'number', text: number[0], line });
      at += number[0].length;
    } else if (name !== null) {
      const kind = keywords.has(name[0]) ? 'keyword' : rest.charAt(name[0].length) === '(' ? 'call' : 'name';
      out.push({ kind, text: name[0] === 'func' ? 'function' : name[0], line });
      at += name[0].length;
    } else if (rest.startsWith('"')) {
      const match = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(rest);
      if (match === null) throw new AwkError(`line ${String(line)}: unterminated string`);
      out.push({ kind: 'string', text: awkString(match[1] ?? ''), line });
      at += match[0].length;
    } else if (rest.startsWith('/') && operand()) {
      const match = /^\/((?:[^/\\\n[]|\\.|\[\^?\]?[^\]\n]*\])*)\//.exec(rest);
      if (match === null) throw new AwkError(`line ${String(line)}: unterminated regexp`);
      out.push({
        kind: 'regex',
        text: match[1] ?? '',
        pattern: awkRegExp((match[1] ?? '').replaceAll('\\/', '/')),
        line,
      });
      at += match[0].length;
    } else {
      const operator = operators.find((item) => rest.startsWith(item));
      if (operator === undefined)
        throw new AwkError(`line ${String(line)}: syntax error at or near ${rest.charAt(0)}`);
      out.push({
        kind: 'operator',
        text: operator === '**' ? '^' : operator === '**=' ? '^=' : operator,
        line,
      });
      at += operator.length;
    }
  }
  out.push({ kind: 'newline', text: '\n', line }, { kind: 'end', text: 'end of file', line });
  return out;
}

const compiled = new Map<string, RegExp>();

/** An awk pattern, cached. */
export function awkRegExp(source: string): RegExp {
  const known = compiled.get(source);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const made = (() => {
    try {
      return posixToRegExp(source.replace(/\\\//g, '/').replace(/\\"/g, '"'), {
        extended: true,
        global: true,
      });
    } catch (error) {
      throw new AwkError(
        `regular expression compile failed: ${error instanceof Error ? error.message : ''}\n ${source}`,
      );
    }
  })();
  if (compiled.size > 500) compiled.clear();
  compiled.set(source, made);
  return made;
}
