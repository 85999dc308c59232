import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { required } from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { VolumeAttachment } from '../../../types.ts';

/** VolumeAttachments. Models pkg/registry/storage/volumeattachment (v1.34). */
export const VOLUME_ATTACHMENT_STRATEGY: KindStrategy<VolumeAttachment> = defineStrategy<VolumeAttachment>({
  ...described('storage.k8s.io/v1', 'volumeattachments'),
  prepareForCreate: (attachment) => ({ ...attachment, status: { attached: false } }),
  prepareForUpdate: withStatusOf,
  validate(attachment): FieldError[] {
    const { attacher = '', source, nodeName = '' } = attachment.spec ?? {};
    const { persistentVolumeName = '', inlineVolumeSpec } = source ?? {};
    return [
      ...(attacher === '' ? [required('spec.attacher')] : []),
      ...(inlineVolumeSpec === undefined && persistentVolumeName === ''
        ? [required('spec.source', 'must specify exactly one of inlineVolumeSpec and persistentVolumeName')]
        : []),
      ...(nodeName === '' ? [required('spec.nodeName')] : []),
    ];
  },
  validateUpdate: (attachment, old) => validateImmutableField(attachment.spec, old.spec, 'spec'),
  status: {},
  tableRow: (attachment, now) => [
    attachment.metadata?.name ?? '',
    attachment.spec?.attacher ?? '',
    attachment.spec?.source?.persistentVolumeName ?? '',
    attachment.spec?.nodeName ?? '',
    attachment.status?.attached ?? false,
    ageOf(attachment.metadata?.creationTimestamp, now),
  ],
});
