import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isQualifiedName } from '../../../../apimachinery/validation/names.ts';
import { sameValue, validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { StorageClass } from '../../../types.ts';

const DEFAULT_CLASS = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

/** StorageClasses. Models pkg/registry/storage/storageclass (v1.34). */
export const STORAGE_CLASS_STRATEGY: KindStrategy<StorageClass> = defineStrategy<StorageClass>({
  ...described('storage.k8s.io/v1', 'storageclasses'),
  applyDefaults: (storageClass) => ({
    ...storageClass,
    reclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
    volumeBindingMode: storageClass.volumeBindingMode ?? 'Immediate',
  }),
  validate: validateStorageClass,
  validateUpdate: (storageClass, old) => [
    ...unchanged(storageClass.parameters, old.parameters, 'parameters'),
    ...unchanged(storageClass.provisioner, old.provisioner, 'provisioner'),
    ...unchanged(storageClass.reclaimPolicy, old.reclaimPolicy, 'reclaimPolicy'),
    ...validateImmutableField(storageClass.volumeBindingMode, old.volumeBindingMode, 'volumeBindingMode'),
  ],
  tableRow(storageClass, now) {
    const { name = '', annotations, creationTimestamp } = storageClass.metadata ?? {};
    const isDefault = DEFAULT_CLASS.some((annotation) => annotations?.[annotation] === 'true');
    return [
      isDefault ? `${name} (default)` : name,
      storageClass.provisioner,
      storageClass.reclaimPolicy ?? 'Delete',
      storageClass.volumeBindingMode ?? 'Immediate',
      storageClass.allowVolumeExpansion ?? false,
      ageOf(creationTimestamp, now),
    ];
  },
});

function unchanged(value: unknown, old: unknown, field: string): FieldError[] {
  return sameValue(value, old) ? [] : [forbidden(field, `updates to ${field} are forbidden.`)];
}

/** Models ValidateStorageClass (v1.34), topologies taken as they are. */
function validateStorageClass(storageClass: StorageClass): FieldError[] {
  const { provisioner = '', parameters = {}, reclaimPolicy = '', volumeBindingMode = '' } = storageClass;
  const errors: FieldError[] = [];
  if (provisioner === '') errors.push(required('provisioner'));
  else {
    const complaints = isQualifiedName(provisioner.toLowerCase());
    errors.push(...complaints.map((message) => invalid('provisioner', provisioner, message)));
  }
  if (Object.hasOwn(parameters, '')) errors.push(invalid('parameters', '', 'field can not be empty.'));
  const policies = ['Delete', 'Retain'];
  if (!policies.includes(reclaimPolicy)) errors.push(notSupported('reclaimPolicy', reclaimPolicy, policies));
  const modes = ['Immediate', 'WaitForFirstConsumer'];
  if (!modes.includes(volumeBindingMode))
    errors.push(notSupported('volumeBindingMode', volumeBindingMode, modes));
  return errors;
}
