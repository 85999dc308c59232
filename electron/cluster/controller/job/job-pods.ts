import { parseTime } from '../../apimachinery/time.ts';
import type { Job, Pod } from '../../api/types.ts';
import { podCondition } from '../pod-status.ts';

/** Keeps a Pod until its Job has counted it. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';
export const completionIndexKey = 'batch.kubernetes.io/job-completion-index';
export const indexFailureCountAnnotation = 'batch.kubernetes.io/job-index-failure-count';

export function hasTrackingFinalizer(pod: Pod): boolean {
  return pod.metadata?.finalizers?.includes(trackingFinalizer) === true;
}

/** Counts as failed: it has failed, or is on its way out where that is enough to be replaced. Models job.isPodFailed (v1.34). */
export function isJobPodFailed(job: Job, pod: Pod): boolean {
  const phase = pod.status?.phase;
  if (phase === 'Failed') return true;
  if (onlyReplacesFailed(job)) return false;
  return pod.metadata?.deletionTimestamp !== undefined && phase !== 'Succeeded';
}

export function onlyReplacesFailed({ spec }: Job): boolean {
  return spec?.podReplacementPolicy === 'Failed';
}

export function isIndexed({ spec }: Job): boolean {
  return spec?.completionMode === 'Indexed';
}

/** The completion index of a Pod; undefined where it has none below the Job's completions. */
export function completionIndex(job: Job, pod: Pod): number | undefined {
  const index = Number(pod.metadata?.annotations?.[completionIndexKey] ?? NaN);
  return Number.isInteger(index) && index >= 0 && index < (job.spec?.completions ?? 0) ? index : undefined;
}

/** When a Pod finished, in virtual milliseconds: its last container, else its deletion or the end of being ready, else `now`. Models backoff_utils.go getFinishedTime (v1.34). */
export function finishedTime(pod: Pod, now: number): number {
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    parseTime(state?.terminated?.finishedAt as string | undefined),
  );
  const last = Math.max(...ends.map((end) => end ?? -Infinity));
  if (Number.isFinite(last)) return last;
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod.metadata ?? {};
  const deleted = parseTime(deletionTimestamp);
  if (deleted !== undefined) return deleted - (deletionGracePeriodSeconds ?? 0) * 1000;
  return parseTime(podCondition(pod, 'Ready')?.lastTransitionTime) ?? now;
}
