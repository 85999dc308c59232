import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { notSupported } from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration, withGeneration } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { CSIDriver } from '../../../types.ts';

const FS_GROUP_POLICIES = ['ReadWriteOnceWithFSType', 'File', 'None'];
const MODES = ['Ephemeral', 'Persistent'];

/** CSIDrivers. Models pkg/registry/storage/csidriver (v1.34). */
export const CSI_DRIVER_STRATEGY: KindStrategy<CSIDriver> = defineStrategy<CSIDriver>({
  ...described('storage.k8s.io/v1', 'csidrivers'),
  applyDefaults: (driver) => ({
    ...driver,
    spec: {
      ...driver.spec,
      attachRequired: driver.spec?.attachRequired ?? true,
      podInfoOnMount: driver.spec?.podInfoOnMount ?? false,
      storageCapacity: driver.spec?.storageCapacity ?? false,
      fsGroupPolicy: driver.spec?.fsGroupPolicy ?? 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: driver.spec?.volumeLifecycleModes ?? ['Persistent'],
      requiresRepublish: driver.spec?.requiresRepublish ?? false,
      seLinuxMount: driver.spec?.seLinuxMount ?? false,
    },
  }),
  prepareForCreate: withFirstGeneration,
  prepareForUpdate: withGeneration,
  validate(driver): FieldError[] {
    const { fsGroupPolicy = '', volumeLifecycleModes = [] } = driver.spec ?? {};
    const errors: FieldError[] = [];
    if (!FS_GROUP_POLICIES.includes(fsGroupPolicy))
      errors.push(notSupported('spec.fsGroupPolicy', fsGroupPolicy, FS_GROUP_POLICIES));
    for (const mode of volumeLifecycleModes) {
      if (!MODES.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, MODES));
    }
    return errors;
  },
  validateUpdate: (driver, old) => [
    ...validateImmutableField(driver.spec?.attachRequired, old.spec.attachRequired, 'spec.attachRequired'),
    ...validateImmutableField(
      driver.spec?.volumeLifecycleModes,
      old.spec.volumeLifecycleModes,
      'spec.volumeLifecycleModes',
    ),
  ],
  tableRow: (driver, now) => [
    driver.metadata?.name ?? '',
    driver.spec?.attachRequired ?? true,
    driver.spec?.podInfoOnMount ?? false,
    driver.spec?.storageCapacity ?? false,
    driver.spec?.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    driver.spec?.requiresRepublish ?? false,
    driver.spec?.volumeLifecycleModes?.join(',') ?? '<none>',
    ageOf(driver.metadata?.creationTimestamp, now),
  ],
});
