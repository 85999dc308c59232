import type { Labels } from '../../../apimachinery/labels.ts';
import { matchesLabels, NOTHING } from '../../../apimachinery/labels.ts';
import type { AffinityTerm, PodAffinityTerms } from '../../framework/affinity-terms.ts';
import { termMatches } from '../../framework/affinity-terms.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type {
  FilterPlugin,
  Handle,
  PreFilterExtensions,
  PreFilterPlugin,
  PreScorePlugin,
  ScorePlugin,
} from '../../framework/interface.ts';
import { maxNodeScore } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { InterPodAffinityArgs } from '../../framework/plugin-args.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { PodKinds } from '../../framework/pod-kinds.ts';
import type { Status } from '../../framework/status.ts';
import { skip, unresolvable, unschedulable } from '../../framework/status.ts';
import { TopologyCounts } from './topology-counts.ts';

const filterKey = 'PreFilterInterPodAffinity';
const scoreKey = 'PreScoreInterPodAffinity';
const noLabels: Labels = {};
const noAffinity = unresolvable("node(s) didn't match pod affinity rules");
const ownAntiAffinity = unschedulable("node(s) didn't match pod anti-affinity rules");
const theirAntiAffinity = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
const noTerms: PodAffinityTerms = {
  requiredAffinity: [],
  requiredAntiAffinity: [],
  preferredAffinity: [],
  preferredAntiAffinity: [],
};

/** Counts of matching Pods by topology pair, kept up to date while preemption tries what-ifs. */
class FilterState {
  readonly terms: PodAffinityTerms;
  readonly namespaceLabels: Labels;
  /** Pods on nodes whose required anti-affinity speaks of the incoming Pod. */
  readonly existingAntiAffinity: TopologyCounts;
  /** Pods that satisfy all required affinity terms of the incoming Pod. */
  readonly affinity: TopologyCounts;
  readonly antiAffinity: TopologyCounts;

  constructor(
    terms: PodAffinityTerms,
    namespaceLabels: Labels,
    counts: readonly [TopologyCounts, TopologyCounts, TopologyCounts],
  ) {
    this.terms = terms;
    this.namespaceLabels = namespaceLabels;
    [this.existingAntiAffinity, this.affinity, this.antiAffinity] = counts;
  }

  clone(): FilterState {
    const counts = [this.existingAntiAffinity, this.affinity, this.antiAffinity].map((count) =>
      count.clone(),
    );
    return new FilterState(
      this.terms,
      this.namespaceLabels,
      counts as [TopologyCounts, TopologyCounts, TopologyCounts],
    );
  }

  /** False when such Pods are of no account wherever they are. */
  concerns(incoming: PodInfo, other: PodInfo): boolean {
    return (
      other.affinity?.requiredAntiAffinity.some((term) =>
        termMatches(term, incoming.pod, this.namespaceLabels),
      ) === true ||
      matchesAll(this.terms.requiredAffinity, other) ||
      this.terms.requiredAntiAffinity.some((term) => termMatches(term, other.pod, noLabels))
    );
  }

  /** Counts so many Pods on a node in, or out (negative). */
  count(incoming: PodInfo, other: PodInfo, labels: Labels, amount: number): void {
    for (const term of other.affinity?.requiredAntiAffinity ?? []) {
      if (termMatches(term, incoming.pod, this.namespaceLabels))
        this.existingAntiAffinity.add(term.topologyKey, labels, amount);
    }
    if (matchesAll(this.terms.requiredAffinity, other)) {
      for (const { topologyKey } of this.terms.requiredAffinity)
        this.affinity.add(topologyKey, labels, amount);
    }
    for (const term of this.terms.requiredAntiAffinity) {
      if (termMatches(term, other.pod, noLabels)) this.antiAffinity.add(term.topologyKey, labels, amount);
    }
  }
}

/** Pod affinity and anti-affinity, required and preferred, of the Pod and of those that run. Models plugins/interpodaffinity (v1.34). */
export class InterPodAffinity
  implements PreFilterPlugin, PreFilterExtensions, FilterPlugin, PreScorePlugin, ScorePlugin
{
  readonly name = 'InterPodAffinity';
  readonly events: readonly EventRegistration[] = [
    { resource: 'AssignedPod', actions: ['Add', 'UpdateLabel', 'Delete'] },
    { resource: 'UnscheduledPod', actions: ['UpdateLabel'] },
    { resource: 'Node', actions: ['Add', 'UpdateLabel'] },
  ];
  readonly #handle: Handle;

  /** `hardPodAffinityWeight`: what another Pod's required affinity weighs when nodes are scored. */
  readonly #args: InterPodAffinityArgs;

  constructor(args: InterPodAffinityArgs, handle: Handle) {
    this.#args = args;
    this.#handle = handle;
  }

  preFilter(state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): Status | undefined {
    const terms = this.#resolved(pod.affinity ?? noTerms);
    const asks = terms.requiredAffinity.length > 0 || terms.requiredAntiAffinity.length > 0;
    const namespaceLabels = this.#handle.objects.namespaceLabels(pod.pod.metadata?.namespace ?? '');
    const counts = [new TopologyCounts(), new TopologyCounts(), new TopologyCounts()] as const;
    const found = new FilterState(terms, namespaceLabels, counts);
    for (const { sample, nodes: on } of this.#kinds(nodes).values()) {
      if (!found.concerns(pod, sample)) continue;
      for (const [node, count] of on) found.count(pod, sample, labelsOf(node), count);
    }
    if (!asks && found.existingAntiAffinity.isEmpty) return skip;
    state.write(filterKey, found);
    return undefined;
  }

  addPod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    this.#filterState(state).count(pod, other, labelsOf(node), 1);
  }

  removePod(state: CycleState, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    this.#filterState(state).count(pod, other, labelsOf(node), -1);
  }

  filter(state: CycleState, pod: PodInfo, { node }: NodeInfo): Status | undefined {
    const found = this.#filterState(state);
    const labels = node?.metadata?.labels ?? noLabels;
    if (!satisfiesAffinity(found, pod, labels)) return noAffinity;
    for (const { topologyKey } of found.terms.requiredAntiAffinity) {
      const value = labels[topologyKey];
      if (value !== undefined && found.antiAffinity.get(topologyKey, value) > 0) return ownAntiAffinity;
    }
    return found.existingAntiAffinity.hasAny(labels) ? theirAntiAffinity : undefined;
  }

  preScore(state: CycleState, pod: PodInfo): Status | undefined {
    const { preferredAffinity, preferredAntiAffinity } = this.#resolved(pod.affinity ?? noTerms);
    const asks = preferredAffinity.length > 0 || preferredAntiAffinity.length > 0;
    if (!asks && this.#args.ignorePreferredTermsOfExistingPods === true) return skip;
    const { hardPodAffinityWeight } = this.#args;
    const namespaceLabels = this.#handle.objects.namespaceLabels(pod.pod.metadata?.namespace ?? '');
    const sums = new TopologyCounts();
    for (const { sample, nodes } of this.#kinds(this.#handle.nodes()).values()) {
      const amounts: [string, number][] = [];
      const weigh = (term: AffinityTerm, about: PodInfo, ofNamespace: Labels, amount: number): void => {
        if (amount !== 0 && termMatches(term, about.pod, ofNamespace))
          amounts.push([term.topologyKey, amount]);
      };
      for (const { term, weight } of preferredAffinity) weigh(term, sample, noLabels, weight);
      for (const { term, weight } of preferredAntiAffinity) weigh(term, sample, noLabels, -weight);
      const theirs = sample.affinity ?? noTerms;
      for (const term of theirs.requiredAffinity) weigh(term, pod, namespaceLabels, hardPodAffinityWeight);
      for (const { term, weight } of theirs.preferredAffinity) weigh(term, pod, namespaceLabels, weight);
      for (const { term, weight } of theirs.preferredAntiAffinity) weigh(term, pod, namespaceLabels, -weight);
      if (amounts.length === 0) continue;
      for (const [node, count] of nodes)
        for (const [key, amount] of amounts) sums.add(key, labelsOf(node), count * amount);
    }
    if (sums.isEmpty) return skip;
    state.write(scoreKey, sums);
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    const sums = state.required<TopologyCounts>(scoreKey);
    return nodes.map(({ node }) => sums.sum(node?.metadata?.labels ?? noLabels));
  }

  normalize(_state: CycleState, _pod: PodInfo, scores: number[]): void {
    let min = Infinity;
    let max = -Infinity;
    for (const score of scores) {
      if (score < min) min = score;
      if (score > max) max = score;
    }
    const difference = max - min;
    for (let index = 0; index < scores.length; index += 1) {
      const above = (scores[index] as number) - min;
      scores[index] = difference > 0 ? Math.trunc(maxNodeScore * (above / difference)) : 0;
    }
  }

  #kinds(nodes: readonly NodeInfo[]): PodKinds {
    return this.#handle.kept?.().kinds ?? PodKinds.of(nodes);
  }

  #filterState(state: CycleState): FilterState {
    return state.required<FilterState>(filterKey);
  }

  /** Terms of the incoming Pod with namespace selectors turned into names, as they are now. Models mergeAffinityTermNamespacesIfNotEmpty. */
  #resolved(terms: PodAffinityTerms): PodAffinityTerms {
    if (terms === noTerms) return terms;
    const resolve = (term: AffinityTerm): AffinityTerm => {
      const { namespaceSelector, namespaces } = term;
      // Nothing selected, or everything: no names are needed.
      if (namespaceSelector === NOTHING || namespaceSelector.length === 0) return term;
      const named = this.#handle.objects
        .namespaces()
        .filter(({ labels }) => matchesLabels(namespaceSelector, labels))
        .map(({ name }) => name);
      return { ...term, namespaces: new Set([...namespaces, ...named]), namespaceSelector: NOTHING };
    };
    const weigh = <T extends { readonly term: AffinityTerm }>(one: T): T => ({
      ...one,
      term: resolve(one.term),
    });
    return {
      requiredAffinity: terms.requiredAffinity.map(resolve),
      requiredAntiAffinity: terms.requiredAntiAffinity.map(resolve),
      preferredAffinity: terms.preferredAffinity.map(weigh),
      preferredAntiAffinity: terms.preferredAntiAffinity.map(weigh),
    };
  }
}

function labelsOf({ node }: NodeInfo): Labels {
  return node?.metadata?.labels ?? noLabels;
}

/** False for no terms: nothing was asked. */
function matchesAll(terms: readonly AffinityTerm[], { pod }: PodInfo): boolean {
  return terms.length > 0 && terms.every((term) => termMatches(term, pod, noLabels));
}

function satisfiesAffinity(state: FilterState, pod: PodInfo, labels: Labels): boolean {
  const { requiredAffinity } = state.terms;
  let podsExist = true;
  for (const { topologyKey } of requiredAffinity) {
    const value = labels[topologyKey];
    if (value === undefined) return false;
    if (state.affinity.get(topologyKey, value) <= 0) podsExist = false;
  }
  // The first of a group that wants to be with its own kind may go anywhere.
  return podsExist || (state.affinity.isEmpty && matchesAll(requiredAffinity, pod));
}
