import type { Quantity } from '../../apimachinery/quantity.ts';
import { compareQuantities, quantityOf } from '../../apimachinery/quantity.ts';
import type { NodeUsage } from '../stats/interface.ts';
import type { Signal, Threshold } from './thresholds.ts';
import { limitOf } from './thresholds.ts';

export interface Observation {
  readonly available: Quantity;
  readonly capacity: Quantity;
}

export type Observations = ReadonlyMap<Signal, Observation>;

/** Models makeSignalObservations (pkg/kubelet/eviction/helpers.go, v1.34) for a node with one disk. */
export function observe({ memory, pods, disk, processes }: NodeUsage): Observations {
  const bytes = (available: number, capacity: number): Observation => ({
    available: quantityOf(Math.max(0, available), 'BinarySI'),
    capacity: quantityOf(capacity, 'BinarySI'),
  });
  const count = (available: number, capacity: number): Observation => ({
    available: quantityOf(available),
    capacity: quantityOf(capacity),
  });
  const observations = new Map<Signal, Observation>([
    ['memory.available', bytes(memory.available, memory.capacity)],
    ['allocatableMemory.available', bytes(pods.limit - pods.used, pods.limit)],
    ['pid.available', count(processes.max - processes.running, processes.max)],
  ]);
  for (const fs of ['nodefs', 'imagefs'] as const) {
    observations.set(`${fs}.available`, bytes(disk.available.bytes, disk.capacity.bytes));
    observations.set(`${fs}.inodesFree`, count(disk.available.inodes, disk.capacity.inodes));
  }
  return observations;
}

/** The thresholds that are met, whatever their grace period; with `enforceMinReclaim` those that are not yet resolved. */
export function thresholdsMet(
  thresholds: readonly Threshold[],
  observations: Observations,
  enforceMinReclaim: boolean,
): Threshold[] {
  return thresholds.filter((threshold) => {
    const observed = observations.get(threshold.signal);
    if (observed === undefined) return false;
    return (
      compareQuantities(limitOf(threshold, observed.capacity, enforceMinReclaim), observed.available) > 0
    );
  });
}
