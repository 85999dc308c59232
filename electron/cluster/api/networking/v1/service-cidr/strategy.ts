import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ServiceCIDR } from '../../../types.ts';
import { isCIDR } from '../network-policy/validation.ts';

/** ServiceCIDRs. Addresses come from the flag's range only. Models pkg/registry/networking/servicecidr (v1.34). */
export const SERVICE_CIDR_STRATEGY: KindStrategy<ServiceCIDR> = defineStrategy<ServiceCIDR>({
  ...described('networking.k8s.io/v1', 'servicecidrs'),
  prepareForCreate: (cidr) => withFirstGeneration({ ...cidr, status: {} }),
  prepareForUpdate: withStatusOf,
  validate(cidr): FieldError[] {
    const cidrs = cidr.spec?.cidrs ?? [];
    if (cidrs.length === 0) return [required('spec.cidrs', 'at least one CIDR required')];
    if (cidrs.length > 2) return [invalid('spec', cidr.spec, 'may only hold up to 2 values')];
    return cidrs.flatMap((text, index) => {
      const detail = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
      return isCIDR(text) ? [] : [invalid(`spec.cidrs[${index}]`, text, detail)];
    });
  },
  validateUpdate: (cidr, old) => validateImmutableField(cidr.spec?.cidrs, old.spec?.cidrs, 'spec.cidrs'),
  status: {},
  tableRow: (cidr, now) => [
    cidr.metadata?.name ?? '',
    cidr.spec?.cidrs?.join(',') ?? '',
    ageOf(cidr.metadata?.creationTimestamp, now),
  ],
});
