import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { Lease } from '../../../types.ts';

/** Leases. Models pkg/registry/coordination/lease (v1.34). */
export const LEASE_STRATEGY: KindStrategy<Lease> = defineStrategy<Lease>({
  gvk: { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' },
  resource: 'leases',
  singular: 'lease',
  namespaced: true,
  storageVersionHash: 'gqkMMb/YqFM=',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  validate: validateLease,
  tableRow: (lease, now) => [
    lease.metadata?.name ?? '',
    lease.spec?.holderIdentity ?? '',
    ageOf(lease.metadata?.creationTimestamp, now),
  ],
});

/** Models ValidateLeaseSpec (v1.34). */
function validateLease(lease: Lease): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions } = lease.spec ?? {};
  const errors: FieldError[] = [];
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'));
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.push(invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'));
  }
  return errors;
}
