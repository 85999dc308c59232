import { formatTime, parseTime } from '../../../../apimachinery/time.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { isPathSegmentName } from '../../../../apimachinery/validation/names.ts';
import { nameValidator } from '../../../../apimachinery/validation/object-meta.ts';
import { at } from '../../../../apimachinery/validation/path.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy } from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { ClusterRole, Role } from '../../../types.ts';
import { RBAC_GROUP, validatePolicyRule } from '../validation.ts';

/** What is the same for roles of a namespace and of the cluster. */
export function defineRole<T extends Role | ClusterRole>(kind: {
  readonly resource: string;
  validate?(role: T): FieldError[];
}): KindStrategy<T> {
  const description = described(`${RBAC_GROUP}/v1`, kind.resource);
  return defineStrategy<T>({
    ...description,
    names: nameValidator(isPathSegmentName),
    allowCreateOnUpdate: true,
    validate: (role) => [
      ...(role.rules ?? []).flatMap((rule, index) =>
        validatePolicyRule(rule, description.namespaced, at('rules', index)),
      ),
      ...(kind.validate?.(role) ?? []),
    ],
    tableRow: (role) => [
      role.metadata?.name ?? '',
      formatTime(parseTime(role.metadata?.creationTimestamp) ?? 0),
    ],
  });
}
