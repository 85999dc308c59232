import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import type { ResourceQuota } from '../../../types.ts';

/** What of Pods a scope may be applied to, beside their number. */
const COMPUTE = new Set(['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]));
const OF_PODS = (name: string): boolean => name === 'pods' || COMPUTE.has(name);
const OF_CLAIMS = (name: string): boolean => name === 'persistentvolumeclaims' || name === 'requests.storage';

/** Whether a scope can be applied to a resource. Models IsResourceQuotaScopeValidForResource (v1.34). */
const SCOPES: Readonly<Record<string, (name: string) => boolean>> = {
  Terminating: OF_PODS,
  NotTerminating: OF_PODS,
  BestEffort: (name) => name === 'pods',
  NotBestEffort: OF_PODS,
  PriorityClass: OF_PODS,
  CrossNamespacePodAffinity: OF_PODS,
  VolumeAttributesClass: OF_CLAIMS,
};
const EXISTS_ONLY = new Set([
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'CrossNamespacePodAffinity',
]);
const EXISTS_ONLY_TEXT =
  "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
const CONFLICTING = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

/** `standard` are the resources that are not somebody's own. Models validateResourceQuotaScopes and validateScopeSelector (v1.34). */
export function validateScopes(quota: ResourceQuota, standard: ReadonlySet<string>): FieldError[] {
  const limited = Object.keys(quota.spec?.hard ?? {})
    .filter((name) => standard.has(name))
    .sort();
  const misapplied = (scope: string): readonly string[] =>
    limited.filter((name) => SCOPES[scope]?.(name) !== true);
  const path = 'spec.scopes';
  const scopes = quota.spec?.scopes ?? [];
  const errors: FieldError[] = [];
  for (const scope of scopes) {
    if (SCOPES[scope] === undefined) errors.push(invalid(path, scopes, 'unsupported scope'));
    for (const _ of misapplied(scope))
      errors.push(invalid(path, scopes, 'unsupported scope applied to resource'));
  }
  for (const [one, other] of CONFLICTING)
    if (scopes.includes(one) && scopes.includes(other))
      errors.push(invalid(path, scopes, 'conflicting scopes'));
  return [...errors, ...validateSelector(quota, misapplied)];
}

function validateSelector(
  quota: ResourceQuota,
  misapplied: (scope: string) => readonly string[],
): FieldError[] {
  const selector = quota.spec?.scopeSelector;
  const path = 'spec.scopeSelector.matchExpressions';
  const errors: FieldError[] = [];
  const named = new Set<string>();
  for (const { scopeName, operator, values = [] } of selector?.matchExpressions ?? []) {
    if (SCOPES[scopeName] === undefined)
      errors.push(invalid(`${path}.scopeName`, scopeName, 'unsupported scope'));
    for (const _ of misapplied(scopeName))
      errors.push(invalid(path, selector, 'unsupported scope applied to resource'));
    if (EXISTS_ONLY.has(scopeName) && operator !== 'Exists')
      errors.push(invalid(`${path}.operator`, operator, EXISTS_ONLY_TEXT));
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.push(
          required(
            `${path}.values`,
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
          ),
        );
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.push(
          invalid(
            `${path}.values`,
            values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
          ),
        );
    } else {
      errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
    }
    named.add(scopeName);
  }
  for (const [one, other] of CONFLICTING)
    if (named.has(one) && named.has(other)) errors.push(invalid(path, selector, 'conflicting scopes'));
  return errors;
}
