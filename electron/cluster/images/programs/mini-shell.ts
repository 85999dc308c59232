import type { ToolIo } from './tool-program.ts';

/**
 * As much of sh as container commands in teaching material use: lists (`;`, newline, `&&`, `||`), `while`, `until`
 * and `if`, quotes, variables, `$?`, `$(command)`, `$((a + b))` with + - * and `>`/`2>` to /dev/null or files that
 * nobody reads. Everything else is refused with a line that says so and exit code 2: no pipes, functions, `case`.
 */
type Token =
  | { readonly type: 'word'; readonly text: string; readonly quoted: boolean }
  | { readonly type: 'op'; readonly text: string };

type Node =
  | { readonly type: 'command'; readonly words: readonly string[] }
  | { readonly type: 'and' | 'or' | 'then'; readonly left: Node; readonly right: Node }
  | { readonly type: 'loop'; readonly until: boolean; readonly condition: Node; readonly body: Node }
  | {
      readonly type: 'if';
      readonly condition: Node;
      readonly body: Node;
      readonly otherwise: Node | undefined;
    }
  | { readonly type: 'none' };

export class ShellSyntaxError extends Error {}

const KEYWORDS: ReadonlySet<string> = new Set(['while', 'until', 'do', 'done', 'if', 'then', 'else', 'fi']);
const REFUSED: ReadonlySet<string> = new Set([
  'for',
  'case',
  'function',
  'select',
  '{',
  '}',
  '(',
  ')',
  'elif',
]);

/** Words keep their quotes and `$`: they are expanded when they run. */
function tokenize(script: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\s*(?:(\n|;;|;|&&|\|\||\||&|[()])|((?:"(?:\\.|[^"\\])*"|'[^']*'|\$\(\([^)]*\)\)|\$\([^)]*\)|\\.|[^\s;&|()"'\\])+))/y;
  const text = script.replace(/(^|\s)#[^\n]*/g, '$1').replace(/[ \t]+/g, (blank) => blank);
  let at = 0;
  while (at < text.length) {
    // A newline is an operator, not a blank.
    const newline = /[ \t\r]*\n/y;
    newline.lastIndex = at;
    if (newline.test(text)) {
      tokens.push({ type: 'op', text: ';' });
      at = newline.lastIndex;
      continue;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) {
      if (text.slice(at).trim() === '') break;
      throw new ShellSyntaxError('unterminated quoted string');
    }
    at = pattern.lastIndex;
    if (match[1] !== undefined) tokens.push({ type: 'op', text: match[1] });
    else if (match[2] !== undefined)
      tokens.push({ type: 'word', text: match[2], quoted: /["']/.test(match[2]) });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Node {
    const node = this.#list([]);
    if (this.#at < this.#tokens.length)
      throw new ShellSyntaxError(`unexpected "${this.#tokens[this.#at]?.text ?? ''}"`);
    return node;
  }

  #list(ends: readonly string[]): Node {
    let node: Node = { type: 'none' };
    for (;;) {
      while (this.#op(';')) continue;
      const token = this.#tokens[this.#at];
      if (token === undefined || (token.type === 'word' && ends.includes(token.text))) return node;
      const next = this.#andOr();
      node = node.type === 'none' ? next : { type: 'then', left: node, right: next };
      const after = this.#tokens[this.#at];
      if (after?.type === 'op' && after.text !== ';')
        throw new ShellSyntaxError(`"${after.text}" is not modelled`);
    }
  }

  #andOr(): Node {
    let node = this.#command();
    for (;;) {
      const type = this.#op('&&') ? 'and' : this.#op('||') ? 'or' : undefined;
      if (type === undefined) return node;
      while (this.#op(';')) continue;
      node = { type, left: node, right: this.#command() };
    }
  }

  #command(): Node {
    const token = this.#tokens[this.#at];
    if (token?.type === 'word' && !token.quoted) {
      if (token.text === 'while' || token.text === 'until') return this.#loop(token.text === 'until');
      if (token.text === 'if') return this.#if();
      if (REFUSED.has(token.text) || KEYWORDS.has(token.text))
        throw new ShellSyntaxError(`"${token.text}" is not modelled here`);
    }
    const words: string[] = [];
    for (;;) {
      const next = this.#tokens[this.#at];
      if (next?.type !== 'word') break;
      words.push(next.text);
      this.#at += 1;
    }
    if (words.length === 0) throw new ShellSyntaxError(`unexpected "${token?.text ?? 'end of file'}"`);
    return { type: 'command', words };
  }

  #loop(until: boolean): Node {
    this.#at += 1;
    const condition = this.#list(['do']);
    this.#word('do');
    const body = this.#list(['done']);
    this.#word('done');
    return { type: 'loop', until, condition, body };
  }

  #if(): Node {
    this.#at += 1;
    const condition = this.#list(['then']);
    this.#word('then');
    const body = this.#list(['else', 'fi']);
    const token = this.#tokens[this.#at];
    let otherwise: Node | undefined;
    if (token?.text === 'else') {
      this.#at += 1;
      otherwise = this.#list(['fi']);
    }
    this.#word('fi');
    return { type: 'if', condition, body, otherwise };
  }

  #op(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.type !== 'op' || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #word(text: string): void {
    if (this.#tokens[this.#at]?.text !== text) throw new ShellSyntaxError(`"${text}" expected`);
    this.#at += 1;
  }
}

type Run = (argv: readonly string[], io: ToolIo) => Promise<number>;

/** Ends the script from within. */
class ExitScript extends Error {
  readonly code: number;

  constructor(code: number) {
    super('exit');
    this.code = code;
  }
}

class Interpreter {
  readonly #io: ToolIo;
  readonly #run: Run;
  readonly #variables: Map<string, string>;
  #status = 0;

  constructor(io: ToolIo, run: Run) {
    this.#io = io;
    this.#run = run;
    this.#variables = new Map(io.env);
  }

  async run(node: Node): Promise<number> {
    switch (node.type) {
      case 'none':
        return this.#status;
      case 'then':
        await this.run(node.left);
        return this.run(node.right);
      case 'and':
        return (await this.run(node.left)) === 0 ? this.run(node.right) : this.#status;
      case 'or':
        return (await this.run(node.left)) === 0 ? 0 : this.run(node.right);
      case 'if':
        if ((await this.run(node.condition)) === 0) return this.run(node.body);
        return node.otherwise === undefined ? (this.#status = 0) : this.run(node.otherwise);
      case 'loop':
        return this.#loop(node.condition, node.body, node.until);
      case 'command':
        return (this.#status = await this.#command(node.words));
    }
  }

  async #loop(condition: Node, body: Node, until: boolean): Promise<number> {
    const { clock } = this.#io.process;
    for (;;) {
      const before = clock.now();
      if (((await this.run(condition)) === 0) === until) return this.#status;
      await this.run(body);
      // A busy loop burns a core, not virtual time for nothing: it gets a thousand turns a second.
      if (clock.now() === before) await clock.sleep(1);
    }
  }

  async #command(raw: readonly string[]): Promise<number> {
    let quiet = false;
    const words: string[] = [];
    for (let index = 0; index < raw.length; index += 1) {
      const redirect = /^(1|2|&)?>{1,2}(.*)$/.exec(raw[index] ?? '');
      if (redirect === null) {
        words.push(...(await this.#expand(raw[index] ?? '')));
        continue;
      }
      if (redirect[2] === '') index += 1;
      if (redirect[1] !== '2' && redirect[2] !== '&2') quiet = true;
    }
    while (words[0] !== undefined && /^\w+=/.test(words[0]) && !/^\d/.test(words[0])) {
      const at = words[0].indexOf('=');
      this.#variables.set(words[0].slice(0, at), words[0].slice(at + 1));
      words.shift();
      if (words.length === 0) return 0;
    }
    const [name = ''] = words;
    if (name === '') return 0;
    if (name === 'exit') throw new ExitScript(Number(words[1] ?? this.#status) & 255);
    if (name === 'trap' || name === 'set' || name === 'export' || name === 'wait' || name === 'cd') return 0;
    if (name === 'exec') words.shift();
    const io: ToolIo = {
      ...this.#io,
      env: this.#variables,
      out: quiet ? (): void => undefined : this.#io.out,
    };
    return this.#run(words, io);
  }

  async #expand(raw: string): Promise<string[]> {
    let text = '';
    let split = true;
    for (const part of raw.match(/"(?:\\.|[^"\\])*"|'[^']*'|(?:\$\(\([^)]*\)\)|\$\([^)]*\)|\\.|[^"'\\])+/g) ??
      []) {
      if (part.startsWith("'")) {
        text += part.slice(1, -1);
        split = false;
      } else if (part.startsWith('"')) {
        text += await this.#substitute(part.slice(1, -1).replace(/\\(["\\`])/g, '$1'));
        split = false;
      } else {
        text += await this.#substitute(part.replace(/\\(.)/g, '$1'));
      }
    }
    return split ? text.split(/\s+/).filter((word) => word !== '') : [text];
  }

  async #substitute(text: string): Promise<string> {
    const pattern = /\$\(\(([^)]*)\)\)|\$\(([^)]*)\)|\$\{(\w+)(?::-([^}]*))?\}|\$(\w+|\?|\$)/g;
    let result = '';
    let at = 0;
    for (const match of text.matchAll(pattern)) {
      result += text.slice(at, match.index);
      at = match.index + match[0].length;
      if (match[1] !== undefined) result += String(this.#arithmetic(match[1]));
      else if (match[2] !== undefined) result += await this.#capture(match[2]);
      else if (match[3] !== undefined) result += this.#value(match[3]) || (match[4] ?? '');
      else result += this.#value(match[5] ?? '');
    }
    return result + text.slice(at);
  }

  #value(name: string): string {
    if (name === '?') return String(this.#status);
    if (name === '$') return '1';
    return this.#variables.get(name) ?? '';
  }

  #arithmetic(text: string): number {
    const flat = text
      .replace(/\$?\b([A-Za-z_]\w*)\b/g, (_all, name: string) => this.#value(name) || '0')
      .replace(/\s+/g, '');
    const terms = flat.match(/[+-]?[^+-]+/g) ?? ['0'];
    return terms.reduce((sum, term) => {
      const factors = term.replace(/^\+/, '').split('*').map(Number);
      return sum + factors.reduce((product, factor) => product * factor, 1);
    }, 0);
  }

  async #capture(script: string): Promise<string> {
    const lines: string[] = [];
    await runScript(
      script,
      { ...this.#io, env: this.#variables, out: (line) => void lines.push(line) },
      this.#run,
    );
    return lines.join('\n');
  }
}

/** Runs a script and resolves to its exit code. `run` runs one command of it. */
export async function runScript(script: string, io: ToolIo, run: Run): Promise<number> {
  let tree: Node;
  try {
    tree = new Parser(tokenize(script)).parse();
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    io.err(`leme: this small shell cannot run the script: ${error.message}`);
    return 2;
  }
  try {
    return await new Interpreter(io, run).run(tree);
  } catch (error) {
    if (error instanceof ExitScript) return error.code;
    throw error;
  }
}
