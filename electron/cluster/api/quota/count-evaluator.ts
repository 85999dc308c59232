import type { QuotaEvaluator } from './evaluator.ts';
import { countName, ONE } from './evaluator.ts';

/** Core resources that quotas may also name without `count/`. Models legacyObjectCountAliases (v1.34). */
const ALIASES = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);

/** Counts the objects of any resource. Models generic.NewObjectCountEvaluator (v1.34). */
export function countEvaluator(group: string, resource: string): QuotaEvaluator {
  const names = [countName(group, resource)];
  if (group === '' && ALIASES.has(resource)) names.push(resource);
  return {
    handles: (operation, subresource) => operation === 'CREATE' && subresource === '',
    matchingResources: (given) => given.filter((name) => names.includes(name)),
    matchesScope: () => false,
    constraints: () => undefined,
    usage: () => new Map(names.map((name) => [name, ONE])),
    frees: () => false,
  };
}
