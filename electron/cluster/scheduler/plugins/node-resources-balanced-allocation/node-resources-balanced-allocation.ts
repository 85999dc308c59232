import type { CycleState } from '../../framework/cycle-state.ts';
import type { PreScorePlugin, ScorePlugin } from '../../framework/interface.ts';
import { maxNodeScore } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { skip } from '../../framework/status.ts';

/** Prefers nodes whose CPU and memory would be used to a like share. Models plugins/noderesources/balanced_allocation.go (v1.34). */
export class NodeResourcesBalancedAllocation implements PreScorePlugin, ScorePlugin {
  readonly name = 'NodeResourcesBalancedAllocation';

  preScore(_state: CycleState, pod: PodInfo): Status | undefined {
    return pod.requests.milliCpu === 0 && pod.requests.memory === 0 ? skip : undefined;
  }

  score(_state: CycleState, pod: PodInfo, { requested, allocatable }: NodeInfo): number {
    const shares: number[] = [];
    const add = (used: number, all: number): void => {
      if (all !== 0) shares.push(Math.min(1, used / all));
    };
    add(requested.milliCpu + pod.requests.milliCpu, allocatable.milliCpu);
    add(requested.memory + pod.requests.memory, allocatable.memory);
    const [first, second] = shares;
    // The standard deviation of two values is half their distance.
    const deviation = first === undefined || second === undefined ? 0 : Math.abs((first - second) / 2);
    return Math.floor((1 - deviation) * maxNodeScore);
  }
}
