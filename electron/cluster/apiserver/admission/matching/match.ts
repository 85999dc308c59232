import type { KubeObject, LabelSelector, Namespace } from '../../../api/types.ts';
import type { Selector } from '../../../apimachinery/labels.ts';
import { matchesLabels, selectorFromLabelSelector } from '../../../apimachinery/labels.ts';
import type { AdmissionAttributes } from '../interface.ts';
import type { NamespaceLookup } from '../namespace-lifecycle.ts';

/** A rule of a webhook or of a policy. */
export interface ResourceRule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

export interface MatchCriteria {
  readonly rules: readonly ResourceRule[];
  readonly excluded?: readonly ResourceRule[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/** Those who configure admission are not subject to what they configure. */
const EXEMPT = new Set([
  'validatingwebhookconfigurations', 'mutatingwebhookconfigurations',
  'validatingadmissionpolicies', 'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings',
]); // prettier-ignore

export function isExempt({ resource }: AdmissionAttributes): boolean {
  return resource.group === 'admissionregistration.k8s.io' && EXEMPT.has(resource.resource);
}

function has(values: readonly string[] | undefined, value: string): boolean {
  return values !== undefined && (values.includes('*') || values.includes(value));
}

/** Models predicates/rules.Matcher (v1.34). */
function matchesRule(rule: ResourceRule, attributes: AdmissionAttributes): boolean {
  const { operation, kind, resource, subresource, namespace, name } = attributes;
  const isNamespace = resource.group === '' && resource.resource === 'namespaces';
  const clusterScoped = namespace === '' || isNamespace;
  const scope = rule.scope ?? '*';
  if (scope !== '*' && (scope === 'Cluster') !== clusterScoped) return false;
  if (!has(rule.operations, operation) || !has(rule.apiGroups, kind.group)) return false;
  if (!has(rule.apiVersions, kind.version)) return false;
  const { resourceNames = [] } = rule;
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false;
  return (rule.resources ?? []).some((entry) => {
    const [which = '', sub = ''] = entry.split('/');
    return (which === '*' || which === resource.resource) && (sub === '*' || sub === subresource);
  });
}

const selectors = new WeakMap<LabelSelector, Selector>();

function selectorOf(selector: LabelSelector): Selector {
  let parsed = selectors.get(selector);
  if (parsed === undefined) {
    parsed = selectorFromLabelSelector(selector);
    selectors.set(selector, parsed);
  }
  return parsed;
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  return selector === undefined || selectorOf(selector).length === 0;
}

/** The namespace a request is about: that of the object, or the object itself. */
export async function namespaceOfRequest(
  { resource, namespace, object, oldObject }: AdmissionAttributes,
  find: NamespaceLookup,
): Promise<Namespace | undefined> {
  if (resource.group === '' && resource.resource === 'namespaces')
    return (object ?? oldObject) as Namespace | undefined;
  return namespace === '' ? undefined : ((await find(namespace)) as Namespace | undefined);
}

/** Whether a request is one of those meant. Models policy/matching (v1.34); versions are not converted for `Equivalent`. */
export async function matchesRequest(
  criteria: MatchCriteria,
  attributes: AdmissionAttributes,
  find: NamespaceLookup,
): Promise<boolean> {
  const { rules, excluded = [], namespaceSelector, objectSelector } = criteria;
  if (!rules.some((rule) => matchesRule(rule, attributes))) return false;
  if (excluded.some((rule) => matchesRule(rule, attributes))) return false;
  if (objectSelector !== undefined && !isEmpty(objectSelector)) {
    const { object, oldObject } = attributes;
    const selector = selectorOf(objectSelector);
    const fits = (one: KubeObject | undefined): boolean =>
      one !== undefined && matchesLabels(selector, one.metadata?.labels);
    if (!fits(object) && !fits(oldObject)) return false;
  }
  if (namespaceSelector === undefined || isEmpty(namespaceSelector)) return true;
  const namespace = await namespaceOfRequest(attributes, find);
  // What has no namespace is not narrowed by one.
  if (namespace === undefined) return attributes.namespace === '';
  return matchesLabels(selectorOf(namespaceSelector), namespace.metadata?.labels);
}
