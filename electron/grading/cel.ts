import { CelCompileError, compileCel } from '../cluster/apimachinery/cel/expression.ts';
import { CelVariables } from '../cluster/apimachinery/cel/variables.ts';

/** A compiled CEL predicate. */
export type Predicate = (variables: Readonly<Record<string, unknown>>) => boolean;

/**
 * Compiles an expression that must yield a boolean; `variables` are the names it may use. What it may say is what admission
 * policies may say. One that fails for some input (a missing field, say), or costs too much, is false for it.
 * @throws Error with the expression when it does not compile
 */
export function compilePredicate(expression: string, ...variables: readonly string[]): Predicate {
  let program;
  try {
    program = compileCel(expression, variables);
  } catch (error) {
    if (!(error instanceof CelCompileError)) throw error;
    throw new Error(`CEL expression ${JSON.stringify(expression)}: ${error.message}`);
  }
  return (values) => {
    const outcome = new CelVariables(values).run(program);
    return 'value' in outcome && outcome.value === true;
  };
}
