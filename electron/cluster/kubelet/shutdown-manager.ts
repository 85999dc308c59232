import { parseGoDuration } from '../apimachinery/duration.ts';
import type { Pod } from '../api/types.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { KubeletConfiguration } from './config/interface.ts';
import { SYSTEM_CRITICAL_PRIORITY } from './critical-pod.ts';
import type { NodeEvents } from './node-events.ts';
import { fullNameOf, gracePeriodOf } from './pod-accessors.ts';
import type { WaitingReason } from './pod-status.ts';

const REASON = 'Terminated';
const MESSAGE = 'Pod was terminated in response to imminent node shutdown.';

/** Pods from this priority on, up to the next one's, get so many seconds to end. */
interface ShutdownGroup {
  readonly priority: number;
  readonly seconds: number;
}

export interface ShutdownManagerOptions {
  readonly process: ProcessContext;
  readonly config: KubeletConfiguration;
  readonly events: NodeEvents;
  /** Pods that have not ended. */
  readonly active: () => readonly Pod[];
  /** Resolves when its containers have ended. `grace` in seconds. */
  readonly terminate: (pod: Pod, reason: WaitingReason, grace: number) => Promise<void>;
  /** The node has something else to say. */
  readonly changed: () => Promise<void>;
}

/** By priority, lowest first. Models migrateConfig (pkg/kubelet/nodeshutdown, v1.34). */
function groupsOf(config: KubeletConfiguration): ShutdownGroup[] {
  const byPriority = config.shutdownGracePeriodByPodPriority.map(
    ({ priority = 0, shutdownGracePeriodSeconds: seconds = 0 }) => ({ priority, seconds }),
  );
  if (byPriority.length > 0) return byPriority.sort((a, b) => a.priority - b.priority);
  const all = parseGoDuration(config.shutdownGracePeriod) ?? 0;
  const critical = parseGoDuration(config.shutdownGracePeriodCriticalPods) ?? 0;
  if (all === 0) return [];
  return [
    { priority: 0, seconds: Math.trunc((all - critical) / 1000) },
    { priority: SYSTEM_CRITICAL_PRIORITY, seconds: Math.trunc(critical / 1000) },
  ];
}

/**
 * Holds back the machine's shutdown until Pods have ended, those of low priority first. Models pkg/kubelet/nodeshutdown (v1.34);
 * a power cut waits for nobody.
 */
export class ShutdownManager {
  readonly #options: ShutdownManagerOptions;
  readonly #groups: readonly ShutdownGroup[];
  #now = false;

  constructor(options: ShutdownManagerOptions) {
    this.#options = options;
    this.#groups = groupsOf(options.config);
  }

  /** Why the node is not ready; '' when it is not shutting down. */
  get notReady(): string {
    return this.#now ? 'node is shutting down' : '';
  }

  /** Why a Pod that comes now cannot be taken. */
  admit(): WaitingReason | undefined {
    if (!this.#now) return undefined;
    return { reason: 'NodeShutdown', message: 'Pod was rejected as the node is shutting down.' };
  }

  start(): void {
    if (this.#groups.length > 0) this.#options.process.inhibitShutdown(() => this.#shutdown());
  }

  async #shutdown(): Promise<void> {
    const { process, events, active, changed } = this.#options;
    const { log } = process;
    log.info('Shutdown manager detected new shutdown event, isNodeShuttingDownNow', {
      caller: 'nodeshutdown_manager_linux.go:265',
      event: true,
    });
    events.say('Normal', 'NodeShutdown', 'Shutdown manager detected shutdown event');
    this.#now = true;
    process.go(changed);
    const pods = active();
    for (const group of this.#groups) {
      const own = pods.filter((pod) => this.#groupOf(pod) === group);
      if (own.length > 0) await this.#end(own, group);
    }
    log.info('Shutdown manager completed processing shutdown event, node will shutdown shortly', {
      caller: 'nodeshutdown_manager_linux.go:327',
    });
  }

  /** The last group that begins at the Pod's priority or below; the first for those below all. */
  #groupOf(pod: Pod): ShutdownGroup | undefined {
    const priority = pod.spec?.priority ?? 0;
    return this.#groups.filter((group) => group.priority <= priority).at(-1) ?? this.#groups[0];
  }

  async #end(pods: readonly Pod[], { seconds, priority }: ShutdownGroup): Promise<void> {
    const { process, terminate } = this.#options;
    let over = (): void => undefined;
    const late = new Promise<void>((resolve) => (over = resolve));
    const timer = process.clock.setTimeout(() => {
      process.log.info('Shutdown manager pod killing time out', {
        caller: 'nodeshutdown_manager.go:177',
        gracePeriod: seconds,
        priority,
      });
      over();
    }, seconds * 1000);
    const ended = pods.map(async (pod) => {
      const grace = Math.min(seconds, gracePeriodOf(pod));
      process.log.info('Shutdown manager killing pod with gracePeriod', {
        caller: 'nodeshutdown_manager.go:126',
        pod: fullNameOf(pod),
        gracePeriod: grace,
      });
      await terminate(pod, { reason: REASON, message: MESSAGE }, grace);
    });
    await Promise.race([Promise.all(ended), late]);
    timer.dispose();
  }
}
