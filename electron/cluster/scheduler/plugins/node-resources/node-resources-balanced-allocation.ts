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

  score(_state: CycleState, pod: PodInfo, node: NodeInfo): number {
    return this.#allocation.score(pod, node);
  }
}

function balance(requested: readonly number[], allocatable: readonly number[]): number {
  const shares: number[] = [];
  for (let index = 0; index < requested.length; index += 1) {
    const all = allocatable[index] as number;
    if (all !== 0) shares.push(Math.min(1, (requested[index] as number) / all));
  }
  return Math.trunc((1 - deviation(shares)) * maxNodeScore);
}

function deviation(shares: readonly number[]): number {
  const [first, second] = shares;
  if (first === undefined || second === undefined) return 0;
  // The standard deviation of two values is half their distance.
  if (shares.length === 2) return Math.abs((first - second) / 2);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const squares = shares.reduce((sum, share) => sum + (share - mean) * (share - mean), 0);
  return Math.sqrt(squares / shares.length);
}
