import type { PolicyRule } from '../../../api/types.ts';
import type { AuthorizationAttributes } from '../interface.ts';

/** `pods`, or `pods/status` with a subresource. */
export function combinedResource({ resource, subresource }: AuthorizationAttributes): string {
  return subresource === '' ? resource : `${resource}/${subresource}`;
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

function resourceMatches(rule: PolicyRule, attributes: AuthorizationAttributes): boolean {
  const wanted = combinedResource(attributes);
  return (rule.resources ?? []).some(
    (resource) =>
      resource === '*' ||
      resource === wanted ||
      (attributes.subresource !== '' && resource === `*/${attributes.subresource}`),
  );
}

/** True when `rule` allows what is asked for. Models RuleAllows and pkg/apis/rbac/v1 evaluation helpers (v1.34). */
export function ruleAllows(rule: PolicyRule, attributes: AuthorizationAttributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResourceRequest) {
    return (rule.nonResourceURLs ?? []).some(
      (url) =>
        url === '*' ||
        url === attributes.path ||
        (url.endsWith('*') && attributes.path.startsWith(url.slice(0, url.length - 1))),
    );
  }
  if (!has(rule.apiGroups, attributes.apiGroup) || !resourceMatches(rule, attributes)) return false;
  return (
    rule.resourceNames === undefined ||
    rule.resourceNames.length === 0 ||
    rule.resourceNames.includes(attributes.name)
  );
}
