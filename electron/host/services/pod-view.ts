import type { Pod } from '../../cluster/api/types.ts';
import { summarizePod } from '../../cluster/api/core/v1/pod/table.ts';
import type { PodView } from '../../shared/contract/diagram.ts';

/** A Pod as a cell of the diagram; STATUS, READY and RESTARTS as `kubectl get pods` has them. */
export function viewPod(pod: Pod): PodView {
  const { metadata } = pod;
  const owner = metadata?.ownerReferences?.find((reference) => reference.controller === true);
  const summary = summarizePod(pod);
  return {
    uid: metadata?.uid ?? '',
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    node: pod.spec?.nodeName ?? null,
    status: summary.reason,
    ready: summary.ready === summary.total && summary.total > 0,
    restarts: summary.restarts,
    owner: owner === undefined ? null : `${owner.kind}/${owner.name}`,
  };
}
