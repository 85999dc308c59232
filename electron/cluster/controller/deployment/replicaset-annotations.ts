import type { Deployment, ReplicaSet } from '../../api/types.ts';
import {
  desiredReplicas,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  maxSurge,
  revisionAnnotation,
  revisionHistoryAnnotation,
} from './deployment-util.ts';

type Annotations = Readonly<Record<string, string>>;

/** These belong to one object alone. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  'deprecated.deployment.rollback.to',
]);

const maxHistoryLength = 2000;

/** Annotations a ReplicaSet has from its Deployment: how many there are to be, and may be at most. */
export function replicasAnnotations(deployment: Deployment): Annotations {
  const desired = desiredReplicas(deployment);
  return {
    [desiredReplicasAnnotation]: String(desired),
    [maxReplicasAnnotation]: String(desired + maxSurge(deployment)),
  };
}

/**
 * The annotations the new ReplicaSet is to have at `revision`; the same object when nothing changes.
 * Models deploymentutil.SetNewReplicaSetAnnotations (v1.34).
 */
export function newSetAnnotations(
  deployment: Deployment,
  rs: ReplicaSet,
  revision: number,
  exists: boolean,
): Annotations {
  const old: Annotations = rs.metadata?.annotations ?? {};
  const next: Record<string, string> = { ...old };
  for (const [key, value] of Object.entries(deployment.metadata?.annotations ?? {}))
    if (!notCopied.has(key)) next[key] = value;
  const oldRevision = old[revisionAnnotation];
  if (Number(oldRevision ?? '0') < revision) {
    next[revisionAnnotation] = String(revision);
    // A template that was used before comes back: its earlier numbers are kept beside the new one.
    if (oldRevision !== undefined)
      next[revisionHistoryAnnotation] = appendHistory(old[revisionHistoryAnnotation], oldRevision);
  }
  if (!exists) Object.assign(next, replicasAnnotations(deployment));
  return sameAnnotations(old, next) ? old : next;
}

function appendHistory(history: string | undefined, revision: string): string {
  if (history === undefined || history === '') return revision;
  let all = `${history},${revision}`;
  while (all.length > maxHistoryLength && all.includes(',')) all = all.slice(all.indexOf(',') + 1);
  return all;
}

export function sameAnnotations(a: Annotations, b: Annotations): boolean {
  const keys = Object.keys(b);
  return Object.keys(a).length === keys.length && keys.every((key) => a[key] === b[key]);
}
