import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { notSupported, required } from '../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../apimachinery/validation/label-selector.ts';
import type { MatchResources } from '../../types.ts';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const MATCH_POLICIES = ['Equivalent', 'Exact'];

type Rules = MatchResources['resourceRules'];

/** Models SetDefaults_MatchResources (v1.34). */
export function defaultMatchResources(match: MatchResources): MatchResources {
  const scoped = (rules: Rules): Rules => rules?.map((rule) => ({ ...rule, scope: rule.scope ?? '*' }));
  const { resourceRules, excludeResourceRules } = match;
  return {
    ...match,
    matchPolicy: match.matchPolicy ?? 'Equivalent',
    namespaceSelector: match.namespaceSelector ?? {},
    objectSelector: match.objectSelector ?? {},
    ...(resourceRules === undefined ? {} : { resourceRules: scoped(resourceRules) }),
    ...(excludeResourceRules === undefined ? {} : { excludeResourceRules: scoped(excludeResourceRules) }),
  } as MatchResources;
}

/** Models validateMatchResources (v1.34). */
export function validateMatchResources(match: MatchResources, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (match.matchPolicy !== undefined && !MATCH_POLICIES.includes(match.matchPolicy))
    errors.push(notSupported(`${path}.matchPolicy`, match.matchPolicy, MATCH_POLICIES));
  errors.push(...validateLabelSelector(match.namespaceSelector, `${path}.namespaceSelector`));
  errors.push(...validateLabelSelector(match.objectSelector, `${path}.objectSelector`));
  for (const key of ['resourceRules', 'excludeResourceRules'] as const)
    errors.push(
      ...(match[key] ?? []).flatMap((rule, index) => validateRule(rule, `${path}.${key}[${index}]`)),
    );
  return errors;
}

function validateRule(rule: NonNullable<Rules>[number], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { operations = [], apiGroups = [], apiVersions = [], resources = [] } = rule;
  for (const operation of operations)
    if (!OPERATIONS.includes(operation))
      errors.push(notSupported(`${path}.operations`, operation, OPERATIONS));
  if (operations.length === 0) errors.push(required(`${path}.operations`));
  if (apiGroups.length === 0) errors.push(required(`${path}.apiGroups`));
  if (apiVersions.length === 0) errors.push(required(`${path}.apiVersions`));
  if (resources.length === 0) errors.push(required(`${path}.resources`));
  return errors;
}
