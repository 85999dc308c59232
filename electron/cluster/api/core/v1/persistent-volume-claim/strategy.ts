import { unifiedDiff } from '../../../../apimachinery/diff.ts';
import { ageOf } from '../../../../apimachinery/duration.ts';
import { compareQuantities, parseQuantity } from '../../../../apimachinery/quantity.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation/names.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withStatusOf } from '../../../generic-strategy.ts';
import { formatAccessModes, validateAccessModes } from '../../../helpers/access-modes.ts';
import { nonNegativeQuantity, positiveQuantity } from '../../../helpers/quantity-validation.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../types.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';
const IMMUTABLE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** PersistentVolumeClaims. Models pkg/registry/core/persistentvolumeclaim (v1.34). */
export const PERSISTENT_VOLUME_CLAIM_STRATEGY: KindStrategy<PersistentVolumeClaim> =
  defineStrategy<PersistentVolumeClaim>({
    ...described('v1', 'persistentvolumeclaims'),
    applyDefaults: (claim) => ({
      ...claim,
      spec: { ...claim.spec, volumeMode: claim.spec?.volumeMode ?? 'Filesystem' },
      status: { ...claim.status, phase: claim.status?.phase ?? 'Pending' },
    }),
    prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
    prepareForUpdate: withStatusOf,
    validate: (claim) => validateClaimSpec(claim.spec ?? {}, 'spec'),
    validateUpdate: validateClaimUpdate,
    status: {
      validate: (claim) =>
        Object.entries(claim.status?.capacity ?? {}).flatMap(([name, amount]) =>
          nonNegativeQuantity(amount, `status.capacity[${name}]`),
        ),
    },
    tableRow(claim, now) {
      const bound = (claim.spec?.volumeName ?? '') !== '';
      return [
        claim.metadata?.name ?? '',
        claim.metadata?.deletionTimestamp === undefined ? (claim.status?.phase ?? '') : 'Terminating',
        claim.spec?.volumeName ?? '',
        bound ? (claim.status?.capacity?.['storage'] ?? '0') : '',
        bound ? formatAccessModes(claim.status?.accessModes) : '',
        claim.metadata?.annotations?.[CLASS_ANNOTATION] ?? claim.spec?.storageClassName ?? '',
        claim.spec?.volumeAttributesClassName ?? '<unset>',
        ageOf(claim.metadata?.creationTimestamp, now),
        claim.spec?.volumeMode ?? '<unset>',
      ];
    },
  });

/** Models ValidatePersistentVolumeClaimSpec (v1.34), data sources taken as they are. */
export function validateClaimSpec(spec: PersistentVolumeClaimSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'));
  errors.push(...validateLabelSelector(spec.selector, `${path}.selector`));
  errors.push(...validateAccessModes(modes, `${path}.accessModes`));
  const storage = spec.resources?.requests?.['storage'];
  const storagePath = `${path}.resources[storage]`;
  if (storage === undefined) errors.push(required(storagePath));
  else errors.push(...nonNegativeQuantity(storage, storagePath), ...positiveQuantity(storage, storagePath));
  const { storageClassName = '', volumeMode } = spec;
  if (storageClassName !== '') {
    for (const message of isDNS1123Subdomain(storageClassName))
      errors.push(invalid(`${path}.storageClassName`, storageClassName, message));
  }
  if (volumeMode !== undefined && volumeMode !== 'Block' && volumeMode !== 'Filesystem')
    errors.push(notSupported(`${path}.volumeMode`, volumeMode, ['Block', 'Filesystem']));
  return errors;
}

/** Models ValidatePersistentVolumeClaimUpdate (v1.34): a volume may be bound, and a bound claim grow. */
function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const spec = claim.spec ?? {};
  const before = old.spec ?? {};
  const bound = old.status?.phase === 'Bound';
  const munged: PersistentVolumeClaimSpec = {
    ...spec,
    ...((before.volumeName ?? '') === '' ? { volumeName: before.volumeName } : {}),
    ...(before.storageClassName === undefined && spec.storageClassName !== undefined
      ? { storageClassName: before.storageClassName }
      : {}),
    ...(bound ? { resources: before.resources } : {}),
    ...(bound ? { volumeAttributesClassName: before.volumeAttributesClassName } : {}),
  };
  const errors: FieldError[] = [];
  if (!sameValue(munged, before)) {
    const lines = (value: unknown): string[] => JSON.stringify(value, null, 2).split('\n');
    errors.push(forbidden('spec', `${IMMUTABLE}\n${unifiedDiff(lines(before), lines(munged))}`));
  }
  const size = spec.resources?.requests?.['storage'];
  const least = before.resources?.requests?.['storage'];
  if (bound && size !== undefined && least !== undefined && smaller(size, least)) {
    const capacity = old.status?.capacity?.['storage'];
    if (capacity === undefined || !smaller(capacity, size))
      errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return errors;
}

function smaller(left: string, right: string): boolean {
  return compareQuantities(parseQuantity(left), parseQuantity(right)) < 0;
}
