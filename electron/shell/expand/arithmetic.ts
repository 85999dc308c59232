import { parse } from '../parse/grammar.ts';
import type { ArithExpr, ArithmeticNode } from '../parse/ast.ts';
import type { ShellState } from '../state/shell-state.ts';
import { ExpansionError } from './expansion-error.ts';

/** Expands `$…` in an arithmetic text (done by the word expander). */
export type ExpandText = (text: string) => Promise<string>;

const trees = new Map<string, ArithExpr>();
const maxNesting = 100;

/** The tree of an arithmetic text that needs no more expansion. */
function treeOf(text: string): ArithExpr {
  const known = trees.get(text);
  if (known !== undefined) return known;
  const command = (() => {
    try {
      return parse(`((${text}\n))`).statements[0]?.pipelines[0]?.commands[0];
    } catch {
      return undefined;
    }
  })();
  if (command?.type !== 'ArithmeticCommand') throw syntaxError(text);
  const tree = command.expression.expression;
  if (trees.size > 1000) trees.clear();
  trees.set(text, tree);
  return tree;
}

function syntaxError(text: string): ExpansionError {
  const token = /[^\w\s]*\s*$/.exec(text)?.[0].trim();
  return new ExpansionError(
    `${text}: syntax error: operand expected (error token is "${token === undefined || token === '' ? text : token}")`,
  );
}

/** 64-bit integer arithmetic as in bash: `$((…))`, `((…))`, subscripts, `let`. */
export class Arithmetic {
  readonly #state: ShellState;
  readonly #expand: ExpandText;

  constructor(state: ShellState, expand: ExpandText) {
    this.#state = state;
    this.#expand = expand;
  }

  async node(node: ArithmeticNode): Promise<bigint> {
    const text = node.originalText;
    if (text !== undefined && (/[$`"\\']|\d{16,}/.test(text) || text.trim() === '')) return this.text(text);
    return new Evaluation(this.#state, text ?? '').value(node.expression, 0);
  }

  async text(text: string): Promise<bigint> {
    const expanded = /[$`"\\']/.test(text) ? await this.#expand(text.replace(/"/g, '')) : text;
    if (expanded.trim() === '') return 0n;
    if (/^\s*-?\d+\s*$/.test(expanded) && !/^\s*-?0\d/.test(expanded))
      return BigInt.asIntN(64, BigInt(expanded.trim()));
    const big: bigint[] = [];
    const small = expanded.replace(
      /(?<![\w#])[1-9]\d{15,}(?!\w)/g,
      (digits) => `__literal${String(big.push(BigInt.asIntN(64, BigInt(digits))) - 1)}`,
    );
    return new Evaluation(this.#state, expanded.trim(), big).value(treeOf(small), 0);
  }
}

class Evaluation {
  readonly #state: ShellState;
  readonly #text: string;
  /** Numbers the grammar would round: they stand in the tree as `__literalN`. */
  readonly #big: readonly bigint[];

  constructor(state: ShellState, text: string, big: readonly bigint[] = []) {
    this.#state = state;
    this.#text = text;
    this.#big = big;
  }

  value(node: ArithExpr, depth: number): bigint {
    if (depth > maxNesting)
      throw new ExpansionError(
        `${this.#text}: expression recursion level exceeded (error token is "${this.#text}")`,
      );
    switch (node.type) {
      case 'ArithNumber':
        if (!Number.isFinite(node.value))
          throw new ExpansionError(
            `${this.#text}: value too great for base (error token is "${this.#text}")`,
          );
        return BigInt.asIntN(64, BigInt(node.value));
      case 'ArithVariable': {
        const literal = node.name.startsWith('__literal') ? this.#big[Number(node.name.slice(9))] : undefined;
        return literal ?? this.#read(node.name, undefined, depth);
      }
      case 'ArithArrayElement':
        return this.#read(
          node.array,
          node.stringKey ?? (node.index === undefined ? 0 : Number(this.value(node.index, depth + 1))),
          depth,
        );
      case 'ArithGroup':
      case 'ArithNested':
        return this.value(node.expression, depth + 1);
      case 'ArithUnary':
        return this.#unary(node, depth);
      case 'ArithBinary':
        return this.#binary(node, depth);
      case 'ArithTernary':
        return this.value(
          this.value(node.condition, depth + 1) !== 0n ? node.consequent : node.alternate,
          depth + 1,
        );
      case 'ArithAssignment':
        return this.#assign(node, depth);
      case 'ArithSyntaxError':
        throw new ExpansionError(`${this.#text}: ${node.message} (error token is "${node.errorToken}")`);
      case 'ArithSingleQuote':
        return BigInt(node.value);
      default:
        throw syntaxError(this.#text);
    }
  }

  #read(name: string, key: string | number | undefined, depth: number): bigint {
    const variable = this.#state.variables.lookup(name);
    const text =
      key === undefined
        ? this.#state.variables.get(name)
        : element(variable?.value, variable?.kind === 'associative' ? String(key) : Number(key));
    if (text === undefined) {
      if (this.#state.options.nounset && key === undefined)
        throw new ExpansionError(`${name}: unbound variable`, true);
      return 0n;
    }
    if (text.trim() === '') return 0n;
    if (/^\s*-?[1-9]\d*\s*$/.test(text)) return BigInt.asIntN(64, BigInt(text.trim()));
    return this.value(treeOf(text), depth + 1);
  }

  #store(name: string, key: string | number | undefined, value: bigint): bigint {
    const wrapped = BigInt.asIntN(64, value);
    if (key === undefined) this.#state.variables.set(name, String(wrapped));
    else this.#state.variables.setElement(name, key, String(wrapped));
    return wrapped;
  }

  #unary(node: Extract<ArithExpr, { type: 'ArithUnary' }>, depth: number): bigint {
    if (node.operator === '++' || node.operator === '--') {
      const target = node.operand;
      if (target.type !== 'ArithVariable' && target.type !== 'ArithArrayElement')
        throw syntaxError(this.#text);
      const name = target.type === 'ArithVariable' ? target.name : target.array;
      const key =
        target.type === 'ArithVariable'
          ? undefined
          : (target.stringKey ??
            Number(target.index === undefined ? 0n : this.value(target.index, depth + 1)));
      const before = this.#read(name, key, depth);
      const after = this.#store(name, key, node.operator === '++' ? before + 1n : before - 1n);
      return node.prefix ? after : before;
    }
    const value = this.value(node.operand, depth + 1);
    if (node.operator === '-') return BigInt.asIntN(64, -value);
    if (node.operator === '!') return value === 0n ? 1n : 0n;
    return node.operator === '~' ? ~value : value;
  }

  #binary(node: Extract<ArithExpr, { type: 'ArithBinary' }>, depth: number): bigint {
    const left = this.value(node.left, depth + 1);
    if (node.operator === '&&') return left !== 0n && this.value(node.right, depth + 1) !== 0n ? 1n : 0n;
    if (node.operator === '||') return left !== 0n || this.value(node.right, depth + 1) !== 0n ? 1n : 0n;
    return this.#apply(node.operator, left, this.value(node.right, depth + 1));
  }

  #apply(operator: string, a: bigint, b: bigint): bigint {
    const truth = (yes: boolean): bigint => (yes ? 1n : 0n);
    switch (operator) {
      case '+':
        return BigInt.asIntN(64, a + b);
      case '-':
        return BigInt.asIntN(64, a - b);
      case '*':
        return BigInt.asIntN(64, a * b);
      case '/':
      case '%':
        if (b === 0n)
          throw new ExpansionError(
            `${this.#text}: division by 0 (error token is "${/[/%]=?\s*([^/%]*)$/.exec(this.#text)?.[1] ?? '0'}")`,
          );
        return operator === '/' ? BigInt.asIntN(64, a / b) : a % b;
      case '**':
        if (b < 0n)
          throw new ExpansionError(`${this.#text}: exponent less than 0 (error token is "${String(-b)}")`);
        return power(a, b);
      case '<<':
        return BigInt.asIntN(64, a << (b & 63n));
      case '>>':
        return a >> (b & 63n);
      case '<':
        return truth(a < b);
      case '<=':
        return truth(a <= b);
      case '>':
        return truth(a > b);
      case '>=':
        return truth(a >= b);
      case '==':
        return truth(a === b);
      case '!=':
        return truth(a !== b);
      case '&':
        return a & b;
      case '|':
        return a | b;
      case '^':
        return a ^ b;
      default:
        return b;
    }
  }

  #assign(node: Extract<ArithExpr, { type: 'ArithAssignment' }>, depth: number): bigint {
    const key =
      node.stringKey ??
      (node.subscript === undefined ? undefined : Number(this.value(node.subscript, depth + 1)));
    const right = this.value(node.value, depth + 1);
    if (node.operator === '=') return this.#store(node.variable, key, right);
    return this.#store(
      node.variable,
      key,
      this.#apply(node.operator.slice(0, -1), this.#read(node.variable, key, depth), right),
    );
  }
}

/** By squaring, wrapped to 64 bits at each step. */
function power(base: bigint, exponent: bigint): bigint {
  let out = 1n;
  for (let factor = base, left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) out = BigInt.asIntN(64, out * factor);
    factor = BigInt.asIntN(64, factor * factor);
  }
  return out;
}

/** One element of an array value; negative indices count from the end; of plain text only element 0. */
export function element(
  value: string | Map<number, string> | Map<string, string> | undefined,
  key: string | number,
): string | undefined {
  if (!(value instanceof Map)) return key === 0 || key === '0' || key === -1 ? value : undefined;
  const map = value as Map<string | number, string>;
  if (typeof key === 'number' && key < 0)
    return map.get(Math.max(-1, ...(map.keys() as Iterable<number>)) + 1 + key);
  return map.get(key);
}
