import { compareNumbers } from '../exec/conditional.ts';
import type { Executor } from '../exec/executor.ts';
import { compareFiles, unaryTest } from '../exec/file-tests.ts';
import type { Builtin } from './interface.ts';

class TestError extends Error {}

const binaries = new Set([
  '=',
  '==',
  '!=',
  '<',
  '>',
  '-eq',
  '-ne',
  '-lt',
  '-le',
  '-gt',
  '-ge',
  '-nt',
  '-ot',
  '-ef',
]);

/** `test` and `[`. Models POSIX's rules by number of arguments, then a small grammar with `-a`, `-o`, `!`, `( )`. */
class TestExpression {
  readonly #shell: Executor;
  readonly #words: readonly string[];
  #at = 0;

  constructor(shell: Executor, words: readonly string[]) {
    this.#shell = shell;
    this.#words = words;
  }

  async value(): Promise<boolean> {
    const words = this.#words;
    if (words.length === 0) return false;
    if (words.length === 1) return words[0] !== '';
    if (words.length === 2) {
      if (words[0] === '!') return words[1] === '';
      const result = await unaryTest(this.#shell, words[0] as string, words[1] as string);
      if (result === undefined) throw new TestError(`${words[0] ?? ''}: unary operator expected`);
      return result;
    }
    if (words.length === 3 && binaries.has(words[1] as string))
      return this.#binary(words[0] as string, words[1] as string, words[2] as string);
    if (words.length === 4 && words[0] === '!')
      return !(await new TestExpression(this.#shell, words.slice(1)).value());
    const result = await this.#or();
    if (this.#at < words.length)
      throw new TestError(
        words.length === 3 ? `${words[1] ?? ''}: binary operator expected` : 'too many arguments',
      );
    return result;
  }

  async #or(): Promise<boolean> {
    let left = await this.#and();
    while (this.#words[this.#at] === '-o') {
      this.#at++;
      const right = await this.#and();
      left = left || right;
    }
    return left;
  }

  async #and(): Promise<boolean> {
    let left = await this.#not();
    while (this.#words[this.#at] === '-a') {
      this.#at++;
      const right = await this.#not();
      left = left && right;
    }
    return left;
  }

  async #not(): Promise<boolean> {
    if (this.#words[this.#at] === '!' && this.#at + 1 < this.#words.length) {
      this.#at++;
      return !(await this.#not());
    }
    return this.#primary();
  }

  async #primary(): Promise<boolean> {
    const word = this.#words[this.#at];
    if (word === undefined) throw new TestError('argument expected');
    const next = this.#words[this.#at + 1];
    const after = this.#words[this.#at + 2];
    if (next !== undefined && binaries.has(next) && after !== undefined) {
      this.#at += 3;
      return this.#binary(word, next, after);
    }
    if (word === '(') {
      this.#at++;
      const inner = await this.#or();
      if (this.#words[this.#at] !== ')') throw new TestError("`)' expected");
      this.#at++;
      return inner;
    }
    if (next !== undefined && /^-[a-zA-Z]$/.test(word)) {
      const result = await unaryTest(this.#shell, word, next);
      if (result !== undefined) {
        this.#at += 2;
        return result;
      }
    }
    this.#at++;
    return word !== '';
  }

  async #binary(left: string, operator: string, right: string): Promise<boolean> {
    switch (operator) {
      case '=':
      case '==':
        return left === right;
      case '!=':
        return left !== right;
      case '<':
        return left < right;
      case '>':
        return left > right;
      case '-nt':
      case '-ot':
      case '-ef':
        return compareFiles(this.#shell, operator, left, right);
      default:
        for (const text of [left, right])
          if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
        return compareNumbers(
          operator,
          BigInt(left.trim().replace('+', '')),
          BigInt(right.trim().replace('+', '')),
        );
    }
  }
}

function testBuiltin(name: 'test' | '['): Builtin {
  return {
    name,
    async run(call) {
      const words = call.argv.slice(1);
      if (name === '[' && words.pop() !== ']') return call.fail("missing `]'", 2);
      try {
        return (await new TestExpression(call.shell, words).value()) ? 0 : 1;
      } catch (error) {
        if (error instanceof TestError) return call.fail(error.message, 2);
        throw error;
      }
    },
  };
}

export const testBuiltins: readonly Builtin[] = [testBuiltin('test'), testBuiltin('[')];
