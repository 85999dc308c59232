import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { invalid, notSupported, required } from '../../../apimachinery/validation/field-error.ts';
import { isDNS1123Subdomain, isPathSegmentName } from '../../../apimachinery/validation/names.ts';
import { at, child } from '../../../apimachinery/validation/path.ts';
import type { PolicyRule, RoleRef, Subject } from '../../types.ts';

/** The group whose roles bindings may name. */
export const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** One rule of a role. Models ValidatePolicyRule (pkg/apis/rbac/validation, v1.34). */
export function validatePolicyRule(rule: PolicyRule, namespaced: boolean, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const count = (list: readonly string[] | undefined): number => list?.length ?? 0;
  if (count(rule.verbs) === 0)
    errors.push(required(child(path, 'verbs'), 'verbs must contain at least one value'));
  if (count(rule.nonResourceURLs) > 0) {
    const where = child(path, 'nonResourceURLs');
    if (namespaced)
      errors.push(invalid(where, rule.nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
    if (count(rule.apiGroups) + count(rule.resources) + count(rule.resourceNames) > 0)
      errors.push(
        invalid(
          where,
          rule.nonResourceURLs,
          'rules cannot apply to both regular resources and non-resource URLs',
        ),
      );
    return errors;
  }
  if (count(rule.apiGroups) === 0)
    errors.push(required(child(path, 'apiGroups'), 'resource rules must supply at least one api group'));
  if (count(rule.resources) === 0)
    errors.push(required(child(path, 'resources'), 'resource rules must supply at least one resource'));
  return errors;
}

/** The role a binding names. */
export function validateRoleRef(role: RoleRef | undefined, kinds: readonly string[]): FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = role ?? {};
  const errors: FieldError[] = [];
  if (apiGroup !== RBAC_GROUP) errors.push(notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP]));
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (name === '') errors.push(required('roleRef.name'));
  for (const message of isPathSegmentName(name)) errors.push(invalid('roleRef.name', name, message));
  return errors;
}

/** Whom a binding binds; an account without a namespace is one of the binding's own. Models ValidateRoleBindingSubject (v1.34). */
export function validateSubjects(
  subjects: readonly Subject[] | undefined,
  namespaced: boolean,
): FieldError[] {
  return (subjects ?? []).flatMap((subject, index) => {
    const path = at('subjects', index);
    const { name = '', kind = '', apiGroup = '', namespace = '' } = subject;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(child(path, 'name')));
    if (kind === 'ServiceAccount') {
      if (name !== '')
        for (const message of isDNS1123Subdomain(name))
          errors.push(invalid(child(path, 'name'), name, message));
      if (apiGroup !== '') errors.push(notSupported(child(path, 'apiGroup'), apiGroup, ['']));
      if (!namespaced && namespace === '') errors.push(required(child(path, 'namespace')));
    } else if (kind === 'User' || kind === 'Group') {
      if (apiGroup !== RBAC_GROUP) errors.push(notSupported(child(path, 'apiGroup'), apiGroup, [RBAC_GROUP]));
    } else {
      errors.push(notSupported(child(path, 'kind'), kind, ['ServiceAccount', 'User', 'Group']));
    }
    return errors;
  });
}
