import { ageOf } from '../../../../apimachinery/duration.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { isPathSegmentName } from '../../../../apimachinery/validation/names.ts';
import { nameValidator, sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ClusterRoleBinding, RoleBinding, Subject } from '../../../types.ts';
import { RBAC_GROUP, validateRoleRef, validateSubjects } from '../validation.ts';

/** What is the same for bindings in a namespace and in the cluster. */
export function defineBinding<T extends RoleBinding | ClusterRoleBinding>(kind: {
  readonly resource: string;
  readonly roleKinds: readonly string[];
}): KindStrategy<T> {
  const description = described(`${RBAC_GROUP}/v1`, kind.resource);
  return defineStrategy<T>({
    ...description,
    names: nameValidator(isPathSegmentName),
    allowCreateOnUpdate: true,
    applyDefaults: withGroups,
    validate: (binding) => [
      ...validateRoleRef(binding.roleRef, kind.roleKinds),
      ...validateSubjects(binding.subjects, description.namespaced),
    ],
    validateUpdate(binding, old) {
      if (sameValue(binding.roleRef, old.roleRef)) return [];
      const { apiGroup, kind: roleKind, name } = binding.roleRef;
      const shown = { APIGroup: apiGroup, Kind: roleKind, Name: name };
      return [invalid('roleRef', shown, 'cannot change roleRef')];
    },
    tableRow: (binding, now) => [
      binding.metadata?.name ?? '',
      `${binding.roleRef?.kind ?? ''}/${binding.roleRef?.name ?? ''}`,
      ageOf(binding.metadata?.creationTimestamp, now),
      ...['User', 'Group', 'ServiceAccount'].map((subject) => subjectNames(binding.subjects, subject)),
    ],
  });
}

/** API groups that go without saying. Models SetDefaults_RoleBinding and SetDefaults_Subject (v1.34). */
function withGroups<T extends RoleBinding | ClusterRoleBinding>(binding: T): T {
  const { roleRef, subjects } = binding;
  const unnamed = ({ apiGroup, kind }: Subject): boolean =>
    (apiGroup ?? '') === '' && (kind === 'User' || kind === 'Group');
  const roleless = roleRef !== undefined && (roleRef.apiGroup ?? '') === '';
  if (!roleless && subjects?.some(unnamed) !== true) return binding;
  return {
    ...binding,
    ...(roleless ? { roleRef: { ...roleRef, apiGroup: RBAC_GROUP } } : {}),
    ...(subjects === undefined
      ? {}
      : {
          subjects: subjects.map((subject) =>
            unnamed(subject) ? { ...subject, apiGroup: RBAC_GROUP } : subject,
          ),
        }),
  };
}

function subjectNames(subjects: readonly Subject[] | undefined, kind: string): string {
  return (subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map(({ name, namespace }) =>
      kind === 'ServiceAccount' && (namespace ?? '') !== '' ? `${namespace}/${name}` : name,
    )
    .join(', ');
}
