import type { DuplicateKeys } from './schema/decode.ts';

/** The text is no JSON. `message` is Go's encoding/json's. */
export class JsonSyntaxError extends Error {}

export interface ParsedJson {
  readonly value: unknown;
  /** Undefined when no object has a key twice (the last one wins, as in Go). */
  readonly duplicates: DuplicateKeys | undefined;
}

/** Deepest nesting accepted; no kind comes near it, and it keeps recursion within the stack. */
const MAX_DEPTH = 1000;

/**
 * Parses JSON as Go's encoding/json does, with its error texts, and notes keys that occur twice.
 * Texts without either are parsed by the engine's own parser. @throws JsonSyntaxError
 */
export function parseJson(text: string): ParsedJson {
  const parser = new Parser(text);
  return parser.document();
}

/** Parses JSON quickly when duplicates are of no interest. @throws JsonSyntaxError */
export function parseJsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return parseJson(text).value;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t',
}; // prettier-ignore
const END_OF_INPUT = 'unexpected end of JSON input';

class Parser {
  readonly #text: string;
  #position = 0;
  #depth = 0;
  #duplicates: Map<object, string[]> | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  document(): ParsedJson {
    this.#space();
    const value = this.#value();
    this.#space();
    if (this.#position < this.#text.length) throw this.#unexpected('after top-level value');
    return { value, duplicates: this.#duplicates };
  }

  #value(): unknown {
    const char = this.#text[this.#position];
    switch (char) {
      case undefined:
        throw new JsonSyntaxError(END_OF_INPUT);
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true', true);
      case 'f':
        return this.#literal('false', false);
      case 'n':
        return this.#literal('null', null);
      default:
        if (char === '-' || (char >= '0' && char <= '9')) return this.#number();
        throw this.#unexpected('looking for beginning of value');
    }
  }

  #object(): Record<string, unknown> {
    this.#enter();
    const object: Record<string, unknown> = {};
    this.#space();
    if (this.#take('}')) return this.#leave(object);
    for (;;) {
      this.#space();
      if (this.#position >= this.#text.length) throw new JsonSyntaxError(END_OF_INPUT);
      if (this.#text[this.#position] !== '"')
        throw this.#unexpected('looking for beginning of object key string');
      const key = this.#string();
      this.#space();
      if (!this.#take(':')) throw this.#unexpected('after object key');
      this.#space();
      if (Object.hasOwn(object, key)) this.#noteDuplicate(object, key);
      const value = this.#value();
      if (key === '__proto__')
        Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      else object[key] = value;
      this.#space();
      if (this.#take('}')) return this.#leave(object);
      if (!this.#take(',')) throw this.#unexpected('after object key:value pair');
    }
  }

  #noteDuplicate(object: object, key: string): void {
    this.#duplicates ??= new Map();
    const keys = this.#duplicates.get(object) ?? [];
    keys.push(key);
    this.#duplicates.set(object, keys);
  }

  #array(): unknown[] {
    this.#enter();
    const items: unknown[] = [];
    this.#space();
    if (this.#take(']')) return this.#leave(items);
    for (;;) {
      this.#space();
      items.push(this.#value());
      this.#space();
      if (this.#take(']')) return this.#leave(items);
      if (!this.#take(',')) throw this.#unexpected('after array element');
    }
  }

  #enter(): void {
    this.#position += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new JsonSyntaxError('exceeded max depth');
  }

  #leave<T>(value: T): T {
    this.#depth -= 1;
    return value;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#position + 1;
    let index = start;
    let plain = '';
    let from = start;
    for (;;) {
      const char = text[index];
      if (char === undefined) throw new JsonSyntaxError(END_OF_INPUT);
      if (char === '"') {
        this.#position = index + 1;
        return from === start ? text.slice(start, index) : plain + text.slice(from, index);
      }
      if (char < ' ') {
        this.#position = index;
        throw this.#unexpected('in string literal');
      }
      if (char !== '\\') {
        index += 1;
        continue;
      }
      plain += text.slice(from, index);
      const escape = text[index + 1];
      if (escape === undefined) throw new JsonSyntaxError(END_OF_INPUT);
      if (escape === 'u') {
        const digits = text.slice(index + 2, index + 6);
        const bad = digits.search(/[^0-9a-fA-F]/);
        if (bad >= 0) {
          this.#position = index + 2 + bad;
          throw this.#unexpected('in \\u hexadecimal character escape');
        }
        if (digits.length < 4) throw new JsonSyntaxError(END_OF_INPUT);
        plain += String.fromCharCode(Number.parseInt(digits, 16));
        index += 6;
      } else {
        const meant = ESCAPES[escape];
        if (meant === undefined) {
          this.#position = index + 1;
          throw this.#unexpected('in string escape code');
        }
        plain += meant;
        index += 2;
      }
      from = index;
    }
  }

  #number(): number {
    const start = this.#position;
    if (this.#text[this.#position] === '-') this.#position += 1;
    if (this.#take('0')) {
      // no digit may follow; what does is judged by the caller
    } else if (!this.#digits()) throw this.#unexpected('in numeric literal');
    if (this.#take('.') && !this.#digits()) throw this.#unexpected('after decimal point in numeric literal');
    if (this.#take('e') || this.#take('E')) {
      if (!this.#take('+')) this.#take('-');
      if (!this.#digits()) throw this.#unexpected('in exponent of numeric literal');
    }
    return Number(this.#text.slice(start, this.#position));
  }

  #digits(): boolean {
    const start = this.#position;
    while (this.#position < this.#text.length && /[0-9]/.test(this.#text[this.#position] as string))
      this.#position += 1;
    return this.#position > start;
  }

  #literal<T>(word: string, value: T): T {
    for (let index = 1; index < word.length; index += 1) {
      this.#position += 1;
      if (this.#text[this.#position] !== word[index]) {
        throw this.#unexpected(`in literal ${word} (expecting '${word[index]}')`);
      }
    }
    this.#position += 1;
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#position += 1;
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#position] !== char) return false;
    this.#position += 1;
    return true;
  }

  #unexpected(where: string): JsonSyntaxError {
    const code = this.#text.codePointAt(this.#position);
    if (code === undefined) return new JsonSyntaxError(END_OF_INPUT);
    return new JsonSyntaxError(`invalid character ${quoteChar(String.fromCodePoint(code))} ${where}`);
  }
}

/** A character as Go quotes it. */
function quoteChar(char: string): string {
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  const quoted = JSON.stringify(char);
  return `'${quoted.slice(1, -1)}'`;
}
