import type { Pod } from '../../../api/types.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { SpreadConstraint } from './constraints.ts';
import { hasAllKeys, isIncluded } from './constraints.ts';

/** By constraint: the domains there are, and that of each node that counts. */
export interface Domains {
  readonly values: readonly ReadonlySet<string>[];
  readonly byNode: readonly ReadonlyMap<NodeInfo, string>[];
}

/** More different questions than this are not remembered at once. */
const maxKept = 100;

/** Which domains constraints find among the nodes, remembered while the nodes stay as they are: Pods come and go without changing it. */
export class SpreadDomains {
  readonly #kept = new Map<string, Domains>();
  #version: number | undefined;

  /** `version` changes with every change of a node; undefined where that is not known, and nothing is remembered. */
  of(
    constraints: readonly SpreadConstraint[],
    pod: Pod,
    nodes: readonly NodeInfo[],
    version: number | undefined,
  ): Domains {
    if (version === undefined) return find(constraints, pod, nodes);
    if (version !== this.#version || this.#kept.size >= maxKept) this.#kept.clear();
    this.#version = version;
    const question = questionOf(constraints, pod);
    let domains = this.#kept.get(question);
    if (domains === undefined) this.#kept.set(question, (domains = find(constraints, pod, nodes)));
    return domains;
  }
}

/** All that the answer depends on besides the nodes. */
function questionOf(constraints: readonly SpreadConstraint[], { spec }: Pod): string {
  return JSON.stringify([
    constraints.map(({ topologyKey, honorAffinity, honorTaints }) => [
      topologyKey,
      honorAffinity,
      honorTaints,
    ]),
    spec?.nodeSelector,
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution,
    constraints.some(({ honorTaints }) => honorTaints) ? spec?.tolerations : undefined,
  ]);
}

function find(constraints: readonly SpreadConstraint[], pod: Pod, nodes: readonly NodeInfo[]): Domains {
  const values = constraints.map(() => new Set<string>());
  const byNode = constraints.map(() => new Map<NodeInfo, string>());
  for (const info of nodes) {
    const labels = info.node?.metadata?.labels ?? {};
    const { node } = info;
    if (node === undefined || !hasAllKeys(labels, constraints)) continue;
    constraints.forEach((constraint, index) => {
      if (!isIncluded(constraint, pod, node)) return;
      const value = labels[constraint.topologyKey] as string;
      values[index]?.add(value);
      byNode[index]?.set(info, value);
    });
  }
  return { values, byNode };
}
