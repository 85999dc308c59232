import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { required } from '../../../../apimachinery/validation/field-error.ts';
import { validateLabelSelector } from '../../../../apimachinery/validation/label-selector.ts';
import { at } from '../../../../apimachinery/validation/path.ts';
import type { ClusterRole } from '../../../types.ts';
import { defineRole } from '../role/define-role.ts';

const SELECTORS = 'aggregationRule.clusterRoleSelectors';

/** ClusterRoles. Models pkg/registry/rbac/clusterrole (v1.34). */
export const CLUSTER_ROLE_STRATEGY = defineRole<ClusterRole>({
  resource: 'clusterroles',
  validate: validateAggregation,
});

function validateAggregation({ aggregationRule }: ClusterRole): FieldError[] {
  if (aggregationRule === undefined) return [];
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0)
    return [required(SELECTORS, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  return selectors.flatMap((selector, index) => validateLabelSelector(selector, at(SELECTORS, index)));
}
