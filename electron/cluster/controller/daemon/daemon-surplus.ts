import { nameOf } from '../../apimachinery/meta.ts';
import type { DaemonSet, Pod } from '../../api/types.ts';
import { isPodAvailable, isPodReady } from '../pod-status.ts';
import { isUpdated } from './daemon-pod.ts';

/** Which of several running Pods on one node go; `running` has the oldest first. Models podsShouldBeOnNode (v1.34). */
export function podsToDelete(
  set: DaemonSet,
  running: readonly Pod[],
  hash: string,
  surge: boolean,
  now: number,
): string[] {
  if (!surge) return running.slice(1).map(nameOf);
  const [updated, ...moreUpdated] = running.filter((pod) => isUpdated(pod, hash));
  const [old, ...moreOld] = running.filter((pod) => !isUpdated(pod, hash));
  const go = [...moreUpdated, ...moreOld];
  if (updated !== undefined && old !== undefined) {
    const replaced = isPodAvailable(updated, set.spec?.minReadySeconds ?? 0, now);
    if (!isPodReady(old) || replaced) go.push(old);
  }
  return go.map(nameOf);
}
