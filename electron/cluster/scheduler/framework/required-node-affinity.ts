import { matchesNodeSelector } from '../../api/helpers/node-selector.ts';
import type { Node, Pod } from '../../api/types.ts';

/** True when the node satisfies nodeSelector and the required node affinity. Models component-helpers GetRequiredNodeAffinity (v1.34). */
export function matchesRequiredNodeAffinity(pod: Pod, node: Node): boolean {
  const labels = node.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec?.nodeSelector ?? {}))
    if (labels[key] !== value) return false;
  const terms =
    pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || matchesNodeSelector(terms, node);
}
