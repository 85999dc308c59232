import type { RequestInfo } from '../endpoints/request-info.ts';

/** What a role allows. `*` stands for everything. Models rbac/v1 PolicyRule (v1.34). */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  /** `pods`, `pods/status`, `*`, and any resource with one subresource. */
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  /** May end in `*`. */
  readonly nonResourceURLs?: readonly string[];
}

const has = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value));

function resourceMatches(rule: PolicyRule, info: RequestInfo): boolean {
  const wanted = info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`;
  return (rule.resources ?? []).some(
    (resource) =>
      resource === '*' ||
      resource === wanted ||
      (info.subresource !== '' && resource === `*/${info.subresource}`),
  );
}

/** True when `rule` allows what `info` asks for. Models pkg/apis/rbac/v1 evaluation helpers (v1.34). */
export function ruleAllows(rule: PolicyRule, info: RequestInfo): boolean {
  if (!has(rule.verbs, info.verb)) return false;
  if (!info.isResourceRequest) {
    return (rule.nonResourceURLs ?? []).some(
      (url) =>
        url === '*' ||
        url === info.path ||
        (url.endsWith('*') && info.path.startsWith(url.slice(0, url.length - 1))),
    );
  }
  if (!has(rule.apiGroups, info.apiGroup) || !resourceMatches(rule, info)) return false;
  return rule.resourceNames === undefined || rule.resourceNames.includes(info.name);
}
