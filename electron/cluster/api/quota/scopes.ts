import type { KubeObject, ResourceQuota } from '../types.ts';
import type { QuotaEvaluator, ScopeSelector } from './evaluator.ts';

/** All conditions of a quota: its `scopes`, then its `scopeSelector`. */
export function scopeSelectorsOf(quota: ResourceQuota): readonly ScopeSelector[] {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  return [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
}

/** Whether the object is one that the quota counts, whatever it counts of it. */
export function matchesScopes(quota: ResourceQuota, evaluator: QuotaEvaluator, object: KubeObject): boolean {
  return scopeSelectorsOf(quota).every((selector) => evaluator.matchesScope(selector, object));
}

/** Whether a name ('' for none) is what a selector asks for. Models ScopedResourceSelectorRequirementsAsSelector (v1.34). */
export function selectorMatches({ operator, values = [] }: ScopeSelector, name: string): boolean {
  if (operator === 'Exists') return name !== '';
  if (operator === 'DoesNotExist') return name === '';
  if (operator === 'In') return name !== '' && values.includes(name);
  return !values.includes(name) || name === '';
}
