import type { Deployment, ReplicaSet } from '../../api/types.ts';
import {
  byCreation,
  desiredReplicas,
  maxReplicasAnnotation,
  maxSurge,
  totalReplicas,
  withReplicas,
} from './deployment-util.ts';

/** A ReplicaSet and what it is to be scaled to. */
export interface Sizing {
  readonly rs: ReplicaSet;
  readonly replicas: number;
}

/** Rounds halves away from zero. */
function round(value: number): number {
  return value < 0 ? -Math.floor(-value + 0.5) : Math.floor(value + 0.5);
}

/** What falls to one ReplicaSet of a change of size. Models getReplicaSetFraction (v1.34). */
function fraction(rs: ReplicaSet, deployment: Deployment): number {
  const replicas = desiredReplicas(rs);
  const desired = desiredReplicas(deployment);
  if (desired === 0) return -replicas;
  const annotated = Number(rs.metadata?.annotations?.[maxReplicasAnnotation] ?? NaN);
  const before = Number.isNaN(annotated) || annotated === 0 ? (deployment.status?.replicas ?? 0) : annotated;
  if (before === 0) return 0;
  return round((replicas * (desired + maxSurge(deployment))) / before) - replicas;
}

/**
 * Spreads a change of size in the middle of a rollout over all active ReplicaSets, each by its share; what
 * rounding leaves goes to the largest. Models the rolling part of deployment/sync.go scale (v1.34).
 */
export function proportionalSizes(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): Sizing[] {
  const desired = desiredReplicas(deployment);
  const active = withReplicas([...oldSets, ...(newSet === undefined ? [] : [newSet])]);
  const allowed = desired > 0 ? desired + maxSurge(deployment) : 0;
  const toAdd = allowed - totalReplicas(active);
  // Largest first; among equals the newer when growing, the older when shrinking.
  active.sort(
    (a, b) => desiredReplicas(b) - desiredReplicas(a) || (toAdd > 0 ? byCreation(b, a) : byCreation(a, b)),
  );
  let added = 0;
  const sizes = active.map((rs) => {
    const replicas = desiredReplicas(rs);
    if (toAdd === 0) return replicas;
    const left = toAdd - added;
    const part =
      replicas === 0 || left === 0
        ? 0
        : toAdd > 0
          ? Math.min(fraction(rs, deployment), left)
          : Math.max(fraction(rs, deployment), left);
    added += part;
    return replicas + part;
  });
  if (toAdd !== 0 && sizes[0] !== undefined) sizes[0] = Math.max(0, sizes[0] + toAdd - added);
  return active.map((rs, index) => ({ rs, replicas: sizes[index] as number }));
}
