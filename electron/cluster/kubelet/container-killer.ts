import type { Context } from '../../base/context.ts';
import type { Container, Pod } from '../api/types.ts';
import type { Container as RuntimeContainer, CriClient } from '../cri/interface.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';
import type { PodEvents } from './pod-events.ts';

/** SIGTERM is given at least this many seconds. */
const MINIMUM_GRACE = 2;

export interface KillOrder {
  readonly pod: Pod;
  readonly spec: Container;
  readonly container: RuntimeContainer;
  /** Of the event; undefined where it has been told. */
  readonly message: string | undefined;
  /** Seconds. */
  readonly grace: number;
  /** Others that have to end first. */
  readonly turn?: Promise<unknown>;
}

/** Why a container ends while its Pod goes on. */
export type KillReason = 'liveness' | 'startup' | 'other';

/** Seconds that a container gets. Models setTerminationGracePeriod (kuberuntime_container.go, v1.34). */
export function graceFor(pod: Pod, spec: Container, reason: KillReason): number {
  const asked = pod.metadata?.deletionGracePeriodSeconds;
  if (asked !== undefined) return asked;
  const own =
    reason === 'liveness'
      ? spec.livenessProbe?.terminationGracePeriodSeconds
      : reason === 'startup'
        ? spec.startupProbe?.terminationGracePeriodSeconds
        : undefined;
  return own ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
}

/** Ends containers: the event, preStop, SIGTERM, and SIGKILL when time is up. Models killContainer (v1.34). */
export class ContainerKiller {
  readonly #context: Context;
  readonly #cri: CriClient;
  readonly #events: PodEvents;
  readonly #hooks: LifecycleHooks;

  constructor(context: Context, cri: CriClient, events: PodEvents, hooks: LifecycleHooks) {
    this.#context = context;
    this.#cri = cri;
    this.#events = events;
    this.#hooks = hooks;
  }

  /** Resolves when it has ended. @throws CriError */
  async kill({ pod, spec, container, message, grace, turn }: KillOrder): Promise<void> {
    const { clock } = this.#context;
    if (message !== undefined) this.#events.container(pod, spec, 'Normal', 'Killing', message);
    const since = clock.now();
    const left = (): number => grace - Math.floor((clock.now() - since) / 1000);
    const preStop = message === undefined ? undefined : spec.lifecycle?.preStop;
    if (preStop !== undefined && grace > 0) {
      const run = this.#hooks.run(pod, spec, container.id, preStop).then((failed) => {
        if (failed !== undefined)
          this.#events.container(pod, spec, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
      });
      await this.#within(run, grace);
    }
    if (turn !== undefined && left() > 0) await this.#within(turn, left());
    await this.#cri.call('StopContainer', {
      containerId: container.id,
      timeout: Math.max(left(), MINIMUM_GRACE),
    });
  }

  async #within(work: Promise<unknown>, seconds: number): Promise<void> {
    let over = (): void => undefined;
    const late = new Promise<void>((resolve) => (over = resolve));
    const timer = this.#context.clock.setTimeout(() => over(), seconds * 1000);
    await Promise.race([work, late]);
    timer.dispose();
  }
}
