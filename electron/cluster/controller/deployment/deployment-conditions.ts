import { parseTime, formatTime } from '../../apimachinery/time.ts';
import type { Deployment, DeploymentCondition, ReplicaSet } from '../../api/types.ts';
import {
  actualReplicas,
  availableReplicas,
  desiredReplicas,
  maxUnavailable,
  readyReplicas,
  totalReplicas,
} from './deployment-util.ts';

export type DeploymentStatus = NonNullable<Deployment['status']>;

/** Stands for "no deadline" in progressDeadlineSeconds. */
const noDeadline = 2_147_483_647;

export function findCondition(
  status: DeploymentStatus | undefined,
  type: string,
): DeploymentCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

export function newCondition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: number,
): DeploymentCondition {
  const time = formatTime(now);
  return { type, status, lastUpdateTime: time, lastTransitionTime: time, reason, message };
}

/** Sets a condition at the end of the list; one with the same status and reason is left as it is. Models deploymentutil.SetDeploymentCondition. */
export function withCondition(status: DeploymentStatus, condition: DeploymentCondition): DeploymentStatus {
  const old = findCondition(status, condition.type);
  if (old !== undefined && old.status === condition.status && old.reason === condition.reason) return status;
  const kept =
    old?.status === condition.status
      ? { ...condition, lastTransitionTime: old.lastTransitionTime }
      : condition;
  return {
    ...status,
    conditions: [...(status.conditions ?? []).filter(({ type }) => type !== condition.type), kept],
  };
}

export function withoutCondition(status: DeploymentStatus, type: string): DeploymentStatus {
  if (findCondition(status, type) === undefined) return status;
  return { ...status, conditions: status.conditions?.filter((condition) => condition.type !== type) };
}

export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== null && seconds !== noDeadline;
}

/** Counts over the ReplicaSets, with the Available condition. Models calculateStatus (v1.34). */
export function deploymentStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  const available = availableReplicas(sets);
  const counts = {
    replicas: actualReplicas(sets),
    updatedReplicas: newSet === undefined ? 0 : actualReplicas([newSet]),
    readyReplicas: readyReplicas(sets),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalReplicas(sets) - available),
  };
  const { collisionCount, conditions } = deployment.status ?? {};
  const status: DeploymentStatus = {
    observedGeneration: deployment.metadata?.generation,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
    ...(conditions === undefined ? {} : { conditions }),
    ...(collisionCount === undefined ? {} : { collisionCount }),
  };
  const enough = available >= desiredReplicas(deployment) - maxUnavailable(deployment);
  return withCondition(
    status,
    enough
      ? newCondition(
          'Available',
          'True',
          'MinimumReplicasAvailable',
          'Deployment has minimum availability.',
          now,
        )
      : newCondition(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
          now,
        ),
  );
}

/** Every desired Pod is of the newest template and available, and no older one is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus | undefined): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status?.updatedReplicas ?? 0) === desired &&
    (status?.replicas ?? 0) === desired &&
    (status?.availableReplicas ?? 0) === desired &&
    (status?.observedGeneration ?? 0) >= (deployment.metadata?.generation ?? 0)
  );
}

/** More of the new, fewer of the old, or more that serve, than last time. */
export function isProgressing(deployment: Deployment, next: DeploymentStatus): boolean {
  const {
    updatedReplicas = 0,
    replicas = 0,
    readyReplicas: ready = 0,
    availableReplicas: available = 0,
  } = deployment.status ?? {};
  return (
    (next.updatedReplicas ?? 0) > updatedReplicas ||
    (next.replicas ?? 0) - (next.updatedReplicas ?? 0) < replicas - updatedReplicas ||
    (next.readyReplicas ?? 0) > ready ||
    (next.availableReplicas ?? 0) > available
  );
}

/** No progress for longer than the deadline. */
export function isTimedOut(deployment: Deployment, status: DeploymentStatus, now: number): boolean {
  if (!hasProgressDeadline(deployment)) return false;
  const condition = findCondition(status, 'Progressing');
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false;
  if (condition.reason === 'ProgressDeadlineExceeded') return true;
  const since = parseTime(condition.lastUpdateTime) ?? now;
  return since + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000 < now;
}

/** The failure of the new ReplicaSet, else of any, as a condition of the Deployment. */
function failureOf(
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
): DeploymentCondition | undefined {
  for (const rs of newSet === undefined ? sets : [newSet, ...sets]) {
    const failure = rs.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (failure === undefined) continue;
    const { status, reason, message, lastTransitionTime } = failure;
    return {
      type: 'ReplicaFailure',
      status,
      reason,
      message,
      lastTransitionTime,
      lastUpdateTime: lastTransitionTime,
    };
  }
  return undefined;
}

/** The status of a rollout with its Progressing condition. Models deployment/progress.go syncRolloutStatus (v1.34). */
export function rolloutStatus(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  now: number,
): DeploymentStatus {
  let next = deploymentStatus(deployment, sets, newSet, now);
  const subject =
    newSet === undefined
      ? `Deployment "${deployment.metadata?.name}"`
      : `ReplicaSet "${newSet.metadata?.name}"`;
  const current = findCondition(deployment.status, 'Progressing');
  const settled =
    (next.replicas ?? 0) === (next.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable';
  if (!hasProgressDeadline(deployment)) {
    next = withoutCondition(next, 'Progressing');
  } else if (!settled) {
    if (isComplete(deployment, next)) {
      next = withCondition(
        next,
        newCondition(
          'Progressing',
          'True',
          'NewReplicaSetAvailable',
          `${subject} has successfully progressed.`,
          now,
        ),
      );
    } else if (isProgressing(deployment, next)) {
      const condition = newCondition(
        'Progressing',
        'True',
        'ReplicaSetUpdated',
        `${subject} is progressing.`,
        now,
      );
      const kept =
        current?.status === 'True'
          ? { ...condition, lastTransitionTime: current.lastTransitionTime }
          : condition;
      // Taken out first, so that the time of the update moves even when nothing else does.
      next = withCondition(withoutCondition(next, 'Progressing'), kept);
    } else if (isTimedOut(deployment, next, now)) {
      next = withCondition(
        next,
        newCondition(
          'Progressing',
          'False',
          'ProgressDeadlineExceeded',
          `${subject} has timed out progressing.`,
          now,
        ),
      );
    }
  }
  const failure = failureOf(sets, newSet);
  return failure === undefined ? withoutCondition(next, 'ReplicaFailure') : withCondition(next, failure);
}

/** Milliseconds until the deadline has to be looked at again; undefined when it has not. Models requeueStuckDeployment. */
export function recheckAfter(
  deployment: Deployment,
  status: DeploymentStatus,
  now: number,
): number | undefined {
  const condition = findCondition(deployment.status, 'Progressing');
  if (!hasProgressDeadline(deployment) || condition === undefined) return undefined;
  if (isComplete(deployment, status) || condition.reason === 'ProgressDeadlineExceeded') return undefined;
  const since = parseTime(condition.lastUpdateTime) ?? now;
  const left = since + (deployment.spec?.progressDeadlineSeconds ?? 0) * 1000 - now;
  return left < 1000 ? 0 : left + 1000;
}

/** True when writing the status would change something. */
export function deploymentStatusDiffers(old: DeploymentStatus | undefined, next: DeploymentStatus): boolean {
  const plain = (status: DeploymentStatus | undefined): string => {
    const { conditions = [], ...counts } = status ?? {};
    const sorted = Object.entries(counts)
      .filter(([, value]) => value !== 0 && value !== undefined && value !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const fields = conditions.map((c) => [
      c.type,
      c.status,
      c.reason,
      c.message,
      c.lastUpdateTime,
      c.lastTransitionTime,
    ]);
    return JSON.stringify([sorted, fields]);
  };
  return plain(old) !== plain(next);
}
