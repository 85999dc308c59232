import { scaledValue } from '../../apimachinery/int-or-string.ts';
import type { IntOrString } from '../../apimachinery/int-or-string.ts';
import { canonicalText } from '../../apimachinery/names.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types.ts';

/** Label that tells the Pods and ReplicaSets of one template. */
export const templateHashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

export function desiredReplicas(object: Deployment | ReplicaSet): number {
  return object.spec?.replicas ?? 1;
}

export function totalReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, rs) => sum + desiredReplicas(rs), 0);
}

/** Pods that there are, as the ReplicaSets' statuses say. */
export function actualReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, rs) => sum + (rs.status?.replicas ?? 0), 0);
}

export function readyReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, rs) => sum + (rs.status?.readyReplicas ?? 0), 0);
}

export function availableReplicas(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, rs) => sum + (rs.status?.availableReplicas ?? 0), 0);
}

export function isRollingUpdate(deployment: Deployment): boolean {
  return deployment.spec?.strategy?.type !== 'Recreate';
}

/**
 * Surge and unavailable as numbers of Pods: surge rounded up, unavailable down; should both come to 0, one Pod
 * may be unavailable, or nothing could move. Models deploymentutil.ResolveFenceposts (v1.34).
 */
export function resolveFenceposts(
  maxSurge: IntOrString,
  maxUnavailable: IntOrString,
  desired: number,
): { readonly surge: number; readonly unavailable: number } {
  const surge = scaledValue(maxSurge, desired, true) ?? 0;
  const unavailable = scaledValue(maxUnavailable, desired, false) ?? 0;
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const rolling = deployment.spec?.strategy?.rollingUpdate as
    { maxSurge?: IntOrString; maxUnavailable?: IntOrString } | undefined;
  return resolveFenceposts(
    rolling?.maxSurge ?? '25%',
    rolling?.maxUnavailable ?? '25%',
    desiredReplicas(deployment),
  );
}

/** How many Pods there may be beyond the desired number. */
export function maxSurge(deployment: Deployment): number {
  return isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0;
}

/** How many Pods may be missing of the desired number. */
export function maxUnavailable(deployment: Deployment): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment) || desired === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, desired);
}

/** True when the templates are the same but for the hash label. */
export function equalIgnoringHash(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return a === b || canonicalText(withoutHash(a)) === canonicalText(withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): unknown {
  const labels: Record<string, string> = { ...template?.metadata?.labels };
  delete labels[templateHashLabel];
  // The server writes `creationTimestamp: null` into templates; it says nothing.
  const metadata: Record<string, unknown> = { ...template?.metadata, labels };
  for (const key of Object.keys(metadata)) if (metadata[key] === null) delete metadata[key];
  if (Object.keys(labels).length === 0) delete metadata['labels'];
  return { ...template, metadata };
}

/** Oldest first; by name among those of the same second. */
export function byCreation(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [a.metadata?.creationTimestamp ?? '', b.metadata?.creationTimestamp ?? ''];
  if (left !== right) return left < right ? -1 : 1;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

/** The ReplicaSet of the Deployment's present template: the oldest, should there be several. */
export function findNewReplicaSet(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return [...sets]
    .sort(byCreation)
    .find((rs) => equalIgnoringHash(rs.spec?.template, deployment.spec?.template));
}

export function withReplicas(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.filter((rs) => desiredReplicas(rs) > 0);
}

/** The ReplicaSet that scaling goes to: the only active one, or with none active the newest; undefined with several. */
export function activeOrLatest(
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const active = withReplicas([...(newSet === undefined ? [] : [newSet]), ...oldSets]);
  if (active.length > 1) return undefined;
  return active[0] ?? newSet ?? [...oldSets].sort(byCreation).at(-1);
}

export function revisionOf(object: {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
}): number {
  const value = Number(object.metadata?.annotations?.[revisionAnnotation] ?? '0');
  return Number.isSafeInteger(value) ? value : 0;
}

export function maxRevision(sets: readonly ReplicaSet[]): number {
  return sets.reduce((max, rs) => Math.max(max, revisionOf(rs)), 0);
}

/** Every desired Pod is of the new ReplicaSet, and available. */
export function isSaturated(deployment: Deployment, newSet: ReplicaSet | undefined): boolean {
  if (newSet === undefined) return false;
  const desired = desiredReplicas(deployment);
  const annotated = newSet.metadata?.annotations?.[desiredReplicasAnnotation];
  if (annotated === undefined) return false;
  return (
    desiredReplicas(newSet) === desired &&
    Number(annotated) === desired &&
    (newSet.status?.availableReplicas ?? 0) === desired
  );
}

/** What the new ReplicaSet may grow to now. Models deploymentutil.NewRSNewReplicas (v1.34). */
export function newSetReplicas(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  newSetCurrent: number,
): number {
  const desired = desiredReplicas(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const limit = desired + maxSurge(deployment);
  const current = totalReplicas(sets);
  if (current >= limit) return newSetCurrent;
  return newSetCurrent + Math.min(limit - current, desired - newSetCurrent);
}
