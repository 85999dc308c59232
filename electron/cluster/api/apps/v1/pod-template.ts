import {
  EVERYTHING,
  LabelSelectorError,
  matchesLabels,
  selectorFromLabelSelector,
} from '../../../apimachinery/labels.ts';
import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { forbidden, invalid, notSupported, required } from '../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../apimachinery/validation/label-selector.ts';
import { validateAnnotations, validateLabels } from '../../../apimachinery/validation/object-meta.ts';
import { child } from '../../../apimachinery/validation/path.ts';
import { defaultPodSpec } from '../../core/v1/pod/defaults.ts';
import { validatePodSpec } from '../../core/v1/pod/spec-validation.ts';
import type { LabelSelector, PodSpec, PodTemplateSpec } from '../../types.ts';

/** A template with the defaults of its Pod spec. */
export function defaultPodTemplate(template: PodTemplateSpec | undefined): PodTemplateSpec {
  return { ...template, spec: defaultPodSpec(template?.spec ?? ({} as PodSpec)) };
}

/**
 * Selector and template of a workload. `kind` as the complaint about an empty selector names it.
 * Models ValidatePodTemplateSpecForReplicaSet and its callers (pkg/apis/apps/validation, v1.34).
 */
export function validateSelector(selector: LabelSelector | undefined, kind: string): FieldError[] {
  const path = 'spec.selector';
  if (selector === undefined) return [required(path)];
  const errors = validateLabelSelector(selector, path);
  if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0) === 0) {
    errors.push(invalid(path, selector, `empty selector is invalid for ${kind}`));
  }
  return errors;
}

/** The template against the selector; the selector itself is judged by `validateSelector`. */
export function validateTemplate(
  template: PodTemplateSpec | undefined,
  selector: LabelSelector | undefined,
  kind = 'ReplicaSet',
): FieldError[] {
  const path = 'spec.template';
  const errors: FieldError[] = [];
  let parsed = EVERYTHING;
  try {
    if (selector !== undefined) parsed = selectorFromLabelSelector(selector);
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error;
    return [invalid('spec.selector', selector, 'invalid label selector')];
  }
  const labels = template?.metadata?.labels;
  if (selector !== undefined && parsed.length > 0 && !matchesLabels(parsed, labels)) {
    errors.push(
      invalid(child(path, 'metadata.labels'), labels ?? null, '`selector` does not match template `labels`'),
    );
  }
  errors.push(...validatePodTemplate(template, path));
  errors.push(...validateAlwaysRestarts(template, path, kind));
  return errors;
}

/** Labels, annotations and the Pod's spec. Models ValidatePodTemplateSpec (v1.34). */
export function validatePodTemplate(template: PodTemplateSpec | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { labels, annotations } = template?.metadata ?? {};
  if (labels !== undefined) errors.push(...validateLabels(labels, child(path, 'metadata.labels')));
  if (annotations !== undefined)
    errors.push(...validateAnnotations(annotations, child(path, 'metadata.annotations')));
  errors.push(...validatePodSpec(template?.spec ?? { containers: [] }, child(path, 'spec')));
  return errors;
}

/** Pods that are to run for ever restart always and have no deadline. `kind` as the complaint names it. */
export function validateAlwaysRestarts(
  template: PodTemplateSpec | undefined,
  path: string,
  kind: string,
): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {};
  const errors: FieldError[] = [];
  if (restartPolicy !== undefined && restartPolicy !== 'Always' && knownPolicy(restartPolicy))
    errors.push(notSupported(child(path, 'spec.restartPolicy'), restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbidden(child(path, 'spec.activeDeadlineSeconds'), detail));
  }
  return errors;
}

function knownPolicy(policy: string): boolean {
  return policy === 'OnFailure' || policy === 'Never';
}

/** A count that may not be negative. Models ValidateNonnegativeField. */
export function nonNegative(value: number | undefined, path: string): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(path, value, 'must be greater than or equal to 0')] : [];
}
