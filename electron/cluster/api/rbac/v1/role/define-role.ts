import { formatTime, parseTime } from '../../../../apimachinery/time.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { isPathSegmentName } from '../../../../apimachinery/validation/names.ts';
import { nameValidator } from '../../../../apimachinery/validation/object-meta.ts';
import { at } from '../../../../apimachinery/validation/path.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ClusterRole, Role } from '../../../types.ts';
import { RBAC_GROUP, validatePolicyRule } from '../validation.ts';

/** What is the same for roles of a namespace and of the cluster. */
export function defineRole<T extends Role | ClusterRole>(kind: {
  readonly kind: string;
  readonly storageVersionHash: string;
  readonly namespaced: boolean;
  validate?(role: T): FieldError[];
}): KindStrategy<T> {
  const singular = kind.kind.toLowerCase();
  return defineStrategy<T>({
    gvk: { group: RBAC_GROUP, version: 'v1', kind: kind.kind },
    resource: `${singular}s`,
    singular,
    namespaced: kind.namespaced,
    storageVersionHash: kind.storageVersionHash,
    names: nameValidator(isPathSegmentName),
    allowCreateOnUpdate: true,
    validate: (role) => [
      ...(role.rules ?? []).flatMap((rule, index) =>
        validatePolicyRule(rule, kind.namespaced, at('rules', index)),
      ),
      ...(kind.validate?.(role) ?? []),
    ],
    tableRow: (role) => [
      role.metadata?.name ?? '',
      formatTime(parseTime(role.metadata?.creationTimestamp) ?? 0),
    ],
  });
}
