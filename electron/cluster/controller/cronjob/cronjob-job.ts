import { nameOf, namespaceOf, newControllerRef } from '../../apimachinery/meta.ts';
import type { CronJob, Job } from '../../api/types.ts';
import { TimeZone } from './time-zone.ts';

const scheduledAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const GVK = { group: 'batch', version: 'v1', kind: 'CronJob' };

/** The same for the same time: one start makes one Job. Models getJobName (v1.34). */
export function jobNameAt(cronJob: CronJob, scheduled: number): string {
  return `${nameOf(cronJob)}-${Math.floor(scheduled / 60_000)}`;
}

/** The Job of one start. Models getJobFromTemplate2 (v1.34). */
export function jobAt(cronJob: CronJob, scheduled: number): Job {
  const { jobTemplate, timeZone } = cronJob.spec ?? {};
  const { labels, annotations } = jobTemplate?.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNameAt(cronJob, scheduled),
      namespace: namespaceOf(cronJob),
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [scheduledAnnotation]: new TimeZone(timeZone ?? '').format(scheduled) },
      ownerReferences: [newControllerRef(cronJob, GVK)],
    },
    ...(jobTemplate?.spec === undefined ? {} : { spec: jobTemplate.spec }),
  };
}
