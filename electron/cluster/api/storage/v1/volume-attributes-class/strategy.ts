import { ageOf } from '../../../../apimachinery/duration.ts';
import { required } from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import type { KubeObject } from '../../../../apimachinery/types.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';

/** storage.k8s.io/v1 VolumeAttributesClass; the client package has no type of it yet. */
interface VolumeAttributesClass extends KubeObject {
  readonly driverName?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** VolumeAttributesClasses. Models pkg/registry/storage/volumeattributesclass (v1.34). */
export const VOLUME_ATTRIBUTES_CLASS_STRATEGY: KindStrategy<VolumeAttributesClass> =
  defineStrategy<VolumeAttributesClass>({
    ...described('storage.k8s.io/v1', 'volumeattributesclasses'),
    validate: ({ driverName = '', parameters = {} }) => [
      ...(driverName === '' ? [required('driverName')] : []),
      ...(Object.keys(parameters).length === 0
        ? [required('parameters', 'must contain at least one key/value pair')]
        : []),
    ],
    validateUpdate: (attributes, old) => [
      ...validateImmutableField(attributes.driverName, old.driverName, 'driverName'),
      ...validateImmutableField(attributes.parameters, old.parameters, 'parameters'),
    ],
    tableRow: ({ metadata, driverName = '' }, now) => [
      metadata?.name ?? '',
      driverName,
      ageOf(metadata?.creationTimestamp, now),
    ],
  });
