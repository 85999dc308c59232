export type TomlValue = string | number | boolean | TomlValue[] | TomlTable;

export interface TomlTable {
  [key: string]: TomlValue;
}

const BARE = /^[A-Za-z0-9_-]+/;
const NUMBER = /^[+-]?(0x[0-9a-fA-F_]+|0o[0-7_]+|\d[\d_]*(\.\d[\d_]*)?([eE][+-]?\d+)?)/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/** Reads the configuration files of container runtimes: TOML less dates and multi-line strings. */
class TomlReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): TomlTable {
    const root: TomlTable = {};
    let table = root;
    for (;;) {
      this.#space(true);
      if (this.#at >= this.#text.length) return root;
      if (this.#take('[[')) table = this.#element(root, this.#heading(']]'));
      else if (this.#take('[')) table = this.#descend(root, this.#heading(']'));
      else this.#pair(table);
      this.#endOfLine();
    }
  }

  #heading(close: string): string[] {
    const path = this.#path();
    if (!this.#take(close)) throw this.#error(`expected ${close}`);
    return path;
  }

  #pair(into: TomlTable): void {
    const path = this.#path();
    if (!this.#take('=')) throw this.#error('expected =');
    this.#space(false);
    const last = path.pop() ?? '';
    const table = this.#descend(into, path);
    if (Object.hasOwn(table, last)) throw this.#error(`key ${last} is already defined`);
    table[last] = this.#value();
  }

  #value(): TomlValue {
    const next = this.#text[this.#at] ?? '';
    if (next === '"' || next === "'") return this.#string();
    if (this.#take('true')) return true;
    if (this.#take('false')) return false;
    if (this.#take('[')) return this.#array();
    if (this.#take('{')) return this.#inline();
    const match = NUMBER.exec(this.#text.slice(this.#at, this.#at + 64));
    if (match === null) throw this.#error('expected a value');
    this.#at += match[0].length;
    return Number(match[0].replace(/_/g, ''));
  }

  #array(): TomlValue[] {
    const values: TomlValue[] = [];
    for (;;) {
      this.#space(true);
      if (this.#take(']')) return values;
      values.push(this.#value());
      this.#space(true);
      if (this.#take(',')) continue;
      if (!this.#take(']')) throw this.#error('expected , or ]');
      return values;
    }
  }

  #inline(): TomlTable {
    const table: TomlTable = {};
    for (;;) {
      this.#space(false);
      if (this.#take('}')) return table;
      this.#pair(table);
      this.#space(false);
      if (this.#take(',')) continue;
      if (!this.#take('}')) throw this.#error('expected , or }');
      return table;
    }
  }

  #path(): string[] {
    const path: string[] = [];
    do {
      this.#space(false);
      path.push(this.#key());
      this.#space(false);
    } while (this.#take('.'));
    return path;
  }

  #key(): string {
    const next = this.#text[this.#at];
    if (next === '"' || next === "'") return this.#string();
    const match = BARE.exec(this.#text.slice(this.#at));
    if (match === null) throw this.#error('expected a key');
    this.#at += match[0].length;
    return match[0];
  }

  #string(): string {
    const quote = this.#text[this.#at];
    let value = '';
    for (this.#at += 1; this.#text[this.#at] !== quote; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') throw this.#error('unterminated string');
      if (char === '\\' && quote === '"') {
        this.#at += 1;
        value += ESCAPES[this.#text[this.#at] ?? ''] ?? '';
      } else value += char;
    }
    this.#at += 1;
    return value;
  }

  #descend(from: TomlTable, path: readonly string[]): TomlTable {
    let table = from;
    for (const key of path) {
      const found = (table[key] ??= {});
      const inner = Array.isArray(found) ? found.at(-1) : found;
      if (typeof inner !== 'object' || Array.isArray(inner)) throw this.#error(`key ${key} is not a table`);
      table = inner;
    }
    return table;
  }

  #element(root: TomlTable, path: readonly string[]): TomlTable {
    const table = this.#descend(root, path.slice(0, -1));
    const list = (table[path.at(-1) ?? ''] ??= []);
    if (!Array.isArray(list)) throw this.#error(`key ${path.at(-1) ?? ''} is not an array`);
    const element: TomlTable = {};
    list.push(element);
    return element;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #endOfLine(): void {
    this.#space(false);
    const next = this.#text[this.#at];
    if (next !== undefined && next !== '\n') throw this.#error('expected newline');
  }

  #space(lines: boolean): void {
    const blank = lines ? /[ \t\r\n]*/y : /[ \t\r]*/y;
    for (;;) {
      blank.lastIndex = this.#at;
      this.#at += blank.exec(this.#text)?.[0].length ?? 0;
      if (this.#text[this.#at] !== '#') return;
      while (this.#at < this.#text.length && this.#text[this.#at] !== '\n') this.#at += 1;
      if (!lines) return;
    }
  }

  #error(what: string): Error {
    const before = this.#text.slice(0, this.#at).split('\n');
    return new Error(`(${before.length}, ${(before.at(-1) ?? '').length + 1}): ${what}`);
  }
}

/** @throws Error `(line, column): …` */
export function parseToml(text: string): TomlTable {
  return new TomlReader(text).document();
}

/** What is at a path of keys; undefined where there is nothing. */
export function tomlAt(table: TomlTable, ...path: readonly string[]): TomlValue | undefined {
  let value: TomlValue | undefined = table;
  for (const key of path) {
    if (typeof value !== 'object' || Array.isArray(value)) return undefined;
    value = value[key];
  }
  return value;
}
