import { ageOf } from '../../../../apimachinery/duration.ts';
import { parseQuantity } from '../../../../apimachinery/quantity.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { isQualifiedName } from '../../../../apimachinery/validation/names.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withStatusOf } from '../../../generic-strategy.ts';
import { nonNegativeQuantity } from '../../../helpers/quantity-validation.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ResourceQuota } from '../../../types.ts';
import { isExtendedResource } from '../pod/resources-validation.ts';
import { validateScopes } from './scope-validation.ts';

const COUNTED = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
/** Models standardQuotaResources (v1.34). */
const QUOTA_RESOURCES = new Set([
  ...COUNTED,
  ...COMPUTE,
  ...COMPUTE.map((name) => `requests.${name}`),
  ...COMPUTE.map((name) => `limits.${name}`),
  'requests.storage',
]);
const HUGE_PAGES = /^(requests\.)?hugepages-/;
/** ResourceQuotas. Models pkg/registry/core/resourcequota (v1.34). */
export const RESOURCE_QUOTA_STRATEGY: KindStrategy<ResourceQuota> = defineStrategy<ResourceQuota>({
  ...described('v1', 'resourcequotas'),
  prepareForCreate: (quota) => ({ ...quota, status: {} }),
  prepareForUpdate: withStatusOf,
  validate: (quota) => [
    ...validateAmounts(quota.spec?.hard, 'spec.hard'),
    ...validateScopes(quota, QUOTA_RESOURCES),
  ],
  validateUpdate: (quota, old) =>
    validateImmutableField(
      [...(quota.spec?.scopes ?? [])].sort(),
      [...(old.spec?.scopes ?? [])].sort(),
      'spec.scopes',
    ),
  status: {
    validate(quota, old) {
      const errors: FieldError[] = [];
      if ((quota.metadata?.resourceVersion ?? '') === '') errors.push(required('metadata.resourceVersion'));
      errors.push(...validateAmounts(quota.status?.hard, 'status.hard'));
      errors.push(...validateAmounts(quota.status?.used, 'status.used'));
      return old === undefined ? [] : errors;
    },
  },
  tableRow(quota, now) {
    const { hard = {}, used = {} } = quota.status ?? {};
    const columns = { requests: [] as string[], limits: [] as string[] };
    for (const name of Object.keys(hard).sort()) {
      const column = name.startsWith('limits.') ? columns.limits : columns.requests;
      column.push(`${name}: ${used[name] ?? '0'}/${hard[name]}`);
    }
    return [
      quota.metadata?.name ?? '',
      columns.requests.join(', '),
      columns.limits.join(', '),
      ageOf(quota.metadata?.creationTimestamp, now),
    ];
  },
});

/** Models ValidateResourceQuotaResourceName and ValidateResourceQuantityValue (v1.34). */
function validateAmounts(amounts: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, amount] of Object.entries(amounts ?? {})) {
    const where = `${path}[${name}]`;
    const complaints = isQualifiedName(name);
    errors.push(...complaints.map((message) => invalid(where, name, message)));
    const plain = complaints.length === 0 && !name.includes('/') && !HUGE_PAGES.test(name);
    if (plain && !QUOTA_RESOURCES.has(name)) {
      if (name !== 'storage')
        errors.push(invalid(where, name, 'must be a standard resource type or fully qualified'));
      errors.push(invalid(where, name, 'must be a standard resource for quota'));
    }
    errors.push(...nonNegativeQuantity(amount, where));
    const whole = parseQuantity(amount).nanos % 1_000_000_000n === 0n;
    if ((COUNTED.has(name) || isExtendedResource(name)) && !whole)
      errors.push(invalid(where, amount, 'must be an integer'));
  }
  return errors;
}
