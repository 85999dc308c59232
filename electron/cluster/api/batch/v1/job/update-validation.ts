import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { sameValue, validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { nonNegative } from '../../../apps/v1/pod-template.ts';
import type { Job, JobSpec, PodTemplateSpec } from '../../../types.ts';
import { validateSpec } from './validation.ts';

/** Models ValidateJobUpdate (pkg/apis/batch/validation, v1.34); metadata is checked elsewhere. */
export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const spec = job.spec as JobSpec;
  const before = old.spec as JobSpec;
  const errors = [...validateSpec(job), ...validateCompletions(spec, before)];
  errors.push(...validateImmutableField(spec.selector, before.selector, 'spec.selector'));
  errors.push(...validateTemplateUpdate(job, old));
  for (const name of [
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ] as const) {
    errors.push(...validateImmutableField(spec[name], before[name], `spec.${name}`));
  }
  return errors;
}

/** An indexed Job grows and shrinks, completions and parallelism together. */
function validateCompletions(spec: JobSpec, before: JobSpec): FieldError[] {
  const path = 'spec.completions';
  if (spec.completionMode !== 'Indexed')
    return validateImmutableField(spec.completions, before.completions, path);
  if (spec.completions === before.completions || spec.completions === undefined) return [];
  if (spec.completions === spec.parallelism) return [];
  return [invalid(path, spec.completions, 'can only be modified in tandem with spec.parallelism')];
}

/** While a Job waits to start, where its Pods may run can still be decided. Models validatePodTemplateUpdate (v1.34). */
function validateTemplateUpdate(job: Job, old: Job): FieldError[] {
  const path = 'spec.template';
  const template = (job.spec as JobSpec).template;
  const before = (old.spec as JobSpec).template;
  const notStarted = old.spec?.suspend === true && old.status?.startTime === undefined;
  return validateImmutableField(template, notStarted ? withDirectives(before, template) : before, path);
}

function withDirectives(template: PodTemplateSpec, from: PodTemplateSpec): PodTemplateSpec {
  const { affinity, nodeSelector, tolerations, schedulingGates } = from.spec ?? {};
  const own = template.spec?.affinity;
  const nodeAffinity = affinity?.nodeAffinity;
  const merged = own === undefined && nodeAffinity === undefined ? affinity : { ...own, nodeAffinity };
  return {
    metadata: {
      ...template.metadata,
      labels: from.metadata?.labels,
      annotations: from.metadata?.annotations,
    },
    spec: {
      ...template.spec,
      affinity: sameValue(merged, {}) ? affinity : merged,
      nodeSelector,
      tolerations,
      schedulingGates,
    },
  } as PodTemplateSpec;
}

/** Models validateJobStatus (v1.34), the counters only. */
export function validateJobStatus(job: Job): FieldError[] {
  return (['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((name) =>
    nonNegative(job.status?.[name], `status.${name}`),
  );
}
