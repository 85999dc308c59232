import { AwkError, type AwkProgram, type Expr, type Rule, type Stmt } from './ast.ts';
import { tokenize, type Token } from './lexer.ts';

const builtins = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'gensub',
  'match',
  'sprintf',
  'toupper',
  'tolower',
  'int',
  'sqrt',
  'exp',
  'log',
  'sin',
  'cos',
  'atan2',
  'rand',
  'srand',
  'systime',
  'strftime',
  'fflush',
  'close',
  'system',
]);
const assignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '^=']);

/** Reads an awk program (POSIX grammar). */
export function parseAwk(source: string): AwkProgram {
  return new Parser(tokenize(source)).program();
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  /** Inside `print …` without parentheses `>` redirects; inside `for (` `in` belongs to the loop. */
  #noGreater = false;
  #noIn = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #is(text: string): boolean {
    const { kind } = this.#token;
    return (kind === 'operator' || kind === 'keyword') && this.#token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#wrong();
  }

  #wrong(): AwkError {
    return new AwkError(
      `line ${String(this.#token.line)}: syntax error at or near ${this.#token.kind === 'newline' ? 'end of line' : this.#token.text}`,
    );
  }

  #newlines(): void {
    while (this.#token.kind === 'newline') this.#at++;
  }

  #separators(): void {
    while (this.#token.kind === 'newline' || this.#is(';')) this.#at++;
  }

  program(): AwkProgram {
    const rules: Rule[] = [];
    const functions: AwkProgram['functions'] = new Map();
    for (this.#separators(); this.#token.kind !== 'end'; this.#separators()) {
      if (this.#take('function')) {
        const name = this.#token.text;
        this.#at++;
        this.#expect('(');
        const params: string[] = [];
        while (!this.#take(')')) {
          this.#newlines();
          params.push(this.#token.text);
          this.#at++;
          this.#take(',');
        }
        this.#newlines();
        functions.set(name, { name, params, body: this.#block() });
      } else rules.push(this.#rule());
    }
    return { rules, functions };
  }

  #rule(): Rule {
    const rule: Rule = {};
    if (this.#take('BEGIN')) rule.begin = true;
    else if (this.#take('END')) rule.end = true;
    else if (!this.#is('{')) {
      rule.from = this.#expr();
      if (this.#take(',')) {
        this.#newlines();
        rule.to = this.#expr();
      }
    }
    if (this.#is('{')) rule.body = this.#block();
    else if (rule.begin === true || rule.end === true) throw this.#wrong();
    return rule;
  }

  #block(): Stmt {
    this.#expect('{');
    const body: Stmt[] = [];
    for (this.#separators(); !this.#take('}'); this.#separators()) {
      if (this.#token.kind === 'end') throw this.#wrong();
      body.push(this.#statement());
    }
    return { kind: 'block', body };
  }

  #body(): Stmt {
    this.#newlines();
    if (this.#take(';')) return { kind: 'block', body: [] };
    return this.#statement();
  }

  #endOfStatement(): void {
    if (this.#is('}') || this.#token.kind === 'end') return;
    if (this.#token.kind !== 'newline' && !this.#is(';')) throw this.#wrong();
    this.#at++;
  }

  #statement(): Stmt {
    if (this.#is('{')) return this.#block();
    if (this.#take('if')) return this.#if();
    if (this.#take('while')) {
      const condition = this.#parenthesised();
      return { kind: 'while', condition, body: this.#body(), first: true };
    }
    if (this.#take('do')) {
      const body = this.#body();
      this.#separators();
      this.#expect('while');
      const condition = this.#parenthesised();
      this.#endOfStatement();
      return { kind: 'while', condition, body, first: false };
    }
    if (this.#take('for')) return this.#for();
    const simple = this.#simple();
    this.#endOfStatement();
    return simple;
  }

  #parenthesised(): Expr {
    this.#expect('(');
    const value = this.#expr();
    this.#expect(')');
    return value;
  }

  #if(): Stmt {
    const condition = this.#parenthesised();
    const yes = this.#body();
    const mark = this.#at;
    this.#separators();
    if (this.#take('else')) return { kind: 'if', condition, yes, no: this.#body() };
    this.#at = mark;
    return { kind: 'if', condition, yes };
  }

  #for(): Stmt {
    this.#expect('(');
    const [name, word, array] = this.#tokens.slice(this.#at, this.#at + 3);
    if (
      name?.kind === 'name' &&
      word?.text === 'in' &&
      array?.kind === 'name' &&
      this.#tokens[this.#at + 3]?.text === ')'
    ) {
      this.#at += 4;
      return { kind: 'for-in', name: name.text, array: array.text, body: this.#body() };
    }
    const out: Extract<Stmt, { kind: 'for' }> = { kind: 'for', body: { kind: 'block', body: [] } };
    if (!this.#is(';')) out.init = this.#simple();
    this.#expect(';');
    this.#newlines();
    if (!this.#is(';')) out.condition = this.#expr();
    this.#expect(';');
    this.#newlines();
    if (!this.#is(')')) out.update = this.#simple();
    this.#expect(')');
    out.body = this.#body();
    return out;
  }

  #simple(): Stmt {
    for (const kind of ['next', 'nextfile', 'break', 'continue'] as const)
      if (this.#take(kind)) return { kind };
    for (const kind of ['return', 'exit'] as const) {
      if (this.#take(kind))
        return this.#token.kind === 'newline' || this.#is(';') || this.#is('}')
          ? { kind }
          : { kind, value: this.#expr() };
    }
    if (this.#take('delete')) {
      const array = this.#token.text;
      this.#at++;
      return this.#take('[') ? { kind: 'delete', array, key: this.#list(']') } : { kind: 'delete', array };
    }
    if (this.#is('print') || this.#is('printf')) return this.#print();
    return { kind: 'expr', value: this.#expr() };
  }

  #print(): Stmt {
    const formatted = this.#token.text === 'printf';
    this.#at++;
    const out: Extract<Stmt, { kind: 'print' }> = { kind: 'print', formatted, args: [] };
    const outer = this.#noGreater;
    this.#noGreater = true;
    if (!(
      this.#token.kind === 'newline' ||
      this.#is(';') ||
      this.#is('}') ||
      this.#is('>') ||
      this.#is('>>') ||
      this.#is('|')
    )) {
      const mark = this.#at;
      const grouped = this.#is('(') ? this.#grouping() : null;
      if (grouped !== null) out.args = grouped;
      else {
        this.#at = mark;
        do {
          this.#newlines();
          out.args.push(this.#expr());
        } while (this.#take(','));
      }
    }
    this.#noGreater = outer;
    if (this.#is('|')) throw new AwkError('print to a command ("|") is not supported in this awk');
    if (this.#is('>') || this.#is('>>')) {
      const operator = this.#token.text as '>' | '>>';
      this.#at++;
      out.to = { operator, file: this.#concatenation() };
    }
    return out;
  }

  /** `print (a, b)`: the list, unless the parenthesis is only the beginning of an expression. */
  #grouping(): Expr[] | null {
    const outer = this.#noGreater;
    this.#noGreater = false;
    this.#at++;
    const list = this.#list(')');
    this.#noGreater = outer;
    return this.#token.kind === 'newline' ||
      this.#is(';') ||
      this.#is('}') ||
      this.#is('>') ||
      this.#is('>>') ||
      this.#is('|')
      ? list
      : null;
  }

  #list(close: string): Expr[] {
    const out: Expr[] = [];
    this.#newlines();
    while (!this.#take(close)) {
      out.push(this.#expr());
      this.#newlines();
      if (!this.#take(',') && !this.#is(close)) throw this.#wrong();
      this.#newlines();
    }
    return out;
  }

  #expr(): Expr {
    const left = this.#ternary();
    if (this.#token.kind !== 'operator' || !assignments.has(this.#token.text)) return left;
    if (left.kind !== 'variable' && left.kind !== 'field' && left.kind !== 'element') throw this.#wrong();
    const operator = this.#token.text;
    this.#at++;
    this.#newlines();
    return { kind: 'assign', operator, target: left, value: this.#expr() };
  }

  #ternary(): Expr {
    const condition = this.#or();
    if (!this.#take('?')) return condition;
    this.#newlines();
    const yes = this.#expr();
    this.#newlines();
    this.#expect(':');
    this.#newlines();
    return { kind: 'ternary', condition, yes, no: this.#expr() };
  }

  #or(): Expr {
    let left = this.#and();
    while (this.#take('||')) {
      this.#newlines();
      left = { kind: 'or', left, right: this.#and() };
    }
    return left;
  }

  #and(): Expr {
    let left = this.#in();
    while (this.#take('&&')) {
      this.#newlines();
      left = { kind: 'and', left, right: this.#in() };
    }
    return left;
  }

  #in(): Expr {
    let left = this.#match();
    while (!this.#noIn && this.#take('in')) {
      left = { kind: 'in', key: [left], array: this.#token.text };
      this.#at++;
    }
    return left;
  }

  #match(): Expr {
    let left = this.#comparison();
    while (this.#is('~') || this.#is('!~')) {
      const negated = this.#token.text === '!~';
      this.#at++;
      left = { kind: 'match', negated, left, right: this.#comparison() };
    }
    return left;
  }

  #comparison(): Expr {
    const left = this.#concatenation();
    const { text } = this.#token;
    if (
      this.#token.kind === 'operator' &&
      ['<', '<=', '==', '!=', '>', '>='].includes(text) &&
      !(text === '>' && this.#noGreater)
    ) {
      this.#at++;
      return { kind: 'binary', operator: text, left, right: this.#concatenation() };
    }
    return left;
  }

  #concatenation(): Expr {
    let left = this.#additive();
    while (this.#startsOperand()) left = { kind: 'binary', operator: ' ', left, right: this.#additive() };
    return left;
  }

  #startsOperand(): boolean {
    const { kind, text } = this.#token;
    if (kind === 'number' || kind === 'string' || kind === 'regex' || kind === 'name' || kind === 'call')
      return true;
    return (
      kind === 'operator' &&
      ['$', '!', '(', '-', '+', '++', '--'].includes(text) &&
      !(text === '!' && this.#tokens[this.#at + 1]?.text === '=')
    );
  }

  #additive(): Expr {
    let left = this.#multiplicative();
    while (this.#is('+') || this.#is('-')) {
      const operator = this.#token.text;
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#multiplicative() };
    }
    return left;
  }

  #multiplicative(): Expr {
    let left = this.#unary();
    while (this.#is('*') || this.#is('/') || this.#is('%')) {
      const operator = this.#token.text;
      this.#at++;
      left = { kind: 'binary', operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expr {
    for (const operator of ['!', '-', '+'] as const)
      if (this.#take(operator)) return { kind: 'unary', operator, operand: this.#unary() };
    return this.#power();
  }

  #power(): Expr {
    const left = this.#postfix();
    return this.#take('^') ? { kind: 'binary', operator: '^', left, right: this.#unary() } : left;
  }

  #postfix(): Expr {
    const target = this.#primary();
    if (target.kind !== 'variable' && target.kind !== 'field' && target.kind !== 'element') return target;
    if (this.#take('++')) return { kind: 'step', by: 1, prefix: false, target };
    return this.#take('--') ? { kind: 'step', by: -1, prefix: false, target } : target;
  }

  #primary(): Expr {
    const token = this.#token;
    if (this.#take('++')) return { kind: 'step', by: 1, prefix: true, target: this.#primary() };
    if (this.#take('--')) return { kind: 'step', by: -1, prefix: true, target: this.#primary() };
    if (this.#take('$'))
      return {
        kind: 'field',
        index: this.#take('-') ? { kind: 'unary', operator: '-', operand: this.#primary() } : this.#primary(),
      };
    if (this.#take('(')) return this.#group();
    if (this.#take('getline')) return this.#getline();
    this.#at++;
    switch (token.kind) {
      case 'number':
        return { kind: 'number', value: Number(token.text) };
      case 'string':
        return { kind: 'string', value: token.text };
      case 'regex':
        return { kind: 'regex', pattern: token.pattern as RegExp };
      case 'call':
        this.#expect('(');
        return { kind: 'call', name: token.text, args: this.#arguments(), own: !builtins.has(token.text) };
      case 'name':
        if (builtins.has(token.text))
          return {
            kind: 'call',
            name: token.text,
            args: this.#take('(') ? this.#arguments() : [],
            own: false,
          };
        if (this.#take('[')) return { kind: 'element', array: token.text, key: this.#arguments(']') };
        return { kind: 'variable', name: token.text };
      default:
        this.#at--;
        throw this.#wrong();
    }
  }

  #arguments(close = ')'): Expr[] {
    const outer = this.#noGreater;
    this.#noGreater = false;
    const list = this.#list(close);
    this.#noGreater = outer;
    return list;
  }

  #group(): Expr {
    const list = this.#arguments();
    const only = list[0];
    if (list.length > 1 && this.#take('in')) {
      const array = this.#token.text;
      this.#at++;
      return { kind: 'in', key: list, array };
    }
    if (only === undefined || list.length > 1) throw this.#wrong();
    return only.kind === 'variable' || only.kind === 'field' || only.kind === 'element'
      ? { kind: 'binary', operator: '()', left: only, right: only }
      : only;
  }

  #getline(): Expr {
    const out: Extract<Expr, { kind: 'getline' }> = { kind: 'getline' };
    if (this.#token.kind === 'name' || this.#is('$')) out.target = this.#primary();
    if (this.#take('<')) out.file = this.#primary();
    return out;
  }
}
