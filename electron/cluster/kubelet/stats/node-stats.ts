import type { Pod } from '../../api/types.ts';
import type { CriClient } from '../../cri/interface.ts';
import type { FilesystemUsage } from '../../cri/stats.ts';
import type { ControlGroup, ProcessContext } from '../../machine/interface.ts';
import { hardwareOf, nodeCapacity } from '../node-resources.ts';
import { metaOf, uidOf } from '../pod-accessors.ts';
import type { PodVolumes } from '../pod-volumes.ts';
import type { RuntimePod } from '../runtime-cache.ts';
import type { KubeletSettings } from '../settings.ts';
import { folderUsage } from './folder-usage.ts';
import type { ContainerUsage, FsUsage, NodeUsage, PodUsage } from './interface.ts';

const NANOS_PER_MS = 1_000_000;
const NANOS = 1_000_000_000;
const NOTHING: FsUsage = { bytes: 0, inodes: 0 };

function add(a: FsUsage, b: FsUsage): FsUsage {
  return { bytes: a.bytes + b.bytes, inodes: a.inodes + b.inodes };
}

export interface NodeStatsOptions {
  readonly process: ProcessContext;
  readonly settings: KubeletSettings;
  readonly cri: CriClient;
  readonly volumes: PodVolumes;
  readonly pods: () => readonly Pod[];
  readonly runtime: (uid: string) => RuntimePod;
}

/**
 * What the node and its Pods use: memory, processes and processors from the kernel, writable layers from the runtime, logs and volumes
 * from the disk. Models pkg/kubelet/stats (cadvisor and CRI, v1.34).
 */
export class NodeStats {
  readonly #options: NodeStatsOptions;
  readonly #podLimit: number;
  /** When this kubelet began to look, for want of the machine's own beginning. */
  readonly bootedAt: number;

  constructor(options: NodeStatsOptions) {
    this.#options = options;
    const { process, settings } = options;
    this.bootedAt = process.clock.now();
    const capacity = nodeCapacity(hardwareOf(process), settings).get('memory')?.nanos ?? 0n;
    const reserved = settings.reserved.get('memory')?.nanos ?? 0n;
    this.#podLimit = Number((capacity - reserved) / BigInt(NANOS));
  }

  node(): NodeUsage {
    const { kernel, disk } = this.#options.process;
    const { inodes } = disk;
    const { capacity, available, groups } = kernel.memory;
    return {
      memory: { capacity, available },
      pods: { limit: this.#podLimit, used: groups },
      disk: {
        capacity: { bytes: disk.capacity, inodes: inodes.capacity },
        available: { bytes: disk.available, inodes: Math.max(0, inodes.capacity - inodes.used) },
      },
      processes: kernel.processes,
    };
  }

  /** By uid, of Pods of which something runs. @throws CriError */
  async pods(): Promise<ReadonlyMap<string, PodUsage>> {
    const { cri, pods } = this.#options;
    const { stats } = await cri.call('ListContainerStats', {});
    const layers = new Map(stats.map(({ attributes, writableLayer }) => [attributes.id, writableLayer]));
    const usages = new Map<string, PodUsage>();
    for (const pod of pods()) {
      const usage = this.#podUsage(pod, layers);
      if (usage !== undefined) usages.set(uidOf(pod), usage);
    }
    return usages;
  }

  /** What images take. @throws CriError */
  async images(): Promise<FsUsage | undefined> {
    const { imageFilesystems } = await this.#options.cri.call('ImageFsInfo', {});
    const [first] = imageFilesystems;
    return first === undefined ? undefined : { bytes: first.usedBytes, inodes: first.inodesUsed };
  }

  #podUsage(pod: Pod, layers: ReadonlyMap<string, FilesystemUsage>): PodUsage | undefined {
    const { process, runtime, volumes } = this.#options;
    const { uid, name, namespace } = metaOf(pod);
    const here = runtime(uid);
    const [sandbox] = here.sandboxes;
    if (sandbox === undefined) return undefined;
    const containers: ContainerUsage[] = [];
    for (const { id, config, startedAt, logPath } of here.containers) {
      const group = process.kernel.groups.get(id);
      if (group === undefined) continue;
      const layer = layers.get(id);
      const folder = logPath.slice(0, logPath.lastIndexOf('/'));
      containers.push({
        ...countsOf(group),
        name: config.metadata.name,
        id,
        startedAt,
        rootfs: layer === undefined ? NOTHING : { bytes: layer.usedBytes, inodes: layer.inodesUsed },
        logs: folderUsage(process.files, folder),
      });
    }
    const local = volumes.localFolders(pod).map(({ name: volume, folder, inMemory }) => ({
      name: volume,
      local: !inMemory,
      usage: folderUsage(process.files, folder),
    }));
    const ephemeral = [
      ...containers.flatMap(({ rootfs, logs }) => [rootfs, logs]),
      ...local.filter((volume) => volume.local).map(({ usage }) => usage),
    ];
    return {
      uid,
      name,
      namespace,
      startedAt: sandbox.createdAt,
      memory: containers.reduce((sum, { memory }) => sum + memory, 0),
      // The pause process is one of them.
      processes: containers.reduce((sum, { processes }) => sum + processes, 1),
      containers,
      volumes: local,
      ephemeralStorage: ephemeral.reduce(add, NOTHING),
    };
  }
}

type Counts = Omit<ContainerUsage, 'name' | 'id' | 'startedAt' | 'rootfs' | 'logs'>;

function countsOf(group: ControlGroup): Counts {
  return {
    memory: group.memory,
    memoryLimit: group.memoryLimit,
    processes: group.processes,
    nanoCores: Math.round(group.cores * NANOS),
    coreNanoSeconds: Math.round(group.usedMs * NANOS_PER_MS),
    coreLimit: group.coreLimit,
    throttledMs: group.throttledMs,
  };
}
