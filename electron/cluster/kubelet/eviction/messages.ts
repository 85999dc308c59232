import { formatQuantity, parseQuantity, quantityOf } from '../../apimachinery/quantity.ts';
import type { Pod } from '../../api/types.ts';
import { specOf } from '../pod-accessors.ts';
import type { ContainerUsage, PodUsage } from '../stats/interface.ts';
import type { Observations } from './observations.ts';
import type { StarvedResource, Threshold } from './thresholds.ts';
import { SIGNALS, thresholdQuantity } from './thresholds.ts';

const bytes = (value: number): string => formatQuantity(quantityOf(value, 'BinarySI'));

/** What of a resource that is scarce a container has; undefined for those that are not counted by container. */
function usageOf({ memory, rootfs, logs }: ContainerUsage, resource: StarvedResource): number | undefined {
  if (resource === 'memory') return memory;
  return resource === 'ephemeral-storage' ? rootfs.bytes + logs.bytes : undefined;
}

/** Why a Pod is evicted, and what its event carries. Models evictionMessage (pkg/kubelet/eviction/helpers.go, v1.34). */
export function evictionMessage(
  resource: StarvedResource,
  pod: Pod,
  usage: PodUsage | undefined,
  thresholds: readonly Threshold[],
  observations: Observations,
): { readonly message: string; readonly annotations: Readonly<Record<string, string>> } {
  let message = `The node was low on resource: ${resource}. `;
  const threshold = thresholds.find(({ signal }) => SIGNALS[signal].resource === resource);
  const observed = threshold === undefined ? undefined : observations.get(threshold.signal);
  if (threshold !== undefined && observed !== undefined) {
    const quantity = formatQuantity(thresholdQuantity(threshold.value, observed.capacity));
    message += `Threshold quantity: ${quantity}, available: ${formatQuantity(observed.available)}. `;
  }
  const names: string[] = [];
  const usages: string[] = [];
  for (const container of usage?.containers ?? []) {
    const spec = specOf(pod).containers.find(({ name }) => name === container.name);
    const used = usageOf(container, resource);
    if (spec === undefined || used === undefined) continue;
    const request = parseQuantity(spec.resources?.requests?.[resource] ?? '0');
    if (quantityOf(used).nanos <= request.nanos) continue;
    message += `Container ${spec.name} was using ${bytes(used)}, request is ${formatQuantity(request)}, has larger consumption of ${resource}. `;
    names.push(spec.name);
    usages.push(bytes(used));
  }
  return {
    message,
    annotations: {
      offending_containers: names.join(','),
      offending_containers_usage: usages.join(','),
      starved_resource: resource,
    },
  };
}
