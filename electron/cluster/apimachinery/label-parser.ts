import type { LabelOperator, LabelRequirement, Selector } from './labels.ts';
import { LabelSelectorError, newRequirement } from './labels.ts';
import { fieldErrorMessage, invalid } from './validation/field-error.ts';
import { isQualifiedName } from './validation/names.ts';

type TokenKind =
  'end' | 'error' | 'identifier' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SPECIAL = new Set(['=', '!', '(', ')', ',', '>', '<']);
const SYMBOLS = new Set<string>(['(', ')', ',', '!', '=', '==', '!=', '>', '<']);
const BINARY_OPERATORS = 'in, notin, =, ==, !=, gt, lt';
const OPERATORS: Partial<Record<TokenKind, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

/**
 * Parses the text form of a selector: `app=web,env in (a,b),!x,n>3`.
 * Models labels.Parse (v1.34), whose error texts it gives. @throws LabelSelectorError
 */
export function parseLabelSelector(text: string): Selector {
  const selector = new SelectorParser(scan(text)).parse();
  return selector.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
}

function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < text.length) {
    const char = text[index] as string;
    if (char === ' ' || char === '\t' || char === '\r' || char === '\n') {
      index += 1;
    } else if (SPECIAL.has(char)) {
      const token = scanSymbol(text, index);
      tokens.push(token);
      index += token.text.length;
      if (token.kind === 'error') break;
    } else {
      let end = index;
      while (end < text.length && !/[ \t\r\n]/.test(text[end] as string) && !SPECIAL.has(text[end] as string))
        end += 1;
      const word = text.slice(index, end);
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
      index = end;
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** The longest symbol that starts here. */
function scanSymbol(text: string, start: number): Token {
  let last: string | undefined;
  let buffer = '';
  for (let index = start; index < text.length && SPECIAL.has(text[index] as string); index += 1) {
    buffer += text[index] as string;
    if (SYMBOLS.has(buffer)) last = buffer;
    else if (last !== undefined) break;
  }
  if (last === undefined) return { kind: 'error', text: `error expected: keyword found '${buffer}'` };
  return { kind: last as TokenKind, text: last };
}

class SelectorParser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const next = this.#peek();
      if (next.kind === 'end') return requirements;
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new LabelSelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.#requirement());
      const after = this.#take();
      if (after.kind === 'end') return requirements;
      if (after.kind !== ',')
        throw new LabelSelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
      const following = this.#peek();
      if (following.kind !== 'identifier' && following.kind !== '!') {
        throw new LabelSelectorError(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): LabelRequirement {
    try {
      return this.#parseRequirement();
    } catch (error) {
      if (error instanceof LabelSelectorError) {
        throw new LabelSelectorError(`unable to parse requirement: ${error.message}`);
      }
      throw error;
    }
  }

  #parseRequirement(): LabelRequirement {
    let token = this.#take();
    const negated = token.kind === '!';
    if (negated) token = this.#take();
    if (token.kind !== 'identifier')
      throw new LabelSelectorError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const errors = isQualifiedName(key);
    if (errors.length > 0)
      throw new LabelSelectorError(fieldErrorMessage(invalid('<nil>', key, errors.join('; '))));
    const next = this.#peek().kind;
    if (negated || next === 'end' || next === ',') return newRequirement(key, negated ? '!' : 'exists', []);
    const operatorToken = this.#takeOperator();
    const operator = OPERATORS[operatorToken.kind];
    if (operator === undefined) {
      throw new LabelSelectorError(`found '${operatorToken.text}', expected: ${BINARY_OPERATORS}`);
    }
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    return newRequirement(key, operator, [...new Set(values)].sort());
  }

  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw new LabelSelectorError(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#take();
      return [];
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw new LabelSelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.#identifiers();
    if (this.#take().kind !== ')') throw new LabelSelectorError(`found '${first.text}', expected: ')'`);
    return values;
  }

  #identifiers(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === 'identifier') {
        values.push(token.text);
        const next = this.#peek();
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new LabelSelectorError(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.length === 0) values.push('');
        const next = this.#peek();
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') {
          this.#take();
          values.push('');
        }
      } else {
        throw new LabelSelectorError(`found '${token.text}', expected: ',', or identifier`);
      }
    }
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next.kind === 'end' || next.kind === ',') return '';
    const token = this.#take();
    if (token.kind !== 'identifier')
      throw new LabelSelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  /** The next token where `in` and `notin` are plain words. */
  #peek(): Token {
    const token = this.#tokens[this.#position] ?? END;
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  #takeOperator(): Token {
    const token = this.#tokens[this.#position] ?? END;
    this.#position += 1;
    return token;
  }
}

const END: Token = { kind: 'end', text: '' };
