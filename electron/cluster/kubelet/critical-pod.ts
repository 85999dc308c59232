import type { Pod } from '../api/types.ts';
import { isMirrorPod, isStaticPod } from './pod-accessors.ts';

/** `system-cluster-critical`. */
export const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000;

/** Whether a Pod is never evicted and always admitted. Models IsCriticalPod (pkg/kubelet/types/pod_update.go, v1.34). */
export function isCriticalPod(pod: Pod): boolean {
  return isStaticPod(pod) || isMirrorPod(pod) || (pod.spec?.priority ?? 0) >= SYSTEM_CRITICAL_PRIORITY;
}
