import { combinedResource } from '../auth/rbac/policy-rule.ts';
import type { AuthorizationAttributes } from '../auth/interface.ts';
import type { UserInfo } from '../auth/user.ts';
import type { AuditLevel, AuditPolicy, AuditRule, AuditStage, GroupResources } from './interface.ts';

/** What a policy wants of one request. */
export interface AuditConfig {
  readonly level: AuditLevel;
  readonly omitStages: readonly AuditStage[];
  readonly omitManagedFields: boolean;
}

/**
 * What the first rule that matches says; nothing is recorded where none does. `user` is undefined for somebody who proved
 * no identity. Models audit/policy/checker.go (v1.34).
 */
export function evaluatePolicy(
  policy: AuditPolicy,
  user: UserInfo | undefined,
  attributes: AuthorizationAttributes,
): AuditConfig {
  const { omitStages = [], omitManagedFields = false } = policy;
  const rule = policy.rules.find((candidate) => matches(candidate, user, attributes));
  if (rule === undefined) return { level: 'None', omitStages, omitManagedFields };
  return {
    level: rule.level,
    omitStages: [...omitStages, ...(rule.omitStages ?? [])],
    omitManagedFields: rule.omitManagedFields ?? omitManagedFields,
  };
}

/** A list that is not there or empty demands nothing. */
const named = (list: readonly string[] | undefined): list is readonly string[] =>
  list !== undefined && list.length > 0;

function matches(rule: AuditRule, user: UserInfo | undefined, attributes: AuthorizationAttributes): boolean {
  const { users, userGroups, verbs, namespaces, resources = [], nonResourceURLs } = rule;
  if (named(users) && (user === undefined || !users.includes(user.name))) return false;
  if (named(userGroups) && user?.groups.some((group) => userGroups.includes(group)) !== true) return false;
  if (named(verbs) && !verbs.includes(attributes.verb)) return false;
  if (named(namespaces) || resources.length > 0) {
    if (!attributes.isResourceRequest) return false;
    if (named(namespaces) && !namespaces.includes(attributes.namespace)) return false;
    return resources.length === 0 || resources.some((group) => matchesResource(group, attributes));
  }
  if (!named(nonResourceURLs)) return true;
  return !attributes.isResourceRequest && nonResourceURLs.some((url) => matchesPath(url, attributes.path));
}

function matchesPath(url: string, path: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')));
}

function matchesResource(
  { group = '', resources, resourceNames }: GroupResources,
  attributes: AuthorizationAttributes,
): boolean {
  const { apiGroup, resource, subresource, name } = attributes;
  if (group !== apiGroup) return false;
  if (!named(resources)) return true;
  if (named(resourceNames) && !resourceNames.includes(name)) return false;
  const combined = combinedResource(attributes);
  return resources.some(
    (wanted) =>
      wanted === '*' ||
      wanted === combined ||
      (subresource !== '' && wanted === `*/${subresource}`) ||
      wanted === `${resource}/*`,
  );
}
