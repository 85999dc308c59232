import {
  LabelSelectorError,
  matchesLabels,
  selectorFromLabelSelector,
} from '../../../../apimachinery/labels.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import type { DaemonSet, DaemonSetSpec } from '../../../types.ts';
import { nonNegative, validateAlwaysRestarts, validatePodTemplate } from '../pod-template.ts';
import {
  amountOf,
  internalUpdateStrategy,
  notAbove100Percent,
  validatePositiveIntOrPercent,
} from '../update-strategy.ts';

/** Models ValidateDaemonSetSpec (pkg/apis/apps/validation, v1.34); metadata is checked elsewhere. */
export function validateDaemonSet(daemonSet: DaemonSet): FieldError[] {
  const spec = daemonSet.spec as DaemonSetSpec;
  const path = 'spec.template';
  const { selector, template } = spec as Partial<DaemonSetSpec>;
  const errors = validateLabelSelector(selector, 'spec.selector');
  const labels = template?.metadata?.labels;
  if (!selects(spec, labels)) {
    const detail = '`selector` does not match template `labels`';
    errors.push(invalid(`${path}.metadata.labels`, labels ?? null, detail));
  }
  const terms = Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions?.length ?? 0);
  if (selector !== undefined && terms === 0)
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  errors.push(...validatePodTemplate(template, path), ...validateAlwaysRestarts(template, path, 'DaemonSet'));
  errors.push(...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...validateUpdateStrategy(spec));
  errors.push(...nonNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'));
  return errors;
}

/** True also for a selector that is malformed: that is somebody else's complaint. */
function selects(spec: DaemonSetSpec, labels: Readonly<Record<string, string>> | undefined): boolean {
  try {
    return matchesLabels(selectorFromLabelSelector(spec.selector), labels);
  } catch (error) {
    if (error instanceof LabelSelectorError) return true;
    throw error;
  }
}

/** Models ValidateDaemonSetUpdateStrategy (v1.34). */
function validateUpdateStrategy(spec: DaemonSetSpec): FieldError[] {
  const path = 'spec.updateStrategy';
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [notSupported(path, internalUpdateStrategy(spec.updateStrategy), ['RollingUpdate', 'OnDelete'])];
  if (rollingUpdate === undefined) return [required(`${path}.rollingUpdate`)];
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate as {
    maxUnavailable?: number | string;
    maxSurge?: number | string;
  };
  const unavailablePath = `${path}.rollingUpdate.maxUnavailable`;
  const surgePath = `${path}.rollingUpdate.maxSurge`;
  const errors = [
    ...validatePositiveIntOrPercent(maxUnavailable, unavailablePath),
    ...validatePositiveIntOrPercent(maxSurge, surgePath),
  ];
  const hasUnavailable = amountOf(maxUnavailable) !== 0;
  const hasSurge = amountOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge)
    errors.push(invalid(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  else if (!hasUnavailable && !hasSurge)
    errors.push(required(unavailablePath, 'cannot be 0 when maxSurge is 0'));
  errors.push(...notAbove100Percent(maxUnavailable, unavailablePath));
  errors.push(...notAbove100Percent(maxSurge, surgePath));
  return errors;
}

/** Models the strategy's check of the selector (v1.34). */
export function validateDaemonSetUpdate(daemonSet: DaemonSet, old: DaemonSet): FieldError[] {
  return validateImmutableField(daemonSet.spec?.selector, old.spec?.selector, 'spec.selector');
}

/** Models validateDaemonSetStatus and ValidateDaemonSetStatusUpdate (v1.34). */
export function validateDaemonSetStatus(daemonSet: DaemonSet, old: DaemonSet): FieldError[] {
  const status = daemonSet.status as Readonly<Record<string, number | undefined>> | undefined;
  const errors = [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ].flatMap((name) => nonNegative(status?.[name], `status.${name}`));
  const before = old.status?.collisionCount;
  const now = daemonSet.status?.collisionCount;
  if (before !== undefined && (now === undefined || now < before))
    errors.push(invalid('status.collisionCount', now ?? 0, 'cannot be decremented'));
  return errors;
}
