import type { Container, Pod } from '../../api/types.ts';
import type { Container as RuntimeContainer, LinuxContainerResources } from '../../cri/interface.ts';
import { linuxContainerConfig } from '../container-resources.ts';

/** What has to happen to a container that runs, for it to have what its Pod may use. */
export type ResizeStep = 'none' | 'update' | 'restart';

function policyOf(spec: Container, resource: 'cpu' | 'memory'): string {
  return (
    spec.resizePolicy?.find(({ resourceName }) => resourceName === resource)?.restartPolicy ?? 'NotRequired'
  );
}

/** What a container is to have. */
export function wantedResources(pod: Pod, spec: Container, memoryCapacity: number): LinuxContainerResources {
  return linuxContainerConfig(pod, spec, memoryCapacity).resources ?? {};
}

/** Models computePodResizeAction (pkg/kubelet/kuberuntime/kuberuntime_manager.go, v1.34). */
export function resizeStep(
  pod: Pod,
  spec: Container,
  container: RuntimeContainer,
  memoryCapacity: number,
): ResizeStep {
  const has = container.config.linux?.resources;
  if (has === undefined) return 'none';
  const wants = wantedResources(pod, spec, memoryCapacity);
  const memory = (has.memoryLimitInBytes ?? 0) !== (wants.memoryLimitInBytes ?? 0);
  const cpu =
    (has.cpuQuota ?? 0) !== (wants.cpuQuota ?? 0) || (has.cpuShares ?? 0) !== (wants.cpuShares ?? 0);
  if (!memory && !cpu) return 'none';
  const restart =
    (memory && policyOf(spec, 'memory') === 'RestartContainer') ||
    (cpu && policyOf(spec, 'cpu') === 'RestartContainer');
  return restart ? 'restart' : 'update';
}
