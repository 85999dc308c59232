import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { required } from '../../../../apimachinery/validation/field-error.ts';
import { isValidIP } from '../../../../apimachinery/validation/names.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../../generic-strategy.ts';
import { INVALID_IP } from '../../../helpers/endpoint-address.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { IPAddress } from '../../../types.ts';

/** IPAddresses. The allocator of Service addresses does not make them. Models pkg/registry/networking/ipaddress (v1.34). */
export const IP_ADDRESS_STRATEGY: KindStrategy<IPAddress> = defineStrategy<IPAddress>({
  ...described('networking.k8s.io/v1', 'ipaddresses'),
  names: (name) => (isValidIP(name) ? [] : [INVALID_IP]),
  prepareForCreate: withFirstGeneration,
  validate(address): FieldError[] {
    const parent = address.spec?.parentRef;
    if (parent === undefined) return [required('spec.parentRef')];
    return (['resource', 'name'] as const)
      .filter((name) => (parent[name] ?? '') === '')
      .map((name) => required(`spec.parentRef.${name}`));
  },
  validateUpdate: (address, old) =>
    validateImmutableField(address.spec?.parentRef, old.spec?.parentRef, 'spec.parentRef'),
  fieldLabels: [
    'spec.parentRef.name',
    'spec.parentRef.namespace',
    'spec.parentRef.resource',
    'spec.parentRef.group',
  ],
  selectableFields: ({ spec }) => ({
    'spec.parentRef.name': spec?.parentRef.name ?? '',
    'spec.parentRef.namespace': spec?.parentRef.namespace ?? '',
    'spec.parentRef.resource': spec?.parentRef.resource ?? '',
    'spec.parentRef.group': spec?.parentRef.group ?? '',
  }),
  tableRow(address) {
    const parent = address.spec?.parentRef;
    if (parent === undefined) return [address.metadata?.name ?? '', '<none>'];
    const resource = (parent.group ?? '') === '' ? parent.resource : `${parent.resource}.${parent.group}`;
    const name = (parent.namespace ?? '') === '' ? parent.name : `${parent.namespace}/${parent.name}`;
    return [address.metadata?.name ?? '', `${resource}/${name}`];
  },
});
