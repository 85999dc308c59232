import {
  LabelSelectorError,
  matchesLabels,
  selectorFromLabelSelector,
} from '../../../../apimachinery/labels.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required, tooLong } from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import { isDNS1123Label } from '../../../../apimachinery/validation/names.ts';
import { nonNegative, validatePodTemplate } from '../../../apps/v1/pod-template.ts';
import type { Job, JobSpec, LabelSelector } from '../../../types.ts';
import {
  CONTROLLER_UID_LABEL,
  JOB_NAME_LABEL,
  LEGACY_CONTROLLER_UID_LABEL,
  LEGACY_JOB_NAME_LABEL,
} from './defaults.ts';
import { validatePodFailurePolicy, validateSuccessPolicy } from './pod-failure-policy.ts';

const MAX_PARALLELISM = 100_000;
const MAX_MANAGED_BY = 63;

/** Models ValidateJob (pkg/apis/batch/validation, v1.34); metadata is checked elsewhere. */
export function validateJob(job: Job): FieldError[] {
  return [...validateGeneratedSelector(job), ...validateSpec(job), ...validateIndexedName(job)];
}

/** Models validateJobSpecUpdate's part that judges the new spec alone. */
export function validateSpec(job: Job): FieldError[] {
  const spec = job.spec as JobSpec;
  const errors = validateJobSpec(spec, 'spec');
  if (spec.selector === undefined) errors.push(required('spec.selector'));
  else errors.push(...validateLabelSelector(spec.selector, 'spec.selector'));
  const labels = spec.template.metadata?.labels;
  if (!selects(spec.selector, labels)) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid('spec.template.metadata.labels', labels ?? null, detail));
  }
  return errors;
}

function selects(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  try {
    return matchesLabels(selectorFromLabelSelector(selector), labels);
  } catch (error) {
    if (error instanceof LabelSelectorError) return true;
    throw error;
  }
}

/** What was generated has to be as it was generated. Models validateGeneratedSelector (v1.34). */
function validateGeneratedSelector(job: Job): FieldError[] {
  const spec = job.spec as JobSpec;
  if (spec.manualSelector === true || spec.selector === undefined) return [];
  const { uid = '', name = '' } = job.metadata ?? {};
  const expected: Readonly<Record<string, string>> = {
    [LEGACY_CONTROLLER_UID_LABEL]: uid,
    [LEGACY_JOB_NAME_LABEL]: name,
    [CONTROLLER_UID_LABEL]: uid,
    [JOB_NAME_LABEL]: name,
  };
  const labels: Readonly<Record<string, string>> = spec.template.metadata?.labels ?? {};
  const errors: FieldError[] = uid === '' ? [required('metadata.uid')] : [];
  for (const [key, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${key}]`;
    if (labels[key] === undefined) errors.push(required(path, `must be '${value}'`));
    else if (labels[key] !== value) errors.push(invalid(path, labels, `must be '${value}'`));
  }
  if (!selects(spec.selector, expected))
    errors.push(invalid('spec.selector', spec.selector, '`selector` not auto-generated'));
  return errors;
}

/** The Pods of an indexed Job are named by index, and that name has to be a host's. */
function validateIndexedName(job: Job): FieldError[] {
  const { completions = 0, completionMode } = job.spec as JobSpec;
  if (completionMode !== 'Indexed' || completions <= 0) return [];
  const name = job.metadata?.name ?? '';
  const last = `${name}-${completions - 1}`;
  if (isDNS1123Label(last).length === 0) return [];
  return [invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${last}`)];
}

/** The spec of a Job or of a CronJob's template. Models validateJobSpec (v1.34). */
export function validateJobSpec(spec: JobSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const) {
    errors.push(...nonNegative(spec[name], `${path}.${name}`));
  }
  errors.push(...validateManagedBy(spec.managedBy, `${path}.managedBy`));
  errors.push(...validateCompletionMode(spec, path));
  if (spec.podFailurePolicy !== undefined)
    errors.push(...validatePodFailurePolicy(spec, `${path}.podFailurePolicy`));
  if (spec.successPolicy !== undefined) {
    if (spec.completionMode !== 'Indexed')
      errors.push(invalid(`${path}.successPolicy`, spec.successPolicy, 'requires indexed completion mode'));
    else errors.push(...validateSuccessPolicy(spec.successPolicy, spec, `${path}.successPolicy`));
  }
  errors.push(...validateReplacementPolicy(spec, `${path}.podReplacementPolicy`));
  errors.push(...validatePodTemplate(spec.template, `${path}.template`));
  const policy = spec.template.spec?.restartPolicy;
  if (policy !== 'OnFailure' && policy !== 'Never') {
    const detail = 'valid values: "OnFailure", "Never"';
    errors.push(required(`${path}.template.spec.restartPolicy`, detail));
  } else if (spec.podFailurePolicy !== undefined && policy !== 'Never') {
    const detail = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(invalid(`${path}.template.spec.restartPolicy`, policy, detail));
  }
  return errors;
}

function validateManagedBy(managedBy: string | undefined, path: string): FieldError[] {
  if (managedBy === undefined) return [];
  const [domain = '', ...rest] = managedBy.split('/');
  const errors: FieldError[] = [];
  if (managedBy === '') errors.push(required(path));
  else if (domain === '' || rest.join('/') === '') {
    const detail = 'must be a domain-prefixed path (such as "acme.io/foo")';
    errors.push(invalid(path, managedBy, detail));
  }
  if (managedBy.length > MAX_MANAGED_BY) errors.push(tooLong(path, MAX_MANAGED_BY));
  return errors;
}

function validateCompletionMode(spec: JobSpec, path: string): FieldError[] {
  const { completionMode, completions, parallelism, maxFailedIndexes, backoffLimitPerIndex } = spec;
  const errors: FieldError[] = [];
  if (completionMode !== undefined && completionMode !== 'NonIndexed' && completionMode !== 'Indexed')
    errors.push(notSupported(`${path}.completionMode`, completionMode, ['NonIndexed', 'Indexed']));
  if (completionMode === 'Indexed') {
    if (completions === undefined)
      errors.push(required(`${path}.completions`, 'when completion mode is Indexed'));
    if (parallelism !== undefined && parallelism > MAX_PARALLELISM) {
      const detail = `must be less than or equal to ${MAX_PARALLELISM} when completion mode is Indexed`;
      errors.push(invalid(`${path}.parallelism`, parallelism, detail));
    }
    if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
      errors.push(
        invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'),
      );
    }
    if (maxFailedIndexes !== undefined && maxFailedIndexes > MAX_PARALLELISM) {
      const detail = `must be less than or equal to ${MAX_PARALLELISM}`;
      errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, detail));
    }
  } else {
    const detail = 'requires indexed completion mode';
    if (backoffLimitPerIndex !== undefined)
      errors.push(invalid(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, detail));
    if (maxFailedIndexes !== undefined)
      errors.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, detail));
  }
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  return errors;
}

function validateReplacementPolicy(spec: JobSpec, path: string): FieldError[] {
  const policy = spec.podReplacementPolicy;
  if (policy === undefined) return [];
  if (spec.podFailurePolicy !== undefined)
    return policy === 'Failed' ? [] : [notSupported(path, policy, ['Failed'])];
  const known = ['Failed', 'TerminatingOrFailed'];
  return known.includes(policy) ? [] : [notSupported(path, policy, known)];
}
