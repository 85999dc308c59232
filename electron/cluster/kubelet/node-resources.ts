import type { Quantity } from '../apimachinery/quantity.ts';
import { formatQuantity, quantityOf, subtractQuantities } from '../apimachinery/quantity.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { Signal } from './eviction/thresholds.ts';
import { isHard, thresholdQuantity } from './eviction/thresholds.ts';
import type { KubeletSettings } from './settings.ts';

const KIB = 1024;
export type Resources = ReadonlyMap<string, Quantity>;

/** What a machine has of things that can be given away. Bytes. */
export interface Hardware {
  readonly cpus: number;
  /** What the kernel hands out. */
  readonly memory: number;
  readonly disk: number;
}

export function hardwareOf({ machine, kernel }: Pick<ProcessContext, 'machine' | 'kernel'>): Hardware {
  return { cpus: machine.cpus, disk: machine.disk, memory: kernel.memory.capacity };
}

/** What a node has, by resource. */
export function nodeCapacity({ cpus, memory, disk }: Hardware, settings: KubeletSettings): Resources {
  return new Map([
    ['cpu', quantityOf(cpus)],
    ['memory', quantityOf(memory, 'BinarySI')],
    ['ephemeral-storage', quantityOf(Math.floor(disk / KIB) * KIB, 'BinarySI')],
    ['hugepages-1Gi', quantityOf(0)],
    ['hugepages-2Mi', quantityOf(0)],
    ['pods', quantityOf(settings.maxPods)],
  ]);
}

const EVICTED_BY: ReadonlyMap<string, Signal> = new Map([
  ['memory', 'memory.available'],
  ['ephemeral-storage', 'nodefs.available'],
]);

/**
 * What of it Pods may have: capacity less what is reserved and less what hard eviction keeps free. Models
 * GetNodeAllocatableReservation (pkg/kubelet/cm/node_container_manager_linux.go, v1.34).
 */
export function nodeAllocatable(capacity: Resources, settings: KubeletSettings): Resources {
  const { reserved, thresholds } = settings;
  return new Map(
    [...capacity].map(([resource, has]) => {
      const signal = EVICTED_BY.get(resource);
      const threshold = thresholds.find((candidate) => candidate.signal === signal && isHard(candidate));
      let left = has;
      const kept = reserved.get(resource);
      if (kept !== undefined) left = subtractQuantities(left, kept);
      if (threshold !== undefined) {
        const free = thresholdQuantity(threshold.value, has);
        left = subtractQuantities(left, free);
        // Written as the sum of its parts is: a part of a disk is no whole number of KiB.
        if ('percentage' in threshold.value) left = { ...left, format: 'DecimalSI' };
      }
      return [resource, left.nanos < 0n ? quantityOf(0) : left];
    }),
  );
}

/** As the API has them. */
export function resourceTexts(resources: Resources): Record<string, string> {
  return Object.fromEntries([...resources].map(([name, amount]) => [name, formatQuantity(amount)]));
}
