import {
  addQuantities,
  canonicalQuantity,
  formatQuantity,
  parseQuantity,
  quantityOf,
} from '../../apimachinery/quantity.ts';
import type { Pod, PodSpec } from '../../api/types.ts';
import { specOf } from '../pod-accessors.ts';
import type { PodUsage } from '../stats/interface.ts';

const STORAGE = 'ephemeral-storage';
const limited = new WeakMap<PodSpec, boolean>();

/** Whether a Pod has a limit of its own on what it keeps on the node. */
export function limitsLocalStorage(pod: Pod): boolean {
  const spec = specOf(pod);
  let found = limited.get(spec);
  if (found === undefined) {
    found =
      (spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined) ||
      spec.containers.some(({ resources }) => resources?.limits?.[STORAGE] !== undefined);
    limited.set(spec, found);
  }
  return found;
}

/**
 * Why a Pod has to go for what it keeps on the node, beyond its own limits; undefined when it may stay. Models localStorageEviction
 * (pkg/kubelet/eviction/eviction_manager.go, v1.34).
 */
export function localStorageExcess(pod: Pod, usage: PodUsage): string | undefined {
  const { volumes = [], containers } = specOf(pod);
  for (const { name, emptyDir } of volumes) {
    const text = emptyDir?.sizeLimit;
    const used = usage.volumes.find((volume) => volume.name === name)?.usage.bytes ?? 0;
    if (text === undefined) continue;
    const limit = parseQuantity(text).nanos;
    if (limit > 0n && quantityOf(used).nanos > limit)
      return `Usage of EmptyDir volume ${JSON.stringify(name)} exceeds the limit ${JSON.stringify(canonicalQuantity(text))}. `;
  }
  const limits = containers.flatMap(({ resources }) => resources?.limits?.[STORAGE] ?? []);
  if (limits.length > 0) {
    const sum = limits.map(parseQuantity).reduce(addQuantities);
    if (quantityOf(usage.ephemeralStorage.bytes).nanos > sum.nanos)
      return `Pod ephemeral local storage usage exceeds the total limit of containers ${formatQuantity(sum)}. `;
  }
  for (const { name, rootfs, logs } of usage.containers) {
    const text = containers.find((container) => container.name === name)?.resources?.limits?.[STORAGE];
    if (text === undefined || parseQuantity(text).nanos === 0n) continue;
    if (quantityOf(rootfs.bytes + logs.bytes).nanos > parseQuantity(text).nanos)
      return `Container ${name} exceeded its local ephemeral storage limit ${JSON.stringify(canonicalQuantity(text))}. `;
  }
  return undefined;
}
