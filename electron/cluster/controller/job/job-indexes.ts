import { uidOf } from '../../apimachinery/meta.ts';
import type { Job, Pod } from '../../api/types.ts';
import { isPodActive } from '../pod-status.ts';
import { backoffLeft } from './failure-backoff.ts';
import { formatIndexes, parseIndexes } from './index-list.ts';
import {
  completionIndex,
  finishedTime,
  hasTrackingFinalizer,
  indexFailureCountAnnotation,
  isIndexed,
  isJobPodFailed,
} from './job-pods.ts';
import { matchFailurePolicy } from './pod-failure-policy.ts';

/** Where the indexes of an Indexed Job stand; empty for others. */
export interface IndexState {
  readonly succeeded: ReadonlySet<number>;
  readonly failed: ReadonlySet<number>;
  /** Failures of an index so far, and when the last was. */
  readonly failures: ReadonlyMap<number, { readonly count: number; readonly last: number }>;
}

/** From the status and from Pods; the last failed Pod of an index is held (`delayedPods`). Models job/indexed_job_utils.go (v1.34). */
export function indexState(job: Job, pods: readonly Pod[], now: number): IndexState {
  const succeeded = new Set<number>();
  const failed = new Set<number>();
  const failures = new Map<number, { count: number; last: number }>();
  if (!isIndexed(job)) return { succeeded, failed, failures };
  const { completions = 0, backoffLimitPerIndex } = job.spec ?? {};
  for (const index of parseIndexes(job.status?.completedIndexes, completions)) succeeded.add(index);
  for (const index of parseIndexes(job.status?.failedIndexes ?? undefined, completions)) failed.add(index);
  for (const pod of pods) {
    const index = completionIndex(job, pod);
    if (index === undefined) continue;
    if (pod.status?.phase === 'Succeeded' && hasTrackingFinalizer(pod)) succeeded.add(index);
    if (backoffLimitPerIndex === undefined || !isJobPodFailed(job, pod)) continue;
    const { action } = matchFailurePolicy(job, pod);
    const before = failuresBefore(pod);
    const count = action === 'Ignore' ? before : before + 1;
    if (count > backoffLimitPerIndex || action === 'FailIndex') failed.add(index);
    const known = failures.get(index);
    if (known === undefined || count >= known.count)
      failures.set(index, { count, last: finishedTime(pod, now) });
  }
  for (const index of succeeded) failed.delete(index);
  return { succeeded, failed, failures };
}

/**
 * Uids of the failed Pods by which the failures of their index are known: neither may go before there is another Pod, which
 * carries the number on. Models getPodsWithDelayedDeletionPerIndex (v1.34).
 */
export function delayedPods(
  job: Job,
  pods: readonly Pod[],
  state: IndexState,
  now: number,
): ReadonlySet<string> {
  if (!isIndexed(job) || job.spec?.backoffLimitPerIndex === undefined) return new Set();
  const active = new Set(pods.filter(isPodActive).map((pod) => completionIndex(job, pod)));
  const last = new Map<number, Pod>();
  for (const pod of pods) {
    const index = completionIndex(job, pod);
    if (index === undefined || active.has(index) || !isJobPodFailed(job, pod)) continue;
    if (state.succeeded.has(index) || state.failed.has(index)) continue;
    const known = last.get(index);
    if (known === undefined || isLater(pod, known, now)) last.set(index, pod);
  }
  return new Set([...last.values()].map(uidOf));
}

function isLater(pod: Pod, known: Pod, now: number): boolean {
  const [count, knownCount] = [failuresBefore(pod), failuresBefore(known)];
  return count === knownCount ? finishedTime(pod, now) >= finishedTime(known, now) : count > knownCount;
}

/** Of its index, as they were when the Pod was made. */
function failuresBefore({ metadata }: Pod): number {
  return Number(metadata?.annotations?.[indexFailureCountAnnotation] ?? 0);
}

/** The status fields of the state. */
export function indexStatus(job: Job, { succeeded, failed }: IndexState): object {
  if (!isIndexed(job)) return {};
  return {
    ...(succeeded.size === 0 ? {} : { completedIndexes: formatIndexes(succeeded) }),
    ...(job.spec?.backoffLimitPerIndex === undefined ? {} : { failedIndexes: formatIndexes(failed) }),
  };
}

/** The next `count` indexes that have no Pod, and how long the first waits for its backoff when there are too few. */
export function pendingIndexes(
  job: Job,
  active: readonly Pod[],
  { succeeded, failed, failures }: IndexState,
  count: number,
  now: number,
): { readonly indexes: readonly number[]; readonly waits: number | undefined } {
  const taken = new Set(active.map((pod) => completionIndex(job, pod)));
  const indexes: number[] = [];
  let waits: number | undefined;
  for (let index = 0; index < (job.spec?.completions ?? 0) && indexes.length < count; index += 1) {
    if (succeeded.has(index) || failed.has(index) || taken.has(index)) continue;
    const failure = failures.get(index);
    const left =
      failure === undefined ? 0 : backoffLeft({ failures: failure.count, last: failure.last }, now);
    if (left === 0) indexes.push(index);
    else waits = Math.min(waits ?? Infinity, left);
  }
  return { indexes, waits };
}
