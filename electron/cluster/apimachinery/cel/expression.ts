import type { CelInput } from '@bufbuild/cel';
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { AskAuthorizer } from './authorizer.ts';
import { CostMeter, PER_CALL_LIMIT } from './cost.ts';
import { kubernetesFunctions, SIZE, STEP } from './functions.ts';
import type { Expression } from './syntax-tree.ts';
import { depthOf, firstUndeclared, instrument } from './syntax-tree.ts';
import { fromCel } from './values.ts';

/** Longer expressions, and deeper ones, are not read. */
const MAX_LENGTH = 100_000;
const MAX_DEPTH = 250;
/** Names of types are no variables. */
const TYPES = ['bool', 'bytes', 'double', 'dyn', 'int', 'list', 'map', 'null_type', 'string', 'type', 'uint'];

/** What an evaluation came to: a value as JSON has it, or an error in CEL's words. */
export type CelOutcome =
  | { readonly value: unknown; readonly cost: number }
  | { readonly error: string; readonly cost: number; readonly overBudget: boolean };

/** A compiled expression. `variables` are CEL values by name (see `toCel`); `ask` is behind the variable `authorizer`. */
export type CelProgram = (
  variables: Readonly<Record<string, CelInput>>,
  budget?: number,
  ask?: AskAuthorizer,
) => CelOutcome;

/** The expression is not one. `message` begins with `compilation failed:`. */
export class CelCompileError extends Error {}

const meter = new CostMeter();
/** Of the evaluation that is running. */
let asking: AskAuthorizer | undefined;
const functions = kubernetesFunctions(meter, (question) => {
  if (asking === undefined) throw new Error('authorizer is not available here');
  return asking(question);
});
const environment = celEnv({ funcs: [...strings, ...functions] });
const QUALIFIED = new Set(functions.map(({ name }) => name).filter((name) => name.includes('.')));

/**
 * Compiles an expression that may use the variables named. Names are checked, types only when it runs.
 * Models apiserver/pkg/cel (v1.34). @throws CelCompileError
 */
export function compileCel(source: string, variables: readonly string[]): CelProgram {
  if (source.length > MAX_LENGTH) throw failure('expression too long');
  let parsed;
  let evaluate: (bindings: Record<string, CelInput>) => unknown;
  try {
    parsed = parse(source);
    const tree = parsed.expr as unknown as Expression;
    if (depthOf(tree) > MAX_DEPTH) throw failure(`expression recursion limit exceeded: ${MAX_DEPTH}`);
    const undeclared = firstUndeclared(tree, new Set([...variables, ...TYPES]), QUALIFIED);
    if (undeclared !== undefined)
      throw failure(
        `undeclared reference to '${undeclared}' (in container '')`,
        source.indexOf(undeclared) + 1,
      );
    const counted = { ...parsed, expr: instrument(tree, STEP, SIZE) };
    evaluate = plan(environment, counted as unknown as typeof parsed) as typeof evaluate;
  } catch (error) {
    if (error instanceof CelCompileError) throw error;
    throw syntaxError(error);
  }
  return (bindings, budget = PER_CALL_LIMIT, ask = undefined) => {
    meter.begin(Math.min(budget, PER_CALL_LIMIT));
    asking = ask;
    const result = evaluate(bindings);
    const cost = Math.ceil(meter.spent) + 1;
    if (meter.exceeded)
      return { error: 'operation cancelled: actual cost limit exceeded', cost, overBudget: true };
    if (isCelError(result)) return { error: inUpstreamWords(result.message), cost, overBudget: false };
    return { value: fromCel(result), cost };
  };
}

function failure(why: string, column = 1): CelCompileError {
  return new CelCompileError(`compilation failed: ERROR: <input>:1:${column}: ${why}`);
}

/** `<input>:1:7: found …` of the library. */
function syntaxError(error: unknown): CelCompileError {
  // A text that is nested too deep exhausts the parser's stack.
  if (error instanceof RangeError) return failure(`expression recursion limit exceeded: ${MAX_DEPTH}`);
  const message = error instanceof Error ? error.message : String(error);
  const match = /^<input>:(\d+):(\d+): (.*)$/s.exec(message);
  const [line, column, what] = match === null ? ['1', '1', message] : match.slice(1);
  return new CelCompileError(`compilation failed: ERROR: <input>:${line}:${column}: Syntax error: ${what}`);
}

function inUpstreamWords(message: string): string {
  const missing = /^field not found: (.*)$/s.exec(message) ?? /^key not found: (.*)$/s.exec(message);
  if (missing !== null) return `no such key: ${missing[1]}`;
  if (/ divide by zero$/.test(message)) return 'division by zero';
  return message;
}
