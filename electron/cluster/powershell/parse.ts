import type { Argument, Element, Expression, Pipeline, Redirection, Statement } from './ast.ts';

/** A line that is no PowerShell, or none that is modelled. `incomplete`: it may go on in the next one. */
export class PsParseError extends Error {
  readonly incomplete: boolean;
  readonly at: number;

  constructor(message: string, at: number, incomplete = false) {
    super(message);
    this.at = at;
    this.incomplete = incomplete;
  }
}

const OPERATOR =
  /-(eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|replace|split|join|and|or|ceq|cne|clike|cmatch)(?![\w-])/iy;
const PRECEDENCE: readonly (readonly string[])[] = [
  ['and', 'or'],
  ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'like', 'notlike', 'match', 'notmatch', 'contains', 'notcontains', 'replace', 'split', 'join', 'ceq', 'cne', 'clike', 'cmatch'],
  ['+', '-'],
  ['*', '/'],
]; // prettier-ignore
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };
/** Words of the language that are not modelled. */
const UNMODELLED =
  /(?:for|foreach|function|switch|try|do|param|class|trap|throw|return|break|continue)(?![\w-])/iy;

/** Reads lines of PowerShell: pipelines of commands and expressions, assignments, `if` and `while`. @throws PsParseError */
export class PsParser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  script(): readonly Statement[] {
    const statements = this.#statements(undefined);
    this.#space(true);
    if (this.#at < this.#text.length) throw this.#unexpected();
    return statements;
  }

  #statements(close: '}' | ')' | undefined): Statement[] {
    const found: Statement[] = [];
    for (;;) {
      this.#space(true);
      while (this.#take(';')) this.#space(true);
      if (this.#at >= this.#text.length) {
        if (close !== undefined)
          throw new PsParseError(
            close === '}' ? "Missing closing '}' in statement block or type definition." : "Missing closing ')' in expression.",
            this.#at,
            true,
          );
        return found;
      } // prettier-ignore
      if (close !== undefined && this.#peek() === close) return found;
      found.push(this.#statement());
      this.#space(false);
      const next = this.#peek();
      if (next !== undefined && !';\n'.includes(next) && next !== close) throw this.#unexpected();
    }
  }

  #statement(): Statement {
    const unmodelled = this.#match(UNMODELLED, true);
    if (unmodelled !== undefined)
      throw new PsParseError(
        `leme: "${unmodelled.toLowerCase()}" is not modelled: of the language there are pipelines, variables, if and while.`,
        this.#at,
      );
    if (this.#match(/while(?=\s*\()/iy) !== undefined)
      return { kind: 'while', condition: this.#condition(), body: this.#block() };
    if (this.#match(/if(?=\s*\()/iy) !== undefined) {
      const [condition, body] = [this.#condition(), this.#block()];
      const at = this.#at;
      this.#space(true);
      if (this.#match(/else(?=\s*\{)/iy) !== undefined)
        return { kind: 'if', condition, body, otherwise: this.#block() };
      this.#at = at;
      return { kind: 'if', condition, body, otherwise: [] };
    }
    const assigned = this.#match(/\$(?:global:|script:)?\w+(?=\s*=[^=])/iy);
    if (assigned !== undefined) {
      this.#space(false);
      this.#at += 1;
      this.#space(true);
      return {
        kind: 'assignment',
        name: assigned.replace(/^\$(?:\w+:)?/, '').toLowerCase(),
        value: this.#pipeline(),
      };
    }
    return this.#pipeline();
  }

  #condition(): Expression {
    this.#space(true);
    if (!this.#take('(')) throw new PsParseError("Missing '(' after keyword in statement.", this.#at, this.#ended());
    const statements = this.#statements(')');
    this.#at += 1;
    return { kind: 'pipeline', statements };
  } // prettier-ignore

  #block(): readonly Statement[] {
    this.#space(true);
    if (!this.#take('{')) throw new PsParseError('Missing statement block.', this.#at, this.#ended());
    const statements = this.#statements('}');
    this.#at += 1;
    return statements;
  }

  #pipeline(): Pipeline {
    const elements: Element[] = [];
    const redirections: Redirection[] = [];
    do {
      this.#space(true);
      if (this.#ended()) throw new PsParseError('An empty pipe element is not allowed.', this.#at, elements.length > 0);
      elements.push(this.#element(redirections));
      this.#space(false);
    } while (this.#text[this.#at + 1] !== '|' && this.#take('|'));
    return { kind: 'pipeline', elements, redirections };
  } // prettier-ignore

  #element(redirections: Redirection[]): Element {
    const start = this.#at;
    const call = this.#take('&');
    if (call) this.#space(false);
    const first = this.#peek() ?? '';
    const isExpression = !call && (/["'$(@\d!]/.test(first) || /-(?:not|split|join)\b/iy.test(this.#rest()));
    if (isExpression) {
      const expression = this.#expression(0);
      this.#redirections(redirections);
      return { kind: 'expression', expression, extent: { start, end: this.#at } };
    }
    const name = this.#argumentValue();
    const args: Argument[] = [];
    let end = this.#at;
    for (;;) {
      this.#space(false);
      this.#redirections(redirections);
      this.#space(false);
      const next = this.#peek();
      if (next === undefined || '|;)}\n'.includes(next)) break;
      if (next === '&') throw new PsParseError("The ampersand (&) character is not allowed.", this.#at);
      args.push(this.#argument());
      end = this.#at;
    }
    return { kind: 'command', name: name.value, args, extent: { start, end } };
  } // prettier-ignore

  #argument(): Argument {
    if (this.#peek() === '{') {
      return { kind: 'block', statements: this.#block() };
    }
    const parameter = this.#match(/-[a-z_?][\w-]*(?::(?=\S))?/iy);
    if (parameter !== undefined) {
      const colon = parameter.endsWith(':');
      const at = this.#at;
      // What goes on is a word for a program: `--name=x`, `-o=json`.
      const rest = colon ? undefined : this.#match(/[^\s|;(){}"'`$]+/y);
      if (rest !== undefined)
        return { kind: 'value', value: { kind: 'value', value: parameter + rest }, bare: parameter + rest };
      this.#at = at;
      return {
        kind: 'parameter',
        name: parameter.slice(1).replace(/:$/, ''),
        value: colon ? this.#argumentValue().value : undefined,
      };
    }
    const { value, bare } = this.#argumentValue();
    return { kind: 'value', value, bare };
  }

  /** A word, or several with commas between. */
  #argumentValue(): { readonly value: Expression; readonly bare: string | undefined } {
    const first = this.#word();
    const items = [first.value];
    for (;;) {
      const at = this.#at;
      this.#space(false);
      if (!this.#take(',')) {
        this.#at = at;
        break;
      }
      this.#space(true);
      items.push(this.#word().value);
    }
    return items.length === 1 ? first : { value: { kind: 'list', items }, bare: undefined };
  }

  #word(): { readonly value: Expression; readonly bare: string | undefined } {
    const next = this.#peek() ?? '';
    if (next === '(' || next === '@' || next === "'" || (next === '$' && !this.#isInWord()) || (next === '"' && !this.#isInWord()))
      return { value: this.#postfix(this.#primary()), bare: undefined };
    const parts: (string | Expression)[] = [];
    let text = '';
    for (;;) {
      const char = this.#peek();
      if (char === undefined || /[\s|;(){},]/.test(char)) break;
      if (char === '$' && /\$[\w({]/y.test(this.#rest())) {
        parts.push(text, this.#variable());
        text = '';
      } else if (char === '"' || char === "'") {
        parts.push(text, this.#string());
        text = '';
      } else if (char === '`') {
        text += this.#escape();
      } else {
        text += char;
        this.#at += 1;
      }
    }
    if (parts.length > 0) return { value: { kind: 'text', parts: [...parts, text] }, bare: undefined };
    if (text === '') throw this.#unexpected();
    if (/^-?\d+$/.test(text)) return { value: { kind: 'value', value: Number(text) }, bare: text };
    return { value: { kind: 'value', value: text }, bare: text };
  } // prettier-ignore

  /** Whether a word goes on after the string or the variable that begins it: `$env:ProgramFiles\containerd`. */
  #isInWord(): boolean {
    const at = this.#at;
    if (this.#peek() === '"') this.#string();
    else this.#postfix(this.#variable());
    const next = this.#peek();
    this.#at = at;
    return next !== undefined && !/[\s|;(){},]/.test(next);
  }

  #expression(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.#unary();
    let left = this.#expression(level + 1);
    for (;;) {
      const at = this.#at;
      this.#space(false);
      // A minus before a letter begins an operator with a name.
      const named = /^-[a-z]/i.test(this.#rest());
      const symbol = named ? undefined : operators.find((one) => one.length === 1 && this.#peek() === one);
      const word = symbol === undefined ? this.#match(OPERATOR)?.slice(1).toLowerCase() : undefined;
      const operator = symbol ?? (word !== undefined && operators.includes(word) ? word : undefined);
      if (operator === undefined) {
        this.#at = at;
        return left;
      }
      if (symbol !== undefined) this.#at += 1;
      this.#space(true);
      left = { kind: 'binary', operator, left, right: this.#expression(level + 1) };
    }
  }

  #unary(): Expression {
    this.#space(false);
    const operator = this.#match(/-not(?![\w-])|!/iy);
    if (operator !== undefined) return { kind: 'unary', operator: 'not', of: this.#unary() };
    const first = this.#postfix(this.#primary());
    const items = [first];
    for (;;) {
      const at = this.#at;
      this.#space(false);
      if (!this.#take(',')) {
        this.#at = at;
        return items.length === 1 ? first : { kind: 'list', items };
      }
      this.#space(true);
      items.push(this.#postfix(this.#primary()));
    }
  }

  #primary(): Expression {
    const char = this.#peek();
    if (char === undefined) throw new PsParseError('You must provide a value expression.', this.#at, true);
    if (char === '"' || char === "'") return this.#string();
    if (char === '(' || this.#text.startsWith('@(', this.#at) || this.#text.startsWith('$(', this.#at)) {
      this.#at += char === '(' ? 1 : 2;
      const statements = this.#statements(')');
      this.#at += 1;
      return { kind: 'pipeline', statements };
    }
    if (char === '$') return this.#variable();
    const number = this.#match(/-?\d+(?:\.\d+)?(?:kb|mb|gb)?(?![\w])/iy);
    if (number !== undefined) {
      const unit = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }[number.slice(-2).toLowerCase()] ?? 1;
      return { kind: 'value', value: parseFloat(number) * unit };
    }
    throw this.#unexpected();
  }

  #postfix(expression: Expression): Expression {
    let result = expression;
    for (;;) {
      const name = this.#match(/\.[a-z_]\w*/iy);
      if (name !== undefined) {
        if (this.#peek() === '(')
          throw new PsParseError(`leme: methods are not modelled (${name.slice(1)}); operators and cmdlets are.`, this.#at);
        result = { kind: 'property', of: result, name: name.slice(1) };
      } else if (this.#take('[')) {
        result = { kind: 'index', of: result, at: this.#expression(0) };
        this.#space(false);
        if (!this.#take(']')) throw new PsParseError("Missing ']' after array index expression.", this.#at, this.#ended());
      } else return result;
    }
  } // prettier-ignore

  #variable(): Expression {
    if (this.#text.startsWith('$(', this.#at)) return this.#primary();
    const braces = this.#match(/\$\{[^}]+\}/y);
    if (braces !== undefined) return { kind: 'variable', name: braces.slice(2, -1).toLowerCase() };
    const name = this.#match(/\$(?:(?:env|global|script):)?[\w?^]+/iy);
    if (name === undefined) throw this.#unexpected();
    return {
      kind: 'variable',
      name: name
        .slice(1)
        .toLowerCase()
        .replace(/^(?:global|script):/, ''),
    };
  }

  #string(): Expression {
    const quote = this.#text[this.#at++] ?? '';
    const parts: (string | Expression)[] = [];
    let text = '';
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined)
        throw new PsParseError(`The string is missing the terminator: ${quote}.`, this.#at, true);
      if (char === quote) {
        this.#at += 1;
        if (this.#text[this.#at] !== quote) break;
        text += quote;
        this.#at += 1;
      } else if (quote === '"' && char === '`') text += this.#escape();
      else if (quote === '"' && char === '$' && /\$[\w({]/y.test(this.#rest())) {
        parts.push(text, this.#variable());
        text = '';
      } else {
        text += char;
        this.#at += 1;
      }
    }
    if (parts.length === 0) return { kind: 'value', value: text };
    return { kind: 'text', parts: [...parts, text] };
  }

  #escape(): string {
    const char = this.#text[this.#at + 1];
    if (char === undefined) throw new PsParseError('Incomplete string.', this.#at, true);
    this.#at += 2;
    return ESCAPES[char] ?? char;
  }

  #redirections(into: Redirection[]): void {
    for (;;) {
      const found = this.#match(/(?:[12*]?>>?)(?:&1)?/y);
      if (found === undefined) return;
      if (found.endsWith('&1')) continue;
      this.#space(false);
      const { value } = this.#word();
      const stream = found.startsWith('2') ? 'err' : found.startsWith('*') ? 'all' : 'out';
      into.push({ stream, append: found.includes('>>'), to: value });
      this.#space(false);
    }
  }

  #space(newlines: boolean): void {
    const pattern = newlines ? /(?:\s|#[^\n]*|`\r?\n)+/y : /(?:[ \t\r]|#[^\n]*|`\r?\n)+/y;
    // A sharp sign in a word is part of it.
    if (this.#peek() === '#' && this.#at > 0 && !/[\s;|]/.test(this.#text[this.#at - 1] ?? '')) return;
    this.#match(pattern);
  }

  #ended(): boolean {
    return this.#at >= this.#text.length;
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #rest(): string {
    return this.#text.slice(this.#at, this.#at + 16);
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** `pattern` is sticky. */
  #match(pattern: RegExp, stay = false): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined && !stay) this.#at += found.length;
    return found;
  }

  #unexpected(): PsParseError {
    const token = /^\S*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    return new PsParseError(
      `Unexpected token '${token}' in expression or statement.`,
      this.#at,
      token === '',
    );
  }
}
