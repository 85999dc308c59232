import type { PreemptionCandidate } from '../../cycle-trace.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import { reasonHistogram } from '../../framework/fit-error.ts';
import type { Handle, PostFilterPlugin, PostFilterResult } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { DefaultPreemptionArgs } from '../../framework/plugin-args.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { unresolvable, unschedulable } from '../../framework/status.ts';
import type { Candidate } from './dry-run.ts';
import { pickCandidate, selectVictims } from './dry-run.ts';

/** So many candidates, and victims of each, are told of. */
const maxTold = 50;
const notHelpful = unresolvable('Preemption is not helpful for scheduling');

/**
 * Looks for a node that would take the Pod once Pods of lower priority are gone, and asks for their deletion.
 * Models plugins/defaultpreemption (v1.34).
 */
export class DefaultPreemption implements PostFilterPlugin {
  readonly name = 'DefaultPreemption';
  readonly events = [{ resource: 'AssignedPod' as const, actions: ['Delete' as const] }];
  readonly #handle: Handle;

  readonly #args: DefaultPreemptionArgs;

  constructor(args: DefaultPreemptionArgs, handle: Handle) {
    this.#args = args;
    this.#handle = handle;
  }

  postFilter(
    state: CycleState,
    pod: PodInfo,
    nodes: readonly NodeInfo[],
    filtered: ReadonlyMap<string, Status>,
  ): PostFilterResult {
    if (pod.pod.spec?.preemptionPolicy === 'Never') {
      return { status: unschedulable('preemption: not eligible due to preemptionPolicy=Never.') };
    }
    if (this.#waitsForVictims(pod, nodes, filtered))
      return {
        status: unschedulable('preemption: not eligible due to a terminating pod on the nominated node.'),
      };
    const budgets = this.#handle.objects.disruptionBudgets();
    const refusals = new Map<string, Status>();
    const candidates: Candidate[] = [];
    const potential: NodeInfo[] = [];
    for (const node of nodes) {
      if (filtered.get(node.name)?.code === 'Unschedulable') potential.push(node);
      else refusals.set(node.name, notHelpful);
    }
    for (const node of this.#fromSomewhere(potential)) {
      if (this.#isEnough(candidates, potential.length)) break;
      const found = selectVictims(this.#handle, state, pod, node, budgets);
      if ('victims' in found) candidates.push(found);
      else refusals.set(node.name, found);
    }
    const best = pickCandidate(candidates);
    if (best === undefined) {
      const why = `0/${nodes.length} nodes are available: ${reasonHistogram(refusals.values())}.`;
      return { status: unschedulable(`preemption: ${why}`) };
    }
    this.#handle.preempt(pod, best.node.name, best.victims);
    return {
      nominatedNodeName: best.node.name,
      candidates: candidates.slice(0, maxTold).map(told),
      status: undefined,
    };
  }

  /** All of them; where there are more than need be tried, from one by chance on. Models GetOffsetAndNumCandidates. */
  #fromSomewhere(potential: readonly NodeInfo[]): readonly NodeInfo[] {
    if (potential.length <= this.#wanted(potential.length)) return potential;
    const offset = this.#handle.rand.int(potential.length);
    return [...potential.slice(offset), ...potential.slice(0, offset)];
  }

  #wanted(nodes: number): number {
    const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = this.#args;
    return Math.max(Math.floor((nodes * minCandidateNodesPercentage) / 100), minCandidateNodesAbsolute);
  }

  #isEnough(candidates: readonly Candidate[], nodes: number): boolean {
    return (
      candidates.length >= this.#wanted(nodes) && candidates.some(({ pdbViolations }) => pdbViolations === 0)
    );
  }

  /** Room is being made already. Models PodEligibleToPreemptOthers (v1.34). */
  #waitsForVictims(pod: PodInfo, nodes: readonly NodeInfo[], filtered: ReadonlyMap<string, Status>): boolean {
    const nominated = pod.pod.status?.nominatedNodeName ?? '';
    if (nominated === '' || filtered.get(nominated)?.code === 'UnschedulableAndUnresolvable') return false;
    const node = nodes.find(({ name }) => name === nominated);
    return [...(node?.pods.values() ?? [])].some(
      (other) =>
        other.priority < pod.priority &&
        other.pod.metadata?.deletionTimestamp !== undefined &&
        other.pod.status?.conditions?.some(
          ({ type, reason }) => type === 'DisruptionTarget' && reason === 'PreemptionByScheduler',
        ) === true,
    );
  }
}

function told({ node, victims, pdbViolations }: Candidate): PreemptionCandidate {
  return {
    node: node.name,
    victims: victims.slice(0, maxTold).map(({ key, priority }) => ({ pod: key, priority })),
    pdbViolations,
  };
}
