import type { Pod, PodDisruptionBudget } from '../../api/types.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../apimachinery/labels.ts';
import { newForbidden, StatusError } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';

const BUDGETS = { group: 'policy', resource: 'poddisruptionbudgets' };
const MAX_DISRUPTED_PODS = 2000;
const CAUSE = 'DisruptionBudget';
const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";

/** True when the budget counts this Pod. An empty selector counts all Pods of the namespace. */
export function covers(budget: PodDisruptionBudget, pod: Pod): boolean {
  const { selector } = budget.spec ?? {};
  return selector !== undefined && matchesLabels(selectorFromLabelSelector(selector), pod.metadata?.labels);
}

/** Pods that are not running yet, have ended or are going disturb nobody. Models canIgnorePDB (v1.34). */
export function isBeyondBudgets(pod: Pod): boolean {
  const phase = pod.status?.phase ?? '';
  return ['Succeeded', 'Failed', 'Pending'].includes(phase) || pod.metadata?.deletionTimestamp !== undefined;
}

/** A Pod that is not Ready may go when the others suffice, or when the budget says always. */
export function mayEvictUnready(budget: PodDisruptionBudget, pod: Pod): boolean {
  const ready = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  if (ready === true) return false;
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

/**
 * The budget with one disruption less. Models checkAndDecrement (pkg/registry/core/pod/storage, v1.34).
 * @throws StatusError 429 when nothing is left, 403 when the budget cannot say
 */
export function withOneDisruptionLess(
  budget: PodDisruptionBudget,
  pod: string,
  now: number,
): PodDisruptionBudget {
  const name = budget.metadata?.name ?? '';
  const { status } = budget;
  if ((status?.observedGeneration ?? 0) < (budget.metadata?.generation ?? 0))
    throw refusal(`The disruption budget ${name} is still being processed by the server.`, 10);
  const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0, disruptedPods = {} } = status ?? {};
  if (disruptionsAllowed < 0) throw newForbidden(BUDGETS, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    throw newForbidden(BUDGETS, name, why);
  }
  if (disruptionsAllowed === 0) {
    throw refusal(
      `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    );
  }
  const allowed = disruptionsAllowed - 1;
  return {
    ...budget,
    status: {
      ...(status as NonNullable<typeof status>),
      disruptionsAllowed: allowed,
      disruptedPods: { ...disruptedPods, [pod]: formatTime(now) },
      ...(allowed > 0 ? {} : { conditions: exhausted(budget, now) }),
    },
  };
}

function exhausted(budget: PodDisruptionBudget, now: number) {
  const type = 'DisruptionAllowed';
  const conditions = budget.status?.conditions ?? [];
  const before = conditions.find((condition) => condition.type === type);
  const next = {
    type,
    status: 'False',
    reason: 'InsufficientPods',
    message: '',
    observedGeneration: budget.status?.observedGeneration,
    lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : formatTime(now),
  };
  return before === undefined
    ? [...conditions, next]
    : conditions.map((condition) => (condition === before ? next : condition));
}

function refusal(message: string, retryAfterSeconds = 0): StatusError {
  return new StatusError(429, 'TooManyRequests', REFUSED, {
    causes: [{ reason: CAUSE, message }],
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  });
}
