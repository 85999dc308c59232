import { printfFormat } from '../../builtins/printf-format.ts';
import { AwkError, type AwkFunction, type AwkProgram, type Expr, type Stmt } from './ast.ts';
import { callBuiltin } from './functions.ts';
import { awkRegExp } from './lexer.ts';

/** Text that came from input: compares as a number when it looks like one. */
export class InputText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Value = number | string | InputText | undefined;
type AwkArray = Map<string, Value>;

class Jump extends Error {
  readonly kind: 'next' | 'nextfile' | 'break' | 'continue' | 'exit' | 'return';
  readonly value: Value;

  constructor(kind: Jump['kind'], value?: Value) {
    super();
    this.kind = kind;
    this.value = value;
  }
}

const numeric = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const leading = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/;

/** The variables and the record of a running awk program; statements run without waiting, output is collected. */
export class AwkMachine {
  readonly program: AwkProgram;
  readonly globals = new Map<string, Value>();
  readonly arrays = new Map<string, AwkArray>();
  /** What was printed since it was last taken. */
  out = '';
  /** Output of `print > file`, by file. */
  readonly files = new Map<string, { text: string; append: boolean }>();
  exitCode: number | null = null;
  #record = '';
  #fields: Value[] | null = null;
  #locals: { values: Map<string, Value>; arrays: Map<string, AwkArray>; names: Set<string> }[] = [];
  /** More lines of the main input, when the program uses `getline`. */
  readAhead: string[] | null = null;
  /** Contents of files for `getline < file`. */
  fileLines: (name: string) => string[] | null = () => null;

  constructor(program: AwkProgram) {
    this.program = program;
    for (const [name, value] of Object.entries({
      FS: ' ',
      OFS: ' ',
      ORS: '\n',
      RS: '\n',
      NR: 0,
      NF: 0,
      FNR: 0,
      SUBSEP: '\x1c',
      CONVFMT: '%.6g',
      OFMT: '%.6g',
      RSTART: 0,
      RLENGTH: -1,
      FILENAME: '',
    })) {
      this.globals.set(name, value);
    }
  }

  // Values

  number(value: Value): number {
    if (typeof value === 'number') return value;
    if (value === undefined) return 0;
    return Number(leading.exec(value instanceof InputText ? value.text : value)?.[0] ?? 0);
  }

  text(value: Value, format = 'CONVFMT'): string {
    if (typeof value === 'string') return value;
    if (value === undefined) return '';
    if (value instanceof InputText) return value.text;
    if (Number.isInteger(value))
      return Math.abs(value) < 1e16 ? String(value) : BigInt(Math.round(value)).toString();
    if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
    return printfFormat(this.text(this.globals.get(format)), [String(value)]).text;
  }

  truth(value: Value): boolean {
    if (typeof value === 'number') return value !== 0;
    if (value instanceof InputText)
      return numeric.test(value.text) ? Number(value.text) !== 0 : value.text !== '';
    return value !== undefined && value !== '';
  }

  #compare(left: Value, right: Value): number {
    const numbers = [left, right].every(
      (value) =>
        typeof value === 'number' ||
        value === undefined ||
        (value instanceof InputText && numeric.test(value.text)),
    );
    if (numbers) return this.number(left) - this.number(right);
    const [a, b] = [this.text(left), this.text(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }

  // The record

  setRecord(text: string): void {
    this.#record = text;
    this.#fields = null;
  }

  split(text: string, separator: string): string[] {
    if (separator === ' ') {
      const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, '');
      return trimmed === '' ? [] : trimmed.split(/[ \t\n]+/);
    }
    if (text === '') return [];
    if (separator === '') return [...text];
    if (separator.length === 1 && separator !== '\\') return text.split(separator);
    return text.split(new RegExp(awkRegExp(separator).source.replace(/\((?!\?)/g, '(?:'), 'u'));
  }

  #split(): Value[] {
    this.#fields ??= this.split(this.#record, this.text(this.globals.get('FS'))).map(
      (text) => new InputText(text),
    );
    return this.#fields;
  }

  field(index: number): Value {
    if (index < 0) throw new AwkError(`trying to access out of range field ${String(index)}`);
    return index === 0 ? new InputText(this.#record) : this.#split()[index - 1];
  }

  #setField(index: number, value: Value): void {
    if (index === 0) {
      this.setRecord(this.text(value));
      return;
    }
    const fields = this.#split();
    while (fields.length < index - 1) fields.push('');
    fields[index - 1] = value;
    this.#record = fields.map((item) => this.text(item)).join(this.text(this.globals.get('OFS')));
  }

  #setFieldCount(count: number): void {
    const fields = this.#split();
    while (fields.length < count) fields.push('');
    fields.length = count;
    this.#record = fields.map((item) => this.text(item)).join(this.text(this.globals.get('OFS')));
  }

  // Variables

  get(name: string): Value {
    if (name === 'NF') return this.#split().length;
    const local = this.#locals.at(-1);
    return local?.names.has(name) === true ? local.values.get(name) : this.globals.get(name);
  }

  set(name: string, value: Value): void {
    const local = this.#locals.at(-1);
    if (local?.names.has(name) === true) local.values.set(name, value);
    else if (name === 'NF') this.#setFieldCount(this.number(value));
    else this.globals.set(name, value);
  }

  array(name: string): AwkArray {
    const local = this.#locals.at(-1);
    const home = local?.names.has(name) === true ? local.arrays : this.arrays;
    const found = home.get(name);
    if (found !== undefined) return found;
    const made: AwkArray = new Map();
    home.set(name, made);
    return made;
  }

  #key(parts: readonly Expr[]): string {
    return parts.map((part) => this.text(this.value(part))).join(this.text(this.globals.get('SUBSEP')));
  }

  assign(target: Expr, value: Value): Value {
    if (target.kind === 'variable') this.set(target.name, value);
    else if (target.kind === 'field') this.#setField(this.number(this.value(target.index)), value);
    else if (target.kind === 'element') this.array(target.array).set(this.#key(target.key), value);
    else throw new AwkError('assignment to something that is not a variable');
    return value;
  }

  // Expressions

  value(node: Expr): Value {
    switch (node.kind) {
      case 'number':
      case 'string':
        return node.value;
      case 'regex':
        return this.matches(node, this.#record) ? 1 : 0;
      case 'variable':
        return this.get(node.name);
      case 'field':
        return this.field(this.number(this.value(node.index)));
      case 'element': {
        const array = this.array(node.array);
        const key = this.#key(node.key);
        if (!array.has(key)) array.set(key, undefined);
        return array.get(key);
      }
      case 'unary': {
        const value = this.value(node.operand);
        if (node.operator === '!') return this.truth(value) ? 0 : 1;
        return node.operator === '-' ? -this.number(value) : this.number(value);
      }
      case 'step': {
        const before = this.number(this.value(node.target));
        this.assign(node.target, before + node.by);
        return node.prefix ? before + node.by : before;
      }
      case 'binary':
        return this.#binary(
          node.operator,
          this.value(node.left),
          node.operator === '()' ? undefined : this.value(node.right),
        );
      case 'match':
        return this.matches(node.right, this.text(this.value(node.left))) !== node.negated ? 1 : 0;
      case 'and':
        return this.truth(this.value(node.left)) && this.truth(this.value(node.right)) ? 1 : 0;
      case 'or':
        return this.truth(this.value(node.left)) || this.truth(this.value(node.right)) ? 1 : 0;
      case 'in':
        return this.array(node.array).has(this.#key(node.key)) ? 1 : 0;
      case 'ternary':
        return this.value(this.truth(this.value(node.condition)) ? node.yes : node.no);
      case 'assign': {
        if (node.operator === '=') return this.assign(node.target, this.value(node.value));
        const right = this.value(node.value);
        return this.assign(
          node.target,
          this.#binary(node.operator.slice(0, -1), this.value(node.target), right),
        );
      }
      case 'call':
        return node.own ? this.#call(node.name, node.args) : callBuiltin(this, node.name, node.args);
      case 'getline':
        return this.#getline(node);
    }
  }

  #binary(operator: string, left: Value, right: Value): Value {
    switch (operator) {
      case '()':
        return left;
      case ' ':
        return this.text(left) + this.text(right);
      case '+':
        return this.number(left) + this.number(right);
      case '-':
        return this.number(left) - this.number(right);
      case '*':
        return this.number(left) * this.number(right);
      case '/':
      case '%': {
        const divisor = this.number(right);
        if (divisor === 0)
          throw new AwkError(operator === '/' ? 'division by zero' : 'division by zero in %');
        return operator === '/' ? this.number(left) / divisor : this.number(left) % divisor;
      }
      case '^':
        return this.number(left) ** this.number(right);
      case '<':
        return this.#compare(left, right) < 0 ? 1 : 0;
      case '<=':
        return this.#compare(left, right) <= 0 ? 1 : 0;
      case '>':
        return this.#compare(left, right) > 0 ? 1 : 0;
      case '>=':
        return this.#compare(left, right) >= 0 ? 1 : 0;
      case '==':
        return this.#compare(left, right) === 0 ? 1 : 0;
      default:
        return this.#compare(left, right) !== 0 ? 1 : 0;
    }
  }

  /** The pattern an expression stands for: a literal one, or its text. */
  pattern(node: Expr): RegExp {
    const pattern = node.kind === 'regex' ? node.pattern : awkRegExp(this.text(this.value(node)));
    pattern.lastIndex = 0;
    return pattern;
  }

  matches(node: Expr, text: string): boolean {
    return this.pattern(node).test(text);
  }

  #getline(node: Extract<Expr, { kind: 'getline' }>): Value {
    const lines = node.file === undefined ? this.readAhead : this.fileLines(this.text(this.value(node.file)));
    if (lines === null) return -1;
    const line = lines.shift();
    if (line === undefined) return 0;
    if (node.file === undefined)
      for (const name of ['NR', 'FNR']) this.globals.set(name, this.number(this.globals.get(name)) + 1);
    if (node.target === undefined) this.setRecord(line);
    else this.assign(node.target, new InputText(line));
    return 1;
  }

  #call(name: string, args: readonly Expr[]): Value {
    const definition: AwkFunction | undefined = this.program.functions.get(name);
    if (definition === undefined) throw new AwkError(`calling undefined function ${name}`);
    if (this.#locals.length > 1000) throw new AwkError(`function ${name}: nesting too deep`);
    const scope = {
      values: new Map<string, Value>(),
      arrays: new Map<string, AwkArray>(),
      names: new Set(definition.params),
    };
    for (const [at, param] of definition.params.entries()) {
      const arg = args[at];
      if (arg === undefined) continue;
      if (arg.kind === 'variable' && this.#isArray(arg.name)) scope.arrays.set(param, this.array(arg.name));
      else scope.values.set(param, this.value(arg));
    }
    this.#locals.push(scope);
    try {
      this.run(definition.body);
      return undefined;
    } catch (error) {
      if (error instanceof Jump && error.kind === 'return') return error.value;
      throw error;
    } finally {
      this.#locals.pop();
    }
  }

  #isArray(name: string): boolean {
    const local = this.#locals.at(-1);
    if (local?.names.has(name) === true) return local.arrays.has(name) || !local.values.has(name);
    return this.arrays.has(name) || !this.globals.has(name);
  }

  // Statements

  run(node: Stmt): void {
    switch (node.kind) {
      case 'block':
        for (const item of node.body) this.run(item);
        break;
      case 'expr':
        this.value(node.value);
        break;
      case 'print':
        this.#print(node);
        break;
      case 'if':
        if (this.truth(this.value(node.condition))) this.run(node.yes);
        else if (node.no !== undefined) this.run(node.no);
        break;
      case 'while':
        if (!node.first && !this.#round(node.body)) break;
        while (this.truth(this.value(node.condition))) if (!this.#round(node.body)) break;
        break;
      case 'for':
        if (node.init !== undefined) this.run(node.init);
        while (node.condition === undefined || this.truth(this.value(node.condition))) {
          if (!this.#round(node.body)) break;
          if (node.update !== undefined) this.run(node.update);
        }
        break;
      case 'for-in':
        for (const key of [...this.array(node.array).keys()]) {
          this.set(node.name, new InputText(key));
          if (!this.#round(node.body)) break;
        }
        break;
      case 'delete':
        if (node.key === undefined) this.array(node.array).clear();
        else this.array(node.array).delete(this.#key(node.key));
        break;
      case 'return':
        throw new Jump('return', node.value === undefined ? undefined : this.value(node.value));
      case 'exit':
        if (node.value !== undefined) this.exitCode = this.number(this.value(node.value));
        throw new Jump('exit');
      default:
        throw new Jump(node.kind);
    }
  }

  /** One round of a loop; false when it is left. */
  #round(body: Stmt): boolean {
    try {
      this.run(body);
      return true;
    } catch (error) {
      if (error instanceof Jump && error.kind === 'break') return false;
      if (error instanceof Jump && error.kind === 'continue') return true;
      throw error;
    }
  }

  #print(node: Extract<Stmt, { kind: 'print' }>): void {
    const values = node.args.map((arg) => this.value(arg));
    const text = node.formatted
      ? this.format(values)
      : `${values.length === 0 ? this.#record : values.map((value) => this.text(value, 'OFMT')).join(this.text(this.globals.get('OFS')))}${this.text(this.globals.get('ORS'))}`;
    if (node.to === undefined) {
      this.out += text;
      return;
    }
    const name = this.text(this.value(node.to.file));
    if (name === '/dev/stdout') this.out += text;
    else {
      const file = this.files.get(name) ?? { text: '', append: node.to.operator === '>>' };
      file.text += text;
      this.files.set(name, file);
    }
  }

  format(values: readonly Value[]): string {
    const [format, ...args] = values;
    const pattern = this.text(format);
    const wanted = [...pattern.matchAll(/%(?:%|[-+ 0#']*(\*|\d+)?(?:\.(\*|\d+)?)?([a-zA-Z]))/g)].flatMap(
      (match) =>
        match[0] === '%%'
          ? []
          : [...(match[1] === '*' ? ['d'] : []), ...(match[2] === '*' ? ['d'] : []), match[3] ?? 's'],
    );
    const shown = wanted.map((letter, at) => {
      const value = args[at];
      if (letter === 'c') return typeof value === 'number' ? String.fromCodePoint(value) : this.text(value);
      if ('diouxX'.includes(letter))
        return String(BigInt(Math.trunc(Number.isFinite(this.number(value)) ? this.number(value) : 0)));
      return 'eEfFgG'.includes(letter) ? String(this.number(value)) : this.text(value);
    });
    return printfFormat(pattern.replaceAll('\\', '\\\\'), shown).text;
  }

  // Rules

  /** Runs the rules for the current record (or BEGIN, END). Answers false when the program is over. */
  rules(phase: 'begin' | 'end' | 'record'): boolean {
    try {
      for (const rule of this.program.rules) {
        if ((rule.begin === true) !== (phase === 'begin') || (rule.end === true) !== (phase === 'end'))
          continue;
        if (phase === 'record' && !this.#applies(rule)) continue;
        if (rule.body === undefined) this.out += `${this.#record}${this.text(this.globals.get('ORS'))}`;
        else this.run(rule.body);
      }
      return true;
    } catch (error) {
      if (!(error instanceof Jump)) throw error;
      if (error.kind === 'exit') return false;
      if (error.kind === 'next' || error.kind === 'nextfile') return true;
      throw new AwkError(`${error.kind} outside a loop or function`);
    }
  }

  #applies(rule: AwkProgram['rules'][number]): boolean {
    if (rule.from === undefined) return true;
    if (rule.to === undefined) return this.truth(this.value(rule.from));
    if (rule.active !== true) {
      if (!this.truth(this.value(rule.from))) return false;
      rule.active = true;
    }
    if (this.truth(this.value(rule.to))) rule.active = false;
    return true;
  }
}
