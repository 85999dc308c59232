import type { ProcessContext } from '../machine/interface.ts';
import type { Container, CriRequest, CriResponse, PodSandbox } from './interface.ts';
import { CriError } from './interface.ts';
import type { NodeRuntime } from './node-runtime.ts';
import type { LayerUsage } from './rootfs.ts';
import { layerUsages } from './rootfs.ts';
import type { ContainerStats, CpuUsage, FilesystemUsage, MemoryUsage, PodSandboxStats } from './stats.ts';

type Layers = ReadonlyMap<string, LayerUsage>;

const NANOS = 1_000_000_000;

/** The statistics half of the runtime service: what cgroups and disk say now. Models internal/cri/server/*_stats*.go (v2.1). */
export class RuntimeStats {
  readonly #process: ProcessContext;
  readonly #runtime: NodeRuntime;
  /** Where images are unpacked. */
  readonly #mountpoint: string;

  constructor(process: ProcessContext, runtime: NodeRuntime, mountpoint: string) {
    this.#process = process;
    this.#runtime = runtime;
    this.#mountpoint = mountpoint;
  }

  async container(id: string): Promise<CriResponse<'ContainerStats'>> {
    const container = this.#runtime.store.containers.get(id);
    if (container === undefined) throw new CriError('NotFound', 'failed to find container: not found');
    const [stats] = this.#running([container], layerUsages(this.#process.state));
    if (stats === undefined) throw new CriError('Unknown', 'unexpected metrics response: []');
    return { stats };
  }

  async containers(filter: CriRequest<'ListContainerStats'>): Promise<CriResponse<'ListContainerStats'>> {
    const all =
      filter.podSandboxId === undefined
        ? [...this.#runtime.store.containers.values()]
        : this.#runtime.store.containersOf(filter.podSandboxId);
    const wanted = all.filter((container) => filter.id === undefined || container.id === filter.id);
    return { stats: this.#running(wanted, layerUsages(this.#process.state)) };
  }

  async sandbox(id: string): Promise<CriResponse<'PodSandboxStats'>> {
    const sandbox = this.#runtime.store.sandboxes.get(id);
    if (sandbox === undefined)
      throw new CriError('NotFound', `an error occurred when trying to find sandbox ${id}: not found`);
    return { stats: this.#sandboxStats(sandbox, layerUsages(this.#process.state)) };
  }

  async sandboxes(filter: CriRequest<'ListPodSandboxStats'>): Promise<CriResponse<'ListPodSandboxStats'>> {
    const ready = [...this.#runtime.store.sandboxes.values()].filter(
      ({ id, state }) => state === 'SANDBOX_READY' && (filter.id === undefined || filter.id === id),
    );
    const layers = layerUsages(this.#process.state);
    return { stats: ready.map((sandbox) => this.#sandboxStats(sandbox, layers)) };
  }

  async imageFs(): Promise<CriResponse<'ImageFsInfo'>> {
    let usedBytes = 0;
    let inodesUsed = 0;
    for (const image of this.#runtime.store.images.values()) {
      usedBytes += image.size;
      inodesUsed += this.#runtime.images.root(image.repoTags[0] ?? image.repoDigests[0] ?? '').files.size;
    }
    for (const layer of layerUsages(this.#process.state).values()) {
      usedBytes += layer.bytes;
      inodesUsed += layer.inodes;
    }
    return { imageFilesystems: [this.#filesystem(usedBytes, inodesUsed)], containerFilesystems: [] };
  }

  #running(containers: readonly Container[], layers: Layers): ContainerStats[] {
    return containers.flatMap((container) => this.#statsOf(container, layers.get(container.id)) ?? []);
  }

  #filesystem(usedBytes: number, inodesUsed: number): FilesystemUsage {
    const timestamp = this.#process.clock.now();
    return { timestamp, fsId: { mountpoint: this.#mountpoint }, usedBytes, inodesUsed };
  }

  #statsOf({ id, config }: Container, layer: LayerUsage | undefined): ContainerStats | undefined {
    const usage = this.#runtime.shims.usage(id);
    if (usage === undefined) return undefined;
    const timestamp = this.#process.clock.now();
    const { used, limit } = usage.memory;
    return {
      attributes: {
        id,
        metadata: config.metadata,
        labels: config.labels,
        annotations: config.annotations,
      },
      cpu: {
        timestamp,
        usageCoreNanoSeconds: Math.round(usage.cpu.usedMs * 1_000_000),
        usageNanoCores: Math.round(usage.cpu.cores * NANOS),
      },
      memory: {
        timestamp,
        workingSetBytes: used,
        ...(limit > 0 ? { availableBytes: Math.max(0, limit - used) } : {}),
        usageBytes: used,
        rssBytes: used,
      },
      writableLayer: this.#filesystem(layer?.bytes ?? 0, layer?.inodes ?? 0),
    };
  }

  #sandboxStats({ id, config }: PodSandbox, layers: Layers): PodSandboxStats {
    const own = this.#runtime.store.containersOf(id);
    const containers = this.#running(own, layers);
    const timestamp = this.#process.clock.now();
    const sum = (value: (stats: ContainerStats) => number): number =>
      containers.reduce((total, stats) => total + value(stats), 0);
    const cpu: CpuUsage = {
      timestamp,
      usageCoreNanoSeconds: sum((stats) => stats.cpu.usageCoreNanoSeconds),
      usageNanoCores: sum((stats) => stats.cpu.usageNanoCores),
    };
    const bytes = sum((stats) => stats.memory.workingSetBytes);
    const memory: MemoryUsage = { timestamp, workingSetBytes: bytes, usageBytes: bytes, rssBytes: bytes };
    // The pause process is one of them.
    let processCount = 1;
    for (const container of own) processCount += this.#runtime.shims.usage(container.id)?.processes ?? 0;
    const { metadata, labels, annotations } = config;
    return {
      attributes: { id, metadata, labels, annotations },
      linux: { cpu, memory, process: { timestamp, processCount }, containers },
    };
  }
}
