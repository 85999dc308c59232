import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { nameOf } from '../../apimachinery/meta.ts';
import type { DaemonSet, Node, Pod } from '../../api/types.ts';
import { isPodAvailable, isPodReady } from '../pod-status.ts';
import { isUpdated, nodeWants } from './daemon-pod.ts';

export type DaemonSetStatus = NonNullable<DaemonSet['status']>;

/** Models daemon_controller.go updateDaemonSetStatus (v1.34). `byNode` has the Pods of a node, the oldest first. */
export function daemonSetStatus(
  set: DaemonSet,
  nodes: readonly Node[],
  byNode: ReadonlyMap<string, readonly Pod[]>,
  hash: string,
  now: number,
): DaemonSetStatus {
  const count = { desired: 0, current: 0, misscheduled: 0, ready: 0, updated: 0, available: 0 };
  for (const node of nodes) {
    const [pod] = byNode.get(nameOf(node)) ?? [];
    if (!nodeWants(set, node).run) {
      if (pod !== undefined) count.misscheduled += 1;
      continue;
    }
    count.desired += 1;
    if (pod === undefined) continue;
    count.current += 1;
    if (isPodReady(pod)) count.ready += 1;
    if (isPodAvailable(pod, set.spec?.minReadySeconds ?? 0, now)) count.available += 1;
    if (isUpdated(pod, hash)) count.updated += 1;
  }
  const some = (field: string, amount: number): object => (amount === 0 ? {} : { [field]: amount });
  const { conditions, collisionCount } = set.status ?? {};
  return {
    currentNumberScheduled: count.current,
    numberMisscheduled: count.misscheduled,
    desiredNumberScheduled: count.desired,
    numberReady: count.ready,
    observedGeneration: set.metadata?.generation,
    ...some('updatedNumberScheduled', count.updated),
    ...some('numberAvailable', count.available),
    ...some('numberUnavailable', count.desired - count.available),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

export function daemonSetStatusDiffers(old: DaemonSetStatus | undefined, next: DaemonSetStatus): boolean {
  return !deepEqual(old ?? {}, next);
}
