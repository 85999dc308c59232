import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { PreEnqueuePlugin } from '../../framework/interface.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { unresolvable } from '../../framework/status.ts';

/** Keeps a Pod out of the queue while it has scheduling gates. Models plugins/schedulinggates (v1.34). */
export class SchedulingGates implements PreEnqueuePlugin {
  readonly name = 'SchedulingGates';
  readonly events: readonly EventRegistration[] = [
    { resource: 'UnscheduledPod', actions: ['UpdateSchedulingGates'] },
  ];

  preEnqueue(pod: PodInfo): Status | undefined {
    const gates = pod.pod.spec?.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return unresolvable(`waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`);
  }
}
