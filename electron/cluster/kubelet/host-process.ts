import type { Container, Pod } from '../api/types.ts';
import { specOf } from './pod-accessors.ts';

/** Whether a container is to be a process of its (Windows) machine; its own word counts before the Pod's. */
export function isHostProcess(pod: Pod, spec: Container): boolean {
  const own = spec.securityContext?.windowsOptions?.hostProcess;
  return own ?? pod.spec?.securityContext?.windowsOptions?.hostProcess ?? false;
}

/**
 * What is wrong with a Pod of HostProcess containers, which the API server lets through only where its validation was not asked, as for
 * static Pods. Models generatePodSandboxWindowsConfig (pkg/kubelet/kuberuntime/kuberuntime_sandbox_windows.go, v1.34).
 */
export function hostProcessProblem(pod: Pod): string | undefined {
  const { containers, initContainers = [], hostNetwork } = specOf(pod);
  const all = [...initContainers, ...containers];
  const count = all.filter((one) => isHostProcess(pod, one)).length;
  if (count === 0) return undefined;
  if (count < all.length) return 'pod must not contain both HostProcess and non-HostProcess containers';
  return hostNetwork === true ? undefined : 'hostNetwork is required if Pod contains HostProcess containers';
}
