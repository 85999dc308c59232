import { ageOf } from '../../../../apimachinery/duration.ts';
import { gvkOf, groupKindString } from '../../../../apimachinery/gvk.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { required } from '../../../../apimachinery/validation/field-error.ts';
import { validateImmutableField } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ControllerRevision } from '../../../types.ts';
import { nonNegative } from '../pod-template.ts';

/** ControllerRevisions: snapshots of a workload's template. Models pkg/registry/apps/controllerrevision (v1.34). */
export const CONTROLLER_REVISION_STRATEGY: KindStrategy<ControllerRevision> =
  defineStrategy<ControllerRevision>({
    ...described('apps/v1', 'controllerrevisions'),
    validate(revision): FieldError[] {
      const missing = revision.data === undefined || revision.data === null;
      return [
        ...(missing ? [required('data', 'data is mandatory')] : []),
        ...nonNegative(revision.revision, 'revision'),
      ];
    },
    validateUpdate: (revision, old) => validateImmutableField(revision.data, old.data, 'data'),
    tableRow(revision, now) {
      const controller = revision.metadata?.ownerReferences?.find((owner) => owner.controller === true);
      return [
        revision.metadata?.name ?? '',
        controller === undefined
          ? '<none>'
          : `${groupKindString(gvkOf(controller)).toLowerCase()}/${controller.name}`,
        revision.revision ?? 0,
        ageOf(revision.metadata?.creationTimestamp, now),
      ];
    },
  });
