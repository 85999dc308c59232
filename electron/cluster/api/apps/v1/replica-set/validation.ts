import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import type { ReplicaSet, ReplicaSetSpec } from '../../../types.ts';
import { nonNegative, validateSelector, validateTemplate } from '../pod-template.ts';

/** Models ValidateReplicaSetSpec (pkg/apis/apps/validation, v1.34); metadata is checked elsewhere. */
export function validateReplicaSet(replicaSet: ReplicaSet): FieldError[] {
  const spec = replicaSet.spec as ReplicaSetSpec;
  return [
    ...nonNegative(spec.replicas, 'spec.replicas'),
    ...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateSelector(spec.selector, 'deployment'),
    ...validateTemplate(spec.template, spec.selector),
  ];
}

/** Models the strategy's check of the selector (v1.34). */
export function validateReplicaSetUpdate(replicaSet: ReplicaSet, old: ReplicaSet): FieldError[] {
  return validateImmutableField(replicaSet.spec?.selector, old.spec?.selector, 'spec.selector');
}

/** Models ValidateReplicaSetStatus (v1.34). */
export function validateReplicaSetStatus(replicaSet: ReplicaSet): FieldError[] {
  const {
    replicas = 0,
    fullyLabeledReplicas = 0,
    readyReplicas = 0,
    availableReplicas = 0,
    observedGeneration,
  } = replicaSet.status ?? {};
  const errors = [
    ...nonNegative(replicas, 'status.replicas'),
    ...nonNegative(fullyLabeledReplicas, 'status.fullyLabeledReplicas'),
    ...nonNegative(readyReplicas, 'status.readyReplicas'),
    ...nonNegative(availableReplicas, 'status.availableReplicas'),
    ...nonNegative(observedGeneration, 'status.observedGeneration'),
  ];
  const tooHigh = 'cannot be greater than status.replicas';
  if (fullyLabeledReplicas > replicas)
    errors.push(invalid('status.fullyLabeledReplicas', fullyLabeledReplicas, tooHigh));
  if (readyReplicas > replicas) errors.push(invalid('status.readyReplicas', readyReplicas, tooHigh));
  if (availableReplicas > replicas)
    errors.push(invalid('status.availableReplicas', availableReplicas, tooHigh));
  if (availableReplicas > readyReplicas) {
    errors.push(
      invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'),
    );
  }
  return errors;
}
