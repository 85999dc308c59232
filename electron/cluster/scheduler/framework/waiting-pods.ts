import type { Clock } from '../../../base/clock.ts';
import type { Disposable } from '../../../base/disposable.ts';
import { formatGoDuration } from '../../apimachinery/duration.ts';
import type { Status } from './status.ts';
import { unschedulable } from './status.ts';

/** Longer than this no plugin can have a Pod wait. */
const maxTimeout = 15 * 60_000;

/** A Pod that waits, with a node, for plugins to permit its binding. Models runtime/waiting_pods_map.go (v1.34). */
export class WaitingPod {
  readonly key: string;
  readonly #pending = new Map<string, Disposable>();
  readonly #verdict: Promise<Status | undefined>;
  #settle: (status: Status | undefined) => void = () => undefined;

  /** `timeouts`: milliseconds by plugin. */
  constructor(key: string, clock: Clock, timeouts: ReadonlyMap<string, number>) {
    this.key = key;
    this.#verdict = new Promise((resolve) => {
      this.#settle = resolve;
    });
    for (const [plugin, wanted] of timeouts) {
      const timeout = Math.min(wanted, maxTimeout);
      const timer = clock.setTimeout(() => {
        this.reject(
          plugin,
          `rejected due to timeout after waiting ${formatGoDuration(timeout)} at plugin ${plugin}`,
        );
      }, timeout);
      this.#pending.set(plugin, timer);
    }
  }

  get pendingPlugins(): readonly string[] {
    return [...this.#pending.keys()];
  }

  /** One plugin lets it go; with the last one it goes. */
  allow(plugin: string): void {
    this.#pending.get(plugin)?.dispose();
    if (this.#pending.delete(plugin) && this.#pending.size === 0) this.#settle(undefined);
  }

  reject(plugin: string, message: string): void {
    this.#stop();
    this.#settle({ ...unschedulable(message), plugin });
  }

  /** Undefined once all plugins allowed it; otherwise who refused it. */
  wait(): Promise<Status | undefined> {
    return this.#verdict;
  }

  #stop(): void {
    for (const timer of this.#pending.values()) timer.dispose();
    this.#pending.clear();
  }
}
