import { quote } from '../../../apimachinery/validation/field-error.ts';
import type { PolicyRule } from '../../../api/types.ts';

type Lists = 'apiGroups' | 'resources' | 'nonResourceURLs' | 'resourceNames' | 'verbs';

const listOf = (rule: PolicyRule, field: Lists): readonly string[] => rule[field] ?? [];
const hasAll = (set: readonly string[], wanted: readonly string[]): boolean =>
  wanted.every((each) => set.includes(each));

/** A rule for each single thing that `rule` allows. Models BreakdownRule (component-helpers/auth/rbac/validation, v1.34). */
function breakDown(rule: PolicyRule): PolicyRule[] {
  const single: PolicyRule[] = [];
  const names = listOf(rule, 'resourceNames');
  for (const apiGroup of listOf(rule, 'apiGroups')) {
    for (const resource of listOf(rule, 'resources')) {
      for (const verb of rule.verbs) {
        const base = { apiGroups: [apiGroup], resources: [resource], verbs: [verb] };
        if (names.length === 0) single.push(base);
        else for (const name of names) single.push({ ...base, resourceNames: [name] });
      }
    }
  }
  for (const url of listOf(rule, 'nonResourceURLs')) {
    for (const verb of rule.verbs) single.push({ nonResourceURLs: [url], verbs: [verb] });
  }
  return single;
}

function coversResources(owned: readonly string[], wanted: readonly string[]): boolean {
  if (owned.includes('*')) return true;
  return wanted.every((resource) => {
    if (owned.includes(resource)) return true;
    const slash = resource.indexOf('/');
    return slash >= 0 && owned.includes(`*${resource.slice(slash)}`);
  });
}

function coversUrl(owned: readonly string[], url: string): boolean {
  return owned.some(
    (each) => each === '*' || each === url || (each.endsWith('*') && url.startsWith(each.slice(0, -1))),
  );
}

function covers(owned: PolicyRule, wanted: PolicyRule): boolean {
  const names = listOf(owned, 'resourceNames');
  const wantedNames = listOf(wanted, 'resourceNames');
  return (
    (owned.verbs.includes('*') || hasAll(owned.verbs, wanted.verbs)) &&
    (listOf(owned, 'apiGroups').includes('*') ||
      hasAll(listOf(owned, 'apiGroups'), listOf(wanted, 'apiGroups'))) &&
    coversResources(listOf(owned, 'resources'), listOf(wanted, 'resources')) &&
    listOf(wanted, 'nonResourceURLs').every((url) => coversUrl(listOf(owned, 'nonResourceURLs'), url)) &&
    (names.length === 0 || (wantedNames.length > 0 && hasAll(names, wantedNames)))
  );
}

/** What of `wanted` no rule of `owned` allows, one thing a rule. Models Covers (v1.34). */
export function missingRights(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted.flatMap(breakDown).filter((rule) => !owned.some((each) => covers(each, rule)));
}

/** Rules about one resource put together by their verbs. Models CompactRules (pkg/registry/rbac/validation, v1.34). */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
  const compacted: PolicyRule[] = [];
  const simple = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const groups = listOf(rule, 'apiGroups');
    const resources = listOf(rule, 'resources');
    const names = listOf(rule, 'resourceNames');
    const isSimple =
      groups.length === 1 &&
      resources.length === 1 &&
      names.length <= 1 &&
      listOf(rule, 'nonResourceURLs').length === 0;
    if (!isSimple) {
      compacted.push(rule);
      continue;
    }
    const key = JSON.stringify([groups[0], resources[0], names]);
    const known = simple.get(key);
    simple.set(
      key,
      known === undefined ? rule : { ...known, verbs: [...new Set([...known.verbs, ...rule.verbs])] },
    );
  }
  return [...compacted, ...simple.values()];
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. Models CompactString (pkg/apis/rbac/v1, v1.34). */
export function ruleText(rule: PolicyRule): string {
  const shown: readonly (readonly [string, Lists])[] = [
    ['APIGroups', 'apiGroups'],
    ['Resources', 'resources'],
    ['NonResourceURLs', 'nonResourceURLs'],
    ['ResourceNames', 'resourceNames'],
    ['Verbs', 'verbs'],
  ];
  const parts = shown
    .filter(([, field]) => listOf(rule, field).length > 0)
    .map(([title, field]) => `${title}:${quotedList(listOf(rule, field))}`);
  return `{${parts.join(', ')}}`;
}

/** A list as Go's `%q` prints it. */
export function quotedList(list: readonly string[]): string {
  return `[${list.map(quote).join(' ')}]`;
}
