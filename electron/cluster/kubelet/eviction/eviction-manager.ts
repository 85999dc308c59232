import type { Pod } from '../../api/types.ts';
import type { ComponentContext } from '../../client/component-context.ts';
import { CriError } from '../../cri/interface.ts';
import { isCriticalPod } from '../critical-pod.ts';
import type { NodeEvents } from '../node-events.ts';
import { fullNameOf, gracePeriodOf, specOf, uidOf } from '../pod-accessors.ts';
import type { PodEvents } from '../pod-events.ts';
import type { WaitingReason } from '../pod-status.ts';
import { qosClass } from '../qos-class.ts';
import type { NodeUsage } from '../stats/interface.ts';
import { limitsLocalStorage, localStorageExcess } from './local-storage.ts';
import { evictionMessage } from './messages.ts';
import type { Observations } from './observations.ts';
import { observe, thresholdsMet } from './observations.ts';
import type { Usages } from './ranking.ts';
import { rankPods } from './ranking.ts';
import type { PressureCondition, StarvedResource, Threshold } from './thresholds.ts';
import { isHard, SIGNALS } from './thresholds.ts';

const MONITORING_PERIOD = 10_000;
/** How long is waited until an evicted Pod is gone, and how often that is looked at. */
const CLEANUP_TIMEOUT = 30_000;
const CLEANUP_POLL = 1_000;
/** Seconds that a Pod gets at a hard threshold. */
const IMMEDIATE = 1;
const EVICTED = 'Evicted';

/** Why and how fast a Pod is to end. */
export interface Eviction extends WaitingReason {
  /** Seconds. */
  readonly grace: number;
  /** Its condition `DisruptionTarget` is set: it ends for others. */
  readonly isDisruption: boolean;
}

export interface EvictionManagerOptions {
  readonly context: ComponentContext;
  readonly thresholds: readonly Threshold[];
  /** Milliseconds for which a condition is kept after it was last observed. */
  readonly transitionPeriod: number;
  /** Seconds that a Pod gets at a soft threshold, at most. */
  readonly maxPodGracePeriod: number;
  readonly localStorage: boolean;
  readonly events: PodEvents;
  readonly nodeEvents: NodeEvents;
  readonly node: () => NodeUsage;
  /** Of all Pods. @throws CriError */
  readonly pods: () => Promise<Usages>;
  /** Pods that have not ended. */
  readonly active: () => readonly Pod[];
  /** Resolves when its containers have ended. */
  readonly evict: (pod: Pod, eviction: Eviction) => Promise<void>;
  readonly isGone: (pod: Pod) => boolean;
  /** Removes images and containers that nobody uses. @throws CriError */
  readonly reclaimDisk: () => Promise<void>;
}

/**
 * Ends Pods before the node has nothing left. Every ten seconds: which thresholds are met, which conditions that means, and
 * which one Pod has to go. Models pkg/kubelet/eviction/eviction_manager.go (v1.34).
 */
export class EvictionManager {
  readonly #options: EvictionManagerOptions;
  /** When each threshold was first met. */
  #firstMet = new Map<Threshold, number>();
  /** Met for as long as its grace period, and not yet resolved. */
  #unresolved: readonly Threshold[] = [];
  readonly #lastObserved = new Map<PressureCondition, number>();

  constructor(options: EvictionManagerOptions) {
    this.#options = options;
  }

  /** In the order in which they came. */
  get conditions(): readonly PressureCondition[] {
    const { context, transitionPeriod } = this.#options;
    const now = context.clock.now();
    return [...this.#lastObserved].flatMap(([condition, at]) =>
      now - at < transitionPeriod ? [condition] : [],
    );
  }

  /** Why a Pod that comes now cannot be taken. */
  admit(pod: Pod): WaitingReason | undefined {
    const { conditions } = this;
    if (conditions.length === 0 || isCriticalPod(pod)) return undefined;
    if (conditions.length === 1 && conditions[0] === 'MemoryPressure') {
      if (qosClass(specOf(pod)) !== 'BestEffort') return undefined;
      const tolerated = (specOf(pod).tolerations ?? []).some(
        ({ key, operator = 'Equal', value = '', effect = '' }) =>
          (key === 'node.kubernetes.io/memory-pressure' || (key ?? '') === '') &&
          (operator === 'Exists' || value === '') &&
          (effect === '' || effect === 'NoSchedule'),
      );
      if (tolerated) return undefined;
    }
    const nodeCondition = conditions.join(' ');
    this.#options.context.log.info('Failed to admit pod to node', {
      caller: 'eviction_manager.go:177',
      pod: fullNameOf(pod),
      nodeCondition,
    });
    return { reason: EVICTED, message: `The node had condition: [${nodeCondition}]. ` };
  }

  /** Runs until the process ends. */
  async run(): Promise<void> {
    const { clock, log, tracer } = this.#options.context;
    for (;;) {
      let evicted: readonly Pod[] = [];
      try {
        evicted = await this.synchronize();
      } catch (error) {
        if (!(error instanceof CriError)) throw error;
        log.error('Eviction manager: failed to get summary stats', {
          caller: 'eviction_manager.go:272',
          err: error.message,
        });
      }
      if (evicted.length > 0) await this.#waitForCleanup(evicted);
      else await clock.sleep(MONITORING_PERIOD);
      tracer.resume(0);
    }
  }

  /** One look. Resolves to the Pods that were ended. @throws CriError */
  async synchronize(): Promise<readonly Pod[]> {
    const { context, thresholds: all, node, localStorage } = this.#options;
    const observations = observe(node());
    const now = context.clock.now();
    const met = new Set([
      ...thresholdsMet(all, observations, false),
      ...thresholdsMet(this.#unresolved, observations, true),
    ]);
    this.#firstMet = new Map([...met].map((threshold) => [threshold, this.#firstMet.get(threshold) ?? now]));
    for (const { signal } of met) this.#lastObserved.set(SIGNALS[signal].condition, now);
    const due = [...met].filter(
      (threshold) => now - (this.#firstMet.get(threshold) ?? now) >= threshold.gracePeriod,
    );
    this.#unresolved = due;
    const active = this.#options.active();
    if (localStorage && active.some(limitsLocalStorage)) {
      const evicted = await this.#evictForLocalStorage(active.filter(limitsLocalStorage));
      if (evicted.length > 0) return evicted;
    }
    const first = due.find(({ signal }) => SIGNALS[signal].resource === 'memory') ?? due[0];
    return first === undefined ? [] : this.#reclaim(first, due, observations, active);
  }

  async #reclaim(
    threshold: Threshold,
    due: readonly Threshold[],
    observations: Observations,
    active: readonly Pod[],
  ): Promise<readonly Pod[]> {
    const { context, nodeEvents, maxPodGracePeriod } = this.#options;
    const { resource } = SIGNALS[threshold.signal];
    const say = (message: string): void =>
      context.log.info(`Eviction manager: ${message}`, {
        caller: 'eviction_manager.go:366',
        resourceName: resource,
      });
    say('attempting to reclaim');
    nodeEvents.say('Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
    if (await this.#reclaimedWithoutEviction(resource)) {
      say('able to reduce resource pressure without evicting pods.');
      return [];
    }
    say('must evict pod(s) to reclaim');
    if (active.length === 0) {
      context.log.error(
        'Eviction manager: eviction thresholds have been met, but no pods are active to evict',
        {
          caller: 'eviction_manager.go:392',
        },
      );
      return [];
    }
    const usages = await this.#options.pods();
    const ranked = rankPods(active, usages, resource);
    context.log.info('Eviction manager: pods ranked for eviction', {
      caller: 'eviction_manager.go:400',
      pods: ranked.map(fullNameOf).join(' '),
    });
    for (const pod of ranked) {
      const grace = isHard(threshold) ? IMMEDIATE : Math.min(maxPodGracePeriod, gracePeriodOf(pod));
      const { message, annotations } = evictionMessage(
        resource,
        pod,
        usages.get(uidOf(pod)),
        due,
        observations,
      );
      if (await this.#evict(pod, { reason: EVICTED, message, grace, isDisruption: true }, annotations))
        return [pod];
    }
    context.log.info('Eviction manager: unable to evict any pods from the node', {
      caller: 'eviction_manager.go:436',
    });
    return [];
  }

  async #reclaimedWithoutEviction(resource: StarvedResource): Promise<boolean> {
    if (resource !== 'ephemeral-storage' && resource !== 'inodes') return false;
    const { thresholds, node, reclaimDisk } = this.#options;
    await reclaimDisk();
    return thresholdsMet(thresholds, observe(node()), true).length === 0;
  }

  async #evictForLocalStorage(pods: readonly Pod[]): Promise<readonly Pod[]> {
    const usages = await this.#options.pods();
    const evicted: Pod[] = [];
    for (const pod of pods) {
      const usage = usages.get(uidOf(pod));
      const message = usage === undefined ? undefined : localStorageExcess(pod, usage);
      if (message === undefined) continue;
      if (await this.#evict(pod, { reason: EVICTED, message, grace: IMMEDIATE, isDisruption: false }))
        evicted.push(pod);
    }
    return evicted;
  }

  /** False for a Pod that must not go. */
  async #evict(
    pod: Pod,
    eviction: Eviction,
    annotations?: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const { context, events, evict } = this.#options;
    if (isCriticalPod(pod)) {
      context.log.error('Eviction manager: cannot evict a critical pod', {
        caller: 'eviction_manager.go:599',
        pod: fullNameOf(pod),
      });
      return false;
    }
    events.pod(pod, 'Warning', EVICTED, eviction.message, annotations);
    await evict(pod, eviction);
    context.log.info('Eviction manager: pod is evicted successfully', {
      caller: 'eviction_manager.go:627',
      pod: fullNameOf(pod),
    });
    return true;
  }

  async #waitForCleanup(pods: readonly Pod[]): Promise<void> {
    const { context, isGone } = this.#options;
    const names = pods.map(fullNameOf).join(' ');
    context.log.info('Eviction manager: pods evicted, waiting for pod to be cleaned up', {
      caller: 'eviction_manager.go:208',
      pods: names,
    });
    for (let waited = 0; waited < CLEANUP_TIMEOUT; waited += CLEANUP_POLL) {
      await context.clock.sleep(CLEANUP_POLL);
      if (!pods.every(isGone)) continue;
      context.log.info('Eviction manager: pods successfully cleaned up', {
        caller: 'eviction_manager.go:463',
        pods: names,
      });
      return;
    }
    context.log.info('Eviction manager: timed out waiting for pods to be cleaned up', {
      caller: 'eviction_manager.go:453',
      pods: names,
    });
  }
}
