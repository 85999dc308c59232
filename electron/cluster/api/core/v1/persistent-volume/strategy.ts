import { ageOf } from '../../../../apimachinery/duration.ts';
import { formatTime } from '../../../../apimachinery/time.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withStatusOf } from '../../../generic-strategy.ts';
import { formatAccessModes } from '../../../helpers/access-modes.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { PersistentVolume } from '../../../types.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './validation.ts';

const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** PersistentVolumes. Models pkg/registry/core/persistentvolume (v1.34). */
export const PERSISTENT_VOLUME_STRATEGY: KindStrategy<PersistentVolume> = defineStrategy<PersistentVolume>({
  ...described('v1', 'persistentvolumes'),
  applyDefaults: (volume) => ({
    ...volume,
    spec: {
      ...volume.spec,
      persistentVolumeReclaimPolicy: volume.spec?.persistentVolumeReclaimPolicy ?? 'Retain',
      volumeMode: volume.spec?.volumeMode ?? 'Filesystem',
      ...(volume.spec?.hostPath === undefined
        ? {}
        : { hostPath: { ...volume.spec.hostPath, type: volume.spec.hostPath.type ?? '' } }),
    },
    status: { ...volume.status, phase: volume.status?.phase ?? 'Pending' },
  }),
  prepareForCreate: (volume, { now }) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: formatTime(now) },
  }),
  prepareForUpdate: withStatusOf,
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
  status: {
    prepareForUpdate(volume, old, { now }) {
      if (volume.status?.phase === old.status?.phase) return volume;
      return { ...volume, status: { ...volume.status, lastPhaseTransitionTime: formatTime(now) } };
    },
  },
  tableRow(volume, now) {
    const { spec, status, metadata } = volume;
    const claim = spec?.claimRef;
    return [
      metadata?.name ?? '',
      spec?.capacity?.['storage'] ?? '0',
      formatAccessModes(spec?.accessModes),
      spec?.persistentVolumeReclaimPolicy ?? '',
      metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
      metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '',
      spec?.volumeAttributesClassName ?? '<unset>',
      status?.reason ?? '',
      ageOf(metadata?.creationTimestamp, now),
      spec?.volumeMode ?? '<unset>',
    ];
  },
});
