import { isTolerated, untoleratedTaint } from '../../../api/helpers/tolerations.ts';
import type { Node, Taint, Toleration } from '../../../api/types.ts';
import type { EventRegistration } from '../../framework/cluster-event.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import { defaultNormalizeScore } from '../../framework/default-normalize-score.ts';
import type { FilterPlugin, PreScorePlugin, ScorePlugin } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import { isAtLeast } from '../../framework/release.ts';
import type { Status } from '../../framework/status.ts';
import { unresolvable } from '../../framework/status.ts';

const hardEffects = ['NoSchedule', 'NoExecute'];
const untolerated = unresolvable('node(s) had untolerated taint(s)');
const stateKey = 'PreScoreTaintToleration';

/** Refuses nodes with taints that the Pod does not tolerate; prefers nodes with fewer soft ones. Models plugins/tainttoleration (v1.34). */
export class TaintToleration implements FilterPlugin, PreScorePlugin, ScorePlugin {
  readonly name = 'TaintToleration';
  readonly events: readonly EventRegistration[] = [
    {
      resource: 'Node',
      actions: ['Add', 'UpdateTaint'],
      hint: (pod, _old, node) => (this.#refuses(pod, node as Node) ? 'Skip' : 'Queue'),
    },
    { resource: 'UnscheduledPod', actions: ['UpdateTolerations'] },
  ];

  /** Up to v1.33 the refusal names the taint. */
  readonly #namesTaint: boolean;

  constructor(release: string) {
    this.#namesTaint = !isAtLeast(release, 34);
  }

  filter(_state: CycleState, pod: PodInfo, { taints }: NodeInfo): Status | undefined {
    if (taints === undefined) return undefined;
    const taint = untoleratedTaint(taints, pod.pod.spec?.tolerations, hardEffects);
    if (taint === undefined) return undefined;
    return this.#namesTaint
      ? unresolvable(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`)
      : untolerated;
  }

  preScore(state: CycleState, pod: PodInfo): Status | undefined {
    const soft = (pod.pod.spec?.tolerations ?? []).filter(
      ({ effect }) => (effect ?? '') === '' || effect === 'PreferNoSchedule',
    );
    state.write(stateKey, soft);
    return undefined;
  }

  score(state: CycleState, _pod: PodInfo, nodes: readonly NodeInfo[]): number[] {
    const tolerations = state.read(stateKey) as readonly Toleration[] | undefined;
    const scores = new Array<number>(nodes.length).fill(0);
    for (let index = 0; index < nodes.length; index += 1) {
      const { taints } = nodes[index] as NodeInfo;
      if (taints !== undefined) scores[index] = softTaints(taints, tolerations);
    }
    return scores;
  }

  normalize(_state: CycleState, _pod: PodInfo, scores: number[]): void {
    defaultNormalizeScore(scores, true);
  }

  #refuses(pod: PodInfo, node: Node): boolean {
    return untoleratedTaint(node.spec?.taints, pod.pod.spec?.tolerations, hardEffects) !== undefined;
  }
}

function softTaints(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): number {
  let count = 0;
  for (const taint of taints)
    if (taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations)) count += 1;
  return count;
}
