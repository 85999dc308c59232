import type { Labels, Selector } from '../../../apimachinery/labels.ts';
import { matchesLabels, selectorFromLabelSelector, selectorFromSet } from '../../../apimachinery/labels.ts';
import { untoleratedTaint } from '../../../api/helpers/tolerations.ts';
import type { Node, Pod } from '../../../api/types.ts';
import type { ClusterObjects } from '../../framework/cluster-objects.ts';
import type { NodeInfo } from '../../framework/node-info.ts';
import type { DefaultSpreadConstraint, PodTopologySpreadArgs } from '../../framework/plugin-args.ts';
import { matchesRequiredNodeAffinity } from '../../framework/required-node-affinity.ts';

export const hostnameLabel = 'kubernetes.io/hostname';
const zoneLabel = 'topology.kubernetes.io/zone';

export type UnsatisfiableAction = 'DoNotSchedule' | 'ScheduleAnyway';

/** One constraint, with defaults filled in. */
export interface SpreadConstraint {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly selector: Selector;
  readonly minDomains: number;
  /** Whether the Pod itself would count. */
  readonly matchesSelf: boolean;
  /** Whether nodes that the Pod cannot go to are left out of the count, by node affinity and by taints. */
  readonly honorAffinity: boolean;
  readonly honorTaints: boolean;
}

/** What applies to a Pod that says nothing itself. Models systemDefaultConstraints (v1.34). */
const systemDefaults: readonly DefaultSpreadConstraint[] = [
  { topologyKey: hostnameLabel, maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: zoneLabel, maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
];

/** Constraints for Pods that have none themselves: the built-in ones, or a list of the configuration. */
export function defaultList(args: PodTopologySpreadArgs): readonly DefaultSpreadConstraint[] {
  return args.defaultingType === 'System' ? systemDefaults : (args.defaultConstraints ?? []);
}

/** The Pod's own constraints of one kind. @throws LabelSelectorError */
export function ownConstraints(pod: Pod, action: UnsatisfiableAction): SpreadConstraint[] {
  const labels = pod.metadata?.labels ?? {};
  return (pod.spec?.topologySpreadConstraints ?? [])
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action)
    .map((constraint) => {
      const own = selectorFromLabelSelector(constraint.labelSelector);
      const more: Record<string, string> = {};
      for (const key of constraint.matchLabelKeys ?? []) {
        const value = labels[key];
        if (value !== undefined) more[key] = value;
      }
      const selector = Object.keys(more).length === 0 ? own : [...own, ...selectorFromSet(more)];
      return {
        maxSkew: constraint.maxSkew,
        topologyKey: constraint.topologyKey,
        selector,
        matchesSelf: matchesLabels(selector, pod.metadata?.labels),
        minDomains: constraint.minDomains ?? 1,
        honorAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
        honorTaints: constraint.nodeTaintsPolicy === 'Honor',
      };
    });
}

/** The default constraints of one kind, over what the Pod's Services and owner select; none when nothing does. */
export function defaultConstraints(
  pod: Pod,
  objects: ClusterObjects,
  list: readonly DefaultSpreadConstraint[],
  action: UnsatisfiableAction,
): SpreadConstraint[] {
  const own = list.filter(({ whenUnsatisfiable }) => whenUnsatisfiable === action);
  if (own.length === 0) return [];
  const selector = defaultSelector(pod, objects);
  if (selector.length === 0) return [];
  return own.map((constraint) => ({
    maxSkew: constraint.maxSkew,
    topologyKey: constraint.topologyKey,
    selector,
    matchesSelf: matchesLabels(selector, pod.metadata?.labels),
    minDomains: constraint.minDomains ?? 1,
    honorAffinity: (constraint.nodeAffinityPolicy ?? 'Honor') === 'Honor',
    honorTaints: constraint.nodeTaintsPolicy === 'Honor',
  }));
}

/** Models plugins/helper DefaultSelector (v1.34). */
function defaultSelector(pod: Pod, objects: ClusterObjects): Selector {
  const { namespace = '', labels, ownerReferences } = pod.metadata ?? {};
  const merged: Record<string, string> = {};
  for (const { spec } of objects.services(namespace)) {
    const selector = spec?.selector;
    if (selector !== undefined && matchesLabels(selectorFromSet(selector), labels))
      Object.assign(merged, selector);
  }
  const controller = ownerReferences?.find((owner) => owner.controller === true);
  if (controller === undefined) return selectorFromSet(merged);
  const owner = objects.owner(controller.kind, namespace, controller.name);
  const more = owner?.spec?.selector === undefined ? [] : selectorFromLabelSelector(owner.spec.selector);
  return [...selectorFromSet(merged), ...more];
}

export function hasAllKeys(labels: Labels, constraints: readonly SpreadConstraint[]): boolean {
  return constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined);
}

/** Whether Pods on this node are counted for the constraint. */
export function isIncluded(constraint: SpreadConstraint, pod: Pod, node: Node): boolean {
  if (constraint.honorAffinity && !matchesRequiredNodeAffinity(pod, node)) return false;
  if (!constraint.honorTaints) return true;
  const taints = node.spec?.taints;
  return untoleratedTaint(taints, pod.spec?.tolerations, ['NoSchedule', 'NoExecute']) === undefined;
}

/** Pods of the node and the namespace that the selector means; one that is being deleted no longer counts. */
export function countMatching({ podGroups }: NodeInfo, selector: Selector, namespace: string): number {
  if (selector.length === 0) return 0;
  let total = 0;
  for (const { namespace: own, labels, count } of podGroups.values()) {
    if (own === namespace && matchesLabels(selector, labels)) total += count;
  }
  return total;
}
