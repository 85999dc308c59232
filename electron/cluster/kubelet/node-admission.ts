import { parseQuantity } from '../apimachinery/quantity.ts';
import type { Pod, PodSpec } from '../api/types.ts';
import type { WaitingReason } from './pod-status.ts';
import type { Hardware } from './node-resources.ts';
import { nodeAllocatable, nodeCapacity } from './node-resources.ts';
import { specOf } from './pod-accessors.ts';
import type { KubeletSettings } from './settings.ts';

const MILLI = 1_000_000n;
const UNIT = 1_000_000_000n;

/** Thousandths of a core, or bytes: the larger of all containers together and each init container. */
function requestOf(spec: PodSpec, resource: 'cpu' | 'memory' | 'ephemeral-storage'): bigint {
  const unit = resource === 'cpu' ? MILLI : UNIT;
  const of = (container: PodSpec['containers'][number]): bigint =>
    parseQuantity(container.resources?.requests?.[resource] ?? '0').nanos / unit;
  const together = spec.containers.reduce((sum, container) => sum + of(container), 0n);
  return (spec.initContainers ?? []).reduce(
    (largest, container) => (of(container) > largest ? of(container) : largest),
    together,
  );
}

/** Refuses a Pod that asks for more than the node has at all. Models canResizePod (pkg/kubelet/allocation, v1.34). */
export function exceedsNode(pod: Pod, hardware: Hardware, settings: KubeletSettings): string | undefined {
  const allocatable = nodeAllocatable(nodeCapacity(hardware, settings), settings);
  for (const [resource, unit] of [
    ['memory', UNIT],
    ['cpu', MILLI],
  ] as const) {
    const requested = requestOf(specOf(pod), resource);
    const capacity = (allocatable.get(resource)?.nanos ?? 0n) / unit;
    if (requested > capacity)
      return `Node didn't have enough capacity: ${resource}, requested: ${requested}, capacity: ${capacity}`;
  }
  return undefined;
}

/**
 * Refuses a Pod for which the node has no room. `known` is how many Pods there are at most: the `others` that
 * count are only gathered when that does not decide it. Models pkg/kubelet/lifecycle/predicate.go (v1.34).
 */
export function admitPod(
  pod: Pod,
  known: number,
  others: () => readonly Pod[],
  hardware: Hardware,
  settings: KubeletSettings,
): WaitingReason | undefined {
  const refuse = (resource: string, requested: bigint, used: bigint, capacity: bigint): WaitingReason => ({
    reason: `OutOf${resource}`,
    message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  });
  if (known >= settings.maxPods) {
    const running = others().length;
    if (running + 1 > settings.maxPods) return refuse('pods', 1n, BigInt(running), BigInt(settings.maxPods));
  }
  const allocatable = nodeAllocatable(nodeCapacity(hardware, settings), settings);
  const limits = [
    ['cpu', (allocatable.get('cpu')?.nanos ?? 0n) / MILLI],
    ['memory', (allocatable.get('memory')?.nanos ?? 0n) / UNIT],
    ['ephemeral-storage', (allocatable.get('ephemeral-storage')?.nanos ?? 0n) / UNIT],
  ] as const;
  for (const [resource, capacity] of limits) {
    const requested = requestOf(specOf(pod), resource);
    if (requested === 0n) continue;
    const used = others().reduce((sum, other) => sum + requestOf(specOf(other), resource), 0n);
    if (requested + used > capacity) return refuse(resource, requested, used, capacity);
  }
  return undefined;
}
