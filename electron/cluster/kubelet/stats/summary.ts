import { formatTime } from '../../apimachinery/time.ts';
import type { ContainerUsage, FsUsage, NodeUsage, PodUsage } from './interface.ts';

const NANOS = 1_000_000_000;

/** What a summary is made of. */
export interface SummaryInputs {
  readonly nodeName: string;
  readonly now: number;
  readonly bootedAt: number;
  readonly node: NodeUsage;
  /** Bytes that the system beside Pods holds. */
  readonly system: number;
  readonly pods: readonly PodUsage[];
  /** What images take; undefined while the runtime does not say. */
  readonly images: FsUsage | undefined;
}

type Json = Readonly<Record<string, unknown>>;

class SummaryBuilder {
  readonly #inputs: SummaryInputs;
  readonly #time: string;

  constructor(inputs: SummaryInputs) {
    this.#inputs = inputs;
    this.#time = formatTime(inputs.now);
  }

  cpu(nanoCores: number, coreNanoSeconds: number): Json {
    return { time: this.#time, usageNanoCores: nanoCores, usageCoreNanoSeconds: coreNanoSeconds };
  }

  memory(bytes: number, available?: number): Json {
    return {
      time: this.#time,
      ...(available === undefined ? {} : { availableBytes: Math.max(0, available) }),
      usageBytes: bytes,
      workingSetBytes: bytes,
      rssBytes: bytes,
      pageFaults: 0,
      majorPageFaults: 0,
    };
  }

  fs(usage: FsUsage): Json {
    const { disk } = this.#inputs.node;
    return {
      time: this.#time,
      availableBytes: disk.available.bytes,
      capacityBytes: disk.capacity.bytes,
      usedBytes: usage.bytes,
      inodesFree: disk.available.inodes,
      inodes: disk.capacity.inodes,
      inodesUsed: usage.inodes,
    };
  }

  container({
    name,
    startedAt,
    nanoCores,
    coreNanoSeconds,
    memory,
    memoryLimit,
    rootfs,
    logs,
  }: ContainerUsage): Json {
    return {
      name,
      startTime: formatTime(startedAt),
      cpu: this.cpu(nanoCores, coreNanoSeconds),
      memory: this.memory(memory, memoryLimit > 0 ? memoryLimit - memory : undefined),
      rootfs: this.fs(rootfs),
      logs: this.fs(logs),
    };
  }

  pod(pod: PodUsage): Json {
    const sum = (value: (container: ContainerUsage) => number): number =>
      pod.containers.reduce((total, container) => total + value(container), 0);
    return {
      podRef: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
      startTime: formatTime(pod.startedAt),
      containers: pod.containers.map((container) => this.container(container)),
      cpu: this.cpu(
        sum(({ nanoCores }) => nanoCores),
        sum(({ coreNanoSeconds }) => coreNanoSeconds),
      ),
      memory: this.memory(pod.memory),
      ...(pod.volumes.length === 0
        ? {}
        : { volume: pod.volumes.map(({ name, usage }) => ({ ...this.fs(usage), name })) }),
      'ephemeral-storage': this.fs(pod.ephemeralStorage),
      process_stats: { process_count: pod.processes },
    };
  }
}

/** `/stats/summary`. Models staging/src/k8s.io/kubelet/pkg/apis/stats/v1alpha1 (v1.34); network and swap are not in it. */
export function statsSummary(inputs: SummaryInputs): Json {
  const { nodeName, bootedAt, node, system, pods, images, now } = inputs;
  const build = new SummaryBuilder(inputs);
  const { memory, disk, processes } = node;
  const containers = pods.flatMap((pod) => pod.containers);
  const nanoCores = containers.reduce((sum, container) => sum + container.nanoCores, 0);
  const coreNanoSeconds = containers.reduce((sum, container) => sum + container.coreNanoSeconds, 0);
  const used = {
    bytes: disk.capacity.bytes - disk.available.bytes,
    inodes: disk.capacity.inodes - disk.available.inodes,
  };
  return {
    node: {
      nodeName,
      systemContainers: [
        {
          name: 'pods',
          startTime: formatTime(bootedAt),
          cpu: build.cpu(nanoCores, coreNanoSeconds),
          memory: build.memory(node.pods.used, node.pods.limit - node.pods.used),
        },
        { name: 'system', startTime: formatTime(bootedAt), memory: build.memory(system) },
      ],
      startTime: formatTime(bootedAt),
      cpu: build.cpu(nanoCores, coreNanoSeconds),
      memory: build.memory(memory.capacity - memory.available, memory.available),
      fs: build.fs(used),
      ...(images === undefined
        ? {}
        : { runtime: { imageFs: build.fs(images), containerFs: build.fs(used) } }),
      rlimit: { time: formatTime(now), maxpid: processes.max, curproc: processes.running },
    },
    pods: pods.map((pod) => build.pod(pod)),
  };
}

/** Seconds with up to nine digits, as Prometheus' text format has them. */
export function seconds(nanoseconds: number): string {
  return String(nanoseconds / NANOS);
}
