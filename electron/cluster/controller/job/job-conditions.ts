import { formatTime } from '../../apimachinery/time.ts';
import type { Job } from '../../api/types.ts';

export type JobStatus = NonNullable<Job['status']>;
export type JobCondition = NonNullable<JobStatus['conditions']>[number];

/** How a Job ends. */
export interface JobOutcome {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

export function jobCondition({ status }: Job, type: string): JobCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

/** Complete or Failed. */
export function isJobFinished(job: Job): boolean {
  return (jobCondition(job, 'Complete') ?? jobCondition(job, 'Failed')) !== undefined;
}

/** The ending that was decided in an earlier sync and waits for the last Pods. */
export function decidedOutcome(job: Job): JobOutcome | undefined {
  const failed = jobCondition(job, 'FailureTarget');
  const met = failed ?? jobCondition(job, 'SuccessCriteriaMet');
  if (met === undefined) return undefined;
  return {
    type: failed === undefined ? 'Complete' : 'Failed',
    reason: met.reason ?? '',
    message: met.message ?? '',
  };
}

/** Conditions with one set; of the same status it stays as it was. Models job/utils ensureJobConditionStatus (v1.34). */
export function withJobCondition(
  conditions: readonly JobCondition[],
  condition: {
    readonly type: string;
    readonly status: 'True' | 'False';
    readonly reason: string;
    readonly message: string;
  },
  now: number,
): readonly JobCondition[] {
  const old = conditions.find(({ type }) => type === condition.type);
  if (old === undefined && condition.status === 'False') return conditions;
  if (
    old?.status === condition.status &&
    old.reason === condition.reason &&
    old.message === condition.message
  )
    return conditions;
  const time = formatTime(now);
  const next: JobCondition = { ...condition, lastProbeTime: time, lastTransitionTime: time };
  return old === undefined
    ? [...conditions, next]
    : conditions.map((entry) => (entry === old ? next : entry));
}
