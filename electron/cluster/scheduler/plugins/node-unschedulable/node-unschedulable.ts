import { isTolerated } from '../../../api/helpers/tolerations.ts';
import type { Node } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { unresolvable } from '../../framework/status.ts';

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Refuses cordoned nodes, unless the Pod tolerates that. Models plugins/nodeunschedulable (v1.34). */
export class NodeUnschedulable implements FilterPlugin {
  readonly name = 'NodeUnschedulable';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateTaint'],
      hint: (pod, _old, node) => (this.#refuses(pod, node as Node) ? 'Skip' : 'Queue'),
    },
    { resource: 'UnscheduledPod', actions: ['UpdateTolerations'] },
  ];

  filter(_state: CycleState, pod: PodInfo, { node }: NodeInfo): Status | undefined {
    return node !== undefined && this.#refuses(pod, node)
      ? unresolvable('node(s) were unschedulable')
      : undefined;
  }

  #refuses(pod: PodInfo, node: Node): boolean {
    return node.spec?.unschedulable === true && !isTolerated(taint, pod.pod.spec?.tolerations);
  }
}
