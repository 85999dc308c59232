import type { NodeInfo } from '../../framework/node-info.ts';
import type { ResourceSpec } from '../../framework/plugin-args.ts';
import type { PodInfo } from '../../framework/pod-info.ts';

/** Score of one node from what would be requested of each resource there and what there is; 0 of which there is nothing. */
export type AllocationScorer = (requested: readonly number[], allocatable: readonly number[]) => number;

/**
 * Looks up, resource by resource, what a node has and what would be asked of it with the Pod on it, and has a scorer judge it.
 * Models resourceAllocationScorer of plugins/noderesources (v1.34). Not for use by two at a time: it keeps its scratch arrays.
 */
export class ResourceAllocation {
  readonly #names: readonly string[];
  readonly #scorer: AllocationScorer;
  /** False: requests that are missing count as 100m and 200Mi. */
  readonly #useRequested: boolean;
  readonly #requested: number[];
  readonly #allocatable: number[];

  constructor(resources: readonly ResourceSpec[], scorer: AllocationScorer, useRequested: boolean) {
    this.#names = resources.map(({ name }) => name);
    this.#scorer = scorer;
    this.#useRequested = useRequested;
    this.#requested = resources.map(() => 0);
    this.#allocatable = resources.map(() => 0);
  }

  /** True when the Pod asks for none of the resources. */
  isBestEffort(pod: PodInfo): boolean {
    return this.#names.every((name) => podRequest(pod, name) === 0);
  }

  score(pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    const scores = new Array<number>(nodes.length).fill(0);
    for (let index = 0; index < nodes.length; index += 1)
      scores[index] = this.#scoreOne(pod, nodes[index] as NodeInfo);
    return scores;
  }

  #scoreOne(pod: PodInfo, node: NodeInfo): number {
    const used = this.#useRequested ? node.requested : node.nonZero;
    const asked = this.#useRequested ? pod.requests : pod.nonZero;
    for (let index = 0; index < this.#names.length; index += 1) {
      const name = this.#names[index] as string;
      let all: number;
      let total: number;
      if (name === 'cpu') {
        all = node.allocatable.milliCpu;
        total = used.milliCpu + asked.milliCpu;
      } else if (name === 'memory') {
        all = node.allocatable.memory;
        total = used.memory + asked.memory;
      } else {
        const request = podRequest(pod, name);
        // A resource that the Pod does not ask for is no reason to prefer any node.
        const counts = request > 0 || name === 'ephemeral-storage';
        all = counts ? amountOf(node.allocatable, name) : 0;
        total = amountOf(node.requested, name) + request;
      }
      this.#allocatable[index] = all;
      this.#requested[index] = all === 0 ? 0 : total;
    }
    return this.#scorer(this.#requested, this.#allocatable);
  }
}

function podRequest(pod: PodInfo, name: string): number {
  if (name === 'cpu') return pod.requests.milliCpu;
  return name === 'memory' ? pod.requests.memory : amountOf(pod.requests, name);
}

function amountOf({ ephemeralStorage, scalars }: PodInfo['requests'], name: string): number {
  return name === 'ephemeral-storage' ? ephemeralStorage : (scalars?.get(name) ?? 0);
}
