import type { OperationOf, ParameterOperation, ParameterPart, WordNode } from '../parse/ast.ts';
import { element, type Arithmetic } from './arithmetic.ts';
import type { Expander, ExpansionHost } from './expander.ts';
import { ExpansionError } from './expansion-error.ts';
import { changeCase, quoteForShell, removeMatch, replaceMatch } from './parameter-ops.ts';
import { computedArray, computedVariable, specialParameter } from './specials.ts';
import type { Segment } from './split.ts';

/** What a parameter names: one value (maybe unset) or a list (`@`, `*`, `a[@]`). */
type Value =
  | { list: false; text: string | undefined }
  | { list: true; items: string[]; star: boolean; keys: (string | number)[] };

type InnerOperation = Exclude<ParameterOperation, { type: 'Indirection' | 'ArrayKeys' | 'VarNamePrefix' }>;

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** `$x`, `${x…}` in all their forms. */
export class ParameterExpander {
  readonly #host: ExpansionHost;
  readonly #expander: Expander;
  readonly #arithmetic: Arithmetic;

  constructor(host: ExpansionHost, expander: Expander, arithmetic: Arithmetic) {
    this.#host = host;
    this.#expander = expander;
    this.#arithmetic = arithmetic;
  }

  async expand(part: ParameterPart, quoted: boolean): Promise<(Segment | null)[]> {
    const operation = part.operation;
    if (operation === null) return this.#emit(await this.#checked(part.parameter), quoted);
    if (operation.type === 'ArrayKeys') {
      const value = await this.#value(`${operation.array}[${operation.star ? '*' : '@'}]`);
      return this.#emit(value.list ? { ...value, items: value.keys.map(String) } : value, quoted);
    }
    if (operation.type === 'VarNamePrefix') {
      const items = this.#host.state.variables.names().filter((name) => name.startsWith(operation.prefix));
      return this.#emit({ list: true, items, star: operation.star, keys: [] }, quoted);
    }
    if (operation.type === 'Indirection') {
      const name = await this.#value(part.parameter);
      const target = name.list ? name.items.join(' ') : name.text;
      if (target === undefined || target === '')
        throw new ExpansionError(`${part.parameter}: invalid indirect expansion`);
      if (operation.innerOp === undefined) return this.#emit(await this.#checked(target), quoted);
      return this.#operate(target, operation.innerOp, quoted);
    }
    return this.#operate(part.parameter, operation, quoted);
  }

  async #operate(name: string, operation: InnerOperation, quoted: boolean): Promise<(Segment | null)[]> {
    switch (operation.type) {
      case 'DefaultValue':
      case 'AssignDefault':
      case 'UseAlternative':
      case 'ErrorIfUnset':
        return this.#defaults(name, operation, quoted);
      case 'Length': {
        const value = await this.#checked(name);
        const length = value.list ? value.items.length : [...(value.text ?? '')].length;
        return this.#emit({ list: false, text: String(length) }, quoted);
      }
      case 'Substring':
        return this.#emit(await this.#substring(name, operation), quoted);
      case 'PatternRemoval': {
        const pattern = await this.#expander.pattern(operation.pattern);
        return this.#map(name, quoted, (text) =>
          removeMatch(text, pattern, operation.side, operation.greedy),
        );
      }
      case 'PatternReplacement': {
        const pattern = await this.#expander.pattern(operation.pattern);
        const replacement =
          operation.replacement === null ? () => '' : await this.#replacement(operation.replacement);
        return this.#map(name, quoted, (text) =>
          replaceMatch(text, pattern, replacement, operation.all, operation.anchor),
        );
      }
      case 'CaseModification': {
        const pattern = operation.pattern === null ? null : await this.#expander.pattern(operation.pattern);
        return this.#map(name, quoted, (text) =>
          changeCase(text, operation.direction, operation.all, pattern),
        );
      }
      case 'Transform':
        return this.#transform(name, operation, quoted);
      case 'BadSubstitution':
        throw new ExpansionError(`${operation.text}: bad substitution`, true);
      case 'LengthSliceError':
        throw new ExpansionError(`\${#${name}:...}: bad substitution`, true);
    }
  }

  async #defaults(
    name: string,
    operation: OperationOf<'DefaultValue' | 'AssignDefault' | 'UseAlternative' | 'ErrorIfUnset'>,
    quoted: boolean,
  ): Promise<(Segment | null)[]> {
    const value = await this.#value(name);
    const unset = value.list ? value.items.length === 0 : value.text === undefined;
    const empty =
      unset || (operation.checkEmpty && (value.list ? value.items.join('') === '' : value.text === ''));
    if (operation.type === 'UseAlternative')
      return empty ? (quoted ? [blank] : []) : this.#word(operation.word, quoted);
    if (!empty) return this.#emit(value, quoted);
    if (operation.type === 'DefaultValue') return this.#word(operation.word, quoted);
    if (operation.type === 'AssignDefault') {
      const text = await this.#expander.single(operation.word);
      await this.#assign(name, text);
      return this.#emit({ list: false, text }, quoted);
    }
    const message = operation.word === null ? '' : await this.#expander.single(operation.word);
    throw new ExpansionError(
      `${name}: ${message === '' ? (operation.checkEmpty ? 'parameter null or not set' : 'parameter not set') : message}`,
      true,
    );
  }

  async #word(word: WordNode, quoted: boolean): Promise<(Segment | null)[]> {
    const out = await this.#expander.segments(word.parts, quoted, true);
    return quoted && out.length === 0 ? [blank] : out;
  }

  async #assign(name: string, text: string): Promise<void> {
    const { variables } = this.#host.state;
    const match = /^(\w+)\[(.*)\]$/s.exec(name);
    if (match !== null)
      variables.setElement(
        match[1] as string,
        await this.#expander.subscript(match[1] as string, match[2] as string),
        text,
      );
    else if (/^[A-Za-z_]\w*$/.test(name)) variables.set(name, text);
    else throw new ExpansionError(`$${name}: cannot assign in this way`);
  }

  async #substring(name: string, operation: OperationOf<'Substring'>): Promise<Value> {
    const value = await this.#checked(name);
    const offset = Number(await this.#arithmetic.node(operation.offset));
    const length = operation.length === null ? null : Number(await this.#arithmetic.node(operation.length));
    if (value.list) {
      const items = name === '@' || name === '*' ? [this.#host.state.name, ...value.items] : value.items;
      const from =
        offset < 0 ? items.length + offset : name === '@' || name === '*' ? Math.max(offset, 0) : offset;
      if (from < 0) return { ...value, items: [] };
      if (length !== null && length < 0)
        throw new ExpansionError(`${String(length)}: substring expression < 0`);
      const start = offset === 0 && (name === '@' || name === '*') ? 0 : from;
      return { ...value, items: items.slice(start, length === null ? undefined : start + length) };
    }
    const chars = [...(value.text ?? '')];
    const from = offset < 0 ? chars.length + offset : offset;
    if (from < 0 || from > chars.length) return { list: false, text: '' };
    const to = length === null ? chars.length : length < 0 ? chars.length + length : from + length;
    if (to < from) throw new ExpansionError(`${String(length)}: substring expression < 0`);
    return { list: false, text: chars.slice(from, to).join('') };
  }

  /** In a replacement an unquoted `&` stands for what matched (bash 5.2). */
  async #replacement(word: WordNode): Promise<(match: string) => string> {
    const fragments = await this.#expander.fragments(word);
    return (match) =>
      fragments
        .map((part) =>
          part.quoted ? part.text : part.text.replace(/\\&|&/g, (found) => (found === '&' ? match : '&')),
        )
        .join('');
  }

  async #transform(
    name: string,
    operation: OperationOf<'Transform'>,
    quoted: boolean,
  ): Promise<(Segment | null)[]> {
    const change = (text: string): string => {
      switch (operation.operator) {
        case 'Q':
          return quoteForShell(text);
        case 'U':
          return text.toUpperCase();
        case 'L':
          return text.toLowerCase();
        case 'u':
          return changeCase(text, 'upper', false, null);
        case 'E':
          return text.replace(/\\(.)/gs, (whole, char: string) => escapes[char] ?? whole);
        case 'A':
          return `${name}=${quoteForShell(text)}`;
        default:
          return text;
      }
    };
    if (operation.operator === 'a') {
      const variable = this.#host.state.variables.lookup(name.replace(/\[.*$/, ''));
      const flags =
        variable === undefined
          ? ''
          : `${variable.kind === 'indexed' ? 'a' : variable.kind === 'associative' ? 'A' : ''}${variable.integer ? 'i' : ''}${variable.readonly ? 'r' : ''}${variable.exported ? 'x' : ''}`;
      return this.#emit({ list: false, text: flags }, quoted);
    }
    const value = await this.#value(name);
    if (!value.list && value.text === undefined) return this.#emit({ list: false, text: '' }, quoted);
    return this.#map(name, quoted, change);
  }

  async #map(name: string, quoted: boolean, change: (text: string) => string): Promise<(Segment | null)[]> {
    const value = await this.#checked(name);
    return this.#emit(
      value.list
        ? { ...value, items: value.items.map(change) }
        : { list: false, text: change(value.text ?? '') },
      quoted,
    );
  }

  /** As {@link value}, refusing unset names under `set -u`. */
  async #checked(name: string): Promise<Value> {
    const value = await this.#value(name);
    if (!value.list && value.text === undefined && this.#host.state.options.nounset) {
      throw new ExpansionError(`${/^[0-9!]/.test(name) ? `$${name}` : name}: unbound variable`, true);
    }
    return value;
  }

  async #value(name: string): Promise<Value> {
    const { state } = this.#host;
    if (name === '@' || name === '*')
      return { list: true, items: state.positional, star: name === '*', keys: [] };
    const special = specialParameter(state, name);
    if (special !== undefined || /^(\d+|[#?$!-])$/.test(name)) return { list: false, text: special };
    const match = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name);
    if (match === null) {
      const array = computedArray(state, name);
      return {
        list: false,
        text: array === undefined ? (computedVariable(state, name) ?? state.variables.get(name)) : array[0],
      };
    }
    const base = match[1] as string;
    const key = match[2] as string;
    const value = computedArray(state, base) ?? state.variables.lookup(base)?.value;
    if (key === '@' || key === '*') return { list: true, star: key === '*', ...entries(value) };
    const at = await this.#expander.subscript(base, key);
    return { list: false, text: Array.isArray(value) ? value.at(Number(at)) : element(value, at) };
  }

  #emit(value: Value, quoted: boolean): (Segment | null)[] {
    if (!value.list) return [{ text: value.text ?? '', quoted, split: !quoted }];
    if (value.star && quoted) {
      const ifs = this.#host.state.variables.lookup('IFS')?.value;
      const glue = ifs === undefined ? ' ' : String(ifs).slice(0, 1);
      return [{ text: value.items.join(glue), quoted: true, split: false }];
    }
    return value.items.flatMap((text, at): (Segment | null)[] => {
      const segment: Segment = { text, quoted, split: !quoted };
      return at === 0 ? [segment] : [null, segment];
    });
  }
}

const blank: Segment = { text: '', quoted: true, split: false };

function entries(value: string | string[] | Map<number, string> | Map<string, string> | undefined): {
  items: string[];
  keys: (string | number)[];
} {
  if (value === undefined) return { items: [], keys: [] };
  if (typeof value === 'string') return { items: [value], keys: [0] };
  if (Array.isArray(value)) return { items: value, keys: value.map((_, at) => at) };
  const pairs = [...(value as Map<string | number, string>)];
  if (pairs.every(([key]) => typeof key === 'number')) pairs.sort((a, b) => Number(a[0]) - Number(b[0]));
  return { items: pairs.map(([, text]) => text), keys: pairs.map(([key]) => key) };
}
