import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { forbidden, notSupported } from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { PriorityClass } from '../../../types.ts';
import { HIGHEST_USER_PRIORITY, SYSTEM_PRIORITY_CLASSES } from './system-classes.ts';

const POLICIES = ['PreemptLowerPriority', 'Never'];

/** PriorityClasses. Models pkg/registry/scheduling/priorityclass (v1.34). */
export const PRIORITY_CLASS_STRATEGY: KindStrategy<PriorityClass> = defineStrategy<PriorityClass>({
  ...described('scheduling.k8s.io/v1', 'priorityclasses'),
  applyDefaults: (priorityClass) => ({
    ...priorityClass,
    value: priorityClass.value ?? 0,
    preemptionPolicy: priorityClass.preemptionPolicy ?? 'PreemptLowerPriority',
  }),
  prepareForCreate: withFirstGeneration,
  validate: validatePriorityClass,
  validateUpdateReplaces: true,
  validateUpdate: (priorityClass, old) => [
    ...(priorityClass.value === old.value ? [] : [forbidden('value', 'may not be changed in an update.')]),
    ...validateImmutableField(priorityClass.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy'),
  ],
  tableRow: (priorityClass, now) => [
    priorityClass.metadata?.name ?? '',
    priorityClass.value ?? 0,
    priorityClass.globalDefault ?? false,
    ageOf(priorityClass.metadata?.creationTimestamp, now),
    priorityClass.preemptionPolicy ?? '',
  ],
});

/** Models ValidatePriorityClass (v1.34). */
function validatePriorityClass(priorityClass: PriorityClass): FieldError[] {
  const name = priorityClass.metadata?.name ?? '';
  const errors: FieldError[] = [];
  if (name.startsWith('system-')) {
    const why = unlikeSystemClass(priorityClass);
    if (why !== undefined) {
      const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`;
      errors.push(forbidden('metadata.name', detail));
    }
  } else if ((priorityClass.value ?? 0) > HIGHEST_USER_PRIORITY) {
    const detail = `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`;
    errors.push(forbidden('value', detail));
  }
  const policy = priorityClass.preemptionPolicy ?? '';
  if (!POLICIES.includes(policy)) errors.push(notSupported('preemptionPolicy', policy, POLICIES));
  return errors;
}

function unlikeSystemClass({ metadata, value, globalDefault }: PriorityClass): string | undefined {
  const name = metadata?.name ?? '';
  const known = SYSTEM_PRIORITY_CLASSES.find((systemClass) => systemClass.name === name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (value !== known.value) return `value of ${name} PriorityClass must be ${known.value}`;
  return globalDefault === true ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}
