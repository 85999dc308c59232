import type { PolicyRule } from './describe/types.ts';
import { compareStrings } from './json.ts';

interface Simple {
  readonly group: string;
  readonly resource: string;
  readonly name: string;
}

/** One group, one resource, at most one name: rules that may be put together. */
function simple(rule: PolicyRule): Simple | undefined {
  const [group = ''] = rule.apiGroups ?? [];
  const [resource = ''] = rule.resources ?? [];
  const [name = ''] = rule.resourceNames ?? [];
  if ((rule.resourceNames ?? []).length > 1 || (rule.nonResourceURLs ?? []).length > 0) return undefined;
  if ((rule.apiGroups ?? []).length !== 1 || (rule.resources ?? []).length !== 1) return undefined;
  return { group, resource, name };
}

function goText(rule: PolicyRule): string {
  const list = (values: readonly string[] | undefined | null): string => `[${(values ?? []).join(' ')}]`;
  return `Verbs:${list(rule.verbs)},APIGroups:${list(rule.apiGroups)},Resources:${list(rule.resources)},ResourceNames:${list(rule.resourceNames)},NonResourceURLs:${list(rule.nonResourceURLs)},`;
}

/**
 * Rules one resource each, those of one resource put together, in the order of their text. Models `BreakdownRule`,
 * `CompactRules` and `SortableRuleSlice` of kubectl's util/rbac.
 */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const broken = rules.flatMap((rule): PolicyRule[] => [
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource): PolicyRule[] => {
        const one = { apiGroups: [group], resources: [resource], verbs: [...rule.verbs] };
        const names = rule.resourceNames ?? [];
        return names.length === 0
          ? [one]
          : names.map((name) => ({ ...one, verbs: [...rule.verbs], resourceNames: [name] }));
      }),
    ),
    ...(rule.nonResourceURLs ?? []).map((url): PolicyRule => ({
      nonResourceURLs: [url],
      verbs: [...rule.verbs],
    })),
  ]);
  const known = new Map<string, PolicyRule>();
  const out: PolicyRule[] = [];
  for (const rule of broken) {
    const one = simple(rule);
    const key = JSON.stringify(one);
    const before = one && known.get(key);
    if (before) before.verbs.push(...rule.verbs);
    else {
      out.push(rule);
      if (one) known.set(key, rule);
    }
  }
  return out.sort((a, b) => compareStrings(goText(a), goText(b)));
}

/** `deployments.apps/scale` */
export function resourceGroup(rule: PolicyRule): string {
  const [resource] = rule.resources ?? [];
  if (resource === undefined) return '';
  const [group = ''] = rule.apiGroups ?? [];
  const slash = resource.indexOf('/');
  const name = slash < 0 ? resource : resource.slice(0, slash);
  return `${name}${group === '' ? '' : `.${group}`}${slash < 0 ? '' : resource.slice(slash)}`;
}

/** The four columns a rule is shown in. */
export function ruleColumns(rule: PolicyRule): string {
  const list = (values: readonly string[] | undefined | null): string => `[${(values ?? []).join(' ')}]`;
  return [resourceGroup(rule), list(rule.nonResourceURLs), list(rule.resourceNames), list(rule.verbs)].join(
    '\t',
  );
}
