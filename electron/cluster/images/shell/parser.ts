import type { Node, Redirect } from './ast.ts';
import { IncompleteScript, ShellSyntaxError } from './ast.ts';
import type { Token } from './lexer.ts';
import { tokenize } from './lexer.ts';

const CLOSERS: ReadonlySet<string> = new Set(['do', 'done', 'then', 'elif', 'else', 'fi', 'esac', '}']);
const REDIRECTS: ReadonlySet<string> = new Set(['>', '>>', '<', '>&', '<&', '<<', '<<-', '>|', '&>']);

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Node {
    const node = this.#list();
    const left = this.#peek();
    if (left !== undefined) throw this.#unexpected(left);
    return node;
  }

  #list(): Node {
    const items: { node: Node; background: boolean }[] = [];
    for (;;) {
      while (this.#isNewline() || this.#isOp(';')) this.#at += 1;
      const token = this.#peek();
      if (token === undefined || this.#closes(token)) break;
      const node = this.#andOr();
      const background = this.#take('&');
      items.push({ node, background });
      const after = this.#peek();
      if (after === undefined || background || this.#closes(after)) continue;
      if (!this.#isNewline() && !this.#isOp(';')) throw this.#unexpected(after);
    }
    return { type: 'list', items };
  }

  #closes(token: Token): boolean {
    if (token.type === 'op') return token.text === ')' || token.text === ';;';
    return token.type === 'word' && CLOSERS.has(token.text);
  }

  #andOr(): Node {
    let left = this.#pipeline();
    for (;;) {
      const type = this.#take('&&') ? 'and' : this.#take('||') ? 'or' : undefined;
      if (type === undefined) return left;
      this.#skipNewlines();
      left = { type, left, right: this.#pipeline() };
    }
  }

  #pipeline(): Node {
    const negated = this.#takeWord('!');
    const stages = [this.#command()];
    while (this.#take('|')) {
      this.#skipNewlines();
      stages.push(this.#command());
    }
    return stages.length === 1 && !negated ? (stages[0] as Node) : { type: 'pipeline', stages, negated };
  }

  #command(): Node {
    const token = this.#peek();
    if (token === undefined) throw new IncompleteScript('unexpected end of file');
    const compound = this.#compound(token);
    if (compound === undefined) return this.#simple();
    const redirects = this.#redirects();
    return redirects.length === 0 ? compound : { type: 'redirected', body: compound, redirects };
  }

  #compound(token: Token): Node | undefined {
    if (token.type === 'op' && token.text === '(') {
      this.#at += 1;
      const body = this.#list();
      this.#expect(')');
      return { type: 'group', subshell: true, body };
    }
    if (token.type !== 'word' || token.quoted) return undefined;
    switch (token.text) {
      case '{': {
        this.#at += 1;
        const body = this.#list();
        this.#expect('}');
        return { type: 'group', subshell: false, body };
      }
      case 'while':
      case 'until': {
        this.#at += 1;
        const condition = this.#list();
        return { type: 'loop', until: token.text === 'until', condition, body: this.#doGroup() };
      }
      case 'if':
        return this.#if();
      case 'for':
        return this.#for();
      case 'case':
        return this.#case();
      case 'function':
        throw new ShellSyntaxError('"function" is not modelled in simulated containers');
      default:
        return this.#function(token);
    }
  }

  #function(token: Token): Node | undefined {
    const open = this.#tokens[this.#at + 1];
    const close = this.#tokens[this.#at + 2];
    if (open?.type !== 'op' || open.text !== '(' || close?.text !== ')') return undefined;
    this.#at += 3;
    this.#skipNewlines();
    return { type: 'function', name: token.text, body: this.#command() };
  }

  #if(): Node {
    const branches: { condition: Node; body: Node }[] = [];
    let otherwise: Node | undefined;
    do {
      this.#at += 1;
      const condition = this.#list();
      this.#expect('then');
      branches.push({ condition, body: this.#list() });
    } while (this.#isWord('elif'));
    if (this.#takeWord('else')) otherwise = this.#list();
    this.#expect('fi');
    return { type: 'if', branches, otherwise };
  }

  #for(): Node {
    this.#at += 1;
    const name = this.#next().text;
    let words: string[] | undefined;
    this.#skipNewlines();
    if (this.#takeWord('in')) {
      words = [];
      while (this.#peek()?.type === 'word') words.push(this.#next().text);
    }
    this.#take(';');
    this.#skipNewlines();
    return { type: 'for', name, words, body: this.#doGroup() };
  }

  #case(): Node {
    this.#at += 1;
    const word = this.#next().text;
    this.#skipNewlines();
    this.#expect('in');
    const items: { patterns: string[]; body: Node }[] = [];
    for (;;) {
      this.#skipNewlines();
      if (this.#takeWord('esac')) return { type: 'case', word, items };
      this.#take('(');
      const patterns = [this.#next().text];
      while (this.#take('|')) patterns.push(this.#next().text);
      this.#expect(')');
      items.push({ patterns, body: this.#list() });
      this.#take(';;');
    }
  }

  #doGroup(): Node {
    this.#skipNewlines();
    this.#take(';');
    this.#skipNewlines();
    this.#expect('do');
    const body = this.#list();
    this.#expect('done');
    return body;
  }

  #simple(): Node {
    const words: string[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      redirects.push(...this.#redirects());
      if (this.#peek()?.type !== 'word') break;
      words.push(this.#next().text);
    }
    if (words.length === 0 && redirects.length === 0) throw this.#unexpected(this.#peek());
    return { type: 'simple', words, redirects };
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (;;) {
      const token = this.#peek();
      if (token?.type !== 'op' || !REDIRECTS.has(token.text)) return redirects;
      this.#at += 1;
      const target = this.#next();
      const heredoc = target.type === 'heredoc';
      if (target.type !== 'word' && !heredoc) throw this.#unexpected(target);
      const input = token.text.startsWith('<');
      const op: Redirect['op'] = heredoc
        ? '<<'
        : token.text === '>|' || token.text === '&>'
          ? '>'
          : token.text === '<&'
            ? '>&'
            : (token.text as Redirect['op']);
      redirects.push({ fd: token.fd ?? (input ? 0 : 1), op, target: target.text, literal: target.quoted });
      if (token.text === '&>') redirects.push({ fd: 2, op: '>&', target: '1', literal: false });
    }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#peek();
    if (token === undefined) throw new IncompleteScript('unexpected end of file');
    this.#at += 1;
    return token;
  }

  #isNewline(): boolean {
    return this.#peek()?.type === 'newline';
  }

  #skipNewlines(): void {
    while (this.#isNewline()) this.#at += 1;
  }

  #isOp(text: string): boolean {
    const token = this.#peek();
    return token?.type === 'op' && token.text === text;
  }

  #isWord(text: string): boolean {
    const token = this.#peek();
    return token?.type === 'word' && !token.quoted && token.text === text;
  }

  #take(text: string): boolean {
    if (!this.#isOp(text)) return false;
    this.#at += 1;
    return true;
  }

  #takeWord(text: string): boolean {
    if (!this.#isWord(text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (this.#take(text) || this.#takeWord(text)) return;
    const token = this.#peek();
    if (token === undefined) throw new IncompleteScript(`unexpected end of file (expecting "${text}")`);
    throw new ShellSyntaxError(`unexpected "${token.text.trim()}" (expecting "${text}")`);
  }

  #unexpected(token: Token | undefined): ShellSyntaxError {
    if (token === undefined) return new IncompleteScript('unexpected end of file');
    return new ShellSyntaxError(
      token.type === 'newline' ? 'unexpected newline' : `unexpected "${token.text}"`,
    );
  }
}

/** @throws ShellSyntaxError, IncompleteScript when more could follow */
export function parseScript(script: string): Node {
  return new Parser(tokenize(script)).parse();
}
