import { matchesLabels } from '../../../apimachinery/labels.ts';
import type { Pod } from '../../../api/types.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import { PodKinds } from '../../framework/pod-kinds.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { SpreadConstraint } from './constraints.ts';
import { hasAllKeys, isIncluded } from './constraints.ts';

/** By constraint: the domains there are, and the matching Pods of those that have any. Shared: not to be changed. */
export interface SpreadCounts {
  readonly domains: readonly ReadonlySet<string>[];
  readonly counts: readonly ReadonlyMap<string, number>[];
}

/** What is kept of a cluster from cycle to cycle. */
export interface KeptCluster {
  readonly kinds: PodKinds;
  readonly nodesVersion: number;
}

/** More different questions than this are not remembered at once. */
const maxKept = 100;

/** One set of constraints over one choice of nodes, counted for Pods of one namespace. */
class Counted implements SpreadCounts {
  readonly domains: readonly Set<string>[];
  readonly counts: readonly Map<string, number>[];
  readonly #constraints: readonly SpreadConstraint[];
  readonly #namespace: string;
  readonly #domainOf: readonly Map<NodeInfo, string>[];

  constructor(
    constraints: readonly SpreadConstraint[],
    pod: Pod,
    nodes: readonly NodeInfo[],
    kinds: PodKinds,
  ) {
    this.#constraints = constraints;
    this.#namespace = pod.metadata?.namespace ?? '';
    this.domains = constraints.map(() => new Set<string>());
    this.counts = constraints.map(() => new Map<string, number>());
    this.#domainOf = constraints.map(() => new Map<NodeInfo, string>());
    for (const info of nodes) this.#addNode(info, pod);
    for (const { sample, nodes: on } of kinds.values())
      if (this.#mayMatch(sample)) for (const [node, count] of on) this.count(sample, node, count);
  }

  /** So many such Pods more on a node. */
  count(pod: PodInfo, node: NodeInfo, amount: number): void {
    if (!this.#mayMatch(pod)) return;
    const { labels } = pod.pod.metadata ?? {};
    for (let index = 0; index < this.#constraints.length; index += 1) {
      const { selector } = this.#constraints[index] as SpreadConstraint;
      // Nothing is meant by an empty selector here.
      if (selector.length === 0 || !matchesLabels(selector, labels)) continue;
      const value = this.#domainOf[index]?.get(node);
      if (value === undefined) continue;
      const counts = this.counts[index] as Map<string, number>;
      const sum = (counts.get(value) ?? 0) + amount;
      if (sum === 0) counts.delete(value);
      else counts.set(value, sum);
    }
  }

  /** One that is being deleted does not count any more. */
  #mayMatch({ group, pod }: PodInfo): boolean {
    return group !== undefined && (pod.metadata?.namespace ?? '') === this.#namespace;
  }

  #addNode(info: NodeInfo, pod: Pod): void {
    const { node } = info;
    const labels = node?.metadata?.labels ?? {};
    if (node === undefined || !hasAllKeys(labels, this.#constraints)) return;
    for (const [index, constraint] of this.#constraints.entries()) {
      if (!isIncluded(constraint, pod, node)) continue;
      const value = labels[constraint.topologyKey] as string;
      this.domains[index]?.add(value);
      this.#domainOf[index]?.set(info, value);
    }
  }
}

/** Counts for spread constraints, remembered while the nodes stay as they are and kept up to date with every Pod. */
export class KeptSpreadCounts {
  readonly #kept = new Map<string, Counted>();
  #cluster: KeptCluster | undefined;

  /** `cluster`: undefined where nothing is kept; then all is counted anew. */
  of(
    constraints: readonly SpreadConstraint[],
    pod: Pod,
    nodes: readonly NodeInfo[],
    cluster: KeptCluster | undefined,
  ): SpreadCounts {
    if (cluster === undefined) return new Counted(constraints, pod, nodes, PodKinds.of(nodes));
    this.#follow(cluster);
    const question = questionOf(constraints, pod);
    let counted = this.#kept.get(question);
    if (counted === undefined) {
      counted = new Counted(constraints, pod, nodes, cluster.kinds);
      this.#kept.set(question, counted);
    }
    return counted;
  }

  #follow({ kinds, nodesVersion }: KeptCluster): void {
    const changed = this.#cluster?.nodesVersion !== nodesVersion;
    if (changed || this.#kept.size >= maxKept) this.#kept.clear();
    if (this.#cluster?.kinds !== kinds) {
      this.#kept.clear();
      kinds.watch((pod, node, amount) => {
        // Those of an earlier cluster are of no interest.
        if (this.#cluster?.kinds === kinds)
          for (const counted of this.#kept.values()) counted.count(pod, node, amount);
      });
    }
    this.#cluster = { kinds, nodesVersion };
  }
}

/** All that the answer depends on besides nodes and Pods. */
function questionOf(constraints: readonly SpreadConstraint[], { metadata, spec }: Pod): string {
  return JSON.stringify([
    metadata?.namespace,
    constraints.map(({ topologyKey, honorAffinity, honorTaints, selector }) => [
      topologyKey,
      honorAffinity,
      honorTaints,
      selector,
    ]),
    spec?.nodeSelector,
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    constraints.some(({ honorTaints }) => honorTaints) ? spec?.tolerations : undefined,
  ]);
}
