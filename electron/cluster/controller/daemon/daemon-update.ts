import type { IntOrString } from '../../apimachinery/int-or-string.ts';
import { scaledValue } from '../../apimachinery/int-or-string.ts';
import { isTerminating, nameOf } from '../../apimachinery/meta.ts';
import type { DaemonSet, Pod } from '../../api/types.ts';
import { isPodAvailable } from '../pod-status.ts';
import { isUpdated } from './daemon-pod.ts';

/** Pods to delete by name, and nodes that get one more. */
export interface DaemonChanges {
  readonly remove: readonly string[];
  readonly create: readonly string[];
}

/** How many nodes may have two Pods, or none, during an update. Models updatedDesiredNodeCounts (v1.34). */
export function updateLimits(
  set: DaemonSet,
  desired: number,
): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const rolling = set.spec?.updateStrategy?.rollingUpdate as
    { maxSurge?: IntOrString; maxUnavailable?: IntOrString } | undefined;
  const maxSurge = scaledValue(rolling?.maxSurge ?? 0, desired, true) ?? 0;
  const maxUnavailable = scaledValue(rolling?.maxUnavailable ?? 1, desired, true) ?? 0;
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

export function allowsSurge(set: DaemonSet): boolean {
  return set.spec?.updateStrategy?.type !== 'OnDelete' && updateLimits(set, 1).maxSurge > 0;
}

interface OnNode {
  readonly updated: Pod | undefined;
  readonly old: Pod | undefined;
  /** More Pods than an update makes: the count of Pods comes first. */
  readonly muddled: boolean;
}

function podsOnNode(pods: readonly Pod[], hash: string): OnNode {
  const live = pods.filter((pod) => !isTerminating(pod));
  const updated = live.filter((pod) => isUpdated(pod, hash));
  const old = live.filter((pod) => !isUpdated(pod, hash));
  return { updated: updated[0], old: old[0], muddled: updated.length > 1 || old.length > 1 };
}

/** The next step of a rolling update. Models daemon/update.go rollingUpdate (v1.34). `byNode` has every node that wants a daemon. */
export function rollingUpdate(
  set: DaemonSet,
  byNode: ReadonlyMap<string, readonly Pod[]>,
  desired: number,
  hash: string,
  now: number,
): DaemonChanges {
  const { maxSurge, maxUnavailable } = updateLimits(set, desired);
  const nodes = [...byNode].map(([node, pods]) => ({ node, ...podsOnNode(pods, hash) }));
  const available = (pod: Pod): boolean => isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now);
  return maxSurge === 0 ? replace(nodes, maxUnavailable, available) : surge(nodes, maxSurge, available);
}

type Nodes = readonly ({ readonly node: string } & OnNode)[];

function replace(nodes: Nodes, maxUnavailable: number, available: (pod: Pod) => boolean): DaemonChanges {
  let unavailable = 0;
  const anyway: string[] = [];
  const candidates: string[] = [];
  for (const { updated, old, muddled } of nodes) {
    if (muddled || (updated === undefined) === (old === undefined)) unavailable += 1;
    else if (updated !== undefined) unavailable += available(updated) ? 0 : 1;
    else if (old !== undefined && !available(old)) {
      anyway.push(nameOf(old));
      unavailable += 1;
    } else if (old !== undefined && unavailable < maxUnavailable) candidates.push(nameOf(old));
  }
  const remove = [...anyway, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))];
  return { remove, create: [] };
}

function surge(nodes: Nodes, maxSurge: number, available: (pod: Pod) => boolean): DaemonChanges {
  let surged = 0;
  const remove: string[] = [];
  const anyway: string[] = [];
  const candidates: string[] = [];
  for (const { node, updated, old, muddled } of nodes) {
    if (muddled) surged += 1;
    else if (old === undefined) continue;
    else if (updated === undefined) (available(old) ? candidates : anyway).push(node);
    else if (available(updated)) remove.push(nameOf(old));
    else surged += 1;
  }
  return { remove, create: [...anyway, ...candidates.slice(0, Math.max(0, maxSurge - surged))] };
}
