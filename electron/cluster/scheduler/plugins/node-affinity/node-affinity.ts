import type { NodeSelectorTerm } from '../../../api/helpers/node-selector.ts';
import { matchesNodeSelectorTerm } from '../../../api/helpers/node-selector.ts';
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
import type { PodInfo } from '../../framework/pod-info.ts';
import { matchesRequiredNodeAffinity } from '../../framework/required-node-affinity.ts';
import type { Status } from '../../framework/status.ts';
import { skip, unresolvable } from '../../framework/status.ts';

/** nodeSelector and node affinity, required and preferred. Models plugins/nodeaffinity (v1.34), without addedAffinity. */
export class NodeAffinity implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = 'NodeAffinity';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateLabel'],
      hint: (pod, _old, node) => (matchesRequiredNodeAffinity(pod.pod, node as Node) ? 'Queue' : 'Skip'),
    },
  ];

  preFilter(_state: CycleState, pod: PodInfo): PreFilterResult | Status | undefined {
    const terms = requiredTerms(pod);
    const selector = pod.pod.spec?.nodeSelector;
    if (terms === undefined && (selector === undefined || Object.keys(selector).length === 0)) return skip;
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
    return node !== undefined && matchesRequiredNodeAffinity(pod.pod, node)
      ? undefined
      : unresolvable("node(s) didn't match Pod's node affinity/selector");
  }

  preScore(_state: CycleState, pod: PodInfo): Status | undefined {
    return preferredTerms(pod).length === 0 ? skip : undefined;
  }

  score(_state: CycleState, pod: PodInfo, { node }: NodeInfo): number {
    let sum = 0;
    for (const { weight, preference } of preferredTerms(pod)) {
      if (weight !== 0 && node !== undefined && matchesNodeSelectorTerm(preference, node)) sum += weight;
    }
    return sum;
  }

  normalize(_state: CycleState, _pod: PodInfo, scores: number[]): void {
    defaultNormalizeScore(scores, false);
  }
}

function requiredTerms(pod: PodInfo): readonly NodeSelectorTerm[] | undefined {
  return pod.pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    ?.nodeSelectorTerms;
}

function preferredTerms(
  pod: PodInfo,
): readonly { readonly weight: number; readonly preference: NodeSelectorTerm }[] {
  return pod.pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
}
