import { formatTime } from '../../apimachinery/time.ts';
import type { Node, Taint } from '../../api/types.ts';

export const notReadyTaint = 'node.kubernetes.io/not-ready';
export const unreachableTaint = 'node.kubernetes.io/unreachable';
const unschedulableTaint = 'node.kubernetes.io/unschedulable';

/** Condition type and status, and the NoSchedule taint it calls for. */
const conditionTaints: readonly (readonly [type: string, status: string, key: string])[] = [
  ['Ready', 'False', notReadyTaint],
  ['Ready', 'Unknown', unreachableTaint],
  ['MemoryPressure', 'True', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'True', 'node.kubernetes.io/disk-pressure'],
  ['NetworkUnavailable', 'True', 'node.kubernetes.io/network-unavailable'],
  ['PIDPressure', 'True', 'node.kubernetes.io/pid-pressure'],
];
const managedKeys = new Set([...conditionTaints.map(([, , key]) => key), unschedulableTaint]);

/** The taints with the NoSchedule ones of the node's conditions brought up to date; the same list when they are. */
export function withConditionTaints(node: Node, now: number): readonly Taint[] {
  const wanted = new Set<string>();
  for (const [type, status, key] of conditionTaints) {
    if (node.status?.conditions?.some((condition) => condition.type === type && condition.status === status))
      wanted.add(key);
  }
  if (node.spec?.unschedulable === true) wanted.add(unschedulableTaint);
  return replaceTaints(node, 'NoSchedule', managedKeys, wanted, now);
}

/** The taints with the NoExecute one that the node's readiness calls for, and not the other; the same list when so. */
export function withReadinessTaint(node: Node, key: string | undefined, now: number): readonly Taint[] {
  return replaceTaints(
    node,
    'NoExecute',
    new Set([notReadyTaint, unreachableTaint]),
    new Set(key === undefined ? [] : [key]),
    now,
  );
}

function replaceTaints(
  node: Node,
  effect: string,
  managed: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
  now: number,
): readonly Taint[] {
  const taints = node.spec?.taints ?? [];
  const kept = taints.filter(
    (taint) => taint.effect !== effect || !managed.has(taint.key) || wanted.has(taint.key),
  );
  const added = [...wanted]
    .filter((key) => !taints.some((taint) => taint.key === key && taint.effect === effect))
    .map((key): Taint => ({ key, effect, timeAdded: formatTime(now) }));
  return kept.length === taints.length && added.length === 0 ? taints : [...kept, ...added];
}
