import type { Pod } from '../api/types.ts';
import { parseTime } from '../apimachinery/time.ts';
import { isPodReady, podCondition } from './pod-status.ts';

const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** A Pod and how many related Pods share its node. */
export interface RankedPod {
  readonly pod: Pod;
  readonly rank: number;
}

/** Ages count in powers of two, so that of Pods of like age any may go. */
function ageBucket(time: string | undefined, now: number): number | undefined {
  const since = parseTime(time);
  if (since === undefined) return undefined;
  const seconds = Math.max(0, now - since) / 1000;
  return Math.floor(Math.log2(Math.max(seconds, Number.MIN_VALUE)));
}

function compareAges(
  a: string | undefined,
  b: string | undefined,
  now: number,
  pods: readonly [Pod, Pod],
): number {
  const [left, right] = [ageBucket(a, now), ageBucket(b, now)];
  // What has no time yet is the youngest.
  if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1;
  if (left !== right) return left - right;
  if (a === b) return 0;
  const [first, second] = [pods[0].metadata?.uid ?? '', pods[1].metadata?.uid ?? ''];
  return first < second ? -1 : first > second ? 1 : 0;
}

function restarts(pod: Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce(
    (most, { restartCount }) => Math.max(most, restartCount),
    0,
  );
}

function deletionCost(pod: Pod): number {
  const cost = Number(pod.metadata?.annotations?.[deletionCostAnnotation] ?? '0');
  return Number.isSafeInteger(cost) ? cost : 0;
}

/**
 * Orders Pods by who is to go first: without a node, pending, not ready, cheaper, on a crowded node, ready for
 * a shorter time, restarted more often, younger. Models controller.ActivePodsWithRanks (v1.34).
 */
export function compareForDeletion(a: RankedPod, b: RankedPod, now: number): number {
  const [left, right] = [a.pod, b.pod];
  const assigned = (pod: Pod): number => ((pod.spec?.nodeName ?? '') === '' ? 0 : 1);
  const ready = (pod: Pod): number => (isPodReady(pod) ? 1 : 0);
  const phase = (pod: Pod): number => phases[pod.status?.phase ?? ''] ?? 0;
  const readySince = (pod: Pod): string | undefined => podCondition(pod, 'Ready')?.lastTransitionTime;
  return (
    assigned(left) - assigned(right) ||
    phase(left) - phase(right) ||
    ready(left) - ready(right) ||
    deletionCost(left) - deletionCost(right) ||
    b.rank - a.rank ||
    (ready(left) === 1 ? compareAges(readySince(left), readySince(right), now, [left, right]) : 0) ||
    restarts(right) - restarts(left) ||
    compareAges(left.metadata?.creationTimestamp, right.metadata?.creationTimestamp, now, [left, right])
  );
}
