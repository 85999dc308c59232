import type { NodeSelectorTerm } from '../../../api/helpers/node-selector.ts';
import { matchesNodeSelector, matchesNodeSelectorTerm } from '../../../api/helpers/node-selector.ts';
import type { Node } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import { defaultNormalizeScore } from '../../framework/default-normalize-score.ts';
import type {
  FilterPlugin,
  PreFilterPlugin,
  PreFilterResult,
  PreScorePlugin,
  ScorePlugin,
} from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { NodeAffinityArgs, PreferredSchedulingTerm } from '../../framework/plugin-args.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { matchesRequiredNodeAffinity } from '../../framework/required-node-affinity.ts';
import type { Status } from '../../framework/status.ts';
import { skip, unresolvable } from '../../framework/status.ts';

const enforced = unresolvable("node(s) didn't match scheduler-enforced node affinity");
const mismatch = unresolvable("node(s) didn't match Pod's node affinity/selector");

/** nodeSelector and node affinity, required and preferred. Models plugins/nodeaffinity (v1.34). */
export class NodeAffinity implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = 'NodeAffinity';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateLabel'],
      hint: (pod, _old, node) =>
        this.#isEnforced(node as Node) && matchesRequiredNodeAffinity(pod.pod, node as Node)
          ? 'Queue'
          : 'Skip',
    },
  ];
  /** Terms that every Pod of the profile has besides its own. */
  readonly #addedTerms: readonly NodeSelectorTerm[] | undefined;
  readonly #addedPreferred: readonly PreferredSchedulingTerm[];

  constructor({ addedAffinity }: NodeAffinityArgs) {
    this.#addedTerms =
      addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution === undefined
        ? undefined
        : (addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms ?? []);
    this.#addedPreferred = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  }

  preFilter(_state: CycleState, pod: PodInfo): PreFilterResult | Status | undefined {
    const terms = requiredTerms(pod);
    const selector = pod.pod.spec?.nodeSelector;
    const asks = terms !== undefined || (selector !== undefined && Object.keys(selector).length > 0);
    if (!asks && this.#addedTerms === undefined) return skip;
    if (terms === undefined || terms.length === 0) return undefined;
    // Only if every term names nodes can the others be left out from the start.
    const names = new Set<string>();
    for (const term of terms) {
      let named: string[] | undefined;
      for (const { key, operator, values } of term.matchFields ?? []) {
        if (key !== 'metadata.name' || operator !== 'In') continue;
        const earlier: string[] | undefined = named;
        named =
          earlier === undefined ? [...(values ?? [])] : earlier.filter((name) => values?.includes(name));
      }
      if (named === undefined) return undefined;
      for (const name of named) names.add(name);
    }
    return names.size === 0 ? unresolvable('pod affinity terms conflict') : { nodeNames: names };
  }

  filter(_state: CycleState, pod: PodInfo, { node }: NodeInfo): Status | undefined {
    if (node !== undefined && !this.#isEnforced(node)) return enforced;
    return node !== undefined && matchesRequiredNodeAffinity(pod.pod, node) ? undefined : mismatch;
  }

  preScore(_state: CycleState, pod: PodInfo): Status | undefined {
    return preferredTerms(pod).length === 0 && this.#addedPreferred.length === 0 ? skip : undefined;
  }

  score(_state: CycleState, pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    const preferred = preferredTerms(pod);
    return nodes.map(({ node }) =>
      node === undefined ? 0 : weightOf(this.#addedPreferred, node) + weightOf(preferred, node),
    );
  }

  normalize(_state: CycleState, _pod: PodInfo, scores: number[]): void {
    defaultNormalizeScore(scores, false);
  }

  #isEnforced(node: Node): boolean {
    return this.#addedTerms === undefined || matchesNodeSelector(this.#addedTerms, node);
  }
}

function weightOf(terms: readonly PreferredSchedulingTerm[], node: Node): number {
  let sum = 0;
  for (const { weight, preference } of terms)
    if (weight !== 0 && matchesNodeSelectorTerm(preference, node)) sum += weight;
  return sum;
}

function requiredTerms(pod: PodInfo): readonly NodeSelectorTerm[] | undefined {
  return pod.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    ?.nodeSelectorTerms;
}

function preferredTerms(pod: PodInfo): readonly PreferredSchedulingTerm[] {
  return pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
}
