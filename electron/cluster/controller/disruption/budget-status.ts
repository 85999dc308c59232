import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { isTerminating, nameOf } from '../../apimachinery/meta.ts';
import { formatTime, parseTime } from '../../apimachinery/time.ts';
import type { Pod, PodDisruptionBudget } from '../../api/types.ts';
import { isPodReady } from '../pod-status.ts';

type BudgetStatus = NonNullable<PodDisruptionBudget['status']>;
type DisruptedPods = Readonly<Record<string, string>>;

/** What a budget asks for, in Pods. */
export interface ExpectedPods {
  readonly expected: number;
  readonly desiredHealthy: number;
}

/** An evicted Pod that is not gone after so long was not deleted. */
const DELETION_TIMEOUT = 120_000;

/** Pods that were allowed to go and are still there: those that may yet go, and those whose time is over. Models buildDisruptedPodMap (v1.34). */
export function disruptedPods(
  { status }: PodDisruptionBudget,
  pods: readonly Pod[],
  now: number,
): {
  readonly pending: DisruptedPods;
  readonly overdue: readonly Pod[];
  /** When the next of them is overdue. */
  readonly recheck: number | undefined;
} {
  const pending: Record<string, string> = {};
  const overdue: Pod[] = [];
  let recheck: number | undefined;
  for (const pod of pods) {
    const disrupted = status?.disruptedPods?.[nameOf(pod)];
    if (isTerminating(pod) || disrupted === undefined) continue;
    const until = (parseTime(disrupted) ?? 0) + DELETION_TIMEOUT;
    if (until < now) overdue.push(pod);
    else {
      pending[nameOf(pod)] = disrupted;
      recheck = Math.min(recheck ?? Infinity, until);
    }
  }
  return { pending, overdue, recheck };
}

/** The budget with its status brought up to date; undefined when it is. Models updatePdbStatus (v1.34). */
export function withCurrentStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  { expected, desiredHealthy }: ExpectedPods,
  pending: DisruptedPods,
  now: number,
): PodDisruptionBudget | undefined {
  const currentHealthy = pods.filter(
    (pod) => !isTerminating(pod) && isPodReady(pod) && pending[nameOf(pod)] === undefined,
  ).length;
  const allowed = expected > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const status: BudgetStatus = {
    ...(Object.keys(pending).length === 0 ? {} : { disruptedPods: pending }),
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed: allowed,
    expectedPods: expected,
    observedGeneration: budget.metadata?.generation ?? 0,
    conditions: budget.status?.conditions ?? [],
  };
  const next = withCondition(budget, status, now, {
    status: allowed > 0 ? 'True' : 'False',
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  });
  return deepEqual(next.status, budget.status) ? undefined : next;
}

/** The budget as it is when nobody knows: no Pod may go. Models failSafe (v1.34). */
export function withoutDisruptions(
  budget: PodDisruptionBudget,
  message: string,
  now: number,
): PodDisruptionBudget {
  const none = { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  const status: BudgetStatus = { ...none, ...budget.status, disruptionsAllowed: 0 };
  return withCondition(budget, status, now, { status: 'False', reason: 'SyncFailed', message });
}

function withCondition(
  budget: PodDisruptionBudget,
  status: BudgetStatus,
  now: number,
  said: { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string },
): PodDisruptionBudget {
  const conditions = status.conditions ?? [];
  const old = conditions.find(({ type }) => type === 'DisruptionAllowed');
  const next = {
    ...said,
    type: 'DisruptionAllowed',
    lastTransitionTime: old?.status === said.status ? old.lastTransitionTime : formatTime(now),
    ...(status.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
  };
  const all = old === undefined ? [...conditions, next] : conditions.map((one) => (one === old ? next : one));
  return { ...budget, status: { ...status, conditions: all } };
}
