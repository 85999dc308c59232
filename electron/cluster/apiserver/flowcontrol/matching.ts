import type { FlowSchema } from '../../api/types.ts';
import type { RequestInfo } from '../endpoints/request-info.ts';
import type { UserInfo } from '../auth/user.ts';

type Rule = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];
type Subject = Rule['subjects'][number];
type ResourceRule = NonNullable<Rule['resourceRules']>[number];

/** A wildcard counts only when it is alone; validation sees to that. */
const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && ((list.length === 1 && list[0] === '*') || list.includes(value));

function isSubject({ kind, user, group, serviceAccount }: Subject, who: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return user !== undefined && (user.name === '*' || user.name === who.name);
    case 'Group':
      return group !== undefined && (group.name === '*' || who.groups.includes(group.name));
    case 'ServiceAccount': {
      if (serviceAccount === undefined) return false;
      const all = `system:serviceaccount:${serviceAccount.namespace}:`;
      return serviceAccount.name === '*'
        ? who.name.startsWith(all)
        : who.name === `${all}${serviceAccount.name}`;
    }
    default:
      return false;
  }
}

function resourceRuleMatches(rule: ResourceRule, info: RequestInfo): boolean {
  const resource = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  return (
    has(rule.verbs, info.verb) &&
    has(rule.resources, resource) &&
    has(rule.apiGroups, info.apiGroup) &&
    (info.namespace === '' ? rule.clusterScope === true : has(rule.namespaces, info.namespace))
  );
}

function urlMatches(url: string, path: string): boolean {
  if (url === '*' || url === path) return true;
  const prefix = url.replace(/\*+$/, '');
  return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

/** True when one of the schema's rules is about this user and this request. Models util/flowcontrol/rule.go (v1.34). */
export function matchesFlowSchema(schema: FlowSchema, user: UserInfo, info: RequestInfo): boolean {
  return (schema.spec?.rules ?? []).some(({ subjects, resourceRules, nonResourceRules }) => {
    if (!subjects.some((subject) => isSubject(subject, user))) return false;
    if (info.isResourceRequest) return (resourceRules ?? []).some((rule) => resourceRuleMatches(rule, info));
    return (nonResourceRules ?? []).some(
      ({ verbs, nonResourceURLs }) =>
        has(verbs, info.verb) && nonResourceURLs.some((url) => urlMatches(url, info.path)),
    );
  });
}
