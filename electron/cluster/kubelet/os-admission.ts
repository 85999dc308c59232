import type { Pod } from '../api/types.ts';
import type { MachineSpec } from '../machine/interface.ts';
import type { WaitingReason } from './pod-status.ts';

const OS_LABEL = 'kubernetes.io/os';

/**
 * Refuses a Pod that is for another operating system. The label is the Pod's own, not its node selector's, as upstream has it. Models
 * rejectPodAdmissionBasedOnOSSelector and rejectPodAdmissionBasedOnOSField (pkg/kubelet/lifecycle/predicate.go, v1.34).
 */
export function admitOperatingSystem(pod: Pod, os: MachineSpec['os']): WaitingReason | undefined {
  const label = pod.metadata?.labels?.[OS_LABEL];
  if (label !== undefined && label !== os)
    return {
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message: "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    };
  const named = pod.spec?.os?.name;
  if (named !== undefined && named !== os)
    return {
      reason: 'PodOSNotSupported',
      message: "Failed to admit pod as the OS field doesn't match node OS",
    };
  return undefined;
}
