import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported } from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import { nonNegative } from '../../../apps/v1/pod-template.ts';
import { notAbove100Percent, validatePositiveIntOrPercent } from '../../../apps/v1/update-strategy.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { PodDisruptionBudget } from '../../../types.ts';

const EMPTY_STATUS = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

/** PodDisruptionBudgets. Models pkg/registry/policy/poddisruptionbudget (v1.34). */
export const POD_DISRUPTION_BUDGET_STRATEGY: KindStrategy<PodDisruptionBudget> =
  defineStrategy<PodDisruptionBudget>({
    ...described('policy/v1', 'poddisruptionbudgets'),
    prepareForCreate: (budget) => withFirstGeneration({ ...budget, status: EMPTY_STATUS }),
    prepareForUpdate: (budget, old) => withGeneration(withStatusOf(budget, old), old),
    validate: validateBudget,
    status: {
      prepareForUpdate: (budget) => ({ ...budget, status: { ...EMPTY_STATUS, ...budget.status } }),
      validate: (budget) =>
        (['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const).flatMap(
          (name) => nonNegative(budget.status?.[name], `status.${name}`),
        ),
    },
    tableRow: (budget, now) => [
      budget.metadata?.name ?? '',
      String(budget.spec?.minAvailable ?? 'N/A'),
      String(budget.spec?.maxUnavailable ?? 'N/A'),
      budget.status?.disruptionsAllowed ?? 0,
      ageOf(budget.metadata?.creationTimestamp, now),
    ],
  });

/** Models ValidatePodDisruptionBudgetSpec (v1.34). */
function validateBudget(budget: PodDisruptionBudget): FieldError[] {
  const spec = (budget.spec ?? {}) as {
    minAvailable?: number | string;
    maxUnavailable?: number | string;
    unhealthyPodEvictionPolicy?: string;
  };
  const errors: FieldError[] = [];
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    errors.push(invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    const value = spec[name];
    if (value === undefined) continue;
    errors.push(...validatePositiveIntOrPercent(value, `spec.${name}`));
    errors.push(...notAbove100Percent(value, `spec.${name}`));
  }
  errors.push(...validateLabelSelector(budget.spec?.selector, 'spec.selector'));
  const policy = spec.unhealthyPodEvictionPolicy;
  if (policy !== undefined && !POLICIES.includes(policy))
    errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, POLICIES));
  return errors;
}
