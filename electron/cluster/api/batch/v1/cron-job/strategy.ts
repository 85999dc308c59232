import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatLabelSelector } from '../../../../apimachinery/labels.ts';
import { defaultPodTemplate } from '../../../apps/v1/pod-template.ts';
import { containersAndImages } from '../../../apps/v1/workload-table.ts';
import { podSpecWarnings } from '../../../core/v1/pod/warnings.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { CronJob, CronJobSpec, JobSpec } from '../../../types.ts';
import { validateCronJobCreate, validateCronJobUpdate } from './validation.ts';

/** CronJobs. Models pkg/registry/batch/cronjob/strategy.go (v1.34). */
export const CRON_JOB_STRATEGY: KindStrategy<CronJob> = defineStrategy<CronJob>({
  ...described('batch/v1', 'cronjobs'),
  applyDefaults: defaultCronJob,
  prepareForCreate: (cronJob) => withFirstGeneration({ ...cronJob, status: {} }),
  prepareForUpdate: (cronJob, old) => withGeneration(withStatusOf(cronJob, old), old),
  validate: validateCronJobCreate,
  validateUpdateReplaces: true,
  validateUpdate: validateCronJobUpdate,
  warnings: (cronJob) =>
    podSpecWarnings(cronJob.spec?.jobTemplate?.spec?.template?.spec, 'spec.jobTemplate.spec.template.spec'),
  status: {},
  tableRow(cronJob, now) {
    const { spec, status } = cronJob;
    const last = status?.lastScheduleTime;
    return [
      cronJob.metadata?.name ?? '',
      spec?.schedule ?? '',
      spec?.timeZone ?? '<none>',
      spec?.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
      status?.active?.length ?? 0,
      last === undefined ? '<none>' : ageOf(last, now),
      ageOf(cronJob.metadata?.creationTimestamp, now),
      ...containersAndImages(spec?.jobTemplate.spec?.template),
      formatLabelSelector(spec?.jobTemplate.spec?.selector),
    ];
  },
});

/** Models SetDefaults_CronJob (v1.34); the Job's own defaults come with each Job. */
function defaultCronJob(cronJob: CronJob): CronJob {
  const spec = cronJob.spec ?? ({} as CronJobSpec);
  const job: JobSpec = spec.jobTemplate?.spec ?? ({} as JobSpec);
  return {
    ...cronJob,
    spec: {
      ...spec,
      concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
      suspend: spec.suspend ?? false,
      successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
      failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
      jobTemplate: { ...spec.jobTemplate, spec: { ...job, template: defaultPodTemplate(job.template) } },
    },
  };
}
