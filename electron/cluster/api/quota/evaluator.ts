import type { Quantity } from '../../apimachinery/quantity.ts';
import { quantityOf } from '../../apimachinery/quantity.ts';
import type { ResourceAmounts } from '../helpers/resource-list.ts';
import type { KubeObject } from '../types.ts';

/** One condition of a quota on the objects it counts, e.g. `{scopeName: BestEffort, operator: Exists}`. */
export interface ScopeSelector {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/**
 * Measures objects of one resource for quotas. Pure; used by admission, which knows what changes, and by the
 * quota controller, which counts what is there. Models apiserver/pkg/quota/v1 Evaluator (v1.34).
 */
export interface QuotaEvaluator {
  /** Whether a write through this door can change what is counted. */
  handles(operation: 'CREATE' | 'UPDATE' | 'DELETE', subresource: string): boolean;
  /** Which of these names of a quota's hard limits it measures. */
  matchingResources(names: readonly string[]): string[];
  matchesScope(selector: ScopeSelector, object: KubeObject): boolean;
  /** What the object must say and does not, as upstream's text; undefined when nothing is missing. */
  constraints(required: readonly string[], object: KubeObject): string | undefined;
  /** What the object uses at `now` (milliseconds), by name. */
  usage(object: KubeObject, now: number): ResourceAmounts;
  /** Whether a change of an object gives back quota, so that usage has to be counted again. */
  frees(old: KubeObject, object: KubeObject, now: number): boolean;
}

export const ONE: Quantity = quantityOf(1);

/** `count/deployments.apps`, `count/pods`. Models ObjectCountQuotaResourceNameFor (v1.34). */
export function countName(group: string, resource: string): string {
  return group === '' ? `count/${resource}` : `count/${resource}.${group}`;
}
