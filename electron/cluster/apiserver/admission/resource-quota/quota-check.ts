import type { ResourceAmounts } from '../../../api/helpers/resource-list.ts';
import { addAmounts, formatAmounts, parseAmounts } from '../../../api/helpers/resource-list.ts';
import type { QuotaEvaluator } from '../../../api/quota/evaluator.ts';
import { matchesScopes } from '../../../api/quota/scopes.ts';
import type { KubeObject, ResourceQuota } from '../../../api/types.ts';
import { compareQuantities, subtractQuantities } from '../../../apimachinery/quantity.ts';
import { admissionForbidden } from '../forbidden.ts';
import type { AdmissionAttributes } from '../interface.ts';

/**
 * The quotas as they are once the write is done: the same ones where it changes nothing. Models CheckRequest of
 * plugin/resourcequota (v1.34). @throws StatusError 403 when a quota does not allow it
 */
export function checkRequest(
  quotas: readonly ResourceQuota[],
  attributes: AdmissionAttributes,
  evaluator: QuotaEvaluator,
  now: number,
): readonly ResourceQuota[] {
  const object = attributes.object as KubeObject;
  const concerned = new Set(quotas.filter((quota) => concerns(quota, attributes, evaluator, object)));
  const delta = evaluator.usage(object, now);
  if (attributes.operation === 'UPDATE' && attributes.oldObject !== undefined)
    subtract(delta, evaluator.usage(attributes.oldObject, now));
  for (const [name, { nanos }] of delta) if (nanos === 0n) delta.delete(name);
  if (delta.size === 0) return quotas;
  return quotas.map((quota) => (concerned.has(quota) ? charged(quota, delta, attributes) : quota));
}

/** Whether the quota counts the object. @throws StatusError 403 when that cannot be told */
function concerns(
  quota: ResourceQuota,
  attributes: AdmissionAttributes,
  evaluator: QuotaEvaluator,
  object: KubeObject,
): boolean {
  const { hard = {}, used = {} } = quota.status ?? {};
  const measured = evaluator.matchingResources(Object.keys(hard));
  if (measured.length === 0 || !matchesScopes(quota, evaluator, object)) return false;
  const { name = '' } = quota.metadata ?? {};
  const missing = evaluator.constraints(measured, object);
  if (missing !== undefined) throw admissionForbidden(attributes, `failed quota: ${name}: ${missing}`);
  if (measured.some((resource) => used[resource] === undefined)) {
    const why = `status unknown for quota: ${name}, resources: ${[...measured].sort().join(',')}`;
    throw admissionForbidden(attributes, why);
  }
  return true;
}

/** What is given back is not counted here: that is the controller's to see. Models SubtractWithNonNegativeResult. */
function subtract(from: ResourceAmounts, what: ResourceAmounts): void {
  for (const [name, amount] of from) {
    const less = what.get(name);
    const left = less === undefined ? amount : subtractQuantities(amount, less);
    from.set(name, left.nanos > 0n ? left : { ...left, nanos: 0n });
  }
}

function charged(
  quota: ResourceQuota,
  delta: ResourceAmounts,
  attributes: AdmissionAttributes,
): ResourceQuota {
  const hard = parseAmounts(quota.status?.hard);
  const used = parseAmounts(quota.status?.used);
  const requested: ResourceAmounts = new Map([...delta].filter(([name]) => hard.has(name)));
  if (requested.size === 0) return quota;
  const next = new Map(used);
  addAmounts(next, requested);
  const exceeded = [...requested.keys()].filter((name) => {
    const [will, may] = [next.get(name), hard.get(name)];
    return will !== undefined && may !== undefined && compareQuantities(will, may) > 0;
  });
  if (exceeded.length > 0) {
    const shown = (amounts: ResourceAmounts): string =>
      Object.entries(formatAmounts(new Map([...amounts].filter(([name]) => exceeded.includes(name)))))
        .map(([name, amount]) => `${name}=${amount}`)
        .join(',');
    const why = `exceeded quota: ${quota.metadata?.name ?? ''}, requested: ${shown(requested)}, used: ${shown(used)}, limited: ${shown(hard)}`;
    throw admissionForbidden(attributes, why);
  }
  return { ...quota, status: { ...quota.status, used: formatAmounts(next) } };
}
