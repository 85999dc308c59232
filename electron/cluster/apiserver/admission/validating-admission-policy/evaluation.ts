import type { CelOutcome } from '../../../apimachinery/cel/expression.ts';
import type { CelVariables } from '../../../apimachinery/cel/variables.ts';
import type { CompiledPolicy, CompiledValidation } from './compiled-policy.ts';

/** What one validation found. */
export interface Failure {
  readonly message: string;
  readonly reason: string;
  readonly expressionIndex: number;
}

export interface Evaluation {
  readonly failures: readonly Failure[];
  /** Values of the policy's audit annotations, by key. */
  readonly annotations: ReadonlyMap<string, string>;
}

const MAX_MESSAGE = 5 * 1024;

/**
 * Runs a policy's expressions over one request and one parameter. An error counts as a failure, unless the
 * failure policy ignores it. Models plugin/policy/validating Validator.Validate (v1.34).
 */
export function evaluatePolicy(
  policy: CompiledPolicy,
  variables: CelVariables,
  ignoreErrors: boolean,
): Evaluation {
  const failures: Failure[] = [];
  const annotations = new Map<string, string>();
  const failed = (message: string, expressionIndex: number): void => {
    if (!ignoreErrors) failures.push({ message, reason: 'Invalid', expressionIndex });
  };
  for (const { name, program } of policy.matchConditions) {
    const outcome = variables.run(program);
    if ('error' in outcome) {
      failed(`failed to evaluate match condition '${name}': ${outcome.error}`, 0);
      return { failures, annotations };
    }
    if (outcome.value !== true) return { failures, annotations };
  }
  const broken = defineVariables(policy, variables);
  for (const [index, validation] of policy.validations.entries()) {
    const outcome = withCause(variables.run(validation.program), broken);
    if ('error' in outcome)
      failed(`expression '${validation.expression.trim()}' resulted in error: ${outcome.error}`, index);
    else if (outcome.value !== true)
      failures.push({
        message: messageOf(validation, variables),
        reason: validation.reason,
        expressionIndex: index,
      });
  }
  for (const { name, program } of policy.auditAnnotations) {
    const outcome = withCause(variables.run(program), broken);
    if ('error' in outcome) failed(`failed to evaluate audit annotation '${name}': ${outcome.error}`, 0);
    else if (typeof outcome.value === 'string' && outcome.value.trim() !== '')
      annotations.set(name, outcome.value.trim());
  }
  return { failures, annotations };
}

/** Each variable may use those before it. One that fails hurts only who uses it. */
function defineVariables(policy: CompiledPolicy, variables: CelVariables): ReadonlyMap<string, string> {
  const values: Record<string, unknown> = {};
  const broken = new Map<string, string>();
  variables.set('variables', values);
  for (const { name, program } of policy.variables) {
    const outcome = withCause(variables.run(program), broken);
    if ('error' in outcome) broken.set(name, outcome.error);
    else values[name] = outcome.value;
    variables.set('variables', values);
  }
  return broken;
}

function withCause(outcome: CelOutcome, broken: ReadonlyMap<string, string>): CelOutcome {
  if (!('error' in outcome) || broken.size === 0) return outcome;
  const name = /^no such key: (.*)$/.exec(outcome.error)?.[1] ?? '';
  const why = broken.get(name);
  return why === undefined
    ? outcome
    : { ...outcome, error: `composited variable "${name}" fails to evaluate: ${why}` };
}

/** What the policy says of a failure: made for it, else written down, else the expression itself. */
function messageOf(
  { expression, message, messageProgram }: CompiledValidation,
  variables: CelVariables,
): string {
  if (messageProgram !== undefined) {
    const outcome = variables.run(messageProgram);
    const text = 'value' in outcome && typeof outcome.value === 'string' ? outcome.value.trim() : '';
    if (text !== '' && !text.includes('\n') && text.length <= MAX_MESSAGE) return text;
  }
  return message === undefined ? `failed expression: ${expression.trim()}` : message.trim();
}
