import type { Bound, PathNode } from './nodes.ts';

/** A template that cannot be read. */
export class PathSyntaxError extends Error {
  override readonly name = 'PathSyntaxError';
}

const end = '';

function isSpace(ch: string): boolean {
  return ch === ' ' || ch === '\t';
}

function isTerminator(ch: string): boolean {
  return ch === end || isSpace(ch) || ch === '\r' || ch === '\n' || '.,[]$@{}'.includes(ch);
}

function isAlphaNumeric(ch: string): boolean {
  return ch !== end && /[\p{L}\p{Nd}_]/u.test(ch);
}

/** Reads a template: text with paths in braces. */
export function parseTemplate(template: string): PathNode[] {
  const nodes: PathNode[] = [];
  let rest = template;
  for (;;) {
    const open = rest.indexOf('{');
    const text = open < 0 ? rest : rest.slice(0, open);
    if (text !== '') nodes.push({ type: 'text', text });
    if (open < 0) return nodes;
    const reader = new ActionReader(rest.slice(open + 1));
    nodes.push({ type: 'list', nodes: reader.read() });
    rest = reader.rest();
  }
}

/** Reads one path without braces. */
function parseAction(text: string): PathNode[] {
  return new ActionReader(`${text}}`).read();
}

class ActionReader {
  private readonly input: string;
  private pos = 0;
  private readonly nodes: PathNode[] = [];

  constructor(input: string) {
    this.input = input;
  }

  rest(): string {
    return this.input.slice(this.pos);
  }

  private peek(): string {
    return this.input[this.pos] ?? end;
  }

  private next(): string {
    const ch = this.peek();
    if (ch !== end) this.pos++;
    return ch;
  }

  read(): PathNode[] {
    for (;;) {
      if (this.input.startsWith('[?(', this.pos)) {
        this.filter();
        continue;
      }
      if (this.input.startsWith('..', this.pos)) {
        this.recursive();
        continue;
      }
      const ch = this.next();
      if (ch === end || ch === '\n' || ch === '\r') throw new PathSyntaxError('unclosed action');
      if (ch === '}') return this.nodes;
      if (ch === ' ' || ch === '@' || ch === '$') continue;
      if (ch === '[') this.array();
      else if (ch === '"' || ch === "'") this.quoted(ch);
      else if (ch === '.') this.field();
      else if (/[-+0-9]/.test(ch)) this.number();
      else if (isAlphaNumeric(ch)) this.identifier();
      else {
        const code = (ch.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
        throw new PathSyntaxError(`unrecognized character in action: U+${code} '${ch}'`);
      }
    }
  }

  private identifier(): void {
    const start = this.pos - 1;
    while (!isTerminator(this.peek())) this.pos++;
    const name = this.input.slice(start, this.pos);
    if (name === 'true' || name === 'false') this.nodes.push({ type: 'bool', value: name === 'true' });
    else this.nodes.push({ type: 'identifier', name });
  }

  private number(): void {
    const start = this.pos - 1;
    while (/[-+.0-9]/.test(this.peek()) && this.peek() !== end) this.pos++;
    const text = this.input.slice(start, this.pos);
    if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new PathSyntaxError(`cannot parse number ${text}`);
    this.nodes.push({ type: 'number', value: Number(text) });
  }

  private field(): void {
    const start = this.pos;
    while (!isTerminator(this.peek())) this.pos += this.peek() === '\\' ? 2 : 1;
    const name = this.input.slice(start, Math.min(this.pos, this.input.length));
    if (name === '*') this.nodes.push({ type: 'wildcard' });
    else this.nodes.push({ type: 'field', name: name.replaceAll('\\', '') });
  }

  private recursive(): void {
    if (this.nodes.at(-1)?.type === 'recursive')
      throw new PathSyntaxError('invalid multiple recursive descent');
    this.pos += 2;
    this.nodes.push({ type: 'recursive' });
    if (isAlphaNumeric(this.peek())) this.field();
  }

  private quoted(mark: string): void {
    const start = this.pos;
    for (;;) {
      const ch = this.next();
      if (ch === end || ch === '\n') throw new PathSyntaxError('unterminated quoted string');
      if (ch === mark && this.input[this.pos - 2] !== '\\') break;
    }
    this.nodes.push({ type: 'text', text: unquote(this.input.slice(start, this.pos - 1)) });
  }

  private array(): void {
    const start = this.pos;
    for (;;) {
      const ch = this.next();
      if (ch === end || ch === '\n') throw new PathSyntaxError('unterminated array');
      if (ch === ']') break;
    }
    let text = this.input.slice(start, this.pos - 1);
    if (text === '*') text = ':';
    const parts = text.split(',');
    if (parts.length > 1) {
      this.nodes.push({
        type: 'union',
        lists: parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`)),
      });
      return;
    }
    const key = /^'([^']*)'$/.exec(text);
    if (key) {
      this.nodes.push(...parseAction(`.${key[1] ?? ''}`));
      return;
    }
    const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text);
    if (!slice) throw new PathSyntaxError(`invalid array index ${text}`);
    this.nodes.push({ type: 'array', bounds: bounds(slice[1] ?? '', slice[2], slice[3]) });
  }

  private filter(): void {
    this.pos += 3;
    const start = this.pos;
    let opened: string | undefined;
    let closed = false;
    for (;;) {
      const ch = this.next();
      if (ch === end || ch === '\n') throw new PathSyntaxError('unterminated filter');
      if (ch === '"' || ch === "'") {
        if (opened === undefined) opened = ch;
        else if (this.input[this.pos - 2] !== '\\' && ch === opened) closed = true;
      } else if (ch === ')' && (opened !== undefined) === closed) break;
    }
    if (this.next() !== ']') throw new PathSyntaxError('unclosed array expect ]');
    const text = this.input.slice(start, this.pos - 2);
    const parts = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text);
    if (!parts) this.nodes.push({ type: 'filter', left: parseAction(text), right: [], operator: 'exists' });
    else
      this.nodes.push({
        type: 'filter',
        left: parseAction(parts[1] ?? ''),
        right: parseAction(parts[3] ?? ''),
        operator: parts[2] ?? '',
      });
  }
}

function bounds(first: string, second: string | undefined, third: string | undefined): [Bound, Bound, Bound] {
  const from: Bound = { known: first !== '', value: Number(first || '0'), derived: false };
  const part = (text: string | undefined): Bound => {
    const digits = (text ?? '').slice(1);
    return { known: digits !== '' && digits !== '-', value: Number(digits || '0'), derived: false };
  };
  const to: Bound =
    second === undefined ? { known: true, value: from.value + 1, derived: true } : part(second);
  return [from, to, part(third)];
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

function unquote(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g, (whole, what: string) => {
    if (what.length > 1) return String.fromCodePoint(Number.parseInt(what.slice(1), 16));
    const known = escapes[what];
    if (known === undefined)
      throw new PathSyntaxError(`unquote string "${text}" error invalid syntax (${JSON.stringify(whole)})`);
    return known;
  });
}
