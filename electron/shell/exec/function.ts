import type { FunctionDefNode } from '../parse/ast.ts';
import { ReturnFromFunction } from './control-flow.ts';
import type { Executor } from './executor.ts';
import type { Frame } from './frame.ts';

const maxDepth = 1000;

/** Calls a shell function: its own positional parameters and `local` variables. */
export async function runFunction(
  shell: Executor,
  node: FunctionDefNode,
  argv: readonly string[],
  frame: Frame,
): Promise<number> {
  const { state } = shell;
  if (state.functionDepth >= maxDepth) {
    return shell.complain(
      frame,
      `${node.name}: maximum function nesting level exceeded (${String(maxDepth)})`,
    );
  }
  const outer = { positional: state.positional, loopDepth: state.loopDepth };
  state.positional = argv.slice(1);
  state.loopDepth = 0;
  state.functionDepth++;
  state.functionNames.push(node.name);
  state.variables.pushScope();
  try {
    return await shell.redirected(node.redirections, frame, (inner) => shell.command(node.body, inner));
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.code;
    throw error;
  } finally {
    state.variables.popScope();
    state.functionNames.pop();
    state.functionDepth--;
    state.positional = outer.positional;
    state.loopDepth = outer.loopDepth;
  }
}
