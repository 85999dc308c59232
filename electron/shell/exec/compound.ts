import { ExpansionError } from '../expand/expansion-error.ts';
import { patternToRegExp } from '../expand/pattern.ts';
import type { CommandNode, StatementNode } from '../parse/ast.ts';
import { evaluateCondition } from './conditional.ts';
import { BreakLoop, Interrupted } from './control-flow.ts';
import type { Executor } from './executor.ts';
import type { Frame } from './frame.ts';
import { breathe } from './services.ts';

type CompoundNode = Exclude<CommandNode, { type: 'SimpleCommand' | 'FunctionDef' }>;

/** `if`, loops, `case`, `( )`, `{ }`, `(( ))`, `[[ ]]`; redirections are open already. */
export async function runCompound(shell: Executor, node: CompoundNode, frame: Frame): Promise<number> {
  const { state } = shell;
  switch (node.type) {
    case 'Group':
      return shell.runStatements(node.body, frame);
    case 'Subshell':
      return shell.subshell().stage((copy) => copy.runStatements(node.body, frame), frame);
    case 'If':
      for (const clause of node.clauses) {
        if ((await shell.runStatements(clause.condition, { ...frame, tested: true })) === 0)
          return shell.runStatements(clause.body, frame);
      }
      return node.elseBody === null ? 0 : shell.runStatements(node.elseBody, frame);
    case 'While':
    case 'Until':
      return loop(shell, frame, async (turn) => {
        const condition = await shell.runStatements(node.condition, { ...frame, tested: true });
        return (condition === 0) === (node.type === 'While') && (await turn(node.body));
      });
    case 'For': {
      const values = node.words === null ? [...state.positional] : await shell.expander.fields(node.words);
      let at = 0;
      return loop(shell, frame, async (turn) => {
        if (at >= values.length) return false;
        state.variables.set(node.variable, values[at++] as string);
        return turn(node.body);
      });
    }
    case 'CStyleFor': {
      const { arithmetic } = shell.expander;
      if (node.init !== null) await arithmetic.node(node.init);
      let first = true;
      return loop(shell, frame, async (turn) => {
        if (!first && node.update !== null) await arithmetic.node(node.update);
        first = false;
        if (node.condition !== null && (await arithmetic.node(node.condition)) === 0n) return false;
        return turn(node.body);
      });
    }
    case 'Case':
      return runCase(shell, node, frame);
    case 'ArithmeticCommand':
      return arithmeticCommand(shell, node, frame);
    case 'ConditionalCommand':
      return evaluateCondition(shell, node.expression);
  }
}

/** `((…))`: a wrong expression is told and answers 1; unlike in `$((…))` the script goes on. */
async function arithmeticCommand(
  shell: Executor,
  node: Extract<CommandNode, { type: 'ArithmeticCommand' }>,
  frame: Frame,
): Promise<number> {
  try {
    return (await shell.expander.arithmetic.node(node.expression)) === 0n ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExpansionError) || error.fatal) throw error;
    return shell.complain(frame, `((: ${error.message}`);
  }
}

/** `turn` runs one round's body; the step answers false when the loop is over. */
async function loop(
  shell: Executor,
  frame: Frame,
  step: (turn: (statements: readonly StatementNode[]) => Promise<boolean>) => Promise<boolean>,
): Promise<number> {
  const { state } = shell;
  let code = 0;
  state.loopDepth++;
  try {
    for (;;) {
      if (frame.signal.aborted) throw new Interrupted(frame.signal);
      const wait = breathe();
      if (wait !== undefined) await wait;
      try {
        const again = await step(async (statements) => {
          code = await shell.runStatements(statements, frame);
          return true;
        });
        if (!again) return code;
      } catch (error) {
        if (!(error instanceof BreakLoop)) throw error;
        code = 0;
        if (--error.levels > 0 && state.loopDepth > 1) throw error;
        if (!error.again) return 0;
      }
    }
  } finally {
    state.loopDepth--;
  }
}

async function runCase(
  shell: Executor,
  node: Extract<CommandNode, { type: 'Case' }>,
  frame: Frame,
): Promise<number> {
  const word = await shell.expander.single(node.word);
  const ignoreCase = shell.state.shopt.get('nocasematch') === true;
  let code = 0;
  let fallThrough = false;
  for (const item of node.items) {
    let matched = fallThrough;
    for (const pattern of item.patterns) {
      if (matched) break;
      matched = patternToRegExp(await shell.expander.pattern(pattern), { ignoreCase }).test(word);
    }
    if (!matched) continue;
    code = item.body.length === 0 ? 0 : await shell.runStatements(item.body, frame);
    if (item.terminator === ';;') return code;
    fallThrough = item.terminator === ';&';
  }
  return code;
}
