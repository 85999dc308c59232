import type { Node, Pod } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { FilterPlugin, ScorePlugin } from '../../framework/interface.ts';
import { maxNodeScore } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { podInfo } from '../../framework/pod-info.ts';
import type { Resource } from '../../framework/resource.ts';
import { readResourceList } from '../../framework/resource.ts';
import type { Status } from '../../framework/status.ts';

/** Refuses nodes with too little left; prefers the emptier ones (LeastAllocated). Models plugins/noderesources/fit.go (v1.34). */
export class NodeResourcesFit implements FilterPlugin, ScorePlugin {
  readonly name = 'NodeResourcesFit';
  readonly events: readonly EventRegistration[] = [
    { resource: 'AssignedPod', actions: ['Delete'] },
    {
      resource: 'AssignedPod',
      actions: ['UpdateScaleDown'],
      hint: (pod, old) => (frees(podInfo(old as Pod).requests, pod.requests) ? 'Queue' : 'Skip'),
    },
    {
      resource: 'Node',
      actions: ['Add', 'UpdateAllocatable'],
      hint: (pod, _old, node) => (couldHold(node as Node, pod.requests) ? 'Queue' : 'Skip'),
    },
    { resource: 'UnscheduledPod', actions: ['UpdateScaleDown'] },
  ];

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const reasons: string[] = [];
    let helpless = false;
    const { requests } = pod;
    const { requested, allocatable } = node;
    if (node.pods.size + 1 > allocatable.pods) reasons.push('Too many pods');
    const check = (name: string, want: number, used: number, all: number): void => {
      if (want <= 0 || want <= all - used) return;
      reasons.push(`Insufficient ${name}`);
      if (want > all) helpless = true;
    };
    check('cpu', requests.milliCpu, requested.milliCpu, allocatable.milliCpu);
    check('memory', requests.memory, requested.memory, allocatable.memory);
    check(
      'ephemeral-storage',
      requests.ephemeralStorage,
      requested.ephemeralStorage,
      allocatable.ephemeralStorage,
    );
    if (requests.scalars !== undefined) {
      for (const [name, want] of requests.scalars) {
        check(name, want, requested.scalars?.get(name) ?? 0, allocatable.scalars?.get(name) ?? 0);
      }
    }
    if (reasons.length === 0) return undefined;
    return { code: helpless ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons };
  }

  score(_state: CycleState, pod: PodInfo, node: NodeInfo): number {
    const cpu = leastAllocated(node.nonZero.milliCpu + pod.nonZero.milliCpu, node.allocatable.milliCpu);
    const memory = leastAllocated(node.nonZero.memory + pod.nonZero.memory, node.allocatable.memory);
    const scores = [cpu, memory].filter((score) => score !== undefined);
    return scores.length === 0
      ? 0
      : Math.floor(scores.reduce((sum, score) => sum + score, 0) / scores.length);
  }
}

/** Share that stays free, in percent; undefined where the node has none at all. */
function leastAllocated(requested: number, capacity: number): number | undefined {
  if (capacity === 0) return undefined;
  return requested > capacity ? 0 : Math.floor(((capacity - requested) * maxNodeScore) / capacity);
}

/** True when what shrinks held something that is asked for. */
function frees(gone: Resource, wanted: Resource): boolean {
  if (wanted.milliCpu > 0 && gone.milliCpu > 0) return true;
  if (wanted.memory > 0 && gone.memory > 0) return true;
  if (wanted.ephemeralStorage > 0 && gone.ephemeralStorage > 0) return true;
  for (const [name, amount] of wanted.scalars ?? [])
    if (amount > 0 && (gone.scalars?.get(name) ?? 0) > 0) return true;
  return false;
}

/** True when the node, were it empty, could take the Pod. */
function couldHold(node: Node, wanted: Resource): boolean {
  const all = readResourceList(node.status?.allocatable as Readonly<Record<string, string>> | undefined);
  if (all.pods < 1 || wanted.milliCpu > all.milliCpu || wanted.memory > all.memory) return false;
  if (wanted.ephemeralStorage > all.ephemeralStorage) return false;
  for (const [name, amount] of wanted.scalars ?? []) if (amount > (all.scalars?.get(name) ?? 0)) return false;
  return true;
}
