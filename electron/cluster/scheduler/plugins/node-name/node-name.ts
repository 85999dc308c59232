import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { unresolvable } from '../../framework/status.ts';

/** Only the node the Pod names. Models plugins/nodename (v1.34). */
export class NodeName implements FilterPlugin {
  readonly name = 'NodeName';
  readonly events: readonly EventRegistration[] = [{ resource: 'Node', actions: ['Add'] }];

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const wanted = pod.pod.spec?.nodeName ?? '';
    return wanted === '' || wanted === node.name
      ? undefined
      : unresolvable("node(s) didn't match the requested node name");
  }
}
