import { AUTHORIZER, policyVariables } from '../../../api/admissionregistration/v1/policy-variables.ts';
import type { ValidatingAdmissionPolicy } from '../../../api/types.ts';
import type { CelProgram } from '../../../apimachinery/cel/expression.ts';
import { compileCel } from '../../../apimachinery/cel/expression.ts';

export interface CompiledValidation {
  readonly expression: string;
  readonly program: CelProgram;
  readonly message: string | undefined;
  readonly messageProgram: CelProgram | undefined;
  readonly reason: string;
}

interface Named {
  readonly name: string;
  readonly program: CelProgram;
}

/** A policy whose expressions are ready to run. */
export interface CompiledPolicy {
  readonly matchConditions: readonly Named[];
  readonly variables: readonly Named[];
  readonly validations: readonly CompiledValidation[];
  readonly auditAnnotations: readonly Named[];
}

const compiled = new WeakMap<ValidatingAdmissionPolicy, CompiledPolicy>();

/** The policy's expressions, compiled once for each version of the object. @throws CelCompileError */
export function compiledPolicy(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  let found = compiled.get(policy);
  if (found === undefined) {
    found = compile(policy);
    compiled.set(policy, found);
  }
  return found;
}

function compile({ spec }: ValidatingAdmissionPolicy): CompiledPolicy {
  const known = policyVariables(spec?.paramKind !== undefined);
  const program = (source: string): CelProgram => compileCel(source, known);
  const forMessages = known.filter((name) => name !== AUTHORIZER);
  return {
    matchConditions: (spec?.matchConditions ?? []).map(({ name, expression }) => ({
      name,
      program: program(expression),
    })),
    variables: (spec?.variables ?? []).map(({ name, expression }) => ({
      name,
      program: program(expression),
    })),
    validations: (spec?.validations ?? []).map(({ expression, message, messageExpression, reason }) => ({
      expression,
      program: program(expression),
      message,
      messageProgram:
        messageExpression === undefined ? undefined : compileCel(messageExpression, forMessages),
      reason: reason ?? 'Invalid',
    })),
    auditAnnotations: (spec?.auditAnnotations ?? []).map(({ key, valueExpression }) => ({
      name: key,
      program: program(valueExpression),
    })),
  };
}
