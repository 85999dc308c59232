import { labelsContain } from '../label-sets.ts';
import { formatTime } from '../../apimachinery/time.ts';
import type { Pod, ReplicaSet } from '../../api/types.ts';
import { isPodAvailable, isPodReady } from '../pod-status.ts';

type ReplicaSetStatus = NonNullable<ReplicaSet['status']>;
type ReplicaSetCondition = NonNullable<ReplicaSetStatus['conditions']>[number];

/** Why Pods could not be created or deleted. */
export interface ManageFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** The status that the Pods make. Models pkg/controller/replicaset calculateStatus (v1.34), without terminating replicas (alpha there). */
export function replicaSetStatus(
  rs: ReplicaSet,
  pods: readonly Pod[],
  failure: ManageFailure | undefined,
  now: number,
): ReplicaSetStatus {
  const labels = rs.spec?.template?.metadata?.labels ?? {};
  const minReadySeconds = rs.spec?.minReadySeconds ?? 0;
  let fullyLabeled = 0;
  let ready = 0;
  let available = 0;
  for (const pod of pods) {
    if (labelsContain(pod.metadata?.labels, labels)) fullyLabeled += 1;
    if (!isPodReady(pod)) continue;
    ready += 1;
    if (isPodAvailable(pod, minReadySeconds, now)) available += 1;
  }
  const conditions = failureConditions(rs.status?.conditions ?? [], failure, now);
  return {
    replicas: pods.length,
    ...(fullyLabeled === 0 ? {} : { fullyLabeledReplicas: fullyLabeled }),
    ...(ready === 0 ? {} : { readyReplicas: ready }),
    ...(available === 0 ? {} : { availableReplicas: available }),
    observedGeneration: rs.metadata?.generation,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

function failureConditions(
  old: readonly ReplicaSetCondition[],
  failure: ManageFailure | undefined,
  now: number,
): readonly ReplicaSetCondition[] {
  const present = old.find(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined)
    return present === undefined ? old : old.filter(({ type }) => type !== 'ReplicaFailure');
  if (present !== undefined) return old;
  const { reason, message } = failure;
  return [
    ...old,
    { type: 'ReplicaFailure', status: 'True', reason, message, lastTransitionTime: formatTime(now) },
  ];
}

/** True when writing the status would change something. */
export function replicaSetStatusDiffers(old: ReplicaSetStatus | undefined, next: ReplicaSetStatus): boolean {
  const same =
    (old?.replicas ?? 0) === next.replicas &&
    (old?.fullyLabeledReplicas ?? 0) === (next.fullyLabeledReplicas ?? 0) &&
    (old?.readyReplicas ?? 0) === (next.readyReplicas ?? 0) &&
    (old?.availableReplicas ?? 0) === (next.availableReplicas ?? 0) &&
    old?.observedGeneration === next.observedGeneration &&
    JSON.stringify(old?.conditions ?? []) === JSON.stringify(next.conditions ?? []);
  return !same;
}
