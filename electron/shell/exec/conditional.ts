import { ExpansionError } from '../expand/expansion-error.ts';
import { patternToRegExp } from '../expand/pattern.ts';
import type { ConditionalExpression } from '../parse/ast.ts';
import { posixToRegExp } from '../tools/posix-regexp.ts';
import type { Executor } from './executor.ts';
import { compareFiles, unaryTest } from './file-tests.ts';

/** `[[ … ]]`: 0 true, 1 false, 2 wrong. */
export async function evaluateCondition(shell: Executor, node: ConditionalExpression): Promise<number> {
  return (await truth(shell, node)) ? 0 : 1;
}

async function truth(shell: Executor, node: ConditionalExpression): Promise<boolean> {
  switch (node.type) {
    case 'CondNot':
      return !(await truth(shell, node.operand));
    case 'CondAnd':
      return (await truth(shell, node.left)) && (await truth(shell, node.right));
    case 'CondOr':
      return (await truth(shell, node.left)) || (await truth(shell, node.right));
    case 'CondGroup':
      return truth(shell, node.expression);
    case 'CondWord':
      return (await shell.expander.single(node.word)) !== '';
    case 'CondUnary':
      return (await unaryTest(shell, node.operator, await shell.expander.single(node.operand))) === true;
    case 'CondBinary':
      return binary(shell, node);
  }
}

async function binary(
  shell: Executor,
  node: Extract<ConditionalExpression, { type: 'CondBinary' }>,
): Promise<boolean> {
  const { expander, state } = shell;
  const left = await expander.single(node.left);
  const ignoreCase = state.shopt.get('nocasematch') === true;
  switch (node.operator) {
    case '=':
    case '==':
      return patternToRegExp(await expander.pattern(node.right), { ignoreCase }).test(left);
    case '!=':
      return !patternToRegExp(await expander.pattern(node.right), { ignoreCase }).test(left);
    case '=~':
      return matches(shell, node, left, ignoreCase);
    case '<':
      return left < (await expander.single(node.right));
    case '>':
      return left > (await expander.single(node.right));
    case '-nt':
    case '-ot':
    case '-ef':
      return compareFiles(shell, node.operator, left, await expander.single(node.right));
    default: {
      const a = await expander.arithmetic.text(left);
      const b = await expander.arithmetic.text(await expander.single(node.right));
      return compareNumbers(node.operator, a, b);
    }
  }
}

export function compareNumbers(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

async function matches(
  shell: Executor,
  node: Extract<ConditionalExpression, { type: 'CondBinary' }>,
  left: string,
  ignoreCase: boolean,
): Promise<boolean> {
  const fragments = await shell.expander.fragments(node.right);
  const source = fragments
    .map((part) => (part.quoted ? part.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : part.text))
    .join('');
  const regExp = (() => {
    try {
      return posixToRegExp(source, { extended: true, ignoreCase });
    } catch {
      throw new ExpansionError(`${source}: invalid regular expression`);
    }
  })();
  const found = regExp.exec(left);
  const groups = new Map<number, string>();
  found?.forEach((text, at) => groups.set(at, text ?? ''));
  shell.state.variables.setArray('BASH_REMATCH', 'indexed', groups);
  return found !== null;
}
