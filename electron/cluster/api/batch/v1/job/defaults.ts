import { defaultPodTemplate } from '../../../apps/v1/pod-template.ts';
import type { Job, JobSpec } from '../../../types.ts';

const MAX_INT32 = 2147483647;

/** Models SetDefaults_Job (pkg/apis/batch/v1, v1.34). */
export function defaultJob(job: Job): Job {
  const spec = job.spec ?? ({} as JobSpec);
  const neither = spec.completions === undefined && spec.parallelism === undefined;
  return {
    ...job,
    spec: {
      ...spec,
      ...(neither ? { completions: 1 } : {}),
      parallelism: spec.parallelism ?? 1,
      backoffLimit: spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : MAX_INT32),
      completionMode: spec.completionMode ?? 'NonIndexed',
      suspend: spec.suspend ?? false,
      podReplacementPolicy:
        spec.podReplacementPolicy ?? (spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
      manualSelector: spec.manualSelector ?? false,
      template: defaultPodTemplate(spec.template),
    },
  };
}

/** Labels of a Job's Pods, with the names of older versions. */
export const CONTROLLER_UID_LABEL = 'batch.kubernetes.io/controller-uid';
export const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name';
export const LEGACY_CONTROLLER_UID_LABEL = 'controller-uid';
export const LEGACY_JOB_NAME_LABEL = 'job-name';

/**
 * Selector and template labels that no other Job has; what the user wrote there stays and is judged later. A Job
 * without labels takes those of its template. Models generateSelector (pkg/registry/batch/job, v1.34).
 */
export function withGeneratedSelector(job: Job): Job {
  const spec = job.spec as JobSpec;
  const { uid = '', name = '' } = job.metadata ?? {};
  let next = spec;
  if (spec.manualSelector !== true) {
    const labels = {
      [CONTROLLER_UID_LABEL]: uid,
      [JOB_NAME_LABEL]: name,
      [LEGACY_CONTROLLER_UID_LABEL]: uid,
      [LEGACY_JOB_NAME_LABEL]: name,
      ...spec.template.metadata?.labels,
    };
    next = {
      ...spec,
      selector: {
        ...spec.selector,
        matchLabels: { [CONTROLLER_UID_LABEL]: uid, ...spec.selector?.matchLabels },
      },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    };
  }
  const labels = next.template.metadata?.labels;
  const labelled = Object.keys(job.metadata?.labels ?? {}).length > 0 || labels === undefined;
  return { ...job, metadata: { ...job.metadata, ...(labelled ? {} : { labels }) }, spec: next };
}
