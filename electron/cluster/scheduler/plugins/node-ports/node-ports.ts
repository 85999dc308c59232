import type { Pod } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin, PreFilterPlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { HostPort, PodInfo } from '../../framework/pod-info.ts';
import { podInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { skip, unschedulable } from '../../framework/status.ts';

const anyAddress = '0.0.0.0';

/** Refuses nodes where a host port of the Pod is taken. Models plugins/nodeports (v1.34). */
export class NodePorts implements PreFilterPlugin, FilterPlugin {
  readonly name = 'NodePorts';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'AssignedPod',
      actions: ['Delete'],
      hint: (pod, old) =>
        podInfo(old as Pod).hostPorts.some((port) => pod.hostPorts.some((own) => conflicts(own, port)))
          ? 'Queue'
          : 'Skip',
    },
    { resource: 'Node', actions: ['Add'] },
  ];

  preFilter(_state: CycleState, pod: PodInfo): Status | undefined {
    return pod.hostPorts.length === 0 ? skip : undefined;
  }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    for (const taken of node.hostPorts.values()) {
      if (pod.hostPorts.some((own) => conflicts(own, taken)))
        return unschedulable("node(s) didn't have free ports for the requested pod ports");
    }
    return undefined;
  }
}

function conflicts(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.ip === b.ip || a.ip === anyAddress || b.ip === anyAddress;
}
