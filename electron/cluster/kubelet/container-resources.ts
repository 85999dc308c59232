import { parseQuantity } from '../apimachinery/quantity.ts';
import type { Container, Pod } from '../api/types.ts';
import type {
  LinuxContainerConfig,
  LinuxContainerResources,
  WindowsContainerConfig,
} from '../cri/interface.ts';
import { isHostProcess } from './host-process.ts';
import { specOf } from './pod-accessors.ts';
import { qosClass } from './qos-class.ts';

const MIN_SHARES = 2;
const MAX_SHARES = 262_144;
/** Microseconds. */
const PERIOD = 100_000;
const MIN_QUOTA = 1_000;
const GUARANTEED_SCORE = -997;
const BEST_EFFORT_SCORE = 1_000;
const SYSTEM_NODE_CRITICAL = 2_000_001_000;

function thousandths(quantity: string | undefined): number | undefined {
  return quantity === undefined ? undefined : Number(parseQuantity(quantity).nanos / 1_000_000n);
}

function shares(milli: number): number {
  if (milli === 0) return MIN_SHARES;
  return Math.min(MAX_SHARES, Math.max(MIN_SHARES, Math.floor((milli * 1024) / 1000)));
}

/** How gladly the kernel ends it when memory runs out. Models GetContainerOOMScoreAdjust (pkg/kubelet/qos/policy.go, v1.34). */
function oomScoreAdjust(pod: Pod, spec: Container, memoryCapacity: number): number {
  const qos = qosClass(specOf(pod));
  if (qos === 'Guaranteed' || (pod.spec?.priority ?? 0) >= SYSTEM_NODE_CRITICAL) return GUARANTEED_SCORE;
  if (qos === 'BestEffort') return BEST_EFFORT_SCORE;
  const request = Number(parseQuantity(spec.resources?.requests?.['memory'] ?? '0').nanos / 1_000_000_000n);
  const score = BEST_EFFORT_SCORE - Math.trunc((BEST_EFFORT_SCORE * request) / memoryCapacity);
  return Math.min(BEST_EFFORT_SCORE - 1, Math.max(BEST_EFFORT_SCORE + GUARANTEED_SCORE, score));
}

/** Bytes; 0: no limit. */
function memoryLimit({ resources }: Container): number {
  const memory = resources?.limits?.['memory'];
  return memory === undefined ? 0 : Number(parseQuantity(memory).nanos / 1_000_000_000n);
}

/**
 * What the runtime is to grant a container. Models calculateLinuxResources
 * (pkg/kubelet/kuberuntime/kuberuntime_container_linux.go, v1.34).
 */
function linuxResources(pod: Pod, spec: Container, memoryCapacity: number): LinuxContainerResources {
  const { limits = {}, requests = {} } = spec.resources ?? {};
  const limit = thousandths(limits['cpu']);
  return {
    cpuPeriod: PERIOD,
    cpuQuota: limit === undefined || limit === 0 ? 0 : Math.max(MIN_QUOTA, (limit * PERIOD) / 1000),
    cpuShares: shares(thousandths(requests['cpu']) ?? limit ?? 0),
    memoryLimitInBytes: memoryLimit(spec),
    oomScoreAdj: oomScoreAdjust(pod, spec, memoryCapacity),
  };
}

/**
 * Resources and identity of a container as CRI wants them; its own security context counts before the Pod's. `memoryCapacity`: bytes
 * that the node has.
 */
export function linuxContainerConfig(
  pod: Pod,
  spec: Container,
  memoryCapacity: number,
): LinuxContainerConfig {
  const own = spec.securityContext;
  const shared = pod.spec?.securityContext;
  const runAsUser = own?.runAsUser ?? shared?.runAsUser;
  const runAsGroup = own?.runAsGroup ?? shared?.runAsGroup;
  return {
    resources: linuxResources(pod, spec, memoryCapacity),
    securityContext: {
      ...(runAsUser === undefined ? {} : { runAsUser }),
      ...(runAsGroup === undefined ? {} : { runAsGroup }),
      ...(shared?.fsGroup === undefined && shared?.supplementalGroups === undefined
        ? {}
        : {
            supplementalGroups: [
              ...(shared.fsGroup === undefined ? [] : [shared.fsGroup]),
              ...(shared.supplementalGroups ?? []),
            ],
          }),
      ...(own?.privileged === true ? { privileged: true } : {}),
      ...(own?.readOnlyRootFilesystem === true ? { readonlyRootfs: true } : {}),
    },
  };
}

/**
 * The same for Windows, which knows users by name. Models generateWindowsContainerConfig
 * (pkg/kubelet/kuberuntime/kuberuntime_container_windows.go, v1.34).
 */
export function windowsContainerConfig(pod: Pod, spec: Container): WindowsContainerConfig {
  const user =
    spec.securityContext?.windowsOptions?.runAsUserName ??
    pod.spec?.securityContext?.windowsOptions?.runAsUserName;
  return {
    memoryLimitInBytes: memoryLimit(spec),
    ...(user === undefined ? {} : { runAsUsername: user }),
    ...(isHostProcess(pod, spec) ? { hostProcess: true } : {}),
  };
}
