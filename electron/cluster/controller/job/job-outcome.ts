import { parseTime } from '../../apimachinery/time.ts';
import type { Job, Pod } from '../../api/types.ts';
import type { JobOutcome } from './job-conditions.ts';
import { decidedOutcome } from './job-conditions.ts';
import { parseIndexes } from './index-list.ts';
import { matchFailurePolicy } from './pod-failure-policy.ts';

/** Numbers of a Job's Pods with those not written into its status yet. */
export interface JobCounts {
  readonly active: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly succeededIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
}

/** Why a Job ends now, other than by having all completions. Models job_controller.go syncJob (v1.34). */
export function earlyOutcome(
  job: Job,
  pods: readonly Pod[],
  counts: JobCounts,
  now: number,
): JobOutcome | undefined {
  const decided = decidedOutcome(job);
  if (decided !== undefined) return decided;
  const failed = (reason: string, message: string): JobOutcome => ({ type: 'Failed', reason, message });
  const { backoffLimit = 6, maxFailedIndexes, completions = 0, suspend } = job.spec ?? {};
  for (const pod of pods) {
    const { action, message } = matchFailurePolicy(job, pod);
    if (action === 'FailJob') return failed('PodFailurePolicy', message);
  }
  if (counts.failed > backoffLimit || restartedTooOften(job, pods, backoffLimit))
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (suspend !== true && deadlineLeft(job, now) === 0)
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  const { failedIndexes, succeededIndexes } = counts;
  if (maxFailedIndexes !== undefined && failedIndexes.size > maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes';
    return failed('MaxFailedIndexesExceeded', message);
  }
  if (failedIndexes.size > 0 && failedIndexes.size + succeededIndexes.size >= completions)
    return failed('FailedIndexes', 'Job has failed indexes');
  return policyOutcome(job, succeededIndexes);
}

/** Milliseconds until the deadline; undefined without one. */
export function deadlineLeft({ spec, status }: Job, now: number): number | undefined {
  const started = parseTime(status?.startTime);
  if (spec?.activeDeadlineSeconds === undefined || started === undefined) return undefined;
  return Math.max(0, started + spec.activeDeadlineSeconds * 1000 - now);
}

/** Of Pods that restart their containers themselves, the restarts count. Models pastBackoffLimitOnFailure (v1.34). */
function restartedTooOften({ spec }: Job, pods: readonly Pod[], limit: number): boolean {
  if (spec?.template.spec?.restartPolicy !== 'OnFailure') return false;
  let restarts = 0;
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue;
    for (const { restartCount } of [
      ...(status.initContainerStatuses ?? []),
      ...(status.containerStatuses ?? []),
    ])
      restarts += restartCount;
  }
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Models job/success_policy.go (v1.34). */
function policyOutcome({ spec }: Job, succeeded: ReadonlySet<number>): JobOutcome | undefined {
  for (const [index, rule] of (spec?.successPolicy?.rules ?? []).entries()) {
    const wanted =
      rule.succeededIndexes === undefined ? undefined : [...parseIndexes(rule.succeededIndexes, Infinity)];
    const matched = wanted === undefined ? [...succeeded] : wanted.filter((one) => succeeded.has(one));
    const needed = rule.succeededCount ?? wanted?.length ?? Infinity;
    if (matched.length >= needed)
      return { type: 'Complete', reason: 'SuccessPolicy', message: `Matched rules at index ${index}` };
  }
  return undefined;
}

/** All completions are there and nothing runs any more. */
export function completedOutcome({ spec }: Job, { active, succeeded }: JobCounts): JobOutcome | undefined {
  const completions = spec?.completions;
  const done = completions === undefined ? succeeded > 0 : succeeded >= completions;
  if (!done || active > 0) return undefined;
  return {
    type: 'Complete',
    reason: 'CompletionsReached',
    message: 'Reached expected number of succeeded pods',
  };
}
