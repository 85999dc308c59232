import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isPathSegmentName } from '../../../../apimachinery/validation/names.ts';
import { parseApiVersion } from '../../../../apimachinery/gvk.ts';
import { nonNegative } from '../../../apps/v1/pod-template.ts';
import type { HorizontalPodAutoscaler, MetricSpec } from '../../../types.ts';
import { positiveQuantity } from '../../../helpers/quantity-validation.ts';

type Spec = NonNullable<HorizontalPodAutoscaler['spec']>;
type Target = NonNullable<MetricSpec['resource']>['target'];

/** Source types and the field that describes each. */
const SOURCES = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
} as const;
const MAX_STABILIZATION_SECONDS = 3600;
const MAX_PERIOD_SECONDS = 1800;

/** Models validateHorizontalPodAutoscalerSpec (pkg/apis/autoscaling/validation, v1.34). */
export function validateAutoscaler(autoscaler: HorizontalPodAutoscaler): FieldError[] {
  const spec = autoscaler.spec ?? ({} as Spec);
  const { minReplicas, maxReplicas = 0 } = spec as Partial<Spec>;
  const errors: FieldError[] = [];
  if (minReplicas !== undefined && minReplicas < 1)
    errors.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas)
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  errors.push(...validateReference(spec.scaleTargetRef ?? {}, 'spec.scaleTargetRef'));
  spec.metrics?.forEach((metric, index) => errors.push(...validateMetric(metric, `spec.metrics[${index}]`)));
  errors.push(...validateRules(spec.behavior?.scaleUp, 'spec.behavior.scaleUp'));
  errors.push(...validateRules(spec.behavior?.scaleDown, 'spec.behavior.scaleDown'));
  return errors;
}

function validateReference(
  reference: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string },
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['kind', 'name'] as const) {
    const value = reference[name] ?? '';
    if (value === '') errors.push(required(`${path}.${name}`));
    else errors.push(...isPathSegmentName(value).map((why) => invalid(`${path}.${name}`, value, why)));
  }
  const { apiVersion = '' } = reference;
  if (parseApiVersion(apiVersion) === undefined)
    errors.push(invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  return errors;
}

function validateMetric(metric: MetricSpec, path: string): FieldError[] {
  const { type = '' } = metric as Partial<MetricSpec>;
  if (type === '') return [required(`${path}.type`, 'must specify a metric source type')];
  const field = SOURCES[type as keyof typeof SOURCES] as (typeof SOURCES)[keyof typeof SOURCES] | undefined;
  if (field === undefined) return [notSupported(`${path}.type`, type, Object.keys(SOURCES))];
  const errors: FieldError[] = [];
  if (metric[field] === undefined)
    errors.push(required(`${path}.${field}`, 'must populate information for the given metric source'));
  for (const other of Object.values(SOURCES)) {
    if (other !== field && metric[other] !== undefined) {
      const detail = 'must populate the given metric source only';
      errors.push(forbidden(`${path}.${other}`, detail));
    }
  }
  if (metric.resource !== undefined) {
    const { name = '', target } = metric.resource;
    if (name === '') errors.push(required(`${path}.resource.name`, 'must specify a resource name'));
    errors.push(...validateTarget(target, `${path}.resource.target`));
    const { averageUtilization, averageValue } = target ?? {};
    if (averageUtilization === undefined && averageValue === undefined) {
      const detail = 'must set either a target raw value or a target utilization';
      errors.push(required(`${path}.resource.target.averageUtilization`, detail));
    }
    if (averageUtilization !== undefined && averageValue !== undefined) {
      const detail = 'may not set both a target raw value and a target utilization';
      errors.push(forbidden(`${path}.resource.target.averageValue`, detail));
    }
  }
  for (const source of ['pods', 'object', 'external'] as const) {
    const described = metric[source];
    if (described === undefined) continue;
    if ((described.metric?.name ?? '') === '')
      errors.push(required(`${path}.${source}.metric.name`, 'must specify a metric name'));
    errors.push(...validateTarget(described.target, `${path}.${source}.target`));
  }
  return errors;
}

function validateTarget(target: Target | undefined, path: string): FieldError[] {
  const { type = '', averageUtilization, averageValue, value } = (target ?? {}) as Partial<Target>;
  const types = ['Utilization', 'Value', 'AverageValue'];
  const errors: FieldError[] = [];
  if (type === '') errors.push(required(`${path}.type`, 'must specify a metric target type'));
  else if (!types.includes(type)) {
    const detail = 'must be either Utilization, Value, or AverageValue';
    errors.push(invalid(`${path}.type`, type, detail));
  }
  if (averageUtilization !== undefined && averageUtilization < 1)
    errors.push(invalid(`${path}.averageUtilization`, averageUtilization, 'must be greater than 0'));
  if (value !== undefined && positiveQuantity(value, path).length > 0)
    errors.push(invalid(`${path}.value`, value, 'must be positive'));
  if (averageValue !== undefined && positiveQuantity(averageValue, path).length > 0)
    errors.push(invalid(`${path}.averageValue`, averageValue, 'must be positive'));
  return errors;
}

type Rules = NonNullable<NonNullable<Spec['behavior']>['scaleUp']>;

function validateRules(rules: Rules | undefined, path: string): FieldError[] {
  if (rules === undefined) return [];
  const errors = nonNegative(rules.stabilizationWindowSeconds, `${path}.stabilizationWindowSeconds`);
  const window = rules.stabilizationWindowSeconds ?? 0;
  if (window > MAX_STABILIZATION_SECONDS) {
    const detail = `must be less than or equal to ${MAX_STABILIZATION_SECONDS}`;
    errors.push(invalid(`${path}.stabilizationWindowSeconds`, window, detail));
  }
  const choices = ['Max', 'Min', 'Disabled'];
  if (rules.selectPolicy !== undefined && !choices.includes(rules.selectPolicy))
    errors.push(notSupported(`${path}.selectPolicy`, rules.selectPolicy, [...choices].sort()));
  const policies = rules.policies ?? [];
  if (policies.length === 0) errors.push(required(`${path}.policies`, 'must specify at least one Policy'));
  policies.forEach(({ type, value, periodSeconds }, index) => {
    const where = `${path}.policies[${index}]`;
    if (type !== 'Pods' && type !== 'Percent')
      errors.push(notSupported(`${where}.type`, type, ['Percent', 'Pods']));
    if (value <= 0) errors.push(invalid(`${where}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0)
      errors.push(invalid(`${where}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > MAX_PERIOD_SECONDS) {
      const detail = `must be less than or equal to ${MAX_PERIOD_SECONDS}`;
      errors.push(invalid(`${where}.periodSeconds`, periodSeconds, detail));
    }
  });
  return errors;
}
