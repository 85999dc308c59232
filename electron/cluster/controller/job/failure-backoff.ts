import type { Job, Pod } from '../../api/types.ts';
import { finishedTime, isJobPodFailed } from './job-pods.ts';

const base = 10_000;
const longest = 600_000;

/** Failures of a Job's Pods since the last success. */
export interface FailureRecord {
  readonly failures: number;
  /** Virtual milliseconds. */
  readonly last: number;
}

/** The record with Pods that finished since. Models job/backoff_utils.go (v1.34). */
export function withFinished(
  job: Job,
  record: FailureRecord | undefined,
  finished: readonly Pod[],
  now: number,
): FailureRecord {
  let { failures, last } = record ?? { failures: 0, last: 0 };
  const timed = finished.map((pod) => ({ pod, time: finishedTime(pod, now) }));
  for (const { pod, time } of timed.sort((a, b) => a.time - b.time)) {
    failures = isJobPodFailed(job, pod) ? failures + 1 : 0;
    last = isJobPodFailed(job, pod) ? time : last;
  }
  return { failures, last };
}

/** Milliseconds until the next Pod may be made. */
export function backoffLeft({ failures, last }: FailureRecord, now: number): number {
  if (failures === 0) return 0;
  return Math.max(0, last + Math.min(base * 2 ** (failures - 1), longest) - now);
}
