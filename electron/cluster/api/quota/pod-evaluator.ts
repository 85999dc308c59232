import { addQuantities } from '../../apimachinery/quantity.ts';
import { isExtendedResource } from '../core/v1/pod/resources-validation.ts';
import { computePodQos } from '../core/v1/pod/qos.ts';
import { podResources } from '../helpers/pod-resources.ts';
import type { ResourceAmounts, ResourceTexts } from '../helpers/resource-list.ts';
import { addAmounts, parseAmounts } from '../helpers/resource-list.ts';
import type { Container, KubeObject, Pod, PodSpec } from '../types.ts';
import type { QuotaEvaluator, ScopeSelector } from './evaluator.ts';
import { countName, ONE } from './evaluator.ts';
import { selectorMatches } from './scopes.ts';

const COUNT = countName('', 'pods');
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const NAMES = new Set([
  COUNT,
  'pods',
  ...COMPUTE.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
]);
/** A quota on one of these obliges every container to say it. No others are to be added, says upstream. */
const OBLIGING = new Set(['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]));

/** Pods and what they ask for. Models evaluator/core/pods.go (v1.34). */
export const POD_EVALUATOR: QuotaEvaluator = {
  handles: (operation, subresource) =>
    (operation === 'CREATE' && subresource === '') || (operation === 'UPDATE' && subresource === 'resize'),
  matchingResources: (given) =>
    given.filter((name) => NAMES.has(name) || isHugePages(name) || isExtendedForQuota(name)),
  matchesScope,
  constraints,
  usage,
  frees: (old, object, now) => isCounted(old as Pod, now) && !isCounted(object as Pod, now),
};

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-') || name.startsWith('requests.hugepages-');
}

/** Extended resources cannot be overcommitted, so quotas name their requests only. */
function isExtendedForQuota(name: string): boolean {
  return name.startsWith('requests.') && name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name);
}

function matchesScope(selector: ScopeSelector, object: KubeObject): boolean {
  const pod = object as Pod;
  switch (selector.scopeName) {
    case 'Terminating':
      return hasDeadline(pod);
    case 'NotTerminating':
      return !hasDeadline(pod);
    case 'BestEffort':
      return computePodQos(pod) === 'BestEffort';
    case 'NotBestEffort':
      return computePodQos(pod) !== 'BestEffort';
    case 'PriorityClass':
      return selectorMatches(selector, pod.spec?.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return false;
  }
}

function hasDeadline({ spec }: Pod): boolean {
  return (spec?.activeDeadlineSeconds ?? -1) >= 0;
}

function crossesNamespaces({ spec }: Pod): boolean {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  return [podAffinity, podAntiAffinity].some((affinity) =>
    [
      ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        (term) => term.podAffinityTerm,
      ),
    ].some(
      ({ namespaces, namespaceSelector }) => (namespaces ?? []).length > 0 || namespaceSelector !== undefined,
    ),
  );
}

/** Finished Pods, and those that should have ended by now, use nothing but their place in storage. Models QuotaV1Pod (v1.34). */
function isCounted({ metadata, status }: Pod, now: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata ?? {};
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return now <= Date.parse(String(deletionTimestamp)) + deletionGracePeriodSeconds * 1000;
}

/** `must specify limits.memory for: main; requests.cpu for: main` */
function constraints(required: readonly string[], object: KubeObject): string | undefined {
  const spec = (object as Pod).spec;
  if (spec === undefined || isSetForPod(spec)) return undefined;
  const obliged = required.filter((name) => OBLIGING.has(name)).sort();
  if (obliged.length === 0) return undefined;
  const missing = new Map<string, Set<string>>();
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    const said = saidBy(container);
    for (const name of obliged)
      if (!said.has(name)) missing.set(name, (missing.get(name) ?? new Set()).add(container.name));
  }
  if (missing.size === 0) return undefined;
  const parts = obliged
    .filter((name) => missing.has(name))
    .map((name) => `${name} for: ${[...(missing.get(name) as Set<string>)].sort().join(',')}`);
  return `must specify ${parts.join('; ')}`;
}

/** Models IsPodLevelResourcesSet (v1.34). */
function isSetForPod({ resources }: PodSpec): boolean {
  return [resources?.requests, resources?.limits].some((amounts) =>
    Object.keys(amounts ?? {}).some(
      (name) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-'),
    ),
  );
}

function saidBy({ resources }: Container): ResourceAmounts {
  return computeUsage(amountsOf(resources?.requests), amountsOf(resources?.limits));
}

function amountsOf(texts: ResourceTexts): ResourceAmounts {
  return parseAmounts(texts);
}

/** Models podComputeUsageHelper (v1.34). */
function computeUsage(requests: ResourceAmounts, limits: ResourceAmounts): ResourceAmounts {
  const used: ResourceAmounts = new Map([['pods', ONE]]);
  for (const name of COMPUTE) {
    const request = requests.get(name);
    const limit = limits.get(name);
    if (request !== undefined) used.set(name, request).set(`requests.${name}`, request);
    if (limit !== undefined) used.set(`limits.${name}`, limit);
  }
  for (const [name, amount] of requests) {
    if (name.startsWith('hugepages-')) used.set(name, amount).set(`requests.${name}`, amount);
    if (isExtendedResource(name)) used.set(`requests.${name}`, amount);
  }
  return used;
}

function usage(object: KubeObject, now: number): ResourceAmounts {
  const pod = object as Pod;
  const used: ResourceAmounts = new Map([[COUNT, ONE]]);
  const { spec } = pod;
  if (spec === undefined || !isCounted(pod, now)) return used;
  const requests = podResources(spec, 'requests');
  const limits = podResources(spec, 'limits');
  const overhead = parseAmounts(spec.overhead);
  addAmounts(requests, overhead);
  for (const [name, amount] of overhead) {
    const limit = limits.get(name);
    if (limit !== undefined) limits.set(name, addQuantities(limit, amount));
  }
  addAmounts(used, computeUsage(requests, limits));
  return used;
}
