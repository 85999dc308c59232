import type { CelInput } from '@bufbuild/cel';
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';

/** A compiled CEL predicate. */
export type Predicate = (variables: Readonly<Record<string, unknown>>) => boolean;

/**
 * Compiles an expression that must yield a boolean. An expression that fails for some input (a missing field,
 * say) is false for it. @throws Error with the expression when it does not parse.
 */
export function compilePredicate(expression: string): Predicate {
  let evaluate;
  try {
    evaluate = plan(celEnv(), parse(expression));
  } catch (error) {
    throw new Error(
      `CEL expression ${JSON.stringify(expression)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return (variables) => {
    const result = evaluate(toCel(variables) as Record<string, CelInput>);
    return !isCelError(result) && result === true;
  };
}

/** JSON as CEL has it: whole numbers are ints. */
function toCel(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toCel(item)]));
}
