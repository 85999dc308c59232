import { ageOf, humanDuration } from '../../../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../../../apimachinery/labels.ts';
import { parseTime } from '../../../../apimachinery/time.ts';
import { containersAndImages } from '../../../apps/v1/workload-table.ts';
import { withoutZeros } from '../../../apps/v1/status-counters.ts';
import { podSpecWarnings } from '../../../core/v1/pod/warnings.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Job } from '../../../types.ts';
import { defaultJob, withGeneratedSelector } from './defaults.ts';
import { validateJobStatus, validateJobUpdate } from './update-validation.ts';
import { validateJob } from './validation.ts';

/** Jobs. Models pkg/registry/batch/job/strategy.go (v1.34). */
export const JOB_STRATEGY: KindStrategy<Job> = defineStrategy<Job>({
  ...described('batch/v1', 'jobs'),
  applyDefaults: defaultJob,
  prepareForCreate: (job) => withGeneratedSelector(withFirstGeneration({ ...job, status: {} })),
  prepareForUpdate: (job, old) => withGeneration(withStatusOf(job, old), old),
  validate: validateJob,
  validateUpdateReplaces: true,
  validateUpdate: validateJobUpdate,
  warnings: (job) => podSpecWarnings(job.spec?.template?.spec, 'spec.template.spec'),
  status: {
    prepareForUpdate: (job, old) => ({
      ...job,
      metadata: { ...job.metadata, generation: old.metadata?.generation },
      status: withoutZeros(job.status, ['active', 'succeeded', 'failed']),
    }),
    validate: validateJobStatus,
  },
  fieldLabels: ['status.successful'],
  selectableFields: (job) => ({ 'status.successful': String(job.status?.succeeded ?? 0) }),
  tableRow: (job, now) => [
    job.metadata?.name ?? '',
    statusOf(job),
    completionsOf(job),
    durationOf(job, now),
    ageOf(job.metadata?.creationTimestamp, now),
    ...containersAndImages(job.spec?.template),
    formatLabelSelector(job.spec?.selector),
  ],
});

/** Models printJob (v1.34). */
function statusOf(job: Job): string {
  const holds = (type: string): boolean =>
    job.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ??
    false;
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (job.metadata?.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running';
}

function completionsOf(job: Job): string {
  const succeeded = job.status?.succeeded ?? 0;
  const { completions, parallelism = 0 } = job.spec ?? {};
  if (completions !== undefined) return `${succeeded}/${completions}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf(job: Job, now: number): string {
  const start = parseTime(job.status?.startTime);
  if (start === undefined) return '';
  return humanDuration((parseTime(job.status?.completionTime) ?? now) - start);
}
