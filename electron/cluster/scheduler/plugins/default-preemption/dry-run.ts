import type { CycleState } from '../../framework/cycle-state.ts';
import type { DisruptionBudget } from '../../framework/cluster-objects.ts';
import type { Handle } from '../../framework/interface.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { unresolvable } from '../../framework/status.ts';
import { violating } from './budgets.ts';

/** A node that would take the Pod if these Pods were gone, the most important first. */
export interface Candidate {
  readonly node: NodeInfo;
  readonly victims: readonly PodInfo[];
  /** How many of them a disruption budget would protect. */
  readonly pdbViolations: number;
}

function startTime(pod: PodInfo): number {
  return Date.parse(pod.pod.status?.startTime ?? '') || Infinity;
}

/** Higher priority first, then what runs longer. Models util.MoreImportantPod (v1.34). */
function moreImportant(a: PodInfo, b: PodInfo): number {
  return a.priority !== b.priority ? b.priority - a.priority : startTime(a) - startTime(b);
}

/**
 * Takes all Pods of lower priority away and gives back, by importance and first those under a budget, what may stay.
 * Models SelectVictimsOnNode (v1.34).
 */
export function selectVictims(
  handle: Handle,
  cycle: CycleState,
  pod: PodInfo,
  node: NodeInfo,
  budgets: readonly DisruptionBudget[],
): Candidate | Status {
  const lower = [...node.pods.values()].filter((other) => other.priority < pod.priority);
  if (lower.length === 0) return unresolvable('No preemption victims found for incoming pod');
  const state = cycle.clone();
  const scratch = node.clone();
  const remove = (other: PodInfo): void => {
    scratch.removePod(other.key);
    handle.removePod(state, pod, other, scratch);
  };
  lower.forEach(remove);
  const refusal = handle.filter(state, pod, scratch);
  if (refusal !== undefined) return refusal;
  lower.sort(moreImportant);
  const broken = violating(lower, budgets);
  const victims: PodInfo[] = [];
  let pdbViolations = 0;
  const byBudget = [true, false].flatMap((is) => lower.filter(({ key }) => broken.has(key) === is));
  for (const other of byBudget) {
    scratch.addPod(other);
    handle.addPod(state, pod, other, scratch);
    if (handle.filter(state, pod, scratch) === undefined) continue;
    remove(other);
    victims.push(other);
    if (broken.has(other.key)) pdbViolations += 1;
  }
  return { node, victims: victims.sort(moreImportant), pdbViolations };
}

/** The lower list is the better choice; compares element by element. */
function ranks({ victims, pdbViolations }: Candidate): readonly number[] {
  const priorities = victims.map((victim) => victim.priority);
  const highest = Math.max(...priorities);
  // Upstream shifts priorities to be positive, so that more victims always weigh more.
  const sum = priorities.reduce((total, priority) => total + priority + 2_147_483_648, 0);
  const earliest = Math.min(...victims.filter((victim) => victim.priority === highest).map(startTime));
  return [pdbViolations, highest, sum, victims.length, -earliest];
}

/**
 * Fewest broken budgets, then lowest highest priority, then smallest sum, then fewest, then latest started.
 * Models preemption.pickOneNodeForPreemption (v1.34).
 */
export function pickCandidate(candidates: readonly Candidate[]): Candidate | undefined {
  let best: { readonly candidate: Candidate; readonly ranks: readonly number[] } | undefined;
  for (const candidate of candidates) {
    if (candidate.victims.length === 0) return candidate;
    const own = ranks(candidate);
    if (best === undefined || compare(own, best.ranks) < 0) best = { candidate, ranks: own };
  }
  return best?.candidate;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}
