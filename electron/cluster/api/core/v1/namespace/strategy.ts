import { ageOf } from '../../../../apimachinery/duration.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Label } from '../../../../apimachinery/validation/names.ts';
import {
  nameValidator,
  validateFinalizerName,
  validateObjectMetaUpdate,
} from '../../../../apimachinery/validation/object-meta.ts';
import { ALL_VERBS, defineStrategy, statusSubresource, withStatusOf } from '../../../generic-strategy.ts';
import type { KindStrategy, UpdateStrategy } from '../../../strategy.ts';
import type { Namespace } from '../../../types.ts';

const GVK = { group: '', version: 'v1', kind: 'Namespace' };
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** What keeps a namespace until its content is gone; in `spec.finalizers`. */
export const NAMESPACE_FINALIZER = 'kubernetes';

const finalize: UpdateStrategy<Namespace> = {
  prepareForUpdate: (namespace, old) =>
    withStatusOf(
      {
        ...namespace,
        metadata: {
          ...old.metadata,
          resourceVersion: namespace.metadata?.resourceVersion ?? old.metadata?.resourceVersion,
        },
      },
      old,
    ),
  validateUpdate(namespace, old) {
    const errors: FieldError[] = validateObjectMetaUpdate(namespace, old);
    namespace.spec?.finalizers?.forEach((name, index) =>
      errors.push(...validateFinalizerName(name, `spec.finalizers[${index}]`)),
    );
    return errors;
  },
  warningsOnUpdate: () => [],
};

/** Namespaces. Models pkg/registry/core/namespace (v1.34). */
export const NAMESPACE_STRATEGY: KindStrategy<Namespace> = defineStrategy<Namespace>({
  gvk: GVK,
  resource: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  storageVersionHash: 'Q3oi5N2YM8M=',
  verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  subresources: [{ name: 'finalize', kind: GVK, verbs: ['update'] }, statusSubresource(GVK)],
  names: nameValidator(isDNS1123Label),
  finalize,
  applyDefaults: withNameLabel,
  prepareForCreate(namespace) {
    const finalizers = namespace.spec?.finalizers ?? [];
    const spec = finalizers.includes(NAMESPACE_FINALIZER)
      ? namespace.spec
      : { ...namespace.spec, finalizers: [...finalizers, NAMESPACE_FINALIZER] };
    return withNameLabel({ ...namespace, spec, status: { phase: 'Active' } });
  },
  prepareForUpdate: (namespace, old) => withStatusOf({ ...namespace, spec: old.spec }, old),
  validate: (namespace) => {
    const errors: FieldError[] = [];
    namespace.spec?.finalizers?.forEach((name, index) =>
      errors.push(...validateFinalizerName(name, `spec.finalizers[${index}]`)),
    );
    return errors;
  },
  status: { validate: validateNamespaceStatus },
  fieldLabels: ['status.phase'],
  selectableFields: (namespace) => ({
    name: namespace.metadata?.name ?? '',
    'status.phase': namespace.status?.phase ?? '',
  }),
  tableRow: (namespace, now) => [
    namespace.metadata?.name ?? '',
    namespace.status?.phase ?? '',
    ageOf(namespace.metadata?.creationTimestamp, now),
  ],
});

function withNameLabel(namespace: Namespace): Namespace {
  const name = namespace.metadata?.name ?? '';
  if (name === '' || namespace.metadata?.labels?.[NAME_LABEL] === name) return namespace;
  return {
    ...namespace,
    metadata: { ...namespace.metadata, labels: { ...namespace.metadata?.labels, [NAME_LABEL]: name } },
  };
}

/** Terminating exactly while a deletion is under way. Models ValidateNamespaceStatusUpdate (v1.34). */
function validateNamespaceStatus(namespace: Namespace): FieldError[] {
  const phase = namespace.status?.phase ?? '';
  const deleted = namespace.metadata?.deletionTimestamp !== undefined;
  if (!deleted && phase !== 'Active') {
    return [invalid('status.Phase', phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  }
  if (deleted && phase !== 'Terminating') {
    return [invalid('status.Phase', phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
  }
  return [];
}
