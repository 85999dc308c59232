import type { Labels, Selector } from '../../apimachinery/labels.ts';
import { matchesLabels, NOTHING, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import type { LabelSelector } from '../../apimachinery/types.ts';
import type { Pod } from '../../api/types.ts';

/** One term of pod (anti-)affinity, parsed. Models framework.AffinityTerm (v1.34). */
export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>;
  readonly namespaceSelector: Selector;
  readonly selector: Selector;
  readonly topologyKey: string;
}

export interface WeightedAffinityTerm {
  readonly term: AffinityTerm;
  readonly weight: number;
}

/** Pod affinity and anti-affinity of one Pod. */
export interface PodAffinityTerms {
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly WeightedAffinityTerm[];
  readonly preferredAntiAffinity: readonly WeightedAffinityTerm[];
}

interface RawTerm {
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly topologyKey: string;
}

/** The terms of a Pod; undefined when it asks nothing of other Pods. @throws LabelSelectorError */
export function podAffinityTerms(pod: Pod): PodAffinityTerms | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec?.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return undefined;
  const parse = (term: RawTerm): AffinityTerm => parseTerm(pod, term);
  const weigh = ({
    weight,
    podAffinityTerm,
  }: {
    weight: number;
    podAffinityTerm: RawTerm;
  }): WeightedAffinityTerm => ({ weight, term: parse(podAffinityTerm) });
  return {
    requiredAffinity: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(parse),
    requiredAntiAffinity: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(parse),
    preferredAffinity: (podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(weigh),
    preferredAntiAffinity: (podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      weigh,
    ),
  };
}

function parseTerm(pod: Pod, term: RawTerm): AffinityTerm {
  const { namespaces = [], namespaceSelector, labelSelector, topologyKey } = term;
  // Neither names nor a selector: the Pod's own namespace.
  const own = namespaces.length === 0 && namespaceSelector === undefined;
  return {
    namespaces: new Set(own ? [pod.metadata?.namespace ?? ''] : namespaces),
    namespaceSelector:
      namespaceSelector === undefined ? NOTHING : selectorFromLabelSelector(namespaceSelector),
    selector: selectorFromLabelSelector(labelSelector),
    topologyKey,
  };
}

/** True when the term speaks of this Pod, whose namespace has these labels. */
export function termMatches(term: AffinityTerm, pod: Pod, namespaceLabels: Labels): boolean {
  const { namespace = '', labels } = pod.metadata ?? {};
  if (!term.namespaces.has(namespace) && !matchesLabels(term.namespaceSelector, namespaceLabels))
    return false;
  return matchesLabels(term.selector, labels);
}
