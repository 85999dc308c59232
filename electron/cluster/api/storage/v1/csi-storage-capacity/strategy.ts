import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { required } from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import { nonNegativeQuantity } from '../../../helpers/quantity-validation.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { CSIStorageCapacity } from '../../../types.ts';

/** CSIStorageCapacities. Models pkg/registry/storage/csistoragecapacity (v1.34). */
export const CSI_STORAGE_CAPACITY_STRATEGY: KindStrategy<CSIStorageCapacity> =
  defineStrategy<CSIStorageCapacity>({
    ...described('storage.k8s.io/v1', 'csistoragecapacities'),
    validate: ({ nodeTopology, storageClassName = '', capacity, maximumVolumeSize }): FieldError[] => [
      ...validateLabelSelector(nodeTopology, 'nodeTopology'),
      ...(storageClassName === '' ? [required('storageClassName')] : []),
      ...(capacity === undefined ? [] : nonNegativeQuantity(capacity, 'capacity')),
      ...(maximumVolumeSize === undefined ? [] : nonNegativeQuantity(maximumVolumeSize, 'maximumVolumeSize')),
    ],
    validateUpdate: (capacity, old) => [
      ...validateImmutableField(capacity.nodeTopology, old.nodeTopology, 'nodeTopology'),
      ...validateImmutableField(capacity.storageClassName, old.storageClassName, 'storageClassName'),
    ],
    tableRow: ({ metadata }) => [metadata?.name ?? '', metadata?.creationTimestamp ?? '<unknown>'],
  });
