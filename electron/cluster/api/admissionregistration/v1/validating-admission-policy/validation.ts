import { CelCompileError, compileCel } from '../../../../apimachinery/cel/expression.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isQualifiedName } from '../../../../apimachinery/validation/names.ts';
import type { ValidatingAdmissionPolicy } from '../../../types.ts';
import { validateMatchResources } from '../match-resources.ts';
import { AUTHORIZER, policyVariables } from '../policy-variables.ts';

const FAILURE_POLICIES = ['Fail', 'Ignore'];
const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NEITHER = 'validations or auditAnnotations must contain at least one item';

/** Models validateValidatingAdmissionPolicySpec (v1.34). */
export function validatePolicy({ metadata, spec }: ValidatingAdmissionPolicy): FieldError[] {
  const path = 'spec';
  if (spec === undefined) return [required(path)];
  const { validations = [], auditAnnotations = [], matchConditions = [], variables = [] } = spec;
  const known = policyVariables(spec.paramKind !== undefined);
  const forMessages = known.filter((name) => name !== AUTHORIZER);
  const errors: FieldError[] = [];
  if (!FAILURE_POLICIES.includes(spec.failurePolicy ?? ''))
    errors.push(notSupported(`${path}.failurePolicy`, spec.failurePolicy, FAILURE_POLICIES));
  const { paramKind, matchConstraints: match } = spec;
  if (paramKind !== undefined) {
    if ((paramKind.apiVersion ?? '') === '') errors.push(required(`${path}.paramKind.apiVersion`));
    if ((paramKind.kind ?? '') === '') errors.push(required(`${path}.paramKind.kind`));
  }
  if (match === undefined) errors.push(required(`${path}.matchConstraints`));
  else {
    errors.push(...validateMatchResources(match, `${path}.matchConstraints`));
    if ((match.resourceRules ?? []).length === 0)
      errors.push(required(`${path}.matchConstraints.resourceRules`));
  }
  errors.push(
    ...named(
      matchConditions,
      `${path}.matchConditions`,
      known.filter((name) => name !== 'variables'),
    ),
  );
  errors.push(...named(variables, `${path}.variables`, known));
  for (const [index, { name }] of variables.entries())
    if (!IDENTIFIER.test(name)) {
      const why = 'name is not a valid CEL identifier';
      errors.push(invalid(`${path}.variables[${index}].name`, name, why));
    }
  if (validations.length === 0 && auditAnnotations.length === 0)
    errors.push(required(`${path}.validations`, NEITHER), required(`${path}.auditAnnotations`, NEITHER));
  for (const [index, validation] of validations.entries()) {
    const own = `${path}.validations[${index}]`;
    errors.push(...expression(validation.expression, `${own}.expression`, known));
    const { message, messageExpression, reason } = validation;
    if (messageExpression !== undefined)
      errors.push(...expression(messageExpression, `${own}.messageExpression`, forMessages));
    if (message !== undefined && message.trim() === '')
      errors.push(invalid(`${own}.message`, message, 'message must be non-empty if specified'));
    else if (message !== undefined && message.includes('\n'))
      errors.push(invalid(`${own}.message`, message, 'message must not contain line breaks'));
    if (reason !== undefined && !REASONS.includes(reason))
      errors.push(notSupported(`${own}.reason`, reason, REASONS));
  }
  const keys = new Set<string>();
  for (const [index, { key, valueExpression }] of auditAnnotations.entries()) {
    const own = `${path}.auditAnnotations[${index}]`;
    const complaints = isQualifiedName(`${metadata?.name ?? ''}/${key}`);
    errors.push(...complaints.map((why) => invalid(`${own}.key`, key, why)));
    if (keys.has(key)) errors.push(duplicate(`${own}.key`, key));
    keys.add(key);
    errors.push(...expression(valueExpression, `${own}.valueExpression`, known));
  }
  return errors;
}

function named(
  items: readonly { readonly name: string; readonly expression: string }[],
  path: string,
  variables: readonly string[],
): FieldError[] {
  const names = new Set<string>();
  return items.flatMap(({ name, expression: source }, index) => {
    const errors = (name ?? '') === '' ? [required(`${path}[${index}].name`)] : [];
    if (names.has(name)) errors.push(duplicate(`${path}[${index}].name`, name));
    names.add(name);
    return [...errors, ...expression(source, `${path}[${index}].expression`, variables)];
  });
}

function expression(source: string | undefined, path: string, variables: readonly string[]): FieldError[] {
  if (source === undefined || source.trim() === '') return [required(path, 'expression is not specified')];
  try {
    compileCel(source, variables);
    return [];
  } catch (error) {
    if (error instanceof CelCompileError) return [invalid(path, source, error.message)];
    throw error;
  }
}
