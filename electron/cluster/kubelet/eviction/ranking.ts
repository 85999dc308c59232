import { parseQuantity } from '../../apimachinery/quantity.ts';
import type { Pod } from '../../api/types.ts';
import { specOf, uidOf } from '../pod-accessors.ts';
import type { FsUsage, PodUsage } from '../stats/interface.ts';
import type { StarvedResource } from './thresholds.ts';

export type Usages = ReadonlyMap<string, PodUsage>;
type Compare = (a: Pod, b: Pod) => number;

/** Bytes (or units) that a Pod asks for: all containers together, or a larger init container, and its overhead. */
export function requestOf(pod: Pod, resource: string): number {
  const { containers, initContainers = [], overhead } = specOf(pod);
  const of = (text: string | undefined): number => Number(parseQuantity(text ?? '0').nanos / 1_000_000_000n);
  const sum = containers.reduce((total, one) => total + of(one.resources?.requests?.[resource]), 0);
  const largest = Math.max(sum, ...initContainers.map((one) => of(one.resources?.requests?.[resource])));
  return largest + of(overhead?.[resource]);
}

/** Layers, logs and local volumes. */
export function diskUsageOf({ containers, volumes }: PodUsage): FsUsage {
  const parts = [
    ...containers.flatMap(({ rootfs, logs }) => [rootfs, logs]),
    ...volumes.filter(({ local }) => local).map(({ usage }) => usage),
  ];
  return parts.reduce((sum, part) => ({ bytes: sum.bytes + part.bytes, inodes: sum.inodes + part.inodes }), {
    bytes: 0,
    inodes: 0,
  });
}

function ordered(...compares: readonly Compare[]): Compare {
  return (a, b) => {
    for (const compare of compares) {
      const result = compare(a, b);
      if (result !== 0) return result;
    }
    return 0;
  };
}

const trueFirst = (a: boolean, b: boolean): number => Number(b) - Number(a);
const byPriority: Compare = (a, b) => (a.spec?.priority ?? 0) - (b.spec?.priority ?? 0);

/** A Pod of which nothing is known goes before others. */
function known(usages: Usages, compare: (a: PodUsage, b: PodUsage, podA: Pod, podB: Pod) => number): Compare {
  return (a, b) => {
    const [one, other] = [usages.get(uidOf(a)), usages.get(uidOf(b))];
    if (one === undefined || other === undefined) return trueFirst(one === undefined, other === undefined);
    return compare(one, other, a, b);
  };
}

/** Those that have more than they asked for, then by priority, then by how much more. */
function byExcess(usages: Usages, usage: (pod: PodUsage) => number, request: string, asked: string): Compare {
  return ordered(
    known(usages, (a, b, podA, podB) =>
      trueFirst(usage(a) > requestOf(podA, asked), usage(b) > requestOf(podB, asked)),
    ),
    byPriority,
    known(
      usages,
      (a, b, podA, podB) => usage(b) - requestOf(podB, request) - (usage(a) - requestOf(podA, request)),
    ),
  );
}

/**
 * Pods in the order in which they are evicted. Models rankMemoryPressure, rankDiskPressureFunc and rankPIDPressure
 * (pkg/kubelet/eviction/helpers.go, v1.34).
 */
export function rankPods(pods: readonly Pod[], usages: Usages, resource: StarvedResource): Pod[] {
  const compare: Readonly<Record<StarvedResource, Compare>> = {
    memory: byExcess(usages, ({ memory }) => memory, 'memory', 'memory'),
    'ephemeral-storage': byExcess(
      usages,
      (pod) => diskUsageOf(pod).bytes,
      'ephemeral-storage',
      'ephemeral-storage',
    ),
    inodes: byExcess(usages, (pod) => diskUsageOf(pod).inodes, 'ephemeral-storage', 'inodes'),
    pids: ordered(
      byPriority,
      known(usages, (a, b) => b.processes - a.processes),
    ),
  };
  return [...pods].sort(compare[resource]);
}
