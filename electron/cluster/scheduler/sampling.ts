/** A cluster of fewer nodes is looked at as a whole, and at least as many fitting nodes are looked for in a larger one. */
const minFeasibleNodes = 100;
const minPercentage = 5;

/**
 * How many nodes that fit are enough: a share of all, by itself smaller the larger the cluster. Models
 * numFeasibleNodesToFind (v1.34). `percentage`: 0 leaves it to the size of the cluster.
 */
export function feasibleNodesToFind(nodes: number, percentage: number): number {
  if (nodes < minFeasibleNodes) return nodes;
  const share = percentage === 0 ? Math.max(minPercentage, 50 - Math.trunc(nodes / 125)) : percentage;
  return Math.max(minFeasibleNodes, Math.trunc((nodes * share) / 100));
}

/** Where the search for nodes goes on from cycle to cycle, so that all nodes have their turn. */
export class SearchStart {
  #index: number;

  constructor(index = 0) {
    this.#index = index;
  }

  /** From which another one goes on like this one. */
  get index(): number {
    return this.#index;
  }

  /** Place in a list of `nodes`. */
  at(nodes: number): number {
    return nodes === 0 ? 0 : this.#index % nodes;
  }

  advance(processed: number, nodes: number): void {
    this.#index = nodes === 0 ? 0 : (this.#index + processed) % nodes;
  }
}
