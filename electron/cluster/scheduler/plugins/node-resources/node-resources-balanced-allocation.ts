import type { CycleState } from '../../framework/cycle-state.ts';
import type { PreScorePlugin, ScorePlugin } from '../../framework/interface.ts';
import { maxNodeScore } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { NodeResourcesBalancedAllocationArgs } from '../../framework/plugin-args.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { skip } from '../../framework/status.ts';
import { ResourceAllocation } from './resource-allocation.ts';

/** Prefers nodes whose resources would be used to a like share. Models plugins/noderesources/balanced_allocation.go (v1.34). */
export class NodeResourcesBalancedAllocation implements PreScorePlugin, ScorePlugin {
  readonly name = 'NodeResourcesBalancedAllocation';
  readonly #allocation: ResourceAllocation;

  constructor({ resources }: NodeResourcesBalancedAllocationArgs) {
    this.#allocation = new ResourceAllocation(resources, balance, true);
  }

  preScore(_state: CycleState, pod: PodInfo): Status | undefined {
    return this.#allocation.isBestEffort(pod) ? skip : undefined;
  }

  score(_state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    return this.#allocation.score(pod, nodes);
  }
}

function balance(requested: readonly number[], allocatable: readonly number[]): number {
  let count = 0;
  let sum = 0;
  let last = 0;
  let difference = 0;
  for (let index = 0; index < requested.length; index += 1) {
    const all = allocatable[index] as number;
    if (all === 0) continue;
    const share = Math.min(1, (requested[index] as number) / all);
    count += 1;
    sum += share;
    difference = last - share;
    last = share;
  }
  if (count < 2) return maxNodeScore;
  // The standard deviation of two values is half their distance.
  const deviation =
    count === 2 ? Math.abs(difference / 2) : deviationFrom(sum / count, count, requested, allocatable);
  return Math.trunc((1 - deviation) * maxNodeScore);
}

function deviationFrom(
  mean: number,
  count: number,
  requested: readonly number[],
  allocatable: readonly number[],
): number {
  let squares = 0;
  for (let index = 0; index < requested.length; index += 1) {
    const all = allocatable[index] as number;
    if (all === 0) continue;
    const distance = Math.min(1, (requested[index] as number) / all) - mean;
    squares += distance * distance;
  }
  return Math.sqrt(squares / count);
}
