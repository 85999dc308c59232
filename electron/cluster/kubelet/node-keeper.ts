import { parseGoDuration } from '../apimachinery/duration.ts';
import type { Pod, PodCondition } from '../api/types.ts';
import { formatTime } from '../apimachinery/time.ts';
import type { CriClient } from '../cri/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { ContainerLogRotation } from './container-log-rotation.ts';
import type { Eviction } from './eviction/eviction-manager.ts';
import { EvictionManager } from './eviction/eviction-manager.ts';
import { ImageGc } from './image-gc.ts';
import type { NodeEvents } from './node-events.ts';
import { uidOf } from './pod-accessors.ts';
import type { PodEvents } from './pod-events.ts';
import type { Ending } from './pod-status.ts';
import type { PodVolumes } from './pod-volumes.ts';
import type { PodWorker } from './pod-worker.ts';
import type { RuntimeCache } from './runtime-cache.ts';
import type { KubeletSettings } from './settings.ts';
import { ShutdownManager } from './shutdown-manager.ts';
import { NodeStats } from './stats/node-stats.ts';

export interface NodeKeeperOptions {
  readonly process: ProcessContext;
  readonly settings: KubeletSettings;
  readonly cri: CriClient;
  readonly cache: RuntimeCache;
  readonly volumes: PodVolumes;
  readonly events: PodEvents;
  readonly nodeEvents: NodeEvents;
  /** By uid. */
  readonly workers: ReadonlyMap<string, PodWorker>;
  readonly imagesChanged: () => void;
  /** The node has something else to say. */
  readonly statusChanged: () => Promise<void>;
}

const ms = (text: string): number => parseGoDuration(text) ?? 0;

/** What looks after the node itself: eviction, garbage collection of images, rotation of logs, what they look at, and the node's shutdown. */
export class NodeKeeper {
  readonly stats: NodeStats;
  readonly eviction: EvictionManager;
  readonly shutdown: ShutdownManager;
  readonly #images: ImageGc;
  readonly #logs: ContainerLogRotation;
  readonly #options: NodeKeeperOptions;

  constructor(options: NodeKeeperOptions) {
    const { process, settings, cri, cache, volumes, events, nodeEvents, workers } = options;
    const { config } = settings;
    this.#options = options;
    this.stats = new NodeStats({
      process,
      settings,
      cri,
      volumes,
      pods: () => [...workers.values()].map(({ pod }) => pod),
      runtime: (uid) => cache.get(uid),
    });
    this.#images = new ImageGc({
      context: process,
      cri,
      events: nodeEvents,
      disk: () => this.stats.node().disk,
      high: config.imageGCHighThresholdPercent,
      low: config.imageGCLowThresholdPercent,
      minimumAge: ms(config.imageMinimumGCAge),
      maximumAge: ms(config.imageMaximumGCAge),
      changed: options.imagesChanged,
    });
    this.#logs = new ContainerLogRotation({
      process,
      cri,
      maxSize: config.containerLogMaxSize,
      maxFiles: config.containerLogMaxFiles,
      interval: ms(config.containerLogMonitorInterval),
      running: () =>
        cache.uids
          .flatMap((uid) => cache.get(uid).containers)
          .filter(({ state }) => state === 'CONTAINER_RUNNING'),
    });
    const active = (): Pod[] =>
      [...workers.values()].flatMap((worker) => (worker.finished ? [] : [worker.pod]));
    this.shutdown = new ShutdownManager({
      process,
      config,
      events: nodeEvents,
      active,
      terminate: async (pod, reason, grace) =>
        workers.get(uidOf(pod))?.evict(this.#ending(pod, { ...reason, grace, isDisruption: true })),
      changed: options.statusChanged,
    });
    this.eviction = new EvictionManager({
      context: process,
      thresholds: settings.thresholds,
      transitionPeriod: ms(config.evictionPressureTransitionPeriod),
      maxPodGracePeriod: config.evictionMaxPodGracePeriod,
      localStorage: config.localStorageCapacityIsolation,
      events,
      nodeEvents,
      node: () => this.stats.node(),
      pods: () => this.stats.pods(),
      active,
      evict: async (pod, eviction) => workers.get(uidOf(pod))?.evict(this.#ending(pod, eviction)),
      isGone: (pod) => workers.get(uidOf(pod))?.finished !== false,
      reclaimDisk: async () => {
        await this.#deleteUnusedContainers();
        await this.#images.deleteUnusedImages();
      },
    });
  }

  /** Starts everything; what it starts lives as long as the process. */
  start(): void {
    const { process, nodeEvents } = this.#options;
    process.go(() => this.eviction.run());
    this.#images.start();
    this.#logs.start();
    this.shutdown.start();
    const watch = process.kernel.onDidRunOut(({ group: { command, pid } }) => {
      const message = `System OOM encountered, victim process: ${command}, pid: ${pid}`;
      process.go(async () => nodeEvents.say('Warning', 'SystemOOM', message));
    });
    process.signal.addEventListener('abort', () => watch.dispose(), { once: true });
  }

  #ending(pod: Pod, { reason, message, grace, isDisruption }: Eviction): Ending {
    if (!isDisruption) return { reason, message, grace };
    const generation = pod.metadata?.generation;
    const condition = {
      type: 'DisruptionTarget',
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status: 'True',
      reason: 'TerminationByKubelet',
      message,
      lastProbeTime: null,
      lastTransitionTime: formatTime(this.#options.process.clock.now()),
    } as unknown as PodCondition;
    return { reason, message, grace, condition };
  }

  /** Containers that have ended, of Pods that have. Models DeleteAllUnusedContainers (kuberuntime_gc.go, v1.34). */
  async #deleteUnusedContainers(): Promise<void> {
    const { cri, cache, workers } = this.#options;
    for (const uid of cache.uids) {
      if (workers.get(uid)?.finished === false) continue;
      for (const { id, state } of cache.get(uid).containers)
        if (state === 'CONTAINER_EXITED') await cri.call('RemoveContainer', { containerId: id });
    }
  }
}
