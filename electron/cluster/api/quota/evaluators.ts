import { CLAIM_EVALUATOR } from './claim-evaluator.ts';
import { countEvaluator } from './count-evaluator.ts';
import type { QuotaEvaluator } from './evaluator.ts';
import { POD_EVALUATOR } from './pod-evaluator.ts';
import { SERVICE_EVALUATOR } from './service-evaluator.ts';

const known = new Map<string, QuotaEvaluator>([
  ['/pods', POD_EVALUATOR],
  ['/services', SERVICE_EVALUATOR],
  ['/persistentvolumeclaims', CLAIM_EVALUATOR],
]);

/** Who measures a resource: by its number where nobody knows more of it. Models quota/v1/install (v1.34). */
export function quotaEvaluatorFor(group: string, resource: string): QuotaEvaluator {
  const key = `${group}/${resource}`;
  let evaluator = known.get(key);
  if (evaluator === undefined) {
    evaluator = countEvaluator(group, resource);
    known.set(key, evaluator);
  }
  return evaluator;
}

/** No quota counts events. Models DefaultIgnoredResources (v1.34). */
export function isQuotaIgnored(group: string, resource: string): boolean {
  return resource === 'events' && (group === '' || group === 'events.k8s.io');
}
