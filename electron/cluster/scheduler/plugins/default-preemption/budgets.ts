import { matchesLabels, selectorFromLabelSelector } from '../../../apimachinery/labels.ts';
import type { DisruptionBudget } from '../../framework/cluster-objects.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

/** Keys of the Pods whose deletion would break a disruption budget; the budgets are spent in the order given. Models filterPodsWithPDBViolation (v1.34). */
export function violating(
  pods: readonly PodInfo[],
  budgets: readonly DisruptionBudget[],
): ReadonlySet<string> {
  const left = budgets.map(({ status }) => status?.disruptionsAllowed ?? 0);
  const broken = new Set<string>();
  for (const { pod, key } of pods) {
    const { namespace, name = '', labels } = pod.metadata ?? {};
    if (labels === undefined || Object.keys(labels).length === 0) continue;
    budgets.forEach(({ metadata, spec, status }, index) => {
      if (metadata?.namespace !== namespace) return;
      const selector = selectorFromLabelSelector(spec?.selector);
      // A budget over everything is taken to be over nothing, as upstream does.
      if (selector.length === 0 || !matchesLabels(selector, labels)) return;
      // Its disruption has been counted already.
      if (status?.disruptedPods !== undefined && Object.hasOwn(status.disruptedPods, name)) return;
      left[index] = (left[index] as number) - 1;
      if ((left[index] as number) < 0) broken.add(key);
    });
  }
  return broken;
}
