import {
  LabelSelectorError,
  matchesLabels,
  selectorFromLabelSelector,
} from '../../../../apimachinery/labels.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import {
  sameValue,
  validateAnnotations,
  validateLabels,
} from '../../../../apimachinery/validation/object-meta.ts';
import type { LabelSelector, PodTemplateSpec, StatefulSet, StatefulSetSpec } from '../../../types.ts';
import { nonNegative } from '../pod-template.ts';
import { internalUpdateStrategy } from '../update-strategy.ts';

/**
 * Models ValidateStatefulSetSpec (pkg/apis/apps/validation, v1.34); metadata is checked elsewhere. As upstream it
 * does not look into the Pod's spec: volumes come from claims only when Pods are made.
 */
export function validateStatefulSet(statefulSet: StatefulSet): FieldError[] {
  const spec = statefulSet.spec as StatefulSetSpec;
  const errors: FieldError[] = [];
  const { podManagementPolicy = '' } = spec;
  if (podManagementPolicy === '') errors.push(required('spec.podManagementPolicy'));
  else if (podManagementPolicy !== 'OrderedReady' && podManagementPolicy !== 'Parallel') {
    const detail = "must be 'OrderedReady' or 'Parallel'";
    errors.push(invalid('spec.podManagementPolicy', podManagementPolicy, detail));
  }
  errors.push(...validateUpdateStrategy(spec));
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const value = retention?.[name] ?? '';
    if (retention === undefined || value === 'Retain' || value === 'Delete') continue;
    const path = `spec.persistentVolumeClaimRetentionPolicy.${name}`;
    errors.push(notSupported(path, value, ['Retain', 'Delete']));
  }
  errors.push(...nonNegative(spec.replicas, 'spec.replicas'));
  errors.push(...nonNegative(spec.minReadySeconds, 'spec.minReadySeconds'));
  errors.push(...nonNegative(spec.ordinals?.start, 'spec.ordinals.start'));
  errors.push(...validateSelectorAndTemplate(spec.selector, spec.template));
  return errors;
}

function validateUpdateStrategy({ updateStrategy }: StatefulSetSpec): FieldError[] {
  const path = 'spec.updateStrategy';
  const { type = '', rollingUpdate } = updateStrategy ?? {};
  switch (type) {
    case '':
      return [required(path)];
    case 'OnDelete': {
      if (rollingUpdate === undefined) return [];
      const detail = "only allowed for updateStrategy 'RollingUpdate'";
      return [invalid(`${path}.rollingUpdate`, { Partition: rollingUpdate.partition ?? 0 }, detail)];
    }
    case 'RollingUpdate':
      return nonNegative(rollingUpdate?.partition, `${path}.rollingUpdate.partition`);
    default:
      return [invalid(path, internalUpdateStrategy(updateStrategy), "must be 'RollingUpdate' or 'OnDelete'")];
  }
}

function validateSelectorAndTemplate(
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    errors.push(...validateLabelSelector(selector, 'spec.selector'));
    const terms = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions?.length ?? 0);
    if (terms === 0)
      errors.push(invalid('spec.selector', selector, 'empty selector is invalid for statefulset'));
  }
  const { labels, annotations } = template?.metadata ?? {};
  const path = 'spec.template';
  try {
    const parsed = selectorFromLabelSelector(selector);
    if (parsed.length > 0 && !matchesLabels(parsed, labels)) {
      const detail = '`selector` does not match template `labels`';
      errors.push(invalid(`${path}.metadata.labels`, labels ?? null, detail));
    }
    if (labels !== undefined) errors.push(...validateLabels(labels, `${path}.labels`));
    if (annotations !== undefined) errors.push(...validateAnnotations(annotations, `${path}.annotations`));
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error;
    errors.push(invalid('spec.selector', selector, ''));
  }
  const { restartPolicy = 'Always', activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== 'Always')
    errors.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy, ['Always']));
  if (activeDeadlineSeconds !== undefined) {
    const detail = 'activeDeadlineSeconds in StatefulSet is not Supported';
    errors.push(forbidden(`${path}.spec.activeDeadlineSeconds`, detail));
  }
  return errors;
}

const CHANGEABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;
const FORBIDDEN_UPDATE = `updates to statefulset spec for fields other than ${CHANGEABLE.slice(0, -1)
  .map((name) => `'${name}'`)
  .join(', ')} and 'minReadySeconds' are forbidden`;

/** Models ValidateStatefulSetUpdate (v1.34). */
export function validateStatefulSetUpdate(statefulSet: StatefulSet, old: StatefulSet): FieldError[] {
  const kept: Record<string, unknown> = { ...statefulSet.spec };
  for (const name of CHANGEABLE) kept[name] = old.spec?.[name];
  return sameValue(kept, old.spec) ? [] : [forbidden('spec', FORBIDDEN_UPDATE)];
}

/** Models ValidateStatefulSetStatus and ValidateStatefulSetStatusUpdate (v1.34). */
export function validateStatefulSetStatus(statefulSet: StatefulSet, old: StatefulSet): FieldError[] {
  const status: Readonly<Record<string, number | undefined>> = { ...(statefulSet.status as object) };
  const counters = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];
  const errors = ['replicas', ...counters, 'observedGeneration', 'collisionCount'].flatMap((name) =>
    nonNegative(status[name], `status.${name}`),
  );
  for (const name of counters) {
    if ((status[name] ?? 0) > (status['replicas'] ?? 0))
      errors.push(invalid(`status.${name}`, status[name], 'cannot be greater than status.replicas'));
  }
  if ((status['availableReplicas'] ?? 0) > (status['readyReplicas'] ?? 0)) {
    const detail = 'cannot be greater than status.readyReplicas';
    errors.push(invalid('status.availableReplicas', status['availableReplicas'], detail));
  }
  const before = old.status?.collisionCount;
  const now = statefulSet.status?.collisionCount;
  if (before !== undefined && (now === undefined || now < before))
    errors.push(invalid('status.collisionCount', now ?? 0, 'cannot be decremented'));
  return errors;
}
