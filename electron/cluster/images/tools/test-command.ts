import type { ContainerFiles, Writer } from '../container/interface.ts';
import { cleanPath } from '../container/overlay-files.ts';

const NUMBERS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '-eq': (a, b) => a === b,
  '-ne': (a, b) => a !== b,
  '-lt': (a, b) => a < b,
  '-le': (a, b) => a <= b,
  '-gt': (a, b) => a > b,
  '-ge': (a, b) => a >= b,
};

class TestError extends Error {}

/** `test` and `[`. 0 true, 1 false, 2 for what it does not understand. */
export function testCommand(
  argv: readonly string[],
  files: ContainerFiles,
  cwd: string,
  stderr: Writer,
): number {
  const [name = 'test'] = argv;
  let words = argv.slice(1);
  if (name === '[') {
    if (words.at(-1) !== ']') {
      stderr.write('sh: missing ]\n');
      return 2;
    }
    words = words.slice(0, -1);
  }
  let at = 0;
  const stat = (path: string) => files.stat(cleanPath(path.startsWith('/') ? path : `${cwd}/${path}`));
  const unary = (op: string, value: string): boolean | undefined => {
    const info = stat(value);
    switch (op) {
      case '-n':
        return value !== '';
      case '-z':
        return value === '';
      case '-e':
      case '-r':
      case '-w':
        return info !== undefined;
      case '-f':
        return info?.kind === 'file';
      case '-d':
        return info?.kind === 'directory';
      case '-s':
        return info !== undefined && info.size > 0;
      case '-x':
        return info?.executable === true;
      case '-L':
      case '-h':
        return false;
      default:
        return undefined;
    }
  };
  const number = (text: string): number => {
    if (!/^-?\d+$/.test(text.trim())) throw new TestError(`${text}: bad number`);
    return Number(text);
  };
  const primary = (): boolean => {
    const [first = '', op = '', second] = words.slice(at, at + 3);
    if (first === '!' && at + 1 < words.length) {
      at += 1;
      return !primary();
    }
    const compare = NUMBERS[op];
    if (second !== undefined && (compare !== undefined || ['=', '==', '!='].includes(op))) {
      at += 3;
      if (compare !== undefined) return compare(number(first), number(second));
      return (first === second) === (op !== '!=');
    }
    if (at + 1 < words.length) {
      const verdict = unary(first, op);
      if (verdict === undefined) throw new TestError(`${op}: unknown operand`);
      at += 2;
      return verdict;
    }
    at += 1;
    return first !== '';
  };
  try {
    if (words.length === 0) return 1;
    let value = primary();
    while (at < words.length) {
      const joint = words[at++];
      if (joint !== '-a' && joint !== '-o') throw new TestError(`${joint ?? ''}: unknown operand`);
      const next = primary();
      value = joint === '-a' ? value && next : value || next;
    }
    return value ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    stderr.write(`sh: ${error.message}\n`);
    return 2;
  }
}
