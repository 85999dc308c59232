import type { IntOrString } from '../../../../apimachinery/int-or-string.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import type { Deployment, DeploymentSpec } from '../../../types.ts';
import {
  amountOf,
  internalUpdateStrategy,
  notAbove100Percent,
  validatePositiveIntOrPercent,
} from '../update-strategy.ts';
import { nonNegative, validateSelector, validateTemplate } from '../pod-template.ts';

/** Models ValidateDeploymentSpec (pkg/apis/apps/validation, v1.34); metadata is checked elsewhere. */
export function validateDeployment(deployment: Deployment): FieldError[] {
  const spec = deployment.spec as DeploymentSpec;
  const errors = nonNegative(spec.replicas, 'spec.replicas');
  errors.push(...validateSelector(spec.selector, 'deployment'));
  errors.push(...validateTemplate(spec.template, spec.selector));
  errors.push(...validateStrategy(spec));
  errors.push(...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  if (spec.progressDeadlineSeconds !== undefined) {
    errors.push(...nonNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'));
    if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
      errors.push(
        invalid(
          'spec.progressDeadlineSeconds',
          spec.progressDeadlineSeconds,
          'must be greater than minReadySeconds',
        ),
      );
    }
  }
  return errors;
}

function validateStrategy(spec: DeploymentSpec): FieldError[] {
  const path = 'spec.strategy';
  const { type = '', rollingUpdate } = spec.strategy ?? {};
  switch (type) {
    case 'Recreate':
      if (rollingUpdate === undefined) return [];
      return [forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")];
    case 'RollingUpdate':
      if (rollingUpdate === undefined) {
        return [required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil')];
      }
      return validateRollingUpdate(rollingUpdate, `${path}.rollingUpdate`);
    default:
      return [notSupported(path, internalUpdateStrategy(spec.strategy), ['Recreate', 'RollingUpdate'])];
  }
}

function validateRollingUpdate(
  rollingUpdate: { readonly maxUnavailable?: IntOrString; readonly maxSurge?: IntOrString },
  path: string,
): FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate as {
    maxUnavailable?: IntOrString;
    maxSurge?: IntOrString;
  };
  const errors = [
    ...validatePositiveIntOrPercent(maxUnavailable, `${path}.maxUnavailable`),
    ...validatePositiveIntOrPercent(maxSurge, `${path}.maxSurge`),
  ];
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0) {
    errors.push(invalid(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  errors.push(...notAbove100Percent(maxUnavailable, `${path}.maxUnavailable`));
  return errors;
}

/** Models ValidateDeploymentUpdate and the strategy's check of the selector (v1.34). */
export function validateDeploymentUpdate(deployment: Deployment, old: Deployment): FieldError[] {
  return validateImmutableField(deployment.spec?.selector, old.spec?.selector, 'spec.selector');
}

/** Models ValidateDeploymentStatus (v1.34). */
export function validateDeploymentStatus(deployment: Deployment, old: Deployment): FieldError[] {
  const path = 'status';
  const status = deployment.status ?? {};
  const { replicas = 0 } = status;
  const errors: FieldError[] = [];
  for (const name of [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
  ] as const) {
    errors.push(...nonNegative(status[name], `${path}.${name}`));
  }
  errors.push(...nonNegative(status.collisionCount, `${path}.collisionCount`));
  const tooHigh = 'cannot be greater than status.replicas';
  for (const name of ['updatedReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    const count = status[name] ?? 0;
    if (count > replicas) errors.push(invalid(`${path}.${name}`, count, tooHigh));
  }
  if ((status.availableReplicas ?? 0) > (status.readyReplicas ?? 0)) {
    errors.push(
      invalid(`${path}.availableReplicas`, status.availableReplicas, 'cannot be greater than readyReplicas'),
    );
  }
  const before = old.status?.collisionCount;
  if (before !== undefined && (status.collisionCount === undefined || status.collisionCount < before)) {
    errors.push(invalid(`${path}.collisionCount`, status.collisionCount, 'cannot be decremented'));
  }
  return errors;
}
