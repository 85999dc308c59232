import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  duplicate,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../../../../apimachinery/validation/field-error.ts';
import type { JobSpec, PodFailurePolicy, SuccessPolicy } from '../../../types.ts';

type Rule = PodFailurePolicy['rules'][number];
const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_PATTERNS = 20;

/** Models validatePodFailurePolicy (pkg/apis/batch/validation, v1.34). */
export function validatePodFailurePolicy(spec: JobSpec, path: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const errors: FieldError[] = [];
  if (rules.length > MAX_RULES) errors.push(tooMany(`${path}.rules`, rules.length, MAX_RULES));
  rules.forEach((rule, index) => errors.push(...validateRule(spec, rule, `${path}.rules[${index}]`)));
  return errors;
}

function validateRule(spec: JobSpec, rule: Rule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { action = '', onExitCodes, onPodConditions = [] } = rule as Partial<Rule>;
  const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
  if (action === '') errors.push(required(`${path}.action`, `valid values: ${quoted(actions)}`));
  else if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    errors.push(invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  else if (!actions.includes(action)) errors.push(notSupported(`${path}.action`, action, actions));
  if (onExitCodes !== undefined) errors.push(...validateExitCodes(spec, onExitCodes, `${path}.onExitCodes`));
  if (onPodConditions.length > MAX_PATTERNS)
    errors.push(tooMany(`${path}.onPodConditions`, onPodConditions.length, MAX_PATTERNS));
  onPodConditions.forEach((pattern, index) => {
    const where = `${path}.onPodConditions[${index}].status`;
    const statuses = ['False', 'True', 'Unknown'];
    if ((pattern.status ?? '') === '') errors.push(required(where, `valid values: ${quoted(statuses)}`));
    else if (!statuses.includes(pattern.status as string))
      errors.push(notSupported(where, pattern.status, statuses));
  });
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    const detail = 'specifying both OnExitCodes and OnPodConditions is not supported';
    errors.push(invalid(path, null, detail));
  }
  if (onExitCodes === undefined && onPodConditions.length === 0)
    errors.push(invalid(path, null, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

function validateExitCodes(
  spec: JobSpec,
  onExitCodes: NonNullable<Rule['onExitCodes']>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { operator = '', values = [], containerName } = onExitCodes as Partial<typeof onExitCodes>;
  const operators = ['In', 'NotIn'];
  if (operator === '') errors.push(required(`${path}.operator`, `valid values: ${quoted(operators)}`));
  else if (!operators.includes(operator)) errors.push(notSupported(`${path}.operator`, operator, operators));
  if (containerName !== undefined) {
    const { containers = [], initContainers = [] } = spec.template.spec ?? {};
    if (![...containers, ...initContainers].some(({ name }) => name === containerName)) {
      const detail = 'must be one of the container or initContainer names in the pod template';
      errors.push(invalid(`${path}.containerName`, containerName, detail));
    }
  }
  if (values.length === 0) errors.push(invalid(`${path}.values`, values, 'at least one value is required'));
  else if (values.length > MAX_EXIT_CODES)
    errors.push(tooMany(`${path}.values`, values.length, MAX_EXIT_CODES));
  let ordered = true;
  values.forEach((value, index) => {
    if (operator === 'In' && value === 0)
      errors.push(invalid(`${path}.values[${index}]`, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) !== index) errors.push(duplicate(`${path}.values[${index}]`, value));
    if (index > 0 && (values[index - 1] as number) > value) ordered = false;
  });
  if (!ordered) errors.push(invalid(`${path}.values`, values, 'must be ordered'));
  return errors;
}

/** Models validateSuccessPolicy (v1.34), the index lists taken as they are. */
export function validateSuccessPolicy(policy: SuccessPolicy, spec: JobSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const rules = policy.rules ?? [];
  if (rules.length === 0) {
    errors.push(
      required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified'),
    );
    return errors;
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(`${path}.rules`, rules.length, MAX_RULES));
  rules.forEach((rule, index) => {
    const where = `${path}.rules[${index}]`;
    const { succeededCount, succeededIndexes } = rule;
    if (succeededCount === undefined && succeededIndexes === undefined)
      errors.push(required(where, 'at least one of succeededCount or succeededIndexes must be specified'));
    if (succeededCount === undefined) return;
    if (succeededCount < 0) {
      const detail = 'must be greater than or equal to 0';
      errors.push(invalid(`${where}.succeededCount`, succeededCount, detail));
    }
    if (spec.completions !== undefined && succeededCount > spec.completions) {
      const detail = `must be less than or equal to ${spec.completions} (the number of specified completions)`;
      errors.push(invalid(`${where}.succeededCount`, succeededCount, detail));
    }
  });
  return errors;
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(', ');
}
